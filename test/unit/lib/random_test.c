#include "unit.h"

#include "lib/must.h"
#include "lib/random.h"
#include "seeded.h"

/* A source that gives given words, then its last one for ever. */
struct scripted {
	struct random random;
	const uint32_t *words;
	size_t count, drawn;
};

static void scripted_fill(struct random *random, void *bytes, size_t len)
{
	struct scripted *scripted = (struct scripted *)random;
	size_t at = scripted->drawn < scripted->count ? scripted->drawn : scripted->count - 1;

	assert_int_equal(len, 4);
	memcpy(bytes, &scripted->words[at], len);
	scripted->drawn++;
}

/* 2^32 = 6 * 715827882 + 4: the four values 0 to 3 would be one too many, so they are redrawn. */
static void uneven_values_are_drawn_again(void **state)
{
	const uint32_t words[] = { 0, 3, 4, 5, UINT32_MAX };
	struct scripted scripted = { { scripted_fill }, words, ARRAY_LEN(words), 0 };

	assert_int_equal(random_below(&scripted.random, 6), 4);
	assert_int_equal(scripted.drawn, 3);
	assert_int_equal(random_below(&scripted.random, 6), 5);
	assert_int_equal(random_below(&scripted.random, 6), UINT32_MAX % 6);
	assert_int_equal(scripted.drawn, 5);
}

static void one_is_always_nought(void **state)
{
	struct seeded seeded = seeded_make(5);

	for (int i = 0; i < 100; i++)
		assert_int_equal(random_below(&seeded.random, 1), 0);
}

static void powers_of_two_need_one_draw(void **state)
{
	const uint32_t words[] = { 0 };
	struct scripted scripted = { { scripted_fill }, words, 1, 0 };

	assert_int_equal(random_below(&scripted.random, 1u << 31), 0);
	assert_int_equal(scripted.drawn, 1);
}

/*
 * Chi-squared of 40 draws a bucket. For k degrees of freedom it lies around k with a deviation of
 * sqrt(2 k); six deviations make the bound, and the seed is fixed.
 */
static void check_even(uint32_t below, uint64_t seed)
{
	struct seeded seeded = seeded_make(seed);
	unsigned counts[1000] = { 0 };
	double chi2 = 0, excess;

	for (uint32_t i = 0; i < below * 40; i++) {
		uint32_t v = random_below(&seeded.random, below);

		assert_true(v < below);
		counts[v]++;
	}
	for (uint32_t i = 0; i < below; i++)
		chi2 += (counts[i] - 40.0) * (counts[i] - 40.0) / 40.0;
	excess = chi2 - (below - 1);
	assert_true(excess * excess < 36 * 2.0 * (below - 1));
}

static void draws_are_even(void **state)
{
	check_even(2, 11);
	check_even(6, 12);
	check_even(10, 13);
	check_even(255, 14);
	check_even(1000, 15);
}

/* With below = 3 * 2^30, `v % below` alone would give the lowest third twice as often. */
static void large_bounds_are_even(void **state)
{
	struct seeded seeded = seeded_make(16);
	uint32_t below = 3u << 30;
	unsigned thirds[3] = { 0 };

	for (int i = 0; i < 30000; i++)
		thirds[random_below(&seeded.random, below) >> 30]++;
	for (int i = 0; i < 3; i++)
		assert_in_range(thirds[i], 9600, 10400);
}

static void fill_reaches_each_byte(void **state)
{
	struct seeded seeded = seeded_make(17);
	uint8_t bytes[21], seen[21] = { 0 };

	for (int i = 0; i < 64; i++) {
		random_fill(&seeded.random, bytes, 20);
		for (int at = 0; at < 20; at++)
			seen[at] |= bytes[at];
	}
	for (int at = 0; at < 20; at++)
		assert_int_equal(seen[at], 0xff);
	assert_true(random_u64(&seeded.random) != random_u64(&seeded.random));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(uneven_values_are_drawn_again),
		cmocka_unit_test(one_is_always_nought),
		cmocka_unit_test(powers_of_two_need_one_draw),
		cmocka_unit_test(draws_are_even),
		cmocka_unit_test(large_bounds_are_even),
		cmocka_unit_test(fill_reaches_each_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
