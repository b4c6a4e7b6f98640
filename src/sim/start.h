/*
 * start.h -- where the clocks and counters of a world begin.
 *
 * What comes round after years comes round in the first minute of every other seed (RELIABILITY,
 * G4): the clock stands a little before milliseconds or microseconds fill 32 bits, before
 * nanoseconds fill 63, or before the timer wheel goes round; versions, generations, identifications
 * and sequence numbers stand within 65,536 of their end.
 */
#ifndef SIM_START_H
#define SIM_START_H

#include "router/router.h"
#include "sim/random.h"

struct start {
	bool near_wrap;
	mono now;
	int64_t wall_offset_ns;
	struct router_start router;
	uint16_t ip_id;
	uint32_t tcp_seq; /* the first sequence numbers lie from here to 65,535 further on */
};

/* Draws the same number of times whatever it draws. */
struct start start_draw(struct sim_random *random);

#endif
