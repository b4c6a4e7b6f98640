#include "unit.h"

#include "lib/must.h"
#include "lib/rate.h"
#include "seeded.h"

static const struct {
	uint32_t per_second, burst;
} rates[] = {
	{ 1, 1 },      { 1, 5 },       { 3, 1 },      { 7, 20 },           { 1000, 1 },
	{ 1000, 100 }, { 300000, 10 }, { 999999, 3 }, { 700000000, 1000 }, { 4000000000u, 4 },
};

static unsigned take_all(struct rate *rate, mono now, unsigned most)
{
	unsigned taken = 0;

	while (taken < most && rate_take(rate, now))
		taken++;
	return taken;
}

static void a_full_bucket_gives_its_burst(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(rates); i++) {
		struct rate rate = rate_make(rates[i].per_second, rates[i].burst);

		assert_int_equal(take_all(&rate, (mono){ 0 }, 10000), rates[i].burst);
		/* Long afterwards it is full again, and no fuller. */
		assert_int_equal(take_all(&rate, (mono){ NS_PER_S * 100 }, 10000), rates[i].burst);
	}
}

static void nothing_passes_without_rate_or_burst(void **state)
{
	struct rate none = rate_make(0, 5), flat = rate_make(5, 0);

	assert_false(rate_take(&none, (mono){ NS_PER_S }));
	assert_false(rate_take(&flat, (mono){ NS_PER_S }));
}

/*
 * The invariant of rate.h, for each span from the start: after t seconds at most
 * burst + t * per_second have passed. Tries come far faster than the rate, at random times.
 */
static void check_never_more(uint32_t per_second, uint32_t burst, uint64_t seed)
{
	struct seeded seeded = seeded_make(seed);
	struct rate rate = rate_make(per_second, burst);
	uint64_t step = NS_PER_S / per_second + 1;
	mono start = { 12345 }, now = start;
	double passed = 0;

	for (int i = 0; i < 20000; i++) {
		passed += rate_take(&rate, now);
		double most = burst + (double)(now.ns - start.ns) * per_second / NS_PER_S;

		assert_true(passed <= most + 1e-6);
		now.ns += seeded_next(&seeded) % step;
	}
	assert_true(passed >= 5000 || per_second > 1000000);
}

static void never_more_than_the_invariant(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(rates); i++)
		check_never_more(rates[i].per_second, rates[i].burst, 20 + i);
}

/* Asked at an interval a third of a nanosecond too short, a million times. */
static void rounding_does_not_add_up(void **state)
{
	struct rate rate = rate_make(300000, 1);
	uint64_t passed = 0, now_ns = 0;

	for (int n = 0; n < 1000000; n++, now_ns += 3333)
		passed += rate_take(&rate, (mono){ now_ns });
	assert_true(passed <= 1 + now_ns * 300000 / NS_PER_S);
	assert_true(passed >= 500000);
}

/* At its own pace each try passes: a limit of n a second is no limit of less. */
static void its_own_pace_passes(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(rates); i++) {
		struct rate rate = rate_make(rates[i].per_second, rates[i].burst);
		uint64_t step = (NS_PER_S + rates[i].per_second - 1) / rates[i].per_second;

		for (uint64_t n = 0; n < 1000; n++)
			assert_true(rate_take(&rate, (mono){ n * step }));
	}
}

/* By chance, but as many in the long run. */
static void chance_keeps_the_mean(void **state)
{
	struct seeded seeded = seeded_make(5);
	struct rate rate = rate_make(1000, 50);
	mono now = { 0 };
	uint64_t passed = 0;

	for (unsigned i = 0; i < 1000000; i++, now.ns += NS_PER_MS / 10)
		passed += rate_take_by_chance(&rate, now, &seeded.random);
	assert_in_range(passed, 100050 - 1500, 100050 + 1500);
}

static void the_largest_numbers_do_not_wrap(void **state)
{
	struct rate rate = rate_make(1, UINT32_MAX);

	for (int i = 0; i < 1000; i++)
		assert_true(rate_take(&rate, (mono){ 0 }));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_full_bucket_gives_its_burst),
		cmocka_unit_test(nothing_passes_without_rate_or_burst),
		cmocka_unit_test(never_more_than_the_invariant),
		cmocka_unit_test(rounding_does_not_add_up),
		cmocka_unit_test(its_own_pace_passes),
		cmocka_unit_test(chance_keeps_the_mean),
		cmocka_unit_test(the_largest_numbers_do_not_wrap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
