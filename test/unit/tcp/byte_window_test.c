#include "unit.h"

#include "lib/must.h"
#include "seeded.h"
#include "tcp/byte_window.h"
#include "tcp/seq.h"

enum {
	SPAN = 6 << 20, /* of the naive array: the largest window tried here */
};

/* The byte that stands at a place of the stream. */
static uint8_t byte_of(uint32_t seq)
{
	uint64_t z = (uint64_t)seq * 0x9e3779b97f4a7c15ULL;

	return (uint8_t)(z >> 56);
}

static void fill(uint8_t *bytes, uint32_t seq, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		bytes[i] = byte_of(seq + i);
}

struct naive { /* which bytes have been put, by their distance from the start */
	uint8_t put[SPAN];
	uint32_t start, front;
};

static struct naive naive;
static uint8_t scratch[1 << 20], out[1 << 20];

static void check_part(struct byte_window *w, struct chunk_pool *pool, uint32_t seq, uint32_t n)
{
	struct iovec spans[8];
	uint32_t seen = 0;
	unsigned count = byte_window_spans(w, pool, seq, n, spans, ARRAY_LEN(spans));

	byte_window_copy(w, pool, seq, out, n);
	for (uint32_t i = 0; i < n; i++)
		if (naive.put[seq - naive.start + i])
			assert_int_equal(out[i], byte_of(seq + i));
	for (unsigned i = 0; i < count; i++) {
		assert_memory_equal(spans[i].iov_base, out + seen, spans[i].iov_len);
		seen += spans[i].iov_len;
	}
	assert_true(seen == n || count == ARRAY_LEN(spans));
}

/* The longest run from @seq that was put. */
static uint32_t run_at(uint32_t seq, uint32_t most)
{
	uint32_t n = 0;

	while (n < most && naive.put[seq - naive.start + n])
		n++;
	return n;
}

static void put_some(struct byte_window *w, struct chunk_pool *pool, struct seeded *seeded,
                     uint32_t window)
{
	uint32_t at = w->front - naive.start + (uint32_t)(seeded_next(seeded) % window);
	uint32_t n = (uint32_t)(seeded_next(seeded) % 3000) + 1, done;

	if (seeded_next(seeded) % 4 == 0)
		n = (uint32_t)(seeded_next(seeded) % window) + 1;
	if (n > sizeof scratch)
		n = sizeof scratch;
	if (seeded_next(seeded) % 2 == 0)
		at = w->end - naive.start;
	if (at + n > w->front - naive.start + window || at + n > SPAN)
		return;
	fill(scratch, naive.start + at, n);
	done = byte_window_put(w, pool, naive.start + at, scratch, n);
	assert_true(done <= n);
	assert_true(done == n || pool->used == pool->capacity);
	memset(naive.put + at, 1, done);
}

static void drop_some(struct byte_window *w, struct chunk_pool *pool, struct seeded *seeded)
{
	uint32_t held = byte_window_bytes(w);
	uint32_t n = held == 0 ? 0 : (uint32_t)(seeded_next(seeded) % held) + 1;

	byte_window_drop(w, pool, w->front + n);
}

static void truncate_some(struct byte_window *w, struct chunk_pool *pool, struct seeded *seeded)
{
	uint32_t held = byte_window_bytes(w), at;

	if (seeded_next(seeded) % 8 != 0)
		return;
	at = w->front - naive.start + (uint32_t)(seeded_next(seeded) % (held + 1));
	byte_window_truncate(w, pool, naive.start + at);
	memset(naive.put + at, 0, SPAN - at);
}

static void check_all(struct byte_window *w, struct chunk_pool *pool, struct seeded *seeded)
{
	uint32_t held = byte_window_bytes(w), seq, n;

	assert_int_equal(byte_window_chunks(w, pool), pool->used);
	if (held == 0) {
		assert_int_equal(pool->used, 0);
		return;
	}
	assert_true(w->chunks <= held / CHUNK_BYTES + 2);
	seq = w->front + (uint32_t)(seeded_next(seeded) % held);
	n = run_at(seq, w->end - seq < sizeof out ? w->end - seq : sizeof out);
	check_part(w, pool, seq, n);
}

static void run_beside_naive(uint64_t seed, uint32_t start, uint32_t window, uint32_t chunks)
{
	struct seeded seeded = seeded_make(seed);
	struct chunk_pool pool;
	struct byte_window w;

	memset(&naive, 0, sizeof naive);
	naive.start = start;
	chunk_pool_init(&pool, chunks);
	byte_window_init(&w, start);
	while (w.front - start < SPAN - window - 1000) {
		uint64_t what = seeded_next(&seeded) % 8;

		if (what < 6)
			put_some(&w, &pool, &seeded, window);
		else if (what == 6)
			drop_some(&w, &pool, &seeded);
		else
			truncate_some(&w, &pool, &seeded);
		check_all(&w, &pool, &seeded);
	}
	byte_window_reset(&w, &pool, 7);
	assert_int_equal(pool.used, 0);
	chunk_pool_free(&pool);
}

static void small_windows_hold_what_an_array_holds(void **state)
{
	run_beside_naive(1, 0, 9000, 64);
	run_beside_naive(2, UINT32_MAX - 100000, 16384, 64);
	run_beside_naive(3, 4095, 13000, 64);
}

static void large_windows_hold_what_an_array_holds(void **state)
{
	run_beside_naive(4, 12345, 300000, 4096);
	run_beside_naive(5, UINT32_MAX - 3000000, 1 << 20, 4096);
}

static void the_pool_may_run_empty(void **state)
{
	run_beside_naive(6, UINT32_MAX - 1000, 300000, 20);
	run_beside_naive(7, 5, 300000, 3);
}

/* A window of 8 MiB needs names of names; and the numbers of chunks come round below. */
static void the_largest_windows_climb(void **state)
{
	static const uint32_t starts[] = { 0, 1, (1 << 22) - 5000, UINT32_MAX - 6000000 };
	struct chunk_pool pool;

	chunk_pool_init(&pool, 2200);
	for (size_t s = 0; s < ARRAY_LEN(starts); s++) {
		struct byte_window w;
		uint32_t end = starts[s] + (8 << 20);

		byte_window_init(&w, starts[s]);
		for (uint32_t seq = starts[s]; seq != end; seq += 1 << 16) {
			fill(scratch, seq, 1 << 16);
			assert_int_equal(byte_window_put(&w, &pool, seq, scratch, 1 << 16),
			                 1 << 16);
		}
		assert_int_equal(w.level, 2);
		byte_window_truncate(&w, &pool, end - (3 << 20) - 99);
		assert_true(w.chunks <= (5 << 20) / CHUNK_BYTES + 1);
		for (uint32_t seq = w.end; seq != end; seq = w.end) {
			uint32_t n = end - seq < sizeof scratch ? end - seq : sizeof scratch;

			fill(scratch, seq, n);
			assert_int_equal(byte_window_put(&w, &pool, seq, scratch, n), n);
		}
		for (uint32_t seq = starts[s]; seq != end; seq += 1 << 16) {
			fill(scratch, seq, 1 << 16);
			byte_window_copy(&w, &pool, seq, out, 1 << 16);
			assert_memory_equal(scratch, out, 1 << 16);
			byte_window_drop(&w, &pool, seq + 777);
		}
		assert_true(w.chunks <= 17);
		byte_window_drop(&w, &pool, end);
		assert_int_equal(pool.used, 0);
	}
	chunk_pool_free(&pool);
}

/* Short messages, one after the other: one chunk at a time, none in between, and no directory. */
static void small_messages_cost_one_chunk(void **state)
{
	struct chunk_pool pool;
	struct byte_window w;
	uint32_t seq = 123456789;

	chunk_pool_init(&pool, 10);
	byte_window_init(&w, seq);
	for (int i = 0; i < 3000; i++, seq += 4000) {
		assert_int_equal(byte_window_put(&w, &pool, seq, scratch, 4000), 4000);
		assert_int_equal(pool.used, 1);
		byte_window_drop(&w, &pool, seq + 4000);
		assert_int_equal(pool.used, 0);
	}
	assert_int_equal(pool.used_most, 1);
	assert_true(sizeof w <= 28);
	chunk_pool_free(&pool);
}

/* A single byte put as far ahead as a window reaches. */
static void the_far_end_can_be_put(void **state)
{
	struct chunk_pool pool;
	struct byte_window w;
	uint8_t byte = 0;

	chunk_pool_init(&pool, 10);
	byte_window_init(&w, 77);
	assert_int_equal(byte_window_put(&w, &pool, 77, "a", 1), 1);
	assert_int_equal(byte_window_put(&w, &pool, 77 + BYTE_WINDOW_MAX - 1, "z", 1), 1);
	byte_window_copy(&w, &pool, 77 + BYTE_WINDOW_MAX - 1, &byte, 1);
	assert_int_equal(byte, 'z');
	byte_window_copy(&w, &pool, 77, &byte, 1);
	assert_int_equal(byte, 'a');
	byte_window_reset(&w, &pool, 0);
	assert_int_equal(pool.used, 0);
	chunk_pool_free(&pool);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(small_windows_hold_what_an_array_holds),
		cmocka_unit_test(large_windows_hold_what_an_array_holds),
		cmocka_unit_test(the_pool_may_run_empty),
		cmocka_unit_test(the_largest_windows_climb),
		cmocka_unit_test(small_messages_cost_one_chunk),
		cmocka_unit_test(the_far_end_can_be_put),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
