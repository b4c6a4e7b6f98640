#include "wire/cmocka_all.h"

#include "wire/loop_probe.h"
#include "wire/seeded.h"

static void round_trip(void **state)
{
	uint64_t seed = 885;

	for (int round = 0; round < 1000; round++) {
		uint8_t built[LOOP_PROBE_BYTES];
		struct writer w = writer_over(built, sizeof built);
		struct loop_probe probe, again;
		struct reader r;

		seeded_fill(&seed, (uint8_t *)&probe, sizeof probe);
		loop_probe_build(&w, &probe);
		assert_false(w.failed);
		assert_true(w.at == w.end);
		r = reader_over(built, sizeof built);
		assert_true(loop_probe_parse(&r, &again));
		assert_int_equal(again.port, probe.port);
		assert_int_equal(again.number, probe.number);
		assert_true(again.tag == probe.tag);
	}
}

static void what_is_short_or_somebody_elses(void **state)
{
	const struct loop_probe probe = { 1, 2, 3 };
	uint8_t built[LOOP_PROBE_BYTES];
	struct writer w = writer_over(built, sizeof built);
	struct loop_probe again = { 9, 9, 9 };

	loop_probe_build(&w, &probe);
	for (size_t len = 0; len < 20; len++) {
		struct reader r = reader_over(built, len);

		assert_false(loop_probe_parse(&r, &again));
	}
	for (unsigned i = 0; i < 4; i++) {
		struct reader r = reader_over(built, sizeof built);

		built[i] ^= 1;
		assert_false(loop_probe_parse(&r, &again));
		built[i] ^= 1;
	}
	assert_int_equal(again.port, 9);
	assert_true(mac_is_multicast(&loop_probe_group));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(round_trip),
		cmocka_unit_test(what_is_short_or_somebody_elses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
