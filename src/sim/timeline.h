/*
 * timeline.h -- what happens when, in a simulated world.
 *
 * A virtual clock, a queue of events ordered by time (and among equal times by when they were
 * asked for), the world's random numbers, and a hash over every frame that was delivered: two runs
 * of a seed give the same hash, or the world is not deterministic.
 */
#ifndef SIM_TIMELINE_H
#define SIM_TIMELINE_H

#include <stddef.h>

#include "sim/clock.h"
#include "sim/random.h"
#include "sim/trace.h"

typedef void timeline_event(void *arg, void *detail);

struct timeline_entry {
	mono at;
	uint64_t order;
	timeline_event *run;
	void *arg, *detail;
};

struct timeline {
	struct sim_clock clock;
	struct sim_random random;
	struct timeline_entry *heap; /* the next one first */
	size_t n, size;
	uint64_t asked;     /* events ever */
	struct trace trace; /* of all that was delivered */
	uint32_t places;    /* where something is delivered: numbered as they are made */
};

void timeline_init(struct timeline *timeline, uint64_t seed, mono start);
/* Events that have not run are forgotten; what they hold is their owners'. */
void timeline_free(struct timeline *timeline);
/* Call @run with @arg and @detail at @at (at once for a time that has passed). */
void timeline_at(struct timeline *timeline, mono at, timeline_event *run, void *arg, void *detail);
/* Run the next event if it is due by @until; false: there is none, and the clock shows @until. */
bool timeline_step(struct timeline *timeline, mono until);
/* A frame of @len bytes was delivered at place @place. */
void timeline_note(struct timeline *timeline, uint64_t place, const uint8_t *bytes, size_t len);

static inline mono timeline_now(const struct timeline *timeline)
{
	return timeline->clock.now;
}

#endif
