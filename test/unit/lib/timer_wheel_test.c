#include "unit.h"

#include "lib/mem.h"
#include "lib/timer_wheel.h"
#include "seeded.h"

enum {
	TIMERS = 200,
	STEPS = 60000,
};

/* The naive one: a time for each, looked at one by one. */
struct naive {
	mono due[TIMERS];
	bool set[TIMERS];
};

static const uint64_t spans_ns[] = {
	1,        1000,          TIMER_TICK_NS,   3 * NS_PER_MS,
	NS_PER_S, 90 * NS_PER_S, 7200 * NS_PER_S, 40 * 86400 * NS_PER_S
};

static uint64_t draw_span(struct seeded *seeded)
{
	uint64_t span = spans_ns[seeded_next(seeded) % ARRAY_LEN(spans_ns)];

	return seeded_next(seeded) % span + 1;
}

static void take_due(struct timer_wheel *wheel, struct naive *naive, mono now)
{
	uint32_t timer;

	while ((timer = timer_wheel_next(wheel, now)) != TIMER_NONE) {
		assert_true(naive->set[timer]);
		assert_true(mono_due(naive->due[timer], now)); /* never early */
		assert_false(timer_wheel_is_set(wheel, timer));
		naive->set[timer] = false;
	}
	for (unsigned i = 0; i < TIMERS; i++) { /* late by less than a tick */
		assert_int_equal(timer_wheel_is_set(wheel, i), naive->set[i]);
		assert_true(!naive->set[i] || naive->due[i].ns + TIMER_TICK_NS > now.ns);
	}
}

static void check_due(const struct timer_wheel *wheel, const struct naive *naive)
{
	mono first = mono_never();

	for (unsigned i = 0; i < TIMERS; i++)
		if (naive->set[i])
			first = mono_min(first, naive->due[i]);
	/* Never after the first one is due, but for the rounding of a tick. */
	if (first.ns == mono_never().ns)
		assert_true(timer_wheel_due(wheel).ns == first.ns);
	else
		assert_true(timer_wheel_due(wheel).ns < first.ns + TIMER_TICK_NS);
}

static void run_beside_naive(uint64_t seed, uint64_t start_ns)
{
	struct seeded seeded = seeded_make(seed);
	struct naive naive = { 0 };
	struct timer_wheel wheel;
	mono now = { start_ns };

	timer_wheel_init(&wheel, TIMERS, now);
	for (int step = 0; step < STEPS; step++) {
		uint32_t timer = (uint32_t)(seeded_next(&seeded) % TIMERS);
		uint64_t what = seeded_next(&seeded) % 8;

		if (what < 4) {
			naive.due[timer] = mono_add_ns(now, draw_span(&seeded) - 1);
			naive.set[timer] = true;
			timer_wheel_set(&wheel, timer, naive.due[timer]);
		} else if (what == 4) {
			naive.set[timer] = false;
			timer_wheel_stop(&wheel, timer);
		} else {
			now = mono_add_ns(now, draw_span(&seeded) / (what == 5 ? 1 : 100));
			take_due(&wheel, &naive, now);
		}
		check_due(&wheel, &naive);
	}
	timer_wheel_free(&wheel);
}

static void it_goes_off_as_a_naive_list_says(void **state)
{
	for (uint64_t seed = 1; seed <= 4; seed++)
		run_beside_naive(seed, seed * 1234567);
}

static void it_goes_off_late_in_the_life_of_the_clock(void **state)
{
	run_beside_naive(9, UINT64_MAX - (1ULL << 62));
}

/* An idle router sleeps: a timer a day ahead wakes it no more often than there are levels. */
static void a_far_timer_wakes_a_few_times(void **state)
{
	struct timer_wheel wheel;
	mono due = { 86400 * NS_PER_S + 12345 };
	unsigned wakes = 0;

	timer_wheel_init(&wheel, 1, (mono){ 0 });
	timer_wheel_set(&wheel, 0, due);
	for (;; wakes++) {
		mono now = timer_wheel_due(&wheel);

		if (timer_wheel_next(&wheel, now) == 0) {
			assert_true(mono_due(due, now) && now.ns < due.ns + TIMER_TICK_NS);
			break;
		}
	}
	assert_true(wakes < TIMER_LEVELS);
	assert_true(timer_wheel_due(&wheel).ns == mono_never().ns);
	timer_wheel_free(&wheel);
}

static void never_is_not_set(void **state)
{
	struct timer_wheel wheel;

	timer_wheel_init(&wheel, 2, (mono){ 0 });
	timer_wheel_set(&wheel, 1, (mono){ 5 });
	timer_wheel_set(&wheel, 1, mono_never());
	assert_false(timer_wheel_is_set(&wheel, 1));
	assert_int_equal(wheel.set_n, 0);
	assert_true(timer_wheel_due(&wheel).ns == mono_never().ns);
	timer_wheel_free(&wheel);
}

/* Who has gone off and was not taken yet stays in line, also when the one before is stopped. */
static void what_is_due_keeps_its_order(void **state)
{
	struct timer_wheel wheel;
	mono later = { NS_PER_S };

	timer_wheel_init(&wheel, 4, (mono){ 0 });
	for (uint32_t i = 0; i < 4; i++)
		timer_wheel_set(&wheel, i, (mono){ (i + 1) * 10 * NS_PER_MS });
	assert_int_equal(timer_wheel_next(&wheel, later), 0);
	timer_wheel_stop(&wheel, 2);
	timer_wheel_set(&wheel, 0, later);
	assert_int_equal(timer_wheel_next(&wheel, later), 1);
	assert_int_equal(timer_wheel_next(&wheel, later), 3);
	timer_wheel_set(&wheel, 1, later);
	/* 0 became due by rounding up one tick later, and 1 with it. */
	later.ns += TIMER_TICK_NS;
	assert_true(timer_wheel_next(&wheel, later) <= 1);
	assert_true(timer_wheel_next(&wheel, later) <= 1);
	assert_int_equal(timer_wheel_next(&wheel, later), TIMER_NONE);
	timer_wheel_free(&wheel);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_goes_off_as_a_naive_list_says),
		cmocka_unit_test(it_goes_off_late_in_the_life_of_the_clock),
		cmocka_unit_test(a_far_timer_wakes_a_few_times),
		cmocka_unit_test(never_is_not_set),
		cmocka_unit_test(what_is_due_keeps_its_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
