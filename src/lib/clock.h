/*
 * clock.h -- where time comes from: one of the four doors to the world.
 *
 * Two worlds implement it: os/clock.c (the machine's clocks) and sim (a virtual clock). Only the
 * loop that drives a router asks it, once a turn; everybody below gets `now` as an argument.
 */
#ifndef LIB_CLOCK_H
#define LIB_CLOCK_H

#include "lib/mono.h"

struct clock {
	mono (*mono)(struct clock *clock);
	wall (*wall)(struct clock *clock);
};

static inline mono clock_mono(struct clock *clock)
{
	return clock->mono(clock);
}

static inline wall clock_wall(struct clock *clock)
{
	return clock->wall(clock);
}

#endif
