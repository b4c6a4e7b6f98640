/*
 * ranges.c -- a sorted array in one chunk.
 *
 * Two ranges neither overlap nor touch, so at most one of them holds a given number, and both their
 * beginnings and their ends ascend.
 */
#include "tcp/ranges.h"

#include <string.h>

#include "tcp/seq.h"

struct list {
	uint32_t count, recent_n;
	uint32_t recent[RANGES_RECENT]; /* a number within each range told lately, newest first */
	struct range at[RANGES_MAX];
};

_Static_assert(sizeof(struct list) <= CHUNK_BYTES, "the list lies in one chunk");

static struct list *list_of(const struct ranges *ranges, const struct chunk_pool *pool)
{
	return (struct list *)(void *)chunk_bytes(pool, ranges->chunk);
}

void ranges_reset(struct ranges *ranges, struct chunk_pool *pool)
{
	if (ranges->chunk != 0)
		chunk_give_back(pool, ranges->chunk);
	*ranges = (struct ranges){ 0 };
}

/* The first range that ends at or after @seq; list->count: none does. */
static uint32_t first_reaching(const struct list *list, uint32_t seq)
{
	uint32_t low = 0, high = list->count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (seq_lt(list->at[middle].end, seq))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The first range that begins after @seq. */
static uint32_t first_beyond(const struct list *list, uint32_t seq)
{
	uint32_t low = 0, high = list->count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (seq_gt(list->at[middle].seq, seq))
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

static void remove_ranges(struct list *list, uint32_t from, uint32_t to)
{
	memmove(&list->at[from], &list->at[to], (list->count - to) * sizeof list->at[0]);
	list->count -= to - from;
}

static void insert_range(struct list *list, uint32_t at, struct range range)
{
	memmove(&list->at[at + 1], &list->at[at], (list->count - at) * sizeof list->at[0]);
	list->at[at] = range;
	list->count++;
}

/* RFC 2018, 4: the range with the latest segment is told first. The others that were told keep
 * their order; one number of each is enough to find it again. */
static void recent_note(struct list *list, struct range range)
{
	uint32_t kept[RANGES_RECENT] = { range.seq }, n = 1;

	for (uint32_t i = 0; i < list->recent_n && n < RANGES_RECENT; i++)
		if (!seq_within(list->recent[i], range.seq, range.end))
			kept[n++] = list->recent[i];
	memcpy(list->recent, kept, sizeof kept);
	list->recent_n = n;
}

/* The first part of @range that was there already, empty if none was. It overlaps or touches the
 * ranges from @from to @to. */
static struct range known_part(const struct list *list, uint32_t from, uint32_t to,
                               struct range range)
{
	for (uint32_t i = from; i < to; i++) {
		struct range part = { seq_max(list->at[i].seq, range.seq),
			              seq_min(list->at[i].end, range.end) };

		if (seq_lt(part.seq, part.end))
			return part;
	}
	return (struct range){ 0 };
}

static bool list_start(struct ranges *ranges, struct chunk_pool *pool)
{
	struct list *list;

	if (ranges->chunk != 0)
		return true;
	ranges->chunk = chunk_take(pool);
	if (ranges->chunk == 0)
		return false;
	list = list_of(ranges, pool);
	list->count = list->recent_n = 0;
	return true;
}

enum ranges_add ranges_add(struct ranges *ranges, struct chunk_pool *pool, uint32_t seq,
                           uint32_t end)
{
	struct range range = { seq, end }, known;
	struct list *list;
	uint32_t from, to;

	must(seq_lt(seq, end));
	if (!list_start(ranges, pool))
		return RANGES_FULL;
	list = list_of(ranges, pool);
	from = first_reaching(list, seq);
	to = first_beyond(list, end);
	if (from >= to && list->count == RANGES_MAX)
		return RANGES_FULL;
	known = known_part(list, from, to, range);
	if (known.seq != known.end)
		ranges->duplicate = known;
	if (from < to) { /* it joins these into one */
		range.seq = seq_min(range.seq, list->at[from].seq);
		range.end = seq_max(range.end, list->at[to - 1].end);
		remove_ranges(list, from + 1, to);
		list->at[from] = range;
	} else {
		insert_range(list, from, range);
	}
	recent_note(list, range);
	return known.seq == seq && known.end == end ? RANGES_DUPLICATE : RANGES_ADDED;
}

uint32_t ranges_advance(struct ranges *ranges, struct chunk_pool *pool, uint32_t next)
{
	struct list *list;
	uint32_t beyond;

	if (ranges->chunk == 0)
		return next;
	list = list_of(ranges, pool);
	beyond = first_beyond(list, next);
	if (beyond > 0) {
		next = seq_max(next, list->at[beyond - 1].end);
		remove_ranges(list, 0, beyond);
	}
	if (list->count == 0) {
		chunk_give_back(pool, ranges->chunk);
		ranges->chunk = 0;
	}
	return next;
}

void ranges_note_duplicate(struct ranges *ranges, uint32_t seq, uint32_t end)
{
	ranges->duplicate = (struct range){ seq, end };
}

bool ranges_has_blocks(const struct ranges *ranges)
{
	return ranges->chunk != 0 || ranges->duplicate.seq != ranges->duplicate.end;
}

/* The range that holds @seq; NULL: it has been acknowledged meanwhile. */
static const struct range *range_with(const struct list *list, uint32_t seq)
{
	uint32_t at = first_beyond(list, seq);

	if (at == 0 || !seq_lt(seq, list->at[at - 1].end))
		return NULL;
	return &list->at[at - 1];
}

static bool has_block(const struct range *blocks, unsigned n, const struct range *range)
{
	for (unsigned i = 0; i < n; i++)
		if (blocks[i].seq == range->seq && blocks[i].end == range->end)
			return true;
	return false;
}

unsigned ranges_blocks(struct ranges *ranges, const struct chunk_pool *pool, struct range *blocks,
                       unsigned max)
{
	struct range duplicate = ranges->duplicate;
	const struct list *list;
	unsigned n = 0, first = 0;

	if (duplicate.seq != duplicate.end && max > 0) {
		blocks[n++] = duplicate;
		first = 1;
	}
	ranges->duplicate = (struct range){ 0 };
	if (ranges->chunk == 0)
		return n;
	list = list_of(ranges, pool);
	for (uint32_t i = 0; i < list->recent_n && n < max; i++) {
		const struct range *range = range_with(list, list->recent[i]);

		/* A block equal to the duplicate still stands for itself: RFC 2883, 4.2. */
		if (range != NULL && !has_block(blocks + first, n - first, range))
			blocks[n++] = *range;
	}
	return n;
}

uint32_t ranges_count(const struct ranges *ranges, const struct chunk_pool *pool)
{
	return ranges->chunk != 0 ? list_of(ranges, pool)->count : 0;
}
