/*
 * routes.h -- a table like the internet's, from a seed: what bench-routes and bench-routes-kernel
 * both load.
 */
#ifndef BENCH_ROUTES_H
#define BENCH_ROUTES_H

#include <stdint.h>
#include <time.h>

struct draw {
	uint64_t state;
};

static inline uint64_t draw(struct draw *d) /* splitmix64 */
{
	uint64_t z = d->state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return z ^ z >> 31;
}

/* Lengths in a full table of 2026, in thousandths: six in ten are /24. */
static inline unsigned draw_bits(struct draw *d)
{
	static const struct {
		uint16_t below, bits;
	} lengths[] = { { 1, 8 },    { 3, 12 },   { 6, 14 },   { 20, 16 },  { 36, 18 },
		        { 62, 19 },  { 107, 20 }, { 161, 21 }, { 270, 22 }, { 370, 23 },
		        { 995, 24 }, { 998, 28 }, { 1000, 32 } };
	unsigned n = (unsigned)(draw(d) % 1000), i = 0;

	while (n >= lengths[i].below)
		i++;
	return lengths[i].bits;
}

struct prefix {
	uint32_t network;
	uint8_t bits, hop;
};

/* The next prefix: 1.0.0.0 to 223.255.255.255, with neighbours often by one way, as in real ones.
 */
static inline struct prefix draw_prefix(struct draw *d, struct prefix last)
{
	struct prefix p = { .bits = (uint8_t)draw_bits(d), .hop = (uint8_t)(draw(d) % 200) };
	uint32_t mask = ~0U << (32 - p.bits);

	if (last.bits > 0 && draw(d) % 4 != 0 &&
	    last.network >> 24 < 220) { /* beside the last one */
		p.network = ((last.network | ~(~0U << (32 - last.bits))) + 1) & mask;
		if (draw(d) % 2 == 0)
			p.hop = last.hop;
		return p;
	}
	p.network = (uint32_t)(0x01000000 + draw(d) % 0xde000000ULL) & mask;
	return p;
}

/* Of this process's own time: what else the machine does is not counted. */
static inline double seconds_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

#endif
