/* Token buckets, alone and by key. */
#include "wire/cmocka_all.h"

#include <string.h>

#include "fw/limit.h"
#include "wire/seeded.h"

#define AT_S(s) ((mono){ (uint64_t)(s)*NS_PER_S })

static const struct hash_key key = { 1, 2 };

static void a_burst_then_the_rate(void **state)
{
	struct limit_rate rate = { .rate = 2, .burst = 5, .time_s = 60 };
	struct limit_bucket b = limit_bucket_full(&rate, AT_S(100));

	for (unsigned i = 0; i < 5; i++)
		assert_true(limit_take(&b, &rate, 1, AT_S(100), false));
	assert_false(limit_take(&b, &rate, 1, AT_S(100), false));
	assert_false(limit_take(&b, &rate, 1, AT_S(129), false)); /* two a minute: one in 30 s */
	assert_true(limit_take(&b, &rate, 1, AT_S(130), true));   /* asking takes nothing */
	assert_true(limit_take(&b, &rate, 1, AT_S(130), false));
	assert_false(limit_take(&b, &rate, 1, AT_S(130), false));
	for (unsigned i = 0; i < 5; i++)
		assert_true(limit_take(&b, &rate, 1, AT_S(4000000000), false));
	assert_false(limit_take(&b, &rate, 1, AT_S(4000000000), false));
}

/* A packet of many bits overdraws, and what follows waits until that is paid back. */
static void bits_are_paid_back(void **state)
{
	struct limit_rate rate = { .rate = 1000, .burst = 100, .time_s = 1 };
	struct limit_bucket b = limit_bucket_full(&rate, AT_S(1));

	assert_true(limit_take(&b, &rate, 12000, AT_S(1), false));
	assert_false(limit_take(&b, &rate, 8, AT_S(12), false));
	assert_true(limit_take(&b, &rate, 8, AT_S(13), false));
}

/* In any span no more passes than burst and rate say; over a long one nearly all of it does. */
static void the_rate_holds(void **state)
{
	uint64_t seed = 7;

	for (unsigned round = 0; round < 200; round++) {
		struct limit_rate rate = { .rate = 1 + (uint32_t)(seeded_next(&seed) % 1000),
			                   .burst = 1 + (uint32_t)(seeded_next(&seed) % 20),
			                   .time_s = 1 + (uint32_t)(seeded_next(&seed) % 100) };
		mono now = AT_S(seeded_next(&seed) % 1000), start = now;
		struct limit_bucket b = limit_bucket_full(&rate, now);
		double passed = 0, most;

		for (unsigned i = 0; i < 3000; i++) {
			passed += limit_take(&b, &rate, 1, now, false);
			now.ns += seeded_next(&seed) % (rate.time_s * NS_PER_S / rate.rate);
		}
		most = (double)rate.burst +
		       (double)(now.ns - start.ns) / 1e9 * (double)rate.rate / (double)rate.time_s;
		assert_true(passed <= most && passed >= most - rate.burst - 2);
	}
}

static void each_key_has_its_own(void **state)
{
	struct limits *limits = limits_new(2, &key);
	struct limit_rate rate = { .rate = 1, .burst = 1, .time_s = 1000 };
	struct limit_key a = { .rule = 1, .src = { 1 } }, b = a, c = a, other = a;

	b.dport = 80;
	c.dst.v = 5;
	other.rule = 2;
	assert_true(limits_take(limits, &a, &rate, 100, AT_S(10), false));
	assert_true(limits_take(limits, &b, &rate, 100, AT_S(11), true));
	assert_int_equal(limits_used(limits), 1);
	assert_true(limits_take(limits, &b, &rate, 100, AT_S(11), false));
	assert_false(limits_take(limits, &a, &rate, 100, AT_S(12), false));
	/* Full: b was used longest ago. */
	assert_true(limits_take(limits, &c, &rate, 100, AT_S(13), false));
	assert_int_equal(limits_used(limits), 2);
	assert_false(limits_take(limits, &a, &rate, 100, AT_S(14), false));
	assert_true(limits_take(limits, &b, &rate, 100, AT_S(15), false));
	assert_false(limits_take(limits, &a, &rate, 100, AT_S(16), false));
	/* Not used for its time, it begins anew. */
	assert_true(limits_take(limits, &a, &rate, 100, AT_S(116), false));
	assert_true(limits_take(limits, &other, &rate, 100, AT_S(116), false));
	limits_free(limits);
}

#define KEYS     40
#define CAPACITY 8

/* The table against a list of all keys, those of the last CAPACITY uses alive. */
static void the_table_is_what_a_list_says(void **state)
{
	struct limits *limits = limits_new(CAPACITY, &key);
	struct limit_rate rate = { .rate = 1, .burst = 3, .time_s = 5 };
	struct limit_bucket buckets[KEYS];
	uint64_t used_at[KEYS] = { 0 };
	uint64_t seed = 99;
	mono now = AT_S(1000);

	for (uint64_t turn = 1; turn < 20000; turn++) {
		uint32_t k = (uint32_t)(seeded_next(&seed) % (turn % 1000 < 500 ? 10 : KEYS));
		struct limit_key it = { .rule = k % 3, .src = { k }, .dport = (uint16_t)(k / 2) };
		unsigned newer = 0;

		now.ns += seeded_next(&seed) % (3 * NS_PER_S);
		for (unsigned i = 0; i < KEYS; i++)
			newer += used_at[i] > used_at[k];
		if (used_at[k] == 0 || newer >= CAPACITY ||
		    now.ns - buckets[k].at.ns >= 12 * NS_PER_S)
			buckets[k] = limit_bucket_full(&rate, now);
		used_at[k] = turn;
		assert_int_equal(limit_take(&buckets[k], &rate, 1, now, false),
		                 limits_take(limits, &it, &rate, 12, now, false));
	}
	assert_int_equal(limits_used(limits), CAPACITY);
	limits_free(limits);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_burst_then_the_rate),
		cmocka_unit_test(bits_are_paid_back),
		cmocka_unit_test(the_rate_holds),
		cmocka_unit_test(each_key_has_its_own),
		cmocka_unit_test(the_table_is_what_a_list_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
