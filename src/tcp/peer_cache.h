/*
 * peer_cache.h -- the last timestamp that each peer was seen with (MISSION, A7).
 *
 * Written when a connection to it enters TIME-WAIT, asked when the next one is opened within 60 s:
 * the new connection starts out with it as the peer's latest timestamp. It is a hint: several
 * hosts behind one address have clocks of their own, so no segment may be dropped for it.
 *
 * A keyed hash names four places, of which an address may take any; when all are in use one of them
 * gives way, chosen at random, so that nobody outside can push out a given peer at will.
 *
 * Memory: sized at start. Threads: the router's.
 */
#ifndef TCP_PEER_CACHE_H
#define TCP_PEER_CACHE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/hash.h"
#include "lib/ip.h"
#include "lib/mono.h"
#include "lib/must.h"

#define PEER_CACHE_AGE_S 60

struct peer_cache;

/* @capacity: how many peers at least. */
MUST_USE struct peer_cache *peer_cache_new(uint32_t capacity, const struct hash_key *key);
void peer_cache_free(struct peer_cache *cache);

/* @draw: a random number of the caller's. */
void peer_cache_put(struct peer_cache *cache, ip4 peer, uint32_t timestamp, mono now,
                    uint32_t draw);
/* What @peer's timestamp was, and how long ago. False: not known, or too old. */
MUST_USE bool peer_cache_get(const struct peer_cache *cache, ip4 peer, mono now,
                             uint32_t *ret_timestamp, uint64_t *ret_age_ms);

#endif
