/*
 * flow_rate.h -- how many bytes of a flow passed in the last whole second.
 *
 * With the first packet of a second the flow remembers where its counters stood; what passed in
 * the second before is then known. A packet pays one comparison, an idle flow nothing. The second
 * is kept modulo 65,536: the wheel looks at every flow more often than that (flow_age.c).
 */
#ifndef FW_FLOW_RATE_H
#define FW_FLOW_RATE_H

#include "fw/flow.h"

static inline uint16_t flow_rate_second(mono now)
{
	return (uint16_t)(now.ns / NS_PER_S);
}

/* Another second has begun than flow->rate_second: before its first packet is counted. */
void flow_rate_roll(struct flow *flow, uint16_t second);
/* The flow's clock is another one now: no rate is known. */
void flow_rate_begin(struct flow *flow, uint16_t second);
/* Bytes of direction @dir in the second before @now, exact to one part in 1,000. */
uint32_t flow_rate(const struct flow *flow, uint8_t dir, mono now);

#endif
