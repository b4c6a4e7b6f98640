#include "check.h"

#include <time.h>

#include "os/clock.h"

static void mono_goes_forward_by_what_was_slept(void **state)
{
	struct clock clock;
	const struct timespec pause = { .tv_nsec = 5000000 };

	clock_init(&clock);

	mono before = clock_mono(&clock);

	nanosleep(&pause, NULL);

	mono after = clock_mono(&clock);

	assert_true(mono_since_ns(after, before) >= 5 * NS_PER_MS);
	assert_true(mono_since_ns(after, before) < 60 * NS_PER_S);
}

static void wall_agrees_with_the_c_library(void **state)
{
	struct clock clock;

	clock_init(&clock);

	time_t before = time(NULL);
	wall now = clock_wall(&clock);

	/* time() may read a coarser clock that lags by a tick. */
	assert_true(now.ns / (int64_t)NS_PER_S >= before);
	assert_true(now.ns / (int64_t)NS_PER_S <= before + 60);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mono_goes_forward_by_what_was_slept),
		cmocka_unit_test(wall_agrees_with_the_c_library),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
