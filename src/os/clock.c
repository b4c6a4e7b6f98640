#include "os/clock.h"

#include <time.h>

#include "lib/must.h"

static struct timespec read_clock(clockid_t id)
{
	struct timespec t;

	/* It can fail only for a clock that does not exist. */
	must(clock_gettime(id, &t) == 0);
	return t;
}

static mono machine_mono(struct clock *clock)
{
	struct timespec t = read_clock(CLOCK_MONOTONIC);

	(void)clock;
	return (mono){ (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_nsec };
}

static wall machine_wall(struct clock *clock)
{
	struct timespec t = read_clock(CLOCK_REALTIME);

	(void)clock;
	return (wall){ (int64_t)t.tv_sec * (int64_t)NS_PER_S + t.tv_nsec };
}

void clock_init(struct clock *clock)
{
	*clock = (struct clock){ .mono = machine_mono, .wall = machine_wall };
}
