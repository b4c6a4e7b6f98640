/*
 * seq.h -- sequence numbers: 32 bits that come round, compared over half of their circle.
 *
 * RFC 9293, 3.4: a number lies before another when it takes fewer than 2^31 steps forwards to
 * get there. The order holds among numbers that lie within 2^31 of each other, as all of one
 * connection's window do (RFC 7323, 2.3); it is no order of all numbers.
 */
#ifndef TCP_SEQ_H
#define TCP_SEQ_H

#include <stdbool.h>
#include <stdint.h>

static inline bool seq_lt(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) < 0;
}

static inline bool seq_leq(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) <= 0;
}

static inline bool seq_gt(uint32_t a, uint32_t b)
{
	return seq_lt(b, a);
}

static inline bool seq_geq(uint32_t a, uint32_t b)
{
	return seq_leq(b, a);
}

static inline uint32_t seq_max(uint32_t a, uint32_t b)
{
	return seq_lt(a, b) ? b : a;
}

static inline uint32_t seq_min(uint32_t a, uint32_t b)
{
	return seq_lt(a, b) ? a : b;
}

/* From @low (included) to @end (not). */
static inline bool seq_within(uint32_t seq, uint32_t low, uint32_t end)
{
	return seq - low < end - low;
}

#endif
