#include "sim/clock.h"

static mono mono_of(struct clock *clock)
{
	return ((struct sim_clock *)clock)->now;
}

static wall wall_of(struct clock *clock)
{
	const struct sim_clock *sim = (const struct sim_clock *)clock;

	return (wall){ (int64_t)sim->now.ns + sim->wall_offset_ns };
}

void sim_clock_init(struct sim_clock *clock, mono start)
{
	*clock = (struct sim_clock){ .clock = { .mono = mono_of, .wall = wall_of }, .now = start };
}
