/*
 * limit.h -- so many packets or bits in a while: what rules mean by limit and dst-limit.
 *
 * A bucket holds up to `burst` tokens and gets `rate` of them each `time_s`. A packet takes one, or
 * as many as it has bits; it passes while there is at least one, and may overdraw: in the long run
 * no more passes than the rate says, whatever the size of the packets.
 *
 * struct limits is a table of buckets by key, as many as it was made for. When all are taken, the
 * one that was used longest ago gives way.
 *
 * Threads: the router's. Memory: a table is sized at start.
 */
#ifndef FW_LIMIT_H
#define FW_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/hash.h"
#include "lib/ip.h"
#include "lib/mono.h"
#include "lib/must.h"

#define LIMIT_TIME_S_MAX 86400

struct limit_rate {
	uint32_t rate, burst; /* packets or bits; 1 at least */
	uint32_t time_s;      /* 1 to LIMIT_TIME_S_MAX */
};

struct limit_bucket {
	int64_t tokens;
	uint64_t part; /* of the next token, in 1/(time_s * NS_PER_S) */
	mono at;       /* when that was so */
};

/* A full one. */
struct limit_bucket limit_bucket_full(const struct limit_rate *rate, mono now);
/* Is there a token? Then @cost of them are taken, unless only @asked. */
bool limit_take(struct limit_bucket *bucket, const struct limit_rate *rate, uint32_t cost, mono now,
                bool asked);

struct limits;

struct limit_key {
	uint32_t rule; /* and all that says what its rate is: a changed rule starts anew */
	uint32_t tag;
	ip4 src, dst;
	uint16_t dport;
};

MUST_USE struct limits *limits_new(uint32_t capacity, const struct hash_key *key);
void limits_free(struct limits *limits);
/* limit_take() from the bucket of @key, a full one when it was not used for @expire_s. */
bool limits_take(struct limits *limits, const struct limit_key *key, const struct limit_rate *rate,
                 uint32_t expire_s, mono now, bool asked);
/* How many keys have a bucket. */
uint32_t limits_used(const struct limits *limits);

#endif
