/*
 * recovery.h -- a start on whatever the store still holds.
 *
 * When the database is damaged, the newest of what is kept beside it takes its place: the spare
 * (conf/spare.h), which has the history too, or the text (conf/readable.h), whose lines are run.
 * The damaged files go aside under a name with the date. Whoever looks after the router is told: in
 * the log, and at every login until the configuration is changed. With nothing whole to be had the
 * start fails in words: never is it an empty one.
 *
 * Threads: the router's, before packets; recovery_turn() later.
 */
#ifndef MANAGE_RECOVERY_H
#define MANAGE_RECOVERY_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/background.h"
#include "lib/must.h"
#include "lib/text.h"

struct diag;
struct manage;

/* What people are told lies in the store until they have read it. */
#define RECOVERY_NOTICE_FILE "config.notice"

struct recovery {
	struct text notice; /* lines; empty: there is nothing to be told */
	uint64_t revision;  /* at the start: a change since means that people have read it */
	struct background_job over;
	bool ending;
};

/* conf_load(), and all that follows when it finds damage. @manage is new. */
MUST_USE int recovery_load(struct manage *manage, struct diag *diag);
/* What is to be said at a login, or NULL. */
const char *recovery_notice(const struct manage *manage);
/* After a change the notice ends. */
void recovery_turn(struct manage *manage);
void recovery_free(struct recovery *recovery);

#endif
