#include "unit.h"

#include "lib/must.h"
#include "seeded.h"
#include "tcp/ranges.h"
#include "tcp/seq.h"

enum {
	SPAN = 4000, /* of the naive bitmap */
};

struct naive {
	bool has[SPAN];
	uint32_t start, next; /* acknowledged up to there */
};

static uint32_t naive_runs(const struct naive *naive)
{
	uint32_t runs = 0;

	for (uint32_t i = naive->next - naive->start; i < SPAN; i++)
		runs += naive->has[i] && (i == 0 || !naive->has[i - 1]);
	return runs;
}

/* @block is a whole run of the bitmap. */
static void check_block(const struct naive *naive, const struct range *block)
{
	uint32_t from = block->seq - naive->start, to = block->end - naive->start;

	assert_true(from < to && to <= SPAN);
	for (uint32_t i = from; i < to; i++)
		assert_true(naive->has[i]);
	assert_true(from == 0 || !naive->has[from - 1]);
	assert_true(to == SPAN || !naive->has[to]);
}

static void add_some(struct ranges *ranges, struct chunk_pool *pool, struct naive *naive,
                     struct seeded *seeded)
{
	uint32_t from = naive->next - naive->start + 1, n, known = 0;
	struct range blocks[RANGES_RECENT];
	enum ranges_add added;
	bool whole;

	from += (uint32_t)(seeded_next(seeded) % 300);
	n = (uint32_t)(seeded_next(seeded) % (seeded_next(seeded) % 10 == 0 ? 200 : 8)) + 1;
	if (from + n > SPAN)
		return;
	for (uint32_t i = from; i < from + n; i++)
		known += naive->has[i];
	whole = known == n;
	added = ranges_add(ranges, pool, naive->start + from, naive->start + from + n);
	assert_int_equal(added, whole ? RANGES_DUPLICATE : RANGES_ADDED);
	assert_int_equal(ranges->duplicate.seq != ranges->duplicate.end, known > 0);
	memset(naive->has + from, 1, n);

	unsigned told = ranges_blocks(ranges, pool, blocks, RANGES_RECENT);

	if (known > 0) { /* the duplicate: within what has just come */
		assert_true(blocks[0].seq - naive->start >= from);
		assert_true(blocks[0].end - naive->start <= from + n);
	}
	for (unsigned i = known > 0; i < told; i++)
		check_block(naive, &blocks[i]);
	/* The latest segment is in the first block: RFC 2018, 4. */
	assert_true(seq_within(naive->start + from, blocks[known > 0].seq, blocks[known > 0].end));
}

static void advance_some(struct ranges *ranges, struct chunk_pool *pool, struct naive *naive,
                         struct seeded *seeded)
{
	uint32_t to = naive->next - naive->start + 1 + (uint32_t)(seeded_next(seeded) % 40);

	if (to > SPAN)
		return;
	memset(naive->has, 1, to);
	while (to < SPAN && naive->has[to])
		to++;
	naive->next = ranges_advance(ranges, pool, naive->next + 1);
	/* What came in order may have joined one range or several. */
	while (naive->next - naive->start < to)
		naive->next = ranges_advance(ranges, pool, naive->next + 1);
	assert_int_equal(naive->next - naive->start, to);
}

static void run_beside_naive(uint64_t seed, uint32_t start)
{
	struct seeded seeded = seeded_make(seed);
	struct naive naive = { .start = start, .next = start };
	struct ranges ranges = { 0 };
	struct chunk_pool pool;

	chunk_pool_init(&pool, 1);
	while (naive.next - start < SPAN - 400) {
		if (seeded_next(&seeded) % 12 != 0)
			add_some(&ranges, &pool, &naive, &seeded);
		else
			advance_some(&ranges, &pool, &naive, &seeded);
		assert_int_equal(ranges_count(&ranges, &pool), naive_runs(&naive));
		assert_int_equal(pool.used, naive_runs(&naive) > 0);
	}
	ranges_reset(&ranges, &pool);
	assert_int_equal(pool.used, 0);
	chunk_pool_free(&pool);
}

static void it_holds_what_a_bitmap_holds(void **state)
{
	for (uint64_t seed = 1; seed <= 12; seed++)
		run_beside_naive(seed, UINT32_MAX - (uint32_t)seed * 300);
}

/* RFC 2018, 4: the example of the fifth to eighth segments, the ninth and so on: every other
 * segment of 500 bytes is lost. */
static void blocks_come_newest_first(void **state)
{
	struct range blocks[4];
	struct ranges ranges = { 0 };
	struct chunk_pool pool;

	chunk_pool_init(&pool, 1);
	for (uint32_t seq = 5500; seq < 9500; seq += 1000)
		assert_int_equal(ranges_add(&ranges, &pool, seq, seq + 500), RANGES_ADDED);
	assert_int_equal(ranges_blocks(&ranges, &pool, blocks, 4), 4);
	for (unsigned i = 0; i < 4; i++)
		assert_int_equal(blocks[i].seq, 8500 - i * 1000);
	/* The fourth comes after all: one range of three segments, told first. */
	assert_int_equal(ranges_add(&ranges, &pool, 6000, 6500), RANGES_ADDED);
	assert_int_equal(ranges_blocks(&ranges, &pool, blocks, 3), 3);
	assert_int_equal(blocks[0].seq, 5500);
	assert_int_equal(blocks[0].end, 7000);
	assert_int_equal(blocks[1].seq, 8500);
	assert_int_equal(blocks[2].seq, 7500);
	ranges_reset(&ranges, &pool);
	chunk_pool_free(&pool);
}

/* RFC 2883, 4.1 and 4.2: below the acknowledgement, and within a block; once each. */
static void duplicates_are_told_once_and_first(void **state)
{
	struct range blocks[4];
	struct ranges ranges = { 0 };
	struct chunk_pool pool;

	chunk_pool_init(&pool, 1);
	ranges_note_duplicate(&ranges, 3000, 3500);
	assert_true(ranges_has_blocks(&ranges));
	assert_int_equal(ranges_blocks(&ranges, &pool, blocks, 4), 1);
	assert_int_equal(blocks[0].seq, 3000);
	assert_false(ranges_has_blocks(&ranges));

	assert_int_equal(ranges_add(&ranges, &pool, 4500, 5500), RANGES_ADDED);
	assert_int_equal(ranges_add(&ranges, &pool, 5000, 5500), RANGES_DUPLICATE);
	assert_int_equal(ranges_blocks(&ranges, &pool, blocks, 4), 2);
	assert_int_equal(blocks[0].seq, 5000);
	assert_int_equal(blocks[0].end, 5500);
	assert_int_equal(blocks[1].seq, 4500);
	assert_int_equal(ranges_blocks(&ranges, &pool, blocks, 4), 1);

	/* The same block again as a whole: the duplicate, and the block itself. */
	assert_int_equal(ranges_add(&ranges, &pool, 4500, 5500), RANGES_DUPLICATE);
	assert_int_equal(ranges_blocks(&ranges, &pool, blocks, 4), 2);
	assert_int_equal(blocks[0].seq, blocks[1].seq);
	ranges_reset(&ranges, &pool);
	chunk_pool_free(&pool);
}

/* CVE-2018-5390 in small: 100,000 single bytes with gaps. One chunk; what is refused changes
 * nothing; what joins a range that is there still comes in. */
static void a_flood_of_gaps_is_bounded(void **state)
{
	struct ranges ranges = { 0 };
	struct chunk_pool pool;
	unsigned refused = 0;

	chunk_pool_init(&pool, 4);
	for (uint32_t i = 0; i < 100000; i++)
		refused += ranges_add(&ranges, &pool, 10 + i * 2, 11 + i * 2) == RANGES_FULL;
	assert_int_equal(refused, 100000 - RANGES_MAX);
	assert_int_equal(ranges_count(&ranges, &pool), RANGES_MAX);
	assert_int_equal(pool.used_most, 1);
	assert_int_equal(ranges_add(&ranges, &pool, 11, 12), RANGES_ADDED);
	assert_int_equal(ranges_count(&ranges, &pool), RANGES_MAX - 1);
	assert_int_equal(ranges_advance(&ranges, &pool, 10), 13);
	assert_int_equal(ranges_advance(&ranges, &pool, 1000000), 1000000);
	assert_int_equal(pool.used, 0);
	chunk_pool_free(&pool);
}

static void without_a_chunk_it_is_refused(void **state)
{
	struct ranges ranges = { 0 };
	struct chunk_pool pool;

	chunk_pool_init(&pool, 0);
	assert_int_equal(ranges_add(&ranges, &pool, 5, 6), RANGES_FULL);
	assert_int_equal(ranges_advance(&ranges, &pool, 5), 5);
	assert_false(ranges_has_blocks(&ranges));
	chunk_pool_free(&pool);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_holds_what_a_bitmap_holds),
		cmocka_unit_test(blocks_come_newest_first),
		cmocka_unit_test(duplicates_are_told_once_and_first),
		cmocka_unit_test(a_flood_of_gaps_is_bounded),
		cmocka_unit_test(without_a_chunk_it_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
