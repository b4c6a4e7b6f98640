#include "sim/random.h"

#include <string.h>

uint64_t sim_random_next(struct sim_random *random)
{
	uint64_t z = random->state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return z ^ z >> 31;
}

/* Byte by byte from the lowest on, so that every machine draws the same. */
static void fill(struct random *random, void *bytes, size_t len)
{
	uint8_t *to = bytes;

	while (len > 0) {
		uint64_t word = sim_random_next((struct sim_random *)random);

		for (unsigned i = 0; i < 8 && len > 0; i++, len--)
			*to++ = (uint8_t)(word >> (8 * i));
	}
}

struct sim_random sim_random_make(uint64_t seed)
{
	return (struct sim_random){ .random = { .fill = fill }, .state = seed };
}

uint32_t sim_random_below(struct sim_random *random, uint32_t below)
{
	return (uint32_t)((sim_random_next(random) >> 32) * below >> 32);
}

bool sim_random_chance(struct sim_random *random, uint32_t in_10000)
{
	return sim_random_below(random, 10000) < in_10000;
}
