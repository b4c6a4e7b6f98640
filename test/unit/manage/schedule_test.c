#include "unit.h"

#include "lib/mem.h"
#include "manage/jobs.h"
#include "manage/manage.h"
#include "manage/schedule.h"
#include "seeded.h"

static uint64_t below(struct seeded *random, uint64_t most)
{
	return seeded_next(random) % most;
}

/* The first of start, start + interval, ... behind @now, one after another. */
static bool naive_next(int64_t start_s, uint64_t interval_ms, int64_t now_ns, int64_t *ret_ns)
{
	int64_t at = start_s * (int64_t)NS_PER_S;

	while (at <= now_ns) {
		if (interval_ms == 0)
			return false;
		at += (int64_t)(interval_ms * NS_PER_MS);
	}
	*ret_ns = at;
	return true;
}

static struct events *one_event(int64_t start_s, uint64_t interval_ms, bool at_startup)
{
	struct events *events = events_new(1);

	events->at[0] = (struct event){ .id = 1,
		                        .start_s = start_s,
		                        .interval_ms = interval_ms,
		                        .at_startup = at_startup,
		                        .what = mem_strdup("") };
	return events;
}

static void the_next_time_is_found(void **state)
{
	struct seeded random = seeded_make(26);

	for (int i = 0; i < 20000; i++) {
		struct manage manage = {
			.now = { NS_PER_S },
			.wall = { (int64_t)(below(&random, 2000000) * NS_PER_MS) },
		};
		struct schedule *schedule = schedule_new(&manage);
		int64_t start_s = (int64_t)below(&random, 2000);
		uint64_t interval_ms = below(&random, 5) == 0 ? 0 : 1000 + below(&random, 100000);
		int64_t expected = 0;
		wall next = { 0 };
		bool comes = naive_next(start_s, interval_ms, manage.wall.ns, &expected);

		schedule_replace(schedule, one_event(start_s, interval_ms, false));
		assert_false(schedule_next_run(schedule, 1, &next));
		schedule_turn(schedule);
		assert_int_equal(schedule_next_run(schedule, 1, &next), comes);
		if (comes)
			assert_int_equal(next.ns, expected);
		schedule_free(schedule);
	}
}

/* A router that is on for years, and dates at the ends of what there is. */
static void far_times_do_not_come_round(void **state)
{
	struct manage manage = { .now = { UINT64_MAX / 4 }, .wall = { INT64_MAX - 1000 } };
	struct schedule *schedule = schedule_new(&manage);
	wall next;

	schedule_replace(schedule, one_event(0, 1000, false));
	schedule_turn(schedule);
	assert_false(schedule_next_run(schedule, 1, &next));
	assert_int_equal(schedule_next(schedule).ns, UINT64_MAX);
	manage.wall.ns = -1000;
	schedule_replace(schedule, one_event(7257945600, 1ULL << 53, false));
	schedule_turn(schedule);
	assert_true(schedule_next_run(schedule, 1, &next));
	assert_int_equal(next.ns, 7257945600LL * (int64_t)NS_PER_S);
	schedule_replace(schedule, one_event(0, 1ULL << 53, true));
	schedule_turn(schedule);
	assert_true(schedule_next_run(schedule, 1, &next));
	schedule_free(schedule);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_next_time_is_found),
		cmocka_unit_test(far_times_do_not_come_round),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
