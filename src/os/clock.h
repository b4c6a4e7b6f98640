/*
 * clock.h -- the machine's clocks behind lib's struct clock.
 *
 * mono is CLOCK_MONOTONIC, wall is CLOCK_REALTIME.
 *
 * Threads: any; there is no state.
 */
#ifndef OS_CLOCK_H
#define OS_CLOCK_H

#include "lib/clock.h"

void clock_init(struct clock *clock);

#endif
