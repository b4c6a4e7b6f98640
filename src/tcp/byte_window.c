/*
 * byte_window.c -- where a stream's bytes lie.
 *
 * The byte with sequence number s lies in chunk number (s - bias) / 4096. 2^32 is a multiple of
 * 4096, so chunk numbers come round with sequence numbers: there are 2^20 of them, which is just
 * what two levels of 1024 names can tell apart.
 *
 *   level 0   at[number % 4]                            names up to four chunks in a row
 *   level 1   at[0] -> names[number % 1024]             up to 1024 in a row: 4 MiB
 *   level 2   at[0] -> names[number / 1024] -> names[number % 1024]      all
 *
 * The rings of levels 0 and 1 never hold two chunks of one place, because what is held is at most
 * as long as the ring. A window climbs when a chunk does not fit, and comes down to level 0 when it
 * has run empty; the bias is then chosen so that the next byte begins a chunk.
 */
#include "tcp/byte_window.h"

#include <string.h>

#include "tcp/seq.h"

#define NAMES   (CHUNK_BYTES / 4)
#define NUMBERS (1U << 20) /* of chunks, modulo */

static uint32_t number_of(const struct byte_window *w, uint32_t seq)
{
	return (seq - w->bias) / CHUNK_BYTES;
}

static uint32_t offset_of(const struct byte_window *w, uint32_t seq)
{
	return (seq - w->bias) % CHUNK_BYTES;
}

static uint32_t *names_of(const struct chunk_pool *pool, uint32_t chunk)
{
	return (uint32_t *)(void *)chunk_bytes(pool, chunk);
}

void byte_window_init(struct byte_window *w, uint32_t seq)
{
	*w = (struct byte_window){ .front = seq, .end = seq, .bias = seq % CHUNK_BYTES };
}

/* The chunk with @number, or 0. */
static uint32_t chunk_find(const struct byte_window *w, const struct chunk_pool *pool,
                           uint32_t number)
{
	uint32_t names = w->at[0];

	if (w->level == 0)
		return w->at[number % BYTE_WINDOW_INLINE];
	if (w->level == 2)
		names = names_of(pool, names)[number / NAMES];
	return names != 0 ? names_of(pool, names)[number % NAMES] : 0;
}

/* A chunk without names, or 0. */
static uint32_t names_take(struct chunk_pool *pool)
{
	uint32_t chunk = chunk_take(pool);

	if (chunk != 0)
		memset(chunk_bytes(pool, chunk), 0, CHUNK_BYTES);
	return chunk;
}

static uint32_t first_number(const struct byte_window *w)
{
	return number_of(w, w->front);
}

static bool climb_to_1(struct byte_window *w, struct chunk_pool *pool)
{
	uint32_t names = names_take(pool), first = first_number(w);

	if (names == 0)
		return false;
	for (uint32_t i = 0; i < BYTE_WINDOW_INLINE; i++) {
		uint32_t number = (first + i) % NUMBERS;

		names_of(pool, names)[number % NAMES] = w->at[number % BYTE_WINDOW_INLINE];
	}
	memset(w->at, 0, sizeof w->at);
	w->at[0] = names;
	w->level = 1;
	return true;
}

/*
 * The ring of 1024 names becomes two halves of a line: those from the first number to the end of
 * its thousand, and those after.
 */
static bool climb_to_2(struct byte_window *w, struct chunk_pool *pool)
{
	uint32_t root = names_take(pool), after = root != 0 ? names_take(pool) : 0;
	uint32_t first = first_number(w), ring = w->at[0];

	if (after == 0) {
		if (root != 0)
			chunk_give_back(pool, root);
		return false;
	}
	for (uint32_t i = 0; i < first % NAMES; i++) {
		names_of(pool, after)[i] = names_of(pool, ring)[i];
		names_of(pool, ring)[i] = 0;
	}
	names_of(pool, root)[first / NAMES] = ring;
	names_of(pool, root)[(first / NAMES + 1) % NAMES] = after;
	w->at[0] = root;
	w->level = 2;
	return true;
}

static bool climb(struct byte_window *w, struct chunk_pool *pool, uint32_t number)
{
	uint32_t ahead = (number - first_number(w)) % NUMBERS;

	if (w->level == 0 && ahead >= BYTE_WINDOW_INLINE && !climb_to_1(w, pool))
		return false;
	return w->level != 1 || ahead < NAMES || climb_to_2(w, pool);
}

/* Where the name of the chunk with @number stands; NULL: no chunk was left for names. */
static uint32_t *name_place(struct byte_window *w, struct chunk_pool *pool, uint32_t number)
{
	uint32_t *names = &w->at[0];

	if (!climb(w, pool, number))
		return NULL;
	if (w->level == 0)
		return &w->at[number % BYTE_WINDOW_INLINE];
	if (w->level == 2) {
		names = &names_of(pool, w->at[0])[number / NAMES];
		if (*names == 0)
			*names = names_take(pool);
		if (*names == 0)
			return NULL;
	}
	return &names_of(pool, *names)[number % NAMES];
}

/* The chunk with @number, taken if it was not there; 0: none was left. */
static uint32_t chunk_get(struct byte_window *w, struct chunk_pool *pool, uint32_t number)
{
	uint32_t *place = name_place(w, pool, number);

	if (place == NULL)
		return 0;
	if (*place == 0) {
		*place = chunk_take(pool);
		if (*place != 0)
			w->chunks++;
	}
	return *place;
}

static uint32_t least(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

uint32_t byte_window_put(struct byte_window *w, struct chunk_pool *pool, uint32_t seq,
                         const void *bytes, uint32_t n)
{
	uint32_t done = 0;

	must(seq_geq(seq, w->front) && seq - w->front <= BYTE_WINDOW_MAX - n);
	while (done < n) {
		uint32_t offset = offset_of(w, seq + done);
		uint32_t part = least(n - done, CHUNK_BYTES - offset);
		uint32_t chunk = chunk_get(w, pool, number_of(w, seq + done));

		if (chunk == 0)
			break;
		memcpy(chunk_bytes(pool, chunk) + offset, (const uint8_t *)bytes + done, part);
		done += part;
	}
	if (done > 0)
		w->end = seq_max(w->end, seq + done);
	else if (w->chunks == 0) /* names without chunks are no use */
		byte_window_reset(w, pool, w->front);
	return done;
}

static void check_held(const struct byte_window *w, uint32_t seq, uint32_t n)
{
	must(seq - w->front <= w->end - w->front && n <= w->end - seq);
}

void byte_window_copy(const struct byte_window *w, const struct chunk_pool *pool, uint32_t seq,
                      void *out, uint32_t n)
{
	check_held(w, seq, n);
	for (uint32_t done = 0; done < n;) {
		uint32_t offset = offset_of(w, seq + done);
		uint32_t part = least(n - done, CHUNK_BYTES - offset);
		uint32_t chunk = chunk_find(w, pool, number_of(w, seq + done));

		must(chunk != 0);
		memcpy((uint8_t *)out + done, chunk_bytes(pool, chunk) + offset, part);
		done += part;
	}
}

unsigned byte_window_spans(const struct byte_window *w, const struct chunk_pool *pool, uint32_t seq,
                           uint32_t n, struct iovec *spans, unsigned max)
{
	unsigned count = 0;

	check_held(w, seq, n);
	for (uint32_t done = 0; done < n && count < max; count++) {
		uint32_t offset = offset_of(w, seq + done);
		uint32_t part = least(n - done, CHUNK_BYTES - offset);
		uint32_t chunk = chunk_find(w, pool, number_of(w, seq + done));

		must(chunk != 0);
		spans[count] = (struct iovec){ chunk_bytes(pool, chunk) + offset, part };
		done += part;
	}
	return count;
}

/* Where the names of @number's thousand stand. */
static uint32_t *names_place(struct byte_window *w, const struct chunk_pool *pool, uint32_t number)
{
	return w->level == 2 ? &names_of(pool, w->at[0])[number / NAMES] : &w->at[0];
}

/* Give the chunk with @number back, if there is one. */
static void chunk_drop(struct byte_window *w, struct chunk_pool *pool, uint32_t number)
{
	uint32_t names = *names_place(w, pool, number), *place;

	if (w->level == 0)
		place = &w->at[number % BYTE_WINDOW_INLINE];
	else
		place = names != 0 ? &names_of(pool, names)[number % NAMES] : NULL;
	if (place == NULL || *place == 0)
		return;
	chunk_give_back(pool, *place);
	*place = 0;
	w->chunks--;
}

/* The front has passed the last of a thousand: its names are no use any more. */
static void names_pass(struct byte_window *w, struct chunk_pool *pool, uint32_t number)
{
	uint32_t *names = names_place(w, pool, number);

	if (w->level != 2 || number % NAMES != NAMES - 1 || *names == 0)
		return;
	chunk_give_back(pool, *names);
	*names = 0;
}

/* Give back the chunks with names; no chunk with bytes is left. */
static void names_drop(struct byte_window *w, struct chunk_pool *pool)
{
	if (w->level == 2)
		for (uint32_t i = 0; i < NAMES; i++)
			if (names_of(pool, w->at[0])[i] != 0)
				chunk_give_back(pool, names_of(pool, w->at[0])[i]);
	if (w->level > 0)
		chunk_give_back(pool, w->at[0]);
}

void byte_window_reset(struct byte_window *w, struct chunk_pool *pool, uint32_t seq)
{
	uint32_t first = first_number(w), last = number_of(w, w->end - 1);

	if (w->chunks > 0)
		for (uint32_t i = 0; i <= (last - first) % NUMBERS; i++)
			chunk_drop(w, pool, (first + i) % NUMBERS);
	must(w->chunks == 0);
	names_drop(w, pool);
	byte_window_init(w, seq);
}

void byte_window_drop(struct byte_window *w, struct chunk_pool *pool, uint32_t seq)
{
	uint32_t first = first_number(w), keep = number_of(w, seq);

	must(seq - w->front <= w->end - w->front);
	if (seq == w->end) {
		byte_window_reset(w, pool, seq);
		return;
	}
	for (uint32_t i = 0; i < (keep - first) % NUMBERS; i++) {
		chunk_drop(w, pool, (first + i) % NUMBERS);
		names_pass(w, pool, (first + i) % NUMBERS);
	}
	w->front = seq;
}

void byte_window_truncate(struct byte_window *w, struct chunk_pool *pool, uint32_t seq)
{
	uint32_t keep = number_of(w, seq - 1), last = number_of(w, w->end - 1);

	must(seq - w->front <= w->end - w->front);
	if (seq == w->front) {
		byte_window_reset(w, pool, seq);
		return;
	}
	for (uint32_t i = 1; i <= (last - keep) % NUMBERS; i++)
		chunk_drop(w, pool, (keep + i) % NUMBERS);
	w->end = seq;
}

uint32_t byte_window_chunks(const struct byte_window *w, const struct chunk_pool *pool)
{
	uint32_t chunks = w->chunks + (w->level > 0 ? 1U : 0U);

	if (w->level == 2)
		for (uint32_t i = 0; i < NAMES; i++)
			chunks += names_of(pool, w->at[0])[i] != 0 ? 1U : 0U;
	return chunks;
}
