/*
 * arena.h -- memory with one lifetime: a command, a transaction, a configuration snapshot.
 *
 * Pieces are handed out in a row and all go at once; there is no free() for one of them.
 *
 * Memory:  in blocks from mem.h; total_bytes tells the sum.
 * Threads: one at a time.
 */
#ifndef LIB_ARENA_H
#define LIB_ARENA_H

#include <stddef.h>

#include "lib/must.h"

struct arena_block;

struct arena {
	struct arena_block *first;
	size_t used_bytes; /* in the first block */
	size_t total_bytes;
};

/* An arena starts out as all zeroes: struct arena a = { 0 }. */

/* Zeroed, aligned for anything; never NULL. */
MUST_USE void *arena_new(struct arena *arena, size_t count, size_t size);
MUST_USE char *arena_strdup(struct arena *arena, const char *text);
MUST_USE char *arena_strndup(struct arena *arena, const char *text, size_t len);
MUST_USE char *arena_printf(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);
/* Give everything back; the arena is as new. */
void arena_free(struct arena *arena);

#endif
