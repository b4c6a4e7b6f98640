/*
 * clock.h -- a clock that stands until somebody moves it: struct clock as the simulator has it.
 *
 * The wall clock runs along at an offset, which a test may change at will: it is for people.
 */
#ifndef SIM_CLOCK_H
#define SIM_CLOCK_H

#include "lib/clock.h"

struct sim_clock {
	struct clock clock;
	mono now;
	int64_t wall_offset_ns; /* wall = now + that */
};

void sim_clock_init(struct sim_clock *clock, mono start);

#endif
