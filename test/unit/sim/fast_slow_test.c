/* fast_slow_test.c -- some seeds of the property of sim/fast_slow.h; `make sim` runs more. */
#include "unit.h"

#include "lib/text.h"
#include "sim/fast_slow.h"
#include "sim/start.h"

enum {
	SEEDS = 60
};

static void run(struct seed *seed, uint64_t number, struct cover *cover, struct text *out)
{
	*seed = (struct seed){ .number = number, .cover = cover, .out = out };
	if (!fast_slow_run(seed))
		fail_msg("seed %lu, step %u: %s", number, seed->failed_step, text_str(out));
}

static void replayed_and_walked_are_the_same(void **state)
{
	struct cover *cover = test_calloc(1, sizeof *cover);
	struct seed *seed = test_calloc(1, sizeof *seed);
	struct text out = { 0 };

	(void)state;
	for (uint64_t number = 1; number <= SEEDS; number++)
		run(seed, number, cover, &out);
	/* Both ways were gone, and the scenes were not dead. */
	assert_true(cover->events[COVER_REPLAYED] > SEEDS * 30);
	assert_true(cover->events[COVER_WALKED] > SEEDS * 300);
	assert_true(cover->events[COVER_OUT] > cover->events[COVER_IN] / 2);
	assert_true(cover->events[COVER_CONNECTIONS] > SEEDS * 20);
	assert_in_range(cover->events[COVER_NEAR_WRAP], SEEDS / 4, SEEDS * 3 / 4);
	assert_true(cover_changes(cover) > SEEDS * 6);
	assert_true(cover->events[COVER_JOINED] > SEEDS * 2);
	text_free(&out);
	test_free(seed);
	test_free(cover);
}

static void a_seed_gives_one_history(void **state)
{
	struct cover *cover = test_calloc(1, sizeof *cover);
	struct seed *seed = test_calloc(1, sizeof *seed);
	struct text out = { 0 };
	uint64_t hash;

	(void)state;
	run(seed, 7, cover, &out);
	hash = seed->trace.hash;
	run(seed, 7, cover, &out);
	assert_int_equal(seed->trace.hash, hash);
	run(seed, 8, cover, &out);
	assert_int_not_equal(seed->trace.hash, hash);
	text_free(&out);
	test_free(seed);
	test_free(cover);
}

static void half_of_all_starts_are_next_to_a_wrap(void **state)
{
	struct sim_random random = sim_random_make(1);
	unsigned near = 0, generations = 0;

	(void)state;
	for (unsigned i = 0; i < 1000; i++) {
		struct start start = start_draw(&random);

		near += start.near_wrap;
		generations += start.router.generation > UINT32_MAX - 65536;
		if (start.near_wrap)
			assert_true(start.tcp_seq > UINT32_MAX - 65536);
	}
	assert_in_range(near, 450, 550);
	assert_int_equal(generations, near);
}

/* What never happened is named. */
static void a_blank_sky_is_noticed(void **state)
{
	struct cover *cover = test_calloc(1, sizeof *cover);
	struct text out = { 0 };

	(void)state;
	for (unsigned i = 0; i < COVER_COUNT; i++)
		cover->events[i] = 1;
	for (unsigned i = 0; i < DROP_COUNT; i++)
		cover->drops[i] = 1;
	for (unsigned i = 0; cover_change_words[i] != NULL; i++)
		cover_change(cover, cover_change_words[i], 1);
	assert_true(cover_is_complete(cover, &out));
	cover->events[COVER_HAIRPIN] = 0;
	cover->drops[DROP_FILTER] = 0;
	assert_false(cover_is_complete(cover, &out));
	assert_string_equal(text_str(&out),
	                    "never: connections by hairpin\nnever: dropped for filter\n");
	text_free(&out);
	test_free(cover);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(replayed_and_walked_are_the_same),
		cmocka_unit_test(a_seed_gives_one_history),
		cmocka_unit_test(half_of_all_starts_are_next_to_a_wrap),
		cmocka_unit_test(a_blank_sky_is_noticed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
