#include "wire/checksum.h"

#include <string.h>

#include "wire/cursor.h"

/* Ones' complement addition: what is carried out comes in again at the other end. */
static uint64_t add_around(uint64_t sum, uint64_t word)
{
	sum += word;
	return sum + (sum < word);
}

static uint64_t load_word(const uint8_t *bytes)
{
	uint64_t word;

	memcpy(&word, bytes, sizeof word);
	return word;
}

/* Fewer than 8 bytes; each piece starts at an even place, so its words stand in its lanes. */
static uint64_t sum_rest(const uint8_t *bytes, size_t len)
{
	uint32_t four = 0;
	uint16_t two = 0, one = 0;

	if (len & 4) {
		memcpy(&four, bytes, sizeof four);
		bytes += 4;
	}
	if (len & 2) {
		memcpy(&two, bytes, sizeof two);
		bytes += 2;
	}
	if (len & 1)
		memcpy(&one, bytes, 1);
	return (uint64_t)four + two + one;
}

/* Four words at once, where the machine can; each in a lane of 64 bits, which no length fills. */
typedef uint64_t lanes __attribute__((vector_size(16)));

static lanes load_lanes(const uint8_t *bytes)
{
	lanes pair;

	memcpy(&pair, bytes, sizeof pair);
	return pair;
}

/* Whole blocks of 32 bytes. The halves of each word are added apart, so that nothing is carried
 * out. */
static uint64_t sum_blocks(const uint8_t *bytes, size_t len)
{
	lanes low = { 0 }, high = { 0 };

	for (; len >= 32; bytes += 32, len -= 32) {
		lanes a = load_lanes(bytes), b = load_lanes(bytes + 16);

		low += (a & UINT32_MAX) + (b & UINT32_MAX);
		high += (a >> 32) + (b >> 32);
	}
	low += high;
	return low[0] + low[1];
}

/*
 * The sum over words of the machine's own byte order. Swapping the bytes of all words swaps those
 * of the sum (RFC 1071, 2 (B)), and wide words fold into narrow ones (2 (C)), so only the result
 * has to be put in order.
 */
static uint64_t sum_native(const uint8_t *bytes, size_t len)
{
	uint64_t sum = 0;

	if (len >= 32) {
		sum = sum_blocks(bytes, len);
		bytes += len & ~(size_t)31;
		len &= 31;
	}
	for (; len >= 8; bytes += 8, len -= 8)
		sum = add_around(sum, load_word(bytes));
	return add_around(sum, sum_rest(bytes, len));
}

uint32_t sum_bytes(uint32_t sum, const uint8_t *bytes, size_t len)
{
	uint64_t native = sum_native(bytes, len);
	uint64_t half = (native & UINT32_MAX) + (native >> 32);
	uint16_t folded = sum_fold((uint32_t)((half & UINT32_MAX) + (half >> 32)));
	uint8_t order[2];

	memcpy(order, &folded, sizeof order);
	/* Folded first, so that any number of pieces can be added up. */
	return (uint32_t)sum_fold(sum) + wire_get16(order);
}

uint32_t sum_pseudo(ip4 src, ip4 dst, uint8_t proto, uint16_t l4_bytes)
{
	return (src.v >> 16) + (src.v & 0xffff) + (dst.v >> 16) + (dst.v & 0xffff) + proto +
	       l4_bytes;
}

uint16_t checksum(const uint8_t *bytes, size_t len)
{
	return sum_finish(sum_bytes(0, bytes, len));
}
