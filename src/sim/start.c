#include "sim/start.h"

#include "fw/flow.h"

enum {
	START_S = 1000,
	BEFORE_S = 40 /* at most so long before the clock comes round */
};

static uint64_t wrap_ns(uint32_t which)
{
	static const uint64_t wraps[] = {
		NS_PER_MS << 32,             /* 32 bits of milliseconds: 49.7 days */
		NS_PER_US << 32,             /* of microseconds: 71.6 minutes */
		NS_PER_S << 32,              /* of seconds: 136 years */
		1ULL << 63,                  /* where a signed number would turn: 292 years */
		1ULL << 53,                  /* where a double loses nanoseconds: 104 days */
		FLOW_TIMER_SLOTS * NS_PER_S, /* the wheel's first round */
		FLOW_TIMER_SLOTS * NS_PER_S * 60000, /* a later one */
	};

	return wraps[which % ARRAY_LEN(wraps)];
}

/* Up to 65,535 before 0. */
static uint32_t before_zero(struct sim_random *random)
{
	return UINT32_MAX - sim_random_below(random, 65536);
}

struct start start_draw(struct sim_random *random)
{
	bool near_wrap = sim_random_chance(random, 5000);
	uint32_t which = sim_random_below(random, 7);
	uint64_t before_ns = sim_random_next(random) % (BEFORE_S * NS_PER_S);
	uint32_t generation = before_zero(random);
	uint32_t version = before_zero(random);
	uint32_t seq = before_zero(random);
	bool soon = sim_random_chance(random, 5000);
	struct start start = {
		.near_wrap = near_wrap,
		.now = { START_S * NS_PER_S },
		.wall_offset_ns = 1700000000LL * (int64_t)NS_PER_S,
		.ip_id = 1,
		.tcp_seq = (uint32_t)sim_random_next(random),
	};

	if (!near_wrap)
		return start;
	start.now.ns = wrap_ns(which) - before_ns;
	/* Few changes happen in one seed: half of the time the next one comes round. */
	start.router.generation = soon ? generation | 0xfffffff0 : generation;
	start.router.neigh_version = soon ? version | 0xfffffff0 : version;
	start.ip_id = (uint16_t)(0xff00 | seq);
	start.tcp_seq = seq;
	return start;
}
