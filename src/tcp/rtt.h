/*
 * rtt.h -- how long a segment and its acknowledgement take, and so how long to wait (RFC 6298).
 *
 * The smoothed time and its variation follow each measurement; the least time of the last minutes
 * is kept beside them (RFC 8985, 6.2). With several measurements in one round trip the variation
 * may rise with each, but falls only once a round trip: else it would forget too soon (RFC 7323,
 * 4.2 and appendix G). Times are microseconds.
 *
 * Memory: none. A struct rtt is a value; all zero is one that has measured nothing.
 */
#ifndef TCP_RTT_H
#define TCP_RTT_H

#include "lib/mono.h"

struct rtt {
	uint32_t smoothed_us;  /* SRTT; 0: nothing was measured yet */
	uint32_t variation_us; /* RTTVAR */
	uint32_t least_us;     /* of the last RTT_LEAST_S seconds; 0: nothing was measured yet */
	uint32_t least_at_s;   /* when that was, in seconds of the clock */
	uint32_t fallen_us;    /* when the variation last fell: the clock's low 32 bits */
	uint8_t backoff;       /* how often the timeout has doubled */
};

#define RTT_LEAST_S 300

struct rtt_limits {
	uint32_t initial_us; /* before anything was measured: 1 s (RFC 6298, 2.1) */
	/* What is added to SRTT is never less than this. Linux has 200 ms; with 1 s here and below
	 * the timeout is the one of RFC 6298, 2.4. */
	uint32_t margin_us;
	uint32_t least_us; /* no timeout is shorter */
	uint32_t most_us;  /* nor longer: 120 s */
};

/* A segment that was sent once only was acknowledged after @us (Karn: RFC 6298, 3). Whatever the
 * timeout has doubled to before no longer counts (RFC 6298, 5.7). */
void rtt_sample(struct rtt *rtt, uint32_t us, mono now);
/* RTO, doublings included. */
uint32_t rtt_timeout_us(const struct rtt *rtt, const struct rtt_limits *limits);
/* RTO as if it had never doubled. */
uint32_t rtt_timeout_once_us(const struct rtt *rtt, const struct rtt_limits *limits);
/* The timer has expired (RFC 6298, 5.5). */
void rtt_back_off(struct rtt *rtt);

#endif
