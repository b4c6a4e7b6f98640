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
bool rate_take(struct rate *rate, mono now)
{
	if (rate->per_second == 0)
		return false;

	/* Rounded up: a shorter interval would let more pass than was said, and it adds up. */
	uint64_t interval = (NS_PER_S + rate->per_second - 1) / rate->per_second;
	uint64_t full = rate->spent_ns > now.ns ? rate->spent_ns : now.ns;

	if (rate->burst == 0 || full - now.ns > (rate->burst - 1) * interval)
		return false;
	rate->spent_ns = full + interval;
	return true;
}
