#include "core/lpm.h"

#include <string.h>

#include "lib/mem.h"

/*
 * Places for ranges come in sizes: powers of two and, between two of them, one and a half. A place
 * that is given back waits in the list of its size; its first range then holds the next one.
 */
#define SIZES        34
#define PLACES_FIRST 1024
#define NO_PLACE     UINT32_MAX
#define STEPS_ALWAYS 5 /* enough for 32 ranges */

struct lpm {
	struct lpm_chunk chunks[LPM_CHUNKS];
	struct lpm_range *places;
	uint32_t n, max;
	uint32_t free[SIZES];
};

static uint32_t size_ranges(unsigned size)
{
	return size % 2 == 0 ? 1U << (size / 2) : 3U << (size / 2) >> 1;
}

/* The least size that holds @n ranges; size 1 is as large as size 0 and is not used. */
static uint8_t size_for(size_t n)
{
	unsigned size = 0;

	while (size == 1 || size_ranges(size) < n)
		size++;
	must(size < SIZES);
	return (uint8_t)size;
}

struct lpm *lpm_new(void)
{
	struct lpm *lpm = mem_new(1, sizeof *lpm);

	memset(lpm->free, 0xff, sizeof lpm->free);
	/* Place 0 says "none": where chunks without ranges look. */
	lpm->max = PLACES_FIRST;
	lpm->places = mem_new(lpm->max, sizeof lpm->places[0]);
	lpm->n = 1;
	return lpm;
}

void lpm_free(struct lpm *lpm)
{
	if (lpm == NULL)
		return;
	mem_free(lpm->places);
	mem_free(lpm);
}

static uint32_t place_take(struct lpm *lpm, uint8_t size)
{
	uint32_t at = lpm->free[size], n = size_ranges(size);

	if (at != NO_PLACE) {
		memcpy(&lpm->free[size], &lpm->places[at], sizeof lpm->free[size]);
		return at;
	}
	if (lpm->n + n > lpm->max) {
		/* By an eighth: a million routes are not to lie in twice the room they need. */
		lpm->max += lpm->max / 8 + n + PLACES_FIRST;
		lpm->places = mem_resize(lpm->places, lpm->max, sizeof lpm->places[0]);
	}
	at = lpm->n;
	lpm->n += n;
	return at;
}

static void place_give_back(struct lpm *lpm, uint32_t at, uint8_t size)
{
	memcpy(&lpm->places[at], &lpm->free[size], sizeof lpm->free[size]);
	lpm->free[size] = at;
}

void lpm_set_chunk(struct lpm *lpm, uint32_t chunk, const struct lpm_range *ranges, size_t n)
{
	struct lpm_chunk *c = &lpm->chunks[chunk];
	uint8_t size = n > 0 ? size_for(n) : 0;

	must(n <= LPM_CHUNKS && (n == 0 || ranges[0].start == 0));
	if (c->n > 0 && (n == 0 || size != c->size)) {
		place_give_back(lpm, c->at, c->size);
		c->at = c->n = 0;
	}
	if (n > 0 && c->n == 0)
		c->at = place_take(lpm, size);
	c->n = (uint32_t)n;
	c->size = size;
	if (n > 0)
		memcpy(&lpm->places[c->at], ranges, n * sizeof ranges[0]);
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
	const struct lpm_chunk *c = &lpm->chunks[addr.v >> LPM_CHUNK_BITS];
	const struct lpm_range *at = lpm->places + c->at;
	uint16_t low = (uint16_t)addr.v;
	uint16_t cover = c->cover;
	uint32_t n = c->n;

	while (n > 1U << STEPS_ALWAYS)
		at = step(at, &n, low);
	for (unsigned i = 0; i < STEPS_ALWAYS; i++)
		at = step(at, &n, low);
	return at->value != 0 ? at->value : cover;
}

void lpm_cover(struct lpm *lpm, ip4 network, unsigned bits, uint16_t value)
{
	uint32_t first = network.v >> LPM_CHUNK_BITS, n = 1U << (LPM_CHUNK_BITS - bits);

	must(bits <= LPM_CHUNK_BITS);
	for (uint32_t i = first; i < first + n; i++) {
		if (lpm->chunks[i].cover_bits > bits + 1)
			continue;
		lpm->chunks[i].cover = value;
		lpm->chunks[i].cover_bits = (uint8_t)(bits + 1);
	}
}

void lpm_uncover(struct lpm *lpm, ip4 network, unsigned bits, uint16_t parent, unsigned parent_bits)
{
	uint32_t first = network.v >> LPM_CHUNK_BITS, n = 1U << (LPM_CHUNK_BITS - bits);

	must(bits <= LPM_CHUNK_BITS);
	for (uint32_t i = first; i < first + n; i++) {
		if (lpm->chunks[i].cover_bits != bits + 1)
			continue;
		lpm->chunks[i].cover = parent;
		lpm->chunks[i].cover_bits = (uint8_t)(parent != 0 ? parent_bits + 1 : 0);
	}
}

size_t lpm_bytes(const struct lpm *lpm)
{
	return sizeof *lpm + (size_t)lpm->max * sizeof lpm->places[0];
}
