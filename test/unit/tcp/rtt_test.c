#include "unit.h"

#include "tcp/rtt.h"

static const struct rtt_limits linux_limits = {
	.initial_us = 1000000, .margin_us = 200000, .least_us = 200000, .most_us = 120000000
};
static const struct rtt_limits rfc_limits = {
	.initial_us = 1000000, .margin_us = 1000, .least_us = 1000000, .most_us = 120000000
};

static mono at_ms(uint64_t ms)
{
	return (mono){ ms * NS_PER_MS };
}

/* RFC 6298, 2.1 and 2.2. */
static void test_first(void **state)
{
	struct rtt rtt = { 0 };

	assert_int_equal(rtt_timeout_us(&rtt, &linux_limits), 1000000);
	rtt_sample(&rtt, 100000, at_ms(5000));
	assert_int_equal(rtt.smoothed_us, 100000);
	assert_int_equal(rtt.variation_us, 50000);
	assert_int_equal(rtt_timeout_us(&rtt, &linux_limits),
	                 300000); /* R + max(200 ms, 4 * R / 2) */
	assert_int_equal(rtt_timeout_us(&rtt, &rfc_limits), 1000000); /* 2.4 */
}

/* RFC 6298, 2.3, computed by hand. */
static void test_next(void **state)
{
	struct rtt rtt = { 0 };

	rtt_sample(&rtt, 100000, at_ms(5000));
	rtt_sample(&rtt, 300000, at_ms(5300));
	assert_int_equal(rtt.variation_us, 50000 * 3 / 4 + 200000 / 4);
	assert_int_equal(rtt.smoothed_us, 100000 * 7 / 8 + 300000 / 8);
}

/* Many measurements in a round trip do not make it forget sooner than one would. */
static void test_many_in_a_round(void **state)
{
	struct rtt rtt = { 0 };

	rtt_sample(&rtt, 100000, at_ms(5000));
	for (int i = 0; i < 50; i++)
		rtt_sample(&rtt, 100000, at_ms(5001));
	assert_int_equal(rtt.variation_us, 50000);
	rtt_sample(&rtt, 100000, at_ms(5100));
	assert_int_equal(rtt.variation_us, 37500);
	rtt_sample(&rtt, 100000, at_ms(5101));
	assert_int_equal(rtt.variation_us, 37500);
}

/* A path without jitter: the timeout stays a margin above, so that a delayed acknowledgement of 40
 * ms is not taken for a loss. */
static void test_steady(void **state)
{
	struct rtt rtt = { 0 };

	for (uint64_t i = 0; i < 100; i++)
		rtt_sample(&rtt, 300000, at_ms(5000 + i * 300));
	assert_in_range(rtt_timeout_us(&rtt, &linux_limits), 500000, 501000);
}

/* RFC 6298, 5.5 to 5.7. */
static void test_back_off(void **state)
{
	struct rtt rtt = { 0 };

	rtt_sample(&rtt, 100000, at_ms(0));
	for (unsigned i = 0; i < 40; i++) {
		uint64_t wanted = 300000ULL << (i < 16 ? i : 16);

		assert_int_equal(rtt_timeout_us(&rtt, &linux_limits),
		                 wanted < 120000000 ? wanted : 120000000);
		assert_int_equal(rtt_timeout_once_us(&rtt, &linux_limits), 300000);
		rtt_back_off(&rtt);
	}
	rtt_sample(&rtt, 100000, at_ms(1000));
	assert_true(rtt_timeout_us(&rtt, &linux_limits) < 400000);
}

static void test_least(void **state)
{
	struct rtt rtt = { 0 };

	rtt_sample(&rtt, 50000, at_ms(1000000));
	rtt_sample(&rtt, 90000, at_ms(1100000));
	assert_int_equal(rtt.least_us, 50000);
	rtt_sample(&rtt, 0, at_ms(1100000)); /* faster than the clock ticks */
	assert_int_equal(rtt.least_us, 1);
	rtt_sample(&rtt, 90000, at_ms(1400000)); /* the path has changed minutes ago */
	assert_int_equal(rtt.least_us, 90000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_first),           cmocka_unit_test(test_next),
		cmocka_unit_test(test_many_in_a_round), cmocka_unit_test(test_steady),
		cmocka_unit_test(test_back_off),        cmocka_unit_test(test_least),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
