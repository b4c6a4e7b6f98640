#include "tcp/rtt.h"

/* How much of a round trip's change counts: RFC 6298, 2.3. */
enum {
	SMOOTHED_SHIFT = 3,  /* alpha: 1/8 */
	VARIATION_SHIFT = 2, /* beta: 1/4 */
};

static uint32_t low_us(mono now)
{
	return (uint32_t)(now.ns / NS_PER_US);
}

/* RTTVAR <- (1 - beta) * RTTVAR + beta * |SRTT - R'|; downwards once in a round trip. */
static void variation_follow(struct rtt *rtt, uint32_t us, mono now)
{
	uint32_t off = us > rtt->smoothed_us ? us - rtt->smoothed_us : rtt->smoothed_us - us;
	uint32_t old = rtt->variation_us;

	if (off >= old) {
		rtt->variation_us = old + ((off - old) >> VARIATION_SHIFT);
		return;
	}
	if (low_us(now) - rtt->fallen_us < rtt->smoothed_us)
		return;
	rtt->variation_us = old - ((old - off) >> VARIATION_SHIFT);
	rtt->fallen_us = low_us(now);
}

static void least_follow(struct rtt *rtt, uint32_t us, mono now)
{
	uint32_t at_s = (uint32_t)(now.ns / NS_PER_S);

	if (rtt->least_us != 0 && us > rtt->least_us && at_s - rtt->least_at_s < RTT_LEAST_S)
		return;
	rtt->least_us = us;
	rtt->least_at_s = at_s;
}

void rtt_sample(struct rtt *rtt, uint32_t us, mono now)
{
	if (us == 0)
		us = 1; /* zero says that nothing was measured */
	least_follow(rtt, us, now);
	rtt->backoff = 0;
	if (rtt->smoothed_us == 0) { /* RFC 6298, 2.2 */
		rtt->smoothed_us = us;
		rtt->variation_us = us / 2;
		rtt->fallen_us = low_us(now);
		return;
	}
	variation_follow(rtt, us, now); /* by the old SRTT: RFC 6298, 2.3 */
	if (us > rtt->smoothed_us)
		rtt->smoothed_us += (us - rtt->smoothed_us) >> SMOOTHED_SHIFT;
	else
		rtt->smoothed_us -= (rtt->smoothed_us - us) >> SMOOTHED_SHIFT;
}

uint32_t rtt_timeout_once_us(const struct rtt *rtt, const struct rtt_limits *limits)
{
	uint64_t us = limits->initial_us;

	if (rtt->smoothed_us != 0) { /* RTO = SRTT + max(G, 4 * RTTVAR): RFC 6298, 2.3 */
		uint64_t margin = 4ULL * rtt->variation_us;

		us = rtt->smoothed_us + (margin > limits->margin_us ? margin : limits->margin_us);
	}
	if (us < limits->least_us)
		us = limits->least_us;
	return us < limits->most_us ? (uint32_t)us : limits->most_us;
}

uint32_t rtt_timeout_us(const struct rtt *rtt, const struct rtt_limits *limits)
{
	uint64_t us = (uint64_t)rtt_timeout_once_us(rtt, limits) << rtt->backoff;

	return us < limits->most_us ? (uint32_t)us : limits->most_us;
}

void rtt_back_off(struct rtt *rtt)
{
	if (rtt->backoff < 16)
		rtt->backoff++;
}
