/*
 * chunk_pool.h -- the memory that streams lie in: chunks of 4 KiB, their number fixed at start.
 *
 * A chunk is named by a number from 1 to the capacity; 0 is none. What a chunk holds when it is
 * taken is what its last user left there.
 *
 * Memory:  asked for at start, and touched when a chunk is first used; it never grows.
 *          Invariant: used = taken - given back; 0 once no connection is left.
 * Threads: the router's.
 * Errors:  none left is an ordinary answer (0); giving back what was not taken is our own mistake.
 */
#ifndef TCP_CHUNK_POOL_H
#define TCP_CHUNK_POOL_H

#include <stdint.h>

#include "lib/must.h"

#define CHUNK_BYTES 4096U

struct chunk_pool {
	uint8_t *bytes;
	uint32_t capacity;
	uint32_t fresh; /* chunks after this one were never used */
	uint32_t free;  /* the first that came back; its first bytes name the next */
	uint32_t used, used_most;
	uint64_t refused; /* how often none was left */
};

void chunk_pool_init(struct chunk_pool *pool, uint32_t capacity);
void chunk_pool_free(struct chunk_pool *pool); /* the whole pool; no chunk may be in use */
/* A chunk, or 0. */
MUST_USE uint32_t chunk_take(struct chunk_pool *pool);
void chunk_give_back(struct chunk_pool *pool, uint32_t chunk);

static inline uint8_t *chunk_bytes(const struct chunk_pool *pool, uint32_t chunk)
{
	return pool->bytes + (uint64_t)(chunk - 1) * CHUNK_BYTES;
}

#endif
