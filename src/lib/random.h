/*
 * random.h -- where unpredictable bytes come from: one of the four doors to the world.
 *
 * os/random.c asks the kernel; sim draws from the world's seed. Each draw is a statement of its
 * own: two in one argument list come in an order that compilers choose differently.
 */
#ifndef LIB_RANDOM_H
#define LIB_RANDOM_H

#include <stddef.h>
#include <stdint.h>

struct random {
	void (*fill)(struct random *random, void *bytes, size_t len);
};

static inline void random_fill(struct random *random, void *bytes, size_t len)
{
	random->fill(random, bytes, len);
}

static inline uint32_t random_u32(struct random *random)
{
	uint32_t v;

	random->fill(random, &v, sizeof v);
	return v;
}

static inline uint64_t random_u64(struct random *random)
{
	uint64_t v;

	random->fill(random, &v, sizeof v);
	return v;
}

/* Evenly from 0 to @below - 1; @below is not 0. */
uint32_t random_below(struct random *random, uint32_t below);

#endif
