#include "conf/recover.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "conf/commit.h"
#include "conf/load.h"
#include "conf/spare.h"
#include "conf/store_words.h"
#include "lib/text.h"

#define UNDER_WAY  CONF_FILE ".new"
#define LOG_SUFFIX "-wal" /* SQLite's */

int recover_aside(struct store *store, const char *name, const char *what, wall now,
                  char ret_aside[RECOVER_NAME_BYTES])
{
	struct text aside = text_into(ret_aside, RECOVER_NAME_BYTES);
	time_t seconds = (time_t)(now.ns / (int64_t)NS_PER_S);
	struct tm tm = { 0 };

	(void)gmtime_r(&seconds, &tm);
	text_printf(&aside, "%s.%s-%04d%02d%02d-%02d%02d%02d", name, what, tm.tm_year + 1900,
	            tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
	return store->rename(store, name, ret_aside);
}

/* Is there anything in it? What was made when its place was found empty need not be kept. */
static bool holds_something(struct store *store, const char *name)
{
	struct store_file *file;
	uint64_t size = 0;

	if (store->open(store, name, false, &file) != 0)
		return false;
	if (store->size(file, &size) != 0)
		size = 1;
	store->close(file);
	return size > 0;
}

static int remove_if_there(struct store *store, const char *name)
{
	int error = store->remove(store, name);

	return error == -ENOENT ? 0 : error;
}

/* The database and its log go aside. A log that stayed would be taken for the next one's. */
static int damaged_aside(struct store *store, wall now, char ret_aside[RECOVER_NAME_BYTES])
{
	char log[RECOVER_NAME_BYTES];
	struct text log_name = text_into(log, sizeof log);
	int error = 0;

	ret_aside[0] = '\0';
	if (holds_something(store, CONF_FILE))
		error = recover_aside(store, CONF_FILE, "damaged", now, ret_aside);
	else
		error = remove_if_there(store, CONF_FILE);
	if (error == 0 && ret_aside[0] != '\0' && holds_something(store, CONF_FILE LOG_SUFFIX)) {
		text_printf(&log_name, "%s%s", ret_aside, LOG_SUFFIX);
		error = store->rename(store, CONF_FILE LOG_SUFFIX, log);
	} else if (error == 0) {
		error = remove_if_there(store, CONF_FILE LOG_SUFFIX);
	}
	return error != 0 ? error : store->sync_names(store);
}

/* UNDER_WAY, which is whole and lasting, becomes the database. */
static int take_place(struct store *store, wall now, char ret_aside[RECOVER_NAME_BYTES])
{
	int error = damaged_aside(store, now, ret_aside);

	if (error == 0)
		error = store->rename(store, UNDER_WAY, CONF_FILE);
	return error != 0 ? error : store->sync_names(store);
}

/* What an earlier attempt has left. */
static int make_room(struct store *store)
{
	int error = remove_if_there(store, UNDER_WAY);

	if (error == 0)
		error = remove_if_there(store, UNDER_WAY LOG_SUFFIX);
	return error != 0 ? error : store->sync_names(store);
}

int recover_spare(struct store *store, wall now, char ret_aside[RECOVER_NAME_BYTES])
{
	int error = make_room(store);

	if (error == 0)
		error = spare_copy(store, SPARE_FILE, UNDER_WAY);
	return error != 0 ? error : take_place(store, now, ret_aside);
}

int recover_begin(struct conf *conf, struct diag *diag)
{
	bool no_defaults = conf->setup.no_defaults;
	int error;

	must(conf->journal == NULL);
	conf->setup.no_defaults = true; /* the text says what there is */
	error = load_first(conf, state_new(conf->setup.menus), true, diag);
	conf->setup.no_defaults = no_defaults;
	return error;
}

int recover_rows(struct conf *conf, struct diag *diag)
{
	struct conf_state *loaded = state_new(conf->setup.menus);
	struct journal *journal = NULL;
	bool fresh = true;
	int error = journal_open(conf->setup.store, conf->setup.random, &journal, &fresh, diag);

	must(conf->journal == NULL);
	if (error == 0)
		error = fresh ? -EUCLEAN : journal_load(journal, loaded, conf->setup.log, diag);
	journal_close(journal);
	if (error == 0)
		return load_first(conf, loaded, false, diag);
	state_free(loaded);
	return error;
}

/* All of what is published, as the first revision of a new journal. */
static int write_all(struct conf *conf, struct journal *journal)
{
	const struct journal_origin origin = { .at = clock_wall(conf->setup.clock),
		                               .who = "system",
		                               .door = "start",
		                               .line = "recovered" };
	struct conf_state *nothing = state_new(conf->setup.menus);
	struct journal_write *write = journal_write_new(journal, nothing, conf->current, &origin);
	int error;

	write->mark.state = JOURNAL_SETTLED; /* there is nothing to go back to */
	journal_write_run(journal, write);
	error = write->result;
	journal_write_free(write);
	state_free(nothing);
	return error != 0 ? error : journal_settle(journal);
}

static int adopt(struct conf *conf, wall now, char ret_aside[RECOVER_NAME_BYTES], struct diag *diag)
{
	struct store *store = conf->setup.store;
	struct journal *journal = NULL;
	uint64_t revision;
	int error = make_room(store);

	if (error == 0)
		error = journal_create(store, conf->setup.random, UNDER_WAY, &journal, diag);
	if (error == 0)
		error = write_all(conf, journal);
	journal_close(journal);
	if (error == 0)
		error = journal_verify(store, UNDER_WAY, JOURNAL_WHOLE, &revision);
	return error != 0 ? error : take_place(store, now, ret_aside);
}

/* Open what was put there, and be sure of it: what is read sets the sums that writing goes on with.
 */
static int open_again(struct conf *conf, struct diag *diag)
{
	struct conf_state *read = state_new(conf->setup.menus);
	bool fresh = true;
	int error =
		journal_open(conf->setup.store, conf->setup.random, &conf->journal, &fresh, diag);

	if (error == 0)
		error = fresh ? -EUCLEAN : journal_load(conf->journal, read, NULL, diag);
	state_free(read);
	if (error != 0) {
		journal_close(conf->journal);
		conf->journal = NULL;
	}
	return error;
}

int recover_adopt(struct conf *conf, uint64_t revision, uint32_t next_id, wall now,
                  char ret_aside[RECOVER_NAME_BYTES], struct diag *diag)
{
	int error;

	must(conf->journal == NULL && conf_idle(conf));
	/* Ids that were ever given are not given again: people and scripts may remember them. */
	conf->current->revision = revision;
	if (conf->current->next_id < next_id)
		conf->current->next_id = next_id;
	error = adopt(conf, now, ret_aside, diag);
	if (error == 0)
		error = open_again(conf, diag);
	if (error != 0)
		(void)diag_fail(diag, NULL, "the recovered configuration can't be stored (%s); %s",
		                strerror(-error), store_words_advice(error));
	return error;
}
