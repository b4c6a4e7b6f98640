#include "fw/flow_rate.h"

/* 11 bits of value, 5 of how far it was shifted. */
#define VALUE_BITS 11
#define VALUE_MASK ((1U << VALUE_BITS) - 1)

static uint16_t pack(uint32_t bytes)
{
	unsigned shift = 0;

	while (bytes >> shift > VALUE_MASK)
		shift++;
	return (uint16_t)(shift << VALUE_BITS | bytes >> shift);
}

static uint32_t unpack(uint16_t packed)
{
	return (packed & VALUE_MASK) << (packed >> VALUE_BITS);
}

static uint32_t since_mark(const struct flow_way *way)
{
	return (uint32_t)way->bytes - way->rate_mark;
}

void flow_rate_roll(struct flow *flow, uint16_t second)
{
	bool next = (uint16_t)(flow->rate_second + 1) == second;

	if (flow->rate_second == second)
		return;
	for (unsigned dir = 0; dir < 2; dir++) {
		struct flow_way *way = &flow->way[dir];

		way->rate_last = next ? pack(since_mark(way)) : 0;
		way->rate_mark = (uint32_t)way->bytes;
	}
	flow->rate_second = second;
}

void flow_rate_begin(struct flow *flow, uint16_t second)
{
	for (unsigned dir = 0; dir < 2; dir++) {
		flow->way[dir].rate_last = 0;
		flow->way[dir].rate_mark = (uint32_t)flow->way[dir].bytes;
	}
	flow->rate_second = second;
}

uint32_t flow_rate(const struct flow *flow, uint8_t dir, mono now)
{
	const struct flow_way *way = &flow->way[dir];
	uint16_t ago = (uint16_t)(flow_rate_second(now) - flow->rate_second);

	if (ago == 0)
		return unpack(way->rate_last);
	return ago == 1 ? since_mark(way) : 0;
}
