#include "lib/rate.h"

struct rate rate_make(uint32_t per_second, uint32_t burst)
{
	return (struct rate){ .per_second = per_second, .burst = burst };
}

/*
 * The bucket is kept as one time: when it will be full again if nothing more is taken. Each token
 * moves that time on by one interval; a token is there as long as it lies at most burst - 1
 * intervals ahead (the generic cell rate algorithm, ITU-T I.371).
 */
/* Rounded up: a shorter interval would let more pass than was said, and it adds up. */
static uint64_t interval_of(const struct rate *rate)
{
	return (NS_PER_S + rate->per_second - 1) / rate->per_second;
}

static uint64_t full_at(const struct rate *rate, mono now)
{
	return rate->spent_ns > now.ns ? rate->spent_ns : now.ns;
}

static bool is_there(const struct rate *rate, mono now)
{
	if (rate->per_second == 0 || rate->burst == 0)
		return false;
	return full_at(rate, now) - now.ns <= (rate->burst - 1) * interval_of(rate);
}

bool rate_take(struct rate *rate, mono now)
{
	if (!is_there(rate, now))
		return false;
	rate->spent_ns = full_at(rate, now) + interval_of(rate);
	return true;
}

bool rate_take_by_chance(struct rate *rate, mono now, struct random *random)
{
	if (!is_there(rate, now))
		return false;
	rate->spent_ns = full_at(rate, now) + random_below(random, 3) * interval_of(rate);
	return true;
}
