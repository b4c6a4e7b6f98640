/*
 * places.h -- rows of like things of many lengths, in one growing array.
 *
 * A row is named by where it begins, so the array may move when it grows. Rows come in sizes:
 * powers of two and, between two of them, one and a half. A row that is given back waits in the
 * list of its size.
 *
 * Memory: mem.h; grows by an eighth. Threads: the owner's.
 */
#ifndef CORE_PLACES_H
#define CORE_PLACES_H

#include <stddef.h>
#include <stdint.h>

#define PLACES_SIZES 40

struct places {
	uint8_t *bytes; /* the array: moves with places_take() */
	size_t size;    /* of one thing */
	uint32_t n, max;
	uint32_t free[PLACES_SIZES];
};

/* For things of @size bytes; nothing is allocated yet. */
struct places places_of(size_t size);
void places_free(struct places *places);
/* A row of @n things (at least 1): where it begins. Not zeroed. */
uint32_t places_take(struct places *places, uint32_t n);
/* Give back the row of @n things at @at. */
void places_give_back(struct places *places, uint32_t at, uint32_t n);
size_t places_bytes(const struct places *places);

#endif
