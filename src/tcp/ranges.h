/*
 * ranges.h -- which bytes have come out of order, and what is told of them in SACK options.
 *
 * A sorted list of ranges of sequence numbers that do not touch each other, in one chunk
 * (chunk_pool.h) that is only held while there is one. Looking up halves the list; adding moves at
 * most one chunk's bytes. So a peer who sends 100,000 single bytes with a gap after each costs one
 * chunk and RANGES_MAX ranges, and each further byte a look-up and a refusal (CVE-2018-5390).
 *
 * Blocks are told as RFC 2018, 4 asks: first the range with the latest arrival, then those told
 * most lately before. A duplicate comes once, before all others (RFC 2883, 4).
 *
 * Memory: the pool's. Threads: the router's.
 */
#ifndef TCP_RANGES_H
#define TCP_RANGES_H

#include <stdbool.h>
#include <stdint.h>

#include "tcp/chunk_pool.h"

#define RANGES_RECENT 4 /* as many blocks as fit into the options: RFC 2018, 3 */
#define RANGES_MAX    ((CHUNK_BYTES - (RANGES_RECENT + 4) * 4) / 8)

/* Bytes from @seq (included) to @end (not). */
struct range {
	uint32_t seq, end;
};

struct ranges {
	uint32_t chunk;         /* 0: all has come in order */
	struct range duplicate; /* to be told once; empty: none */
};

enum ranges_add {
	RANGES_ADDED,     /* all or a part of it is new */
	RANGES_DUPLICATE, /* all of it had come before */
	RANGES_FULL, /* refused: RANGES_MAX ranges, or no chunk left. It counts as not received */
};

/* All zeroes are an empty list. */

/* @seq to @end has come, all of it after what is acknowledged. What of it was there already is
 * remembered as the duplicate. */
enum ranges_add ranges_add(struct ranges *ranges, struct chunk_pool *pool, uint32_t seq,
                           uint32_t end);
/*
 * Everything before @next has come in order. Returns up to where there is no gap: @next, or the end
 * of the range that it has reached. Ranges below are forgotten.
 */
MUST_USE uint32_t ranges_advance(struct ranges *ranges, struct chunk_pool *pool, uint32_t next);
/* @seq to @end came although it was acknowledged long ago (RFC 2883, 4.1). */
void ranges_note_duplicate(struct ranges *ranges, uint32_t seq, uint32_t end);
/*
 * What to tell, up to @max blocks (4; 3 beside timestamps); returns how many. The duplicate is
 * among them only now: it counts as told.
 */
unsigned ranges_blocks(struct ranges *ranges, const struct chunk_pool *pool, struct range *blocks,
                       unsigned max);
/* Is there anything that ranges_blocks() would tell? */
bool ranges_has_blocks(const struct ranges *ranges);
/* How many ranges, for people and tests. */
uint32_t ranges_count(const struct ranges *ranges, const struct chunk_pool *pool);
/* Forget all. */
void ranges_reset(struct ranges *ranges, struct chunk_pool *pool);

#endif
