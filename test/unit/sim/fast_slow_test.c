/* fast_slow_test.c -- 200 seeds of the property of sim/fast_slow.h; `make sim` runs more. */
#include "unit.h"

#include "lib/text.h"
#include "sim/fast_slow.h"

enum {
	SEEDS = 200,
	STEPS = 250
};

static void replayed_and_walked_are_the_same(void **state)
{
	struct fast_slow_stats stats = { 0 };

	(void)state;
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		struct text out = { 0 };

		if (!fast_slow_run(seed, STEPS, false, &stats, &out))
			fail_msg("%s", text_str(&out));
		text_free(&out);
	}
	/* Both ways were gone, and the scenes were not dead. */
	assert_true(stats.replayed > SEEDS * 30);
	assert_true(stats.walked > SEEDS * 300);
	assert_true(stats.out > stats.frames / 2);
	assert_true(stats.flows > SEEDS * 20);
	assert_true(stats.changes > SEEDS * 8);
	assert_true(stats.joined > SEEDS * 2);
}

static void a_seed_gives_one_history(void **state)
{
	struct fast_slow_stats first = { 0 }, second = { 0 };
	struct text out = { 0 };

	(void)state;
	assert_true(fast_slow_run(7, STEPS, false, &first, &out));
	assert_true(fast_slow_run(7, STEPS, false, &second, &out));
	assert_memory_equal(&first, &second, sizeof first);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(replayed_and_walked_are_the_same),
		cmocka_unit_test(a_seed_gives_one_history),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
