/*
 * trial.h -- changes that are kept only if whoever made them says so.
 *
 * Safe mode is a trial that lives as long as its login: released, its changes stay; lost with the
 * line, they are taken back. commit-confirm is one that lives until a moment: confirmed before, its
 * changes stay. Each login has at most one, and only its own changes are on it; several logins may
 * have one each. What is on trial is marked so in the store with the change itself, so that a
 * router which dies takes it back at its next start, before the first packet.
 *
 * Taking back is one transaction. A row that others have changed since stays as they left it, and
 * is named: in the log, in the history, and to the user at the next login.
 *
 * Threads: the router's. Memory: a trial each; notices until they are read.
 */
#ifndef CONF_TRIAL_H
#define CONF_TRIAL_H

#include <stdbool.h>
#include <stdint.h>

#include "conf/conf.h"
#include "lib/mono.h"
#include "lib/must.h"

struct journal_origin;
struct text;

#define TRIAL_WHO_BYTES  64
#define TRIAL_DOOR_BYTES 32

struct trial {
	struct trial *next;
	uint32_t id;
	char who[TRIAL_WHO_BYTES], door[TRIAL_DOOR_BYTES];
	wall since, until; /* until.ns 0: safe mode, as long as its login lives */
	mono due;          /* when it is taken back; mono_never(): as long as its login lives */
	bool ends;         /* that is under way */
};

/* What a user is to be told at the next login. */
struct trial_notice {
	struct trial_notice *next;
	char who[TRIAL_WHO_BYTES];
	char *text;
};

struct trials {
	struct trial *first; /* in the order of their ids */
	uint32_t last_id;
	struct trial_notice *notices;
};

/* Take safe mode for a login of @who. Its id; 0 with @diag when nothing is kept here. */
MUST_USE uint32_t trial_take(struct conf *conf, const char *who, const char *door,
                             struct diag *diag);
/*
 * Begin one that lives for @ms; *ret_id (set at once) is its id. It survives a restart: the end is
 * a time of day. @origin: whose, its words are copied.
 */
void trial_begin(struct conf *conf, uint64_t ms, const struct journal_origin *origin,
                 uint32_t *ret_id, conf_done *done, void *arg);
/* It is over: what is on it stays (release, confirm), or is taken back (unroll; @notice, until the
 * answer, gets a line for each row that could not be). */
void trial_keep(struct conf *conf, uint32_t id, conf_done *done, void *arg);
void trial_unroll(struct conf *conf, uint32_t id, struct text *notice, conf_done *done, void *arg);
/* The login of a safe mode has gone without a word: it is taken back, now or as soon as that can
 * be stored. */
void trial_lost(struct conf *conf, uint32_t id);

/* The one with @id, or NULL: it is over, or there never was. */
const struct trial *trial_find(const struct conf *conf, uint32_t id);
/* All of them, in the order of their ids, linked by next. */
const struct trial *trial_first(const struct conf *conf);
/* Is there one with @id that changes may be put on? */
bool trial_is_live(const struct trials *trials, uint32_t id);

/* End those whose time is up. */
void trial_turn(struct conf *conf, mono now);
/* When that wants a turn even if nothing happens; mono_never() when it does not. */
mono trial_due(const struct conf *conf);

/* What @who was not told yet, whole lines; it counts as told now. */
void trial_notices(struct conf *conf, const char *who, struct text *out);

#endif
