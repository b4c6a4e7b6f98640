#include "unit.h"

#include "tcp/rack.h"

#define MSS 1000U

struct bench {
	struct flight_pool *pool;
	struct flight flight;
	struct rack rack;
	struct rack_path path;
};

static mono at_ms(uint64_t ms)
{
	return (mono){ ms * NS_PER_MS };
}

/* @n segments, a millisecond apart from 1000 ms on; the path takes 100 ms. */
static struct bench bench_make(uint32_t n)
{
	struct bench bench = {
		.pool = flight_pool_new(100),
		.path = { .least_us = 100000, .smoothed_us = 100000, .mss_bytes = MSS },
	};

	flight_start(&bench.flight, 0);
	rack_start(&bench.rack, 0);
	for (uint32_t i = 0; i < n; i++)
		assert_true(flight_sent(&bench.flight, bench.pool, (i + 1) * MSS, at_ms(1000 + i)));
	return bench;
}

static void bench_end(struct bench *bench)
{
	flight_forget(&bench->flight, bench->pool);
	flight_pool_free(bench->pool);
}

/* Segments @from to @to - 1 are sacked at @ms. */
static mono sack(struct bench *bench, uint64_t ms, uint32_t from, uint32_t to)
{
	struct flight_news news = { 0 };

	bench->path.now = at_ms(ms);
	assert_true(flight_sack(&bench->flight, bench->pool,
	                        &(struct flight_range){ from * MSS, to * MSS }, MSS, &news));
	rack_heard(&bench->rack, &news, &bench->path, false, 0);
	return rack_detect(&bench->rack, &bench->flight, bench->pool, &bench->path);
}

/* RFC 8985, 6.2, step 4: three segments sacked and no reordering seen: lost at once. */
static void test_three_segments(void **state)
{
	struct bench bench = bench_make(10);

	assert_int_not_equal(sack(&bench, 1101, 1, 2).ns, mono_never().ns);
	assert_int_not_equal(sack(&bench, 1102, 1, 3).ns, mono_never().ns);
	assert_int_equal(bench.flight.lost_bytes, 0);
	(void)sack(&bench, 1103, 1, 4);
	assert_int_equal(bench.flight.lost_bytes, MSS);
	bench_end(&bench);
}

/* One is: a quarter of the round trip later (step 5), when the timer says so. */
static void test_window(void **state)
{
	struct bench bench = bench_make(10);
	mono again = sack(&bench, 1101, 1, 2);

	assert_int_equal(again.ns, at_ms(1125).ns); /* 1000 + 100 + 25 */
	bench.path.now = at_ms(1124);
	assert_int_equal(rack_detect(&bench.rack, &bench.flight, bench.pool, &bench.path).ns,
	                 again.ns);
	assert_int_equal(bench.flight.lost_bytes, 0);
	bench.path.now = again;
	(void)rack_detect(&bench.rack, &bench.flight, bench.pool, &bench.path);
	assert_int_equal(bench.flight.lost_bytes, MSS);
	bench_end(&bench);
}

/* Once reordering was seen, three are not enough, also within a recovery. */
static void test_reordering(void **state)
{
	struct bench bench = bench_make(10);

	(void)sack(&bench, 1102, 2, 3);
	(void)sack(&bench, 1103, 1, 2); /* behind the third: step 3 */
	assert_true(bench.rack.is_reordering);
	(void)sack(&bench, 1105, 3, 6);
	assert_int_equal(bench.flight.lost_bytes, 0);
	bench.path.is_recovering = true;
	assert_int_equal(rack_window_us(&bench.rack, &bench.flight, &bench.path), 25000);
	bench_end(&bench);
}

/* What was sent again is lost again when something sent later arrives. */
static void test_lost_again(void **state)
{
	struct bench bench = bench_make(10);

	(void)sack(&bench, 1103, 1, 4);
	flight_resent(&bench.flight, bench.pool, &(struct flight_range){ 0, MSS }, at_ms(1103));
	assert_true(flight_sent(&bench.flight, bench.pool, 11 * MSS, at_ms(1104)));
	bench.path.is_recovering = true;
	(void)sack(&bench, 1110, 4, 10);
	assert_int_equal(bench.flight.lost_bytes, 0);
	(void)sack(&bench, 1204, 10, 11);
	assert_int_equal(bench.flight.lost_bytes, MSS);
	bench_end(&bench);
}

/* The first copy answers after the second has left: that measures nothing (step 2). */
static void test_first_copy(void **state)
{
	struct bench bench = bench_make(3);
	struct flight_news news = { 0 };
	mono sent_at;

	(void)sack(&bench, 1101, 1, 2);
	sent_at = bench.rack.sent_at;
	flight_resent(&bench.flight, bench.pool, &(struct flight_range){ 0, MSS }, at_ms(1130));
	bench.path.now = at_ms(1140); /* sooner than any round trip */
	flight_ack(&bench.flight, bench.pool, MSS, &news);
	rack_heard(&bench.rack, &news, &bench.path, false, 0);
	assert_int_equal(bench.rack.sent_at.ns, sent_at.ns);
	/* Late enough, but the timestamp tells. */
	bench.path.now = at_ms(1300);
	rack_heard(&bench.rack, &news, &bench.path, true, 1000);
	assert_int_equal(bench.rack.sent_at.ns, sent_at.ns);
	rack_heard(&bench.rack, &news, &bench.path, true, 1130);
	assert_int_equal(bench.rack.sent_at.ns, at_ms(1130).ns);
	/* Beside a SACK the echo is older and doesn't. */
	news.newest_in_order = false;
	bench.rack.sent_at = sent_at;
	rack_heard(&bench.rack, &news, &bench.path, true, 1000);
	assert_int_equal(bench.rack.sent_at.ns, at_ms(1130).ns);
	bench_end(&bench);
}

/* RACK_update_reo_wnd() with DSACKs: once a round trip, up to SRTT; forgotten after 16 recoveries.
 */
static void test_duplicates(void **state)
{
	struct bench bench = bench_make(3);

	bench.rack.is_reordering = true;
	assert_int_equal(rack_window_us(&bench.rack, &bench.flight, &bench.path), 25000);
	rack_duplicate(&bench.rack, 0, 3 * MSS);
	rack_duplicate(&bench.rack, MSS, 3 * MSS);
	assert_int_equal(rack_window_us(&bench.rack, &bench.flight, &bench.path), 50000);
	for (uint32_t i = 1; i < 40; i++)
		rack_duplicate(&bench.rack, 3 * MSS * i, 3 * MSS * (i + 1));
	assert_int_equal(rack_window_us(&bench.rack, &bench.flight, &bench.path), 100000);
	for (int i = 0; i < 16; i++) {
		assert_int_not_equal(bench.rack.multiplier, 0);
		rack_recovered(&bench.rack);
	}
	assert_int_equal(rack_window_us(&bench.rack, &bench.flight, &bench.path), 25000);
	bench_end(&bench);
}

/* 6.3: the first and what is old are lost, what has just been sent isn't. */
static void test_time_out(void **state)
{
	struct bench bench = bench_make(5);

	(void)sack(&bench, 1102, 2, 3); /* 100 ms */
	assert_true(flight_sent(&bench.flight, bench.pool, 6 * MSS, at_ms(1290)));
	bench.path.now = at_ms(1300);
	rack_time_out(&bench.rack, &bench.flight, bench.pool, &bench.path);
	assert_int_equal(bench.flight.lost_bytes, 4 * MSS);
	bench_end(&bench);

	bench = bench_make(3); /* nothing was ever heard: all are */
	bench.path.now = at_ms(2000);
	rack_time_out(&bench.rack, &bench.flight, bench.pool, &bench.path);
	assert_int_equal(bench.flight.lost_bytes, 3 * MSS);
	bench_end(&bench);
}

/* 7.2: two round trips; longer for a single segment, whose answer may be delayed; never beyond the
 * retransmission timer. */
static void test_probe(void **state)
{
	struct bench bench = bench_make(3), single = bench_make(1);

	assert_int_equal(rack_probe_us(&bench.flight, &bench.path, 5000000), 200000);
	assert_int_equal(rack_probe_us(&single.flight, &bench.path, 5000000), 400000);
	assert_int_equal(rack_probe_us(&bench.flight, &bench.path, 150000), 150000);
	bench.path.smoothed_us = 0;
	assert_int_equal(rack_probe_us(&bench.flight, &bench.path, 5000000), 1000000);
	bench_end(&bench);
	bench_end(&single);
}

/* All of one turn have its time: what was sent again after new data isn't older than these. */
static void test_one_turn(void **state)
{
	struct bench bench = bench_make(4);

	(void)sack(&bench, 1103, 1, 4);
	assert_int_equal(bench.flight.lost_bytes, MSS);
	assert_true(flight_sent(&bench.flight, bench.pool, 5 * MSS, at_ms(1103)));
	flight_resent(&bench.flight, bench.pool, &(struct flight_range){ 0, MSS }, at_ms(1103));
	assert_true(flight_sent(&bench.flight, bench.pool, 6 * MSS, at_ms(1103)));
	(void)sack(&bench, 1204, 4, 5);
	assert_int_equal(bench.flight.lost_bytes, 0);
	(void)sack(&bench, 1204, 5, 6);
	assert_int_equal(bench.flight.lost_bytes, MSS);
	bench_end(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_three_segments), cmocka_unit_test(test_window),
		cmocka_unit_test(test_reordering),     cmocka_unit_test(test_lost_again),
		cmocka_unit_test(test_first_copy),     cmocka_unit_test(test_duplicates),
		cmocka_unit_test(test_time_out),       cmocka_unit_test(test_probe),
		cmocka_unit_test(test_one_turn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
