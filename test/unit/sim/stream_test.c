/* stream_test.c -- some lives of TCP connections (sim/stream_run.h); `make sim` runs more. */
#include "unit.h"

#include "lib/text.h"
#include "sim/stream_bytes.h"
#include "sim/stream_run.h"

enum {
	SEEDS = 60
};

static void every_stream_ends_well(void **state)
{
	struct cover *cover = test_calloc(1, sizeof *cover);
	struct seed *seed = test_calloc(1, sizeof *seed);
	struct text out = { 0 };

	(void)state;
	for (uint64_t number = 1; number <= SEEDS; number++) {
		*seed = (struct seed){ .number = number, .cover = cover, .out = &out };
		if (!stream_run(seed))
			fail_msg("seed %lu, step %u: %s", number, seed->failed_step,
			         text_str(&out));
	}
	assert_true(cover->events[COVER_LOST] > SEEDS);
	assert_true(cover->events[COVER_FLAPS] > 0 && cover->events[COVER_CLOGS] > 0);
	assert_true(cover->events[COVER_CORRUPTED] > 0 && cover->events[COVER_TOO_BIG] > 0);
	assert_true(cover->events[COVER_MASQUERADE] > 0 && cover->events[COVER_NEAR_WRAP] > 10);
	text_free(&out);
	test_free(seed);
	test_free(cover);
}

static void a_seed_gives_one_history(void **state)
{
	struct cover *cover = test_calloc(1, sizeof *cover);
	struct seed *seed = test_calloc(1, sizeof *seed);
	struct text out = { 0 };
	uint64_t trace[3];

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		*seed = (struct seed){ .number = i < 2 ? 7 : 8, .cover = cover, .out = &out };
		assert_true(stream_run(seed));
		trace[i] = seed->trace.hash;
	}
	assert_int_equal(trace[0], trace[1]);
	assert_int_not_equal(trace[0], trace[2]);
	text_free(&out);
	test_free(seed);
	test_free(cover);
}

/* A byte is known by its place alone. */
static void bytes_are_known(void **state)
{
	uint8_t all[300], part[300];

	(void)state;
	stream_bytes_copy(5, 0, all, sizeof all);
	for (unsigned from = 0; from < 40; from++) {
		for (unsigned n = 1; n < 40; n++) {
			stream_bytes_copy(5, from, part, n);
			assert_memory_equal(part, all + from, n);
			assert_true(stream_bytes_are(5, from, part, n));
			part[n - 1] ^= 1;
			assert_false(stream_bytes_are(5, from, part, n));
		}
	}
	assert_false(stream_bytes_are(6, 0, all, sizeof all));
	assert_false(stream_bytes_are(5, 8, all, sizeof all - 8));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_are_known),
		cmocka_unit_test(every_stream_ends_well),
		cmocka_unit_test(a_seed_gives_one_history),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
