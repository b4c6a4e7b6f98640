#include "core/lpm.h"

#include <string.h>

#include "core/places.h"
#include "lib/mem.h"

#define STEPS_ALWAYS 6 /* enough for 64 ranges */

/* 8 bytes: all chunks together nearly fit the second cache of a processor. */
struct lpm_chunk {
	uint32_t at;    /* its ranges; 0: none, and a range that says so */
	uint16_t more;  /* ranges but one */
	uint16_t cover; /* what the longest prefix of up to 16 bits stands for */
};

struct lpm {
	struct lpm_chunk chunks[LPM_CHUNKS];
	uint8_t cover_bits[LPM_CHUNKS]; /* the length of that prefix + 1; 0: none */
	struct places ranges;
};

struct lpm *lpm_new(void)
{
	struct lpm *lpm = mem_new(1, sizeof *lpm);

	lpm->ranges = places_of(sizeof(struct lpm_range));
	must(places_take(&lpm->ranges, 1) == 0);
	memset(lpm->ranges.bytes, 0, sizeof(struct lpm_range));
	return lpm;
}

void lpm_free(struct lpm *lpm)
{
	if (lpm == NULL)
		return;
	places_free(&lpm->ranges);
	mem_free(lpm);
}

void lpm_set_chunk(struct lpm *lpm, uint32_t number, const struct lpm_range *ranges, size_t n)
{
	struct lpm_chunk *chunk = &lpm->chunks[number];

	must(n <= LPM_CHUNKS && (n == 0 || ranges[0].start == 0));
	if (chunk->at != 0)
		places_give_back(&lpm->ranges, chunk->at, chunk->more + 1U);
	chunk->at = 0;
	chunk->more = 0;
	if (n == 0)
		return;
	chunk->at = places_take(&lpm->ranges, (uint32_t)n);
	chunk->more = (uint16_t)(n - 1);
	memcpy(lpm->ranges.bytes + chunk->at * sizeof ranges[0], ranges, n * sizeof ranges[0]);
}

/*
 * One step towards the last of the @*n ranges at @at that begins at or before @low. No branch:
 * which half it is can't be foreseen, and a wrong guess costs more than the step.
 */
static inline const struct lpm_range *step(const struct lpm_range *at, uint32_t *n, uint16_t low)
{
	uint32_t half = *n / 2;

	*n -= half;
	return at + (at[half].start <= low ? half : 0);
}

/*
 * Most chunks have few ranges. They all take the same number of steps, needed or not, so that the
 * processor can go on to the next look-up while this one still waits for memory.
 */
uint16_t lpm_find(const struct lpm *lpm, ip4 addr)
{
	const struct lpm_chunk *chunk = &lpm->chunks[addr.v >> LPM_CHUNK_BITS];
	const struct lpm_range *at = (const void *)lpm->ranges.bytes;
	uint16_t low = (uint16_t)addr.v, cover = chunk->cover;
	uint32_t n = chunk->more + 1U;

	at += chunk->at;
	while (n > 1U << STEPS_ALWAYS)
		at = step(at, &n, low);
#pragma GCC unroll 6
	for (unsigned i = 0; i < STEPS_ALWAYS; i++)
		at = step(at, &n, low);
	return (uint16_t)(at->value | (cover & (uint16_t) - (at->value == 0)));
}

void lpm_cover(struct lpm *lpm, ip4 network, unsigned bits, uint16_t value)
{
	uint32_t first = network.v >> LPM_CHUNK_BITS, n = 1U << (LPM_CHUNK_BITS - bits);

	must(bits <= LPM_CHUNK_BITS);
	for (uint32_t i = first; i < first + n; i++) {
		if (lpm->cover_bits[i] > bits + 1)
			continue;
		lpm->chunks[i].cover = value;
		lpm->cover_bits[i] = (uint8_t)(bits + 1);
	}
}

void lpm_uncover(struct lpm *lpm, ip4 network, unsigned bits, uint16_t parent, unsigned parent_bits)
{
	uint32_t first = network.v >> LPM_CHUNK_BITS, n = 1U << (LPM_CHUNK_BITS - bits);

	must(bits <= LPM_CHUNK_BITS);
	for (uint32_t i = first; i < first + n; i++) {
		if (lpm->cover_bits[i] != bits + 1)
			continue;
		lpm->chunks[i].cover = parent;
		lpm->cover_bits[i] = (uint8_t)(parent != 0 ? parent_bits + 1 : 0);
	}
}

size_t lpm_bytes(const struct lpm *lpm)
{
	return sizeof *lpm + places_bytes(&lpm->ranges);
}
