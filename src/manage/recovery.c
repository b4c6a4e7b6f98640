#include "manage/recovery.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "conf/diag.h"
#include "conf/journal.h"
#include "conf/readable.h"
#include "conf/recover.h"
#include "conf/spare.h"
#include "lib/mem.h"
#include "manage/manage.h"
#include "manage/recovery_text.h"

#define NOTICE_BYTES_MAX 4096

/* What the configuration can be recovered from; of two that are as new, the first. */
enum way {
	WAY_SPARE, /* with the history */
	WAY_ROWS,  /* of the damaged database itself */
	WAY_TEXT,
	WAYS,
};

/* What was found in the store at a start. */
struct found {
	struct {
		int error; /* 0: whole */
		uint64_t revision;
	} ways[WAYS];
	uint64_t last;    /* the damaged database's own word of its last revision; 0: none */
	uint32_t next_id; /* the text's */
	struct text body; /* of the text */
};

static void look(struct store *store, struct found *found)
{
	struct readable readable = { 0 };

	found->ways[WAY_SPARE].error = spare_check(store, &found->ways[WAY_SPARE].revision);
	found->ways[WAY_TEXT].error = readable_read(store, &found->body, &readable);
	found->ways[WAY_TEXT].revision = readable.revision;
	found->next_id = readable.next_id;
}

static void look_at_damage(struct store *store, struct found *found)
{
	if (journal_verify(store, CONF_FILE, JOURNAL_SEAL, &found->last) != 0)
		found->last = 0;
	found->ways[WAY_ROWS].error =
		journal_verify(store, CONF_FILE, JOURNAL_ROWS, &found->ways[WAY_ROWS].revision);
}

static const char *way_name(enum way way)
{
	static const char *const names[WAYS] = { SPARE_FILE, "its rows", READABLE_FILE };

	return names[way];
}

/* --- what people are told ------------------------------------------------------------------- */

static void say(struct manage *manage, const char *line)
{
	if (manage->doors.log != NULL)
		log_write(manage->doors.log, LOG_CRITICAL, "system", "%s", line);
	text_printf(&manage->recovery.notice, ";;; %s\n", line);
}

static PRINTF_LIKE(2, 3) void tell(struct manage *manage, const char *format, ...)
{
	struct text line = { 0 };
	va_list args;

	va_start(args, format);
	text_vprintf(&line, format, args);
	va_end(args);
	say(manage, text_str(&line));
	text_free(&line);
}

/* It stays until somebody has read it, should the router be started again before. */
static void notice_keep(struct store *store, const struct text *notice)
{
	struct store_file *file;

	if (store->open(store, RECOVERY_NOTICE_FILE, true, &file) != 0)
		return; /* it has been told in the log, and is told at logins of this run */
	if (store->truncate(file, 0) == 0 &&
	    store->pwrite(file, text_str(notice), notice->len, 0) == 0 && store->sync(file) == 0)
		(void)store->sync_names(store);
	store->close(file);
}

static void notice_read(struct store *store, struct text *notice)
{
	char bytes[NOTICE_BYTES_MAX];
	struct store_file *file;
	int64_t got;

	if (store->open(store, RECOVERY_NOTICE_FILE, false, &file) != 0)
		return;
	got = store->pread(file, bytes, sizeof bytes, 0);
	store->close(file);
	for (int64_t i = 0; i < got; i++) {
		bool plain = bytes[i] == '\n' || (bytes[i] >= ' ' && bytes[i] <= '~');

		text_char(notice, plain ? bytes[i] : '?');
	}
}

static void tell_missing(struct manage *manage, uint64_t recovered, uint64_t last)
{
	if (last == recovered)
		tell(manage, "no change is missing (revision %" PRIu64 " was the last)", recovered);
	else if (last > recovered)
		tell(manage, "what was changed in revisions %" PRIu64 " to %" PRIu64 " is missing",
		     recovered + 1, last);
	else
		tell(manage,
		     "it is of revision %" PRIu64 "; what was changed after it, if anything was, "
		     "is missing",
		     recovered);
}

static void tell_recovered(struct manage *manage, const struct diag *why, const struct found *found,
                           enum way way, const char *aside)
{
	const char *end = strstr(why->text, ". Put a copy");
	int len = end != NULL ? (int)(end - why->text) : (int)strlen(why->text);

	tell(manage, "%.*s", len, why->text);
	tell(manage, "the configuration was recovered from %s%s", way_name(way),
	     way == WAY_SPARE ? "" : "; the history of changes is lost");
	tell_missing(manage, found->ways[way].revision, found->last);
	if (aside[0] != '\0')
		tell(manage, "the damaged file is kept as %s", aside);
	tell(manage, "look at the disk, and at the configuration (export); this is said at logins "
	             "until the next change");
}

/* --- the ways out ---------------------------------------------------------------------------- */

static int by_text(struct manage *manage, const struct found *found, struct diag *diag)
{
	int error = recover_begin(manage->conf, diag);

	if (error == 0 &&
	    !recovery_text_run(manage->conf, text_str(&found->body), found->body.len, diag))
		error = -EINVAL;
	return error;
}

static int take_way(struct manage *manage, const struct found *found, enum way way, char *ret_aside,
                    struct diag *diag)
{
	wall now = clock_wall(manage->doors.clock);
	int error;

	if (way == WAY_SPARE) {
		error = recover_spare(manage->doors.store, now, ret_aside);
		return error != 0 ? error : conf_load(manage->conf, diag);
	}
	error = way == WAY_ROWS ? recover_rows(manage->conf, diag) : by_text(manage, found, diag);
	if (error == 0)
		error = recover_adopt(manage->conf, found->ways[way].revision,
		                      way == WAY_TEXT ? found->next_id : 0, now, ret_aside, diag);
	return error;
}

/* The newest that is whole and has not failed yet; WAYS: there is none. */
static enum way next_way(const struct found *found)
{
	enum way best = WAYS;

	for (enum way way = 0; way < WAYS; way++) {
		if (found->ways[way].error == 0 &&
		    (best == WAYS || found->ways[way].revision > found->ways[best].revision))
			best = way;
	}
	return best;
}

static int recover(struct manage *manage, struct found *found, const struct diag *why)
{
	char aside[RECOVER_NAME_BYTES] = "";
	enum way way;

	while ((way = next_way(found)) != WAYS) {
		struct diag diag = { 0 };

		found->ways[way].error = take_way(manage, found, way, aside, &diag);
		if (found->ways[way].error == 0) {
			tell_recovered(manage, why, found, way, aside);
			return 0;
		}
		tell(manage, "%s could not be used: %s", way_name(way),
		     diag.failed ? diag.text : strerror(-found->ways[way].error));
	}
	return -EUCLEAN;
}

static const char *state_word(int error)
{
	if (error == -ENOENT)
		return "is not there";
	return error == -EUCLEAN ? "is damaged, too" : "can't be used";
}

static int load_damaged(struct manage *manage, struct found *found, const struct diag *why,
                        struct diag *diag)
{
	int error;

	look(manage->doors.store, found);
	look_at_damage(manage->doors.store, found);
	error = recover(manage, found, why);
	if (error == 0)
		notice_keep(manage->doors.store, &manage->recovery.notice);
	else
		(void)diag_fail(diag, NULL, "%s. %s %s, %s %s", why->text, SPARE_FILE,
		                state_word(found->ways[WAY_SPARE].error), READABLE_FILE,
		                state_word(found->ways[WAY_TEXT].error));
	return error;
}

/* --- a start ---------------------------------------------------------------------------------- */

static uint64_t revision_of(struct conf *conf)
{
	const struct conf_state *state = conf_hold(conf);
	uint64_t revision = state->revision;

	conf_release(conf, state);
	return revision;
}

/* The text knows of changes that the database has not: an older one was put in its place. */
static void newer_text(struct manage *manage, struct found *found)
{
	struct store *store = manage->doors.store;
	char aside[RECOVER_NAME_BYTES] = "";
	uint64_t revision = revision_of(manage->conf);

	if (found->ways[WAY_TEXT].error != 0 || found->ways[WAY_TEXT].revision <= revision)
		return;
	if (recover_aside(store, READABLE_FILE, "newer", clock_wall(manage->doors.clock), aside) !=
	            0 ||
	    store->sync_names(store) != 0)
		return;
	found->ways[WAY_TEXT].error = -ENOENT;
	tell(manage,
	     "%s is of revision %" PRIu64 ", but %s of %" PRIu64 ": an older one was put there, "
	     "or changes were lost",
	     READABLE_FILE, found->ways[WAY_TEXT].revision, CONF_FILE, revision);
	tell(manage, "the text of the newer configuration is kept as %s", aside);
	notice_keep(store, &manage->recovery.notice);
}

/* 0: it is not there, or not whole. */
static uint64_t revision_if(const struct found *found, enum way way)
{
	return found->ways[way].error == 0 ? found->ways[way].revision : 0;
}

/* What can't be read twice in a row will not be read at the third time: that is damage, too. */
static int load(struct conf *conf, struct diag *diag)
{
	int error = conf_load(conf, diag);

	if (error != -EIO)
		return error;
	*diag = (struct diag){ 0 };
	error = conf_load(conf, diag);
	return error == -EIO ? -EUCLEAN : error;
}

int recovery_load(struct manage *manage, struct diag *diag)
{
	struct found found = { 0 };
	struct diag why = { 0 };
	int error = load(manage->conf, &why);

	if (error == 0 && manage->doors.store != NULL) {
		notice_read(manage->doors.store, &manage->recovery.notice);
		look(manage->doors.store, &found);
		newer_text(manage, &found);
	} else if (error == -EUCLEAN) {
		error = load_damaged(manage, &found, &why, diag);
	} else if (error != 0) {
		*diag = why;
	}
	if (error == 0 && manage->doors.store != NULL) {
		manage->recovery.revision = revision_of(manage->conf);
		keeper_start(&manage->keeper, manage->conf, manage->doors.log,
		             revision_if(&found, WAY_TEXT), revision_if(&found, WAY_SPARE));
	}
	text_free(&found.body);
	return error;
}

const char *recovery_notice(const struct manage *manage)
{
	return manage->recovery.notice.len > 0 ? text_str(&manage->recovery.notice) : NULL;
}

static struct manage *manage_of(struct background_job *job)
{
	return (struct manage *)((char *)job - offsetof(struct manage, recovery.over));
}

static void over_work(struct background_job *job)
{
	struct store *store = manage_of(job)->doors.store;

	if (store->remove(store, RECOVERY_NOTICE_FILE) == 0)
		(void)store->sync_names(store);
}

static void over_done(struct background_job *job)
{
	struct recovery *recovery = &manage_of(job)->recovery;

	text_clear(&recovery->notice);
	recovery->ending = false;
}

void recovery_turn(struct manage *manage)
{
	struct recovery *recovery = &manage->recovery;

	if (recovery->notice.len == 0 || recovery->ending ||
	    revision_of(manage->conf) == recovery->revision)
		return;
	recovery->ending = true;
	recovery->over = (struct background_job){ .work = over_work, .done = over_done };
	background_submit(manage->doors.background, &recovery->over);
}

void recovery_free(struct recovery *recovery)
{
	text_free(&recovery->notice);
}
