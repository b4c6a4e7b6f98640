#include "check.h"

#include "os/random.h"

static int compare(const void *a, const void *b)
{
	return memcmp(a, b, 8);
}

/* 64-bit values: a repeat among a thousand has odds of 1 to 10^13. */
static void draws_differ(void **state)
{
	struct random_pool pool;
	static uint64_t drawn[1000];

	random_init(&pool);
	for (size_t i = 0; i < 1000; i++)
		drawn[i] = random_u64(&pool.random);
	qsort(drawn, 1000, sizeof drawn[0], compare);
	for (size_t i = 1; i < 1000; i++)
		assert_true(drawn[i] != drawn[i - 1]);
}

static void each_length_is_filled_and_no_more(void **state)
{
	struct random_pool pool;
	uint8_t bytes[1200];

	random_init(&pool);
	for (size_t len = 0; len <= 1100; len += len < 140 ? 1 : 97) {
		unsigned changed = 0;

		memset(bytes, 0xa5, sizeof bytes);
		random_fill(&pool.random, bytes, len);
		for (size_t i = 0; i < len; i++)
			changed += bytes[i] != 0xa5;
		for (size_t i = len; i < sizeof bytes; i++)
			assert_int_equal(bytes[i], 0xa5);
		/* A byte stays by chance in 1 of 256 cases; a quarter of them never. */
		assert_true(len < 16 || changed > len * 3 / 4);
	}
}

static void handed_out_bytes_are_wiped(void **state)
{
	static const uint8_t zeroes[RANDOM_POOL_BYTES];
	struct random_pool pool;
	uint8_t out[40];

	random_init(&pool);
	random_fill(&pool.random, out, sizeof out);
	assert_int_equal(pool.left, RANDOM_POOL_BYTES - sizeof out);
	assert_memory_equal(pool.bytes, zeroes, sizeof out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(draws_differ),
		cmocka_unit_test(each_length_is_filled_and_no_more),
		cmocka_unit_test(handed_out_bytes_are_wiped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
