/*
 * random.h -- the kernel's random numbers behind lib's struct random.
 *
 * Small draws come from a pool that is filled by one getrandom() for many of them; bytes that were
 * handed out are wiped from it. A pool must not be used on both sides of a fork().
 *
 * Threads: one at a time for each pool.
 */
#ifndef OS_RANDOM_H
#define OS_RANDOM_H

#include "lib/random.h"

#define RANDOM_POOL_BYTES 512

struct random_pool {
	struct random random;
	size_t left; /* unused bytes at the end of `bytes` */
	uint8_t bytes[RANDOM_POOL_BYTES];
};

/* Afterwards &pool->random is what the router is given. */
void random_init(struct random_pool *pool);

#endif
