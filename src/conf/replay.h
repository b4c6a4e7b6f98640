/*
 * replay.h -- something of the history done once more, or taken back: undo, redo, and the end of a
 * trial. The inside of conf.
 *
 *   replay_new() -> replay_submit() -> in its turn: read (background) -> draft -> as any change
 *
 * replay.c       in its turn
 * replay_own.c   what a trial takes back
 * replay_load.c  the same at the start
 *
 * Threads: the router's; the reading is the background's.
 */
#ifndef CONF_REPLAY_H
#define CONF_REPLAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "conf/conf.h"
#include "conf/journal.h"
#include "lib/text.h"

enum replay_what {
	REPLAY_UNDO,
	REPLAY_REDO,
	REPLAY_ROLLBACK, /* take a trial back */
	REPLAY_KEEP,     /* a trial is over, its changes stay */
	REPLAY_BEGIN,    /* a trial that outlives its login */
};

struct replay_step {
	struct journal_mark mark;
	struct journal_delta *deltas;
	size_t ndeltas;
	size_t made; /* of a rollback: rows that were taken back */
};

struct replay {
	struct background_job job; /* first: the job is cast back to this */
	struct conf *conf;
	struct journal *journal;
	enum replay_what what;
	size_t count;               /* UNDO, REDO: how many */
	uint64_t until;             /* UNDO, REDO: as far as this revision; 0: by count */
	struct text *notice;        /* what the person is told; the caller's, may be NULL */
	struct journal_trial trial; /* the others */
	struct arena arena;
	struct journal_entry *entries; /* what the first steps were, for people */
	size_t nentries;
	struct replay_step *steps; /* in the order in which they are taken */
	size_t nsteps;
	size_t nmade;     /* of a rollback: rows that were taken back */
	struct text left; /* of a rollback: what stays, a line each */
	int error;
};

/* @trial's words are copied. */
struct replay *replay_new(struct conf *conf, enum replay_what what,
                          const struct journal_trial *trial);
/* Queue it, which takes it over. */
void replay_submit(struct replay *replay, const struct journal_origin *origin, conf_done *done,
                   void *arg);

/* --- what commit.c calls --- */

/* Read its steps; -errno. In the background, or before it. */
MUST_USE int replay_read(struct replay *replay);
/* It is the turn of @replay: ends in commit_go_on() or commit_answer(). */
void replay_start(struct conf *conf, struct replay *replay);
/* What is to be written besides the rows. */
void replay_fill(const struct replay *replay, struct journal_write *write);
void replay_free(struct replay *replay);
/* It is over; frees it. */
void replay_answered(struct conf *conf, struct replay *replay, bool ok);

/* --- replay_own.c --- */

/* @current without what is on the trial whose steps @replay has: a new state, which is allowed.
 * replay->nmade and left say what became of it. */
MUST_USE struct conf_state *replay_own(const struct conf_state *current, struct replay *replay);
/* What the history says of it. */
const char *replay_own_line(struct replay *replay);

/* --- what conf_load() calls --- */

/* Take back what was on trials that ended with the router, as one transaction, in the store and in
 * @loaded, which is replaced. -errno with @diag in words. */
MUST_USE int replay_load(struct conf *conf, struct conf_state **loaded, struct diag *diag);

#endif
