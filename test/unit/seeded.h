/*
 * seeded.h -- random numbers that are the same in each run (SplitMix64; Steele, Lea, Flood 2014).
 *
 * A test that fails on the n-th draw fails there again. `struct random` is its first member, so
 * &seeded.random goes wherever randomness is asked for.
 */
#ifndef SEEDED_H
#define SEEDED_H

#include <stdint.h>
#include <string.h>

#include "lib/random.h"

struct seeded {
	struct random random;
	uint64_t state;
};

static inline uint64_t seeded_next(struct seeded *seeded)
{
	uint64_t z = seeded->state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return z ^ z >> 31;
}

static inline void seeded_fill(struct random *random, void *bytes, size_t len)
{
	struct seeded *seeded = (struct seeded *)random;
	uint8_t *p = bytes;

	while (len > 0) {
		uint64_t word = seeded_next(seeded);
		size_t part = len < sizeof word ? len : sizeof word;

		memcpy(p, &word, part);
		p += part;
		len -= part;
	}
}

static inline struct seeded seeded_make(uint64_t seed)
{
	return (struct seeded){ .random = { .fill = seeded_fill }, .state = seed };
}

#endif
