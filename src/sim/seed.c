#include "sim/seed.h"

#include "sim/fast_slow.h"
#include "sim/network_run.h"
#include "sim/stream_run.h"

bool seed_run(struct seed *seed)
{
	seed->trace = (struct trace){ 0 };
	seed->failed_step = 0;
	seed->cover->seeds++;
	if (seed->streams)
		return stream_run(seed);
	return fast_slow_run(seed) && network_run(seed);
}

struct sim_random seed_random(const struct seed *seed, uint32_t step)
{
	struct sim_random random = sim_random_make(seed->number);
	uint64_t mixed = sim_random_next(&random);

	return sim_random_make(mixed ^ (uint64_t)step << 32);
}

bool seed_has_step(const struct seed *seed, uint32_t step)
{
	return step >= SEED_STEPS_MAX || !seed->skip[step];
}
