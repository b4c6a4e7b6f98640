/*
 * checksum.h -- the Internet checksum (RFC 1071) and its incremental update (RFC 1624).
 *
 * Sums are over big-endian 16-bit words, values in host order. checksum_* functions return the
 * field's value (complemented); sum_* work on the running, uncomplemented sum.
 */
#ifndef WIRE_CHECKSUM_H
#define WIRE_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

#include "lib/ip.h"

/* Add @len bytes to running sum @sum; an odd last byte counts as the upper half of a word. */
uint32_t sum_bytes(uint32_t sum, const uint8_t *bytes, size_t len);
/* The pseudo-header's part (RFC 9293, 3.1; RFC 768). */
uint32_t sum_pseudo(ip4 src, ip4 dst, uint8_t proto, uint16_t l4_bytes);

static inline uint16_t sum_fold(uint32_t sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)sum;
}

static inline uint16_t sum_finish(uint32_t sum)
{
	return (uint16_t)~sum_fold(sum);
}

/* The checksum field's value over @len bytes in which the field itself is 0; or, over bytes with
 * the field in place, 0 when it is right. */
uint16_t checksum(const uint8_t *bytes, size_t len);

/* The field's new value when one word went from @old to @new: HC' = ~(~HC + ~m + m') (RFC 1624,
 * eqn. 3). */
static inline uint16_t checksum_replace16(uint16_t field, uint16_t old, uint16_t new)
{
	return sum_finish((uint32_t)(uint16_t)~field + (uint16_t)~old + new);
}

static inline uint16_t checksum_replace32(uint16_t field, uint32_t old, uint32_t new)
{
	return checksum_replace16(
		checksum_replace16(field, (uint16_t)(old >> 16), (uint16_t)(new >> 16)),
		(uint16_t)old, (uint16_t) new);
}

/*
 * The same for a partial checksum (a virtual card's needs_checksum): the field holds the folded,
 * uncomplemented sum of the pseudo-header, so addresses are replaced in it and ports are not in it.
 */
static inline uint16_t partial_replace32(uint16_t field, uint32_t old, uint32_t new)
{
	return (uint16_t)~checksum_replace32((uint16_t)~field, old, new);
}

#endif
