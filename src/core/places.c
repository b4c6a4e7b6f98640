#include "core/places.h"

#include <string.h>

#include "lib/mem.h"

#define NONE         UINT32_MAX
#define THINGS_FIRST 1024

struct places places_of(size_t size)
{
	struct places places = { .size = size };

	memset(places.free, 0xff, sizeof places.free);
	return places;
}

void places_free(struct places *places)
{
	mem_free(places->bytes);
	*places = (struct places){ 0 };
}

static uint32_t size_things(unsigned size)
{
	return size % 2 == 0 ? 1U << (size / 2) : 3U << (size / 2) >> 1;
}

/* The least size that holds @n things and, while it is free, where the next free one begins. Size 1
 * is as large as size 0 and is not used. */
static unsigned size_for(const struct places *places, uint32_t n)
{
	unsigned size = 0;

	while (size == 1 || size_things(size) < n ||
	       size_things(size) * places->size < sizeof(uint32_t))
		size++;
	must(size < PLACES_SIZES);
	return size;
}

uint32_t places_take(struct places *places, uint32_t n)
{
	unsigned size = size_for(places, n);
	uint32_t at = places->free[size], things = size_things(size);

	if (at != NONE) {
		memcpy(&places->free[size], places->bytes + at * places->size,
		       sizeof places->free[size]);
		return at;
	}
	if (places->n + things > places->max) {
		places->max += places->max / 8 + things + THINGS_FIRST;
		places->bytes = mem_resize(places->bytes, places->max, places->size);
	}
	at = places->n;
	places->n += things;
	return at;
}

void places_give_back(struct places *places, uint32_t at, uint32_t n)
{
	unsigned size = size_for(places, n);

	memcpy(places->bytes + at * places->size, &places->free[size], sizeof places->free[size]);
	places->free[size] = at;
}

size_t places_bytes(const struct places *places)
{
	return places->max * places->size;
}
