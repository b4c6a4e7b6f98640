/*
 * history.h -- what a user has typed, for all of the user's sessions, now and later.
 *
 * Entries are numbered from 0 on; a number means the same entry for ever, even when another
 * session of the user adds some meanwhile, until the oldest make room.
 *
 *   struct histories of the router -> histories_take() at login, histories_give() when it ends
 *
 * Memory:  HISTORY_ENTRIES entries and HISTORY_BYTES_MAX bytes a user; of users without a session
 *          the last HISTORIES_KEPT are kept.
 * Threads: the router's.
 */
#ifndef UI_HISTORY_H
#define UI_HISTORY_H

#include <stddef.h>
#include <stdint.h>

#include "lib/must.h"

#define HISTORY_ENTRIES   200
#define HISTORY_BYTES_MAX (256U << 10)
#define HISTORIES_KEPT    64

struct history {
	char *at[HISTORY_ENTRIES]; /* oldest first */
	size_t n, bytes;
	uint64_t first; /* the number of at[0] */
};

/* Keep @entry, unless it is empty or the last one once more. */
void history_keep(struct history *history, const char *entry);
/* The number that the next entry will have. */
uint64_t history_end(const struct history *history);
/* NULL when there is none, or no more. */
const char *history_entry(const struct history *history, uint64_t number);
void history_free(struct history *history);

struct user_history;

/* All zeroes to start with. */
struct histories {
	struct user_history *first; /* the one that was taken last */
};

/* The history of the user @who, until it is given back. */
MUST_USE struct history *histories_take(struct histories *histories, const char *who);
void histories_give(struct histories *histories, struct history *history);
/* When no session has one any more. */
void histories_free(struct histories *histories);

#endif
