/* seeded.h -- random numbers that come again with the seed (xorshift64*; Vigna, 2014). */
#ifndef TEST_WIRE_SEEDED_H
#define TEST_WIRE_SEEDED_H

#include <stddef.h>
#include <stdint.h>

static inline uint64_t seeded_next(uint64_t *seed)
{
	*seed ^= *seed >> 12;
	*seed ^= *seed << 25;
	*seed ^= *seed >> 27;
	return *seed * 0x2545f4914f6cdd1dULL;
}

/* Evenly enough for tests, from 0 to @below - 1. */
static inline uint32_t seeded_below(uint64_t *seed, uint32_t below)
{
	return (uint32_t)((seeded_next(seed) >> 32) % below);
}

static inline void seeded_fill(uint64_t *seed, uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		bytes[i] = (uint8_t)(seeded_next(seed) >> 56);
}

#endif
