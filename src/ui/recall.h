/*
 * recall.h -- what a user has typed, for all of the user's sessions, now and later.
 *
 * Entries are numbered from 0 on; a number means the same entry for ever, even when another
 * session of the user adds some meanwhile, until the oldest make room.
 *
 *   struct recalls of the router -> recalls_take() at login, recalls_give() when it ends
 *
 * Memory:  RECALL_ENTRIES entries and RECALL_BYTES_MAX bytes a user; of users without a session
 *          the last RECALLS_KEPT are kept.
 * Threads: the router's.
 */
#ifndef UI_RECALL_H
#define UI_RECALL_H

#include <stddef.h>
#include <stdint.h>

#include "lib/must.h"

#define RECALL_ENTRIES   200
#define RECALL_BYTES_MAX (256U << 10)
#define RECALLS_KEPT     64

struct recall {
	char *at[RECALL_ENTRIES]; /* oldest first */
	size_t n, bytes;
	uint64_t first; /* the number of at[0] */
};

/* Keep @entry, unless it is empty or the last one once more. */
void recall_keep(struct recall *recall, const char *entry);
/* The number that the next entry will have. */
uint64_t recall_end(const struct recall *recall);
/* NULL when there is none, or no more. */
const char *recall_entry(const struct recall *recall, uint64_t number);
void recall_free(struct recall *recall);

struct user_recall;

/* All zeroes to start with. */
struct recalls {
	struct user_recall *first; /* the one that was taken last */
};

/* What @who has typed, until it is given back. */
MUST_USE struct recall *recalls_take(struct recalls *recalls, const char *who);
void recalls_give(struct recalls *recalls, struct recall *recall);
/* When no session has one any more. */
void recalls_free(struct recalls *recalls);

#endif
