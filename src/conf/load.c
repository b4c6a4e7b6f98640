/*
 * load.c -- conf_load(): from the store, and from what is there, to the first published state.
 */
#include "conf/load.h"

#include <errno.h>
#include <string.h>

#include "conf/commit.h"
#include "conf/replay.h"
#include "conf/txn.h"
#include "lib/mem.h"
#include "lib/must.h"

/* Store what was added to @loaded: the same write as any change's, but waited for. */
static int filled_store(struct conf *conf, const struct conf_state *loaded,
                        struct conf_state *draft, struct diag *diag)
{
	const struct journal_origin origin = { .at = clock_wall(conf->setup.clock),
		                               .who = "system",
		                               .door = "start",
		                               .line = "fresh" };
	struct diff diff = { 0 };
	struct journal_write *write;
	int result;

	diff_states(&diff, loaded, draft);
	if (diff.n == 0) {
		diff_free(&diff);
		return 0;
	}
	diff_free(&diff);
	draft->revision++;
	if (conf->journal == NULL)
		return 0;
	write = journal_write_new(conf->journal, loaded, draft, &origin);
	write->mark.state = JOURNAL_SETTLED; /* what is there can't be taken back by a word */
	journal_write_run(conf->journal, write);
	result = write->result;
	if (result != 0)
		(void)diag_fail(diag, NULL,
		                "%s could not be written (%s); is the disk full or read-only?",
		                CONF_FILE, strerror(-result));
	journal_write_free(write);
	return result;
}

static int first_publish(struct conf *conf, struct conf_state *draft, struct diag *diag)
{
	struct prepared prepared = { .touched = mem_new(draft->nmenus, sizeof(bool)) };

	memset(prepared.touched, 1, draft->nmenus * sizeof(bool));
	if (!commit_prepare(conf, draft, &prepared, diag)) {
		state_free(draft);
		return -EINVAL;
	}
	commit_publish(conf, draft, &prepared);
	return 0;
}

int load_first(struct conf *conf, struct conf_state *loaded, bool fresh, struct diag *diag)
{
	struct conf_state *draft = state_draft(loaded);
	int result = 0;

	if (!load_fill(conf, draft, fresh, diag) || !txn_check(loaded, draft, diag))
		result = -EINVAL;
	if (result == 0)
		result = filled_store(conf, loaded, draft, diag);
	if (result == 0 && conf->journal != NULL)
		result = replay_load(conf, &draft, diag);
	state_free(loaded);
	if (result == 0)
		return first_publish(conf, draft, diag);
	state_free(draft);
	return result;
}

int conf_load(struct conf *conf, struct diag *diag)
{
	struct conf_state *loaded = state_new(conf->setup.menus);
	bool fresh = true;
	int result = 0;

	must(conf->journal == NULL);
	if (conf->setup.store != NULL)
		result = journal_open(conf->setup.store, conf->setup.random, &conf->journal, &fresh,
		                      diag);
	if (result == 0 && !fresh)
		result = journal_load(conf->journal, loaded, conf->setup.log, diag);
	/* A damaged history would be noticed by the next change only, which could not be stored. */
	if (result == 0 && !fresh)
		result = journal_sound(conf->journal, diag);
	if (result == 0)
		result = load_first(conf, loaded, fresh, diag);
	else
		state_free(loaded);
	if (result == 0)
		return 0;
	journal_close(conf->journal);
	conf->journal = NULL;
	return result;
}
