#include "unit.h"

#include "tcp/congestion.h"
#include "tcp/cubic.h"
#include "tcp/tcp.h"

#define MSS 1000U

static double away(double value)
{
	return value < 0 ? -value : value;
}

/* Newton's way, in floating point. */
static double cube_root(double value)
{
	double root = value > 1 ? value : 1;

	for (int i = 0; i < 200; i++)
		root -= (root * root * root - value) / (3 * root * root);
	return root;
}

static struct congestion started(uint8_t algorithm, uint32_t segments)
{
	struct congestion congestion;

	congestion_start(&congestion, algorithm, segments * MSS);
	return congestion;
}

/* One round trip of @rtt_ms in which the whole window is delivered, two segments an answer. */
static void round_trip(struct congestion *congestion, mono *now, uint32_t rtt_ms, uint32_t *una)
{
	uint32_t window = congestion->window_bytes, next = *una + window;
	uint64_t step_ns = rtt_ms * NS_PER_MS / (window / (2 * MSS) + 1);
	struct congestion_ack ack = {
		.delivered_bytes = 2 * MSS,
		.mss_bytes = MSS,
		.rtt_us = rtt_ms * 1000,
		.smoothed_us = rtt_ms * 1000,
		.was_limited = true,
	};

	for (uint32_t done = 0; done + 2 * MSS <= window; done += 2 * MSS) {
		*una += 2 * MSS;
		ack.una = *una;
		ack.next = next + done;
		ack.now = *now;
		congestion_acked(congestion, &ack);
		*now = mono_add_ns(*now, step_ns);
	}
	*now = mono_add_ns(*now, step_ns);
}

/* RFC 5681, 3.1: twice as much each round trip, then a segment more. */
static void test_reno(void **state)
{
	struct congestion congestion = started(TCP_RENO, 10);
	mono now = { 5 * NS_PER_S };
	uint32_t una = 0, before;

	for (int i = 0; i < 3; i++) {
		before = congestion.window_bytes;
		round_trip(&congestion, &now, 100, &una);
		assert_int_equal(congestion.window_bytes, 2 * before);
	}
	congestion_lost(&congestion, MSS);
	assert_int_equal(congestion.threshold_bytes, 40 * MSS);
	congestion.window_bytes = congestion.threshold_bytes;
	for (int i = 0; i < 20; i++) {
		before = congestion.window_bytes;
		round_trip(&congestion, &now, 100, &una);
		assert_in_range(congestion.window_bytes, before + MSS * 9 / 10, before + MSS);
	}
	/* Not below two segments: equation 4. */
	congestion.window_bytes = MSS;
	congestion_lost(&congestion, MSS);
	assert_int_equal(congestion.threshold_bytes, 2 * MSS);
}

static void test_root(void **state)
{
	assert_int_equal(cubic_root(0), 0);
	assert_int_equal(cubic_root(7), 1);
	assert_int_equal(cubic_root(8), 2);
	assert_int_equal(cubic_root(UINT64_MAX), 2642245);
	for (uint64_t root = 1; root < 2642245; root += 1 + root / 7) {
		assert_int_equal(cubic_root(root * root * root), root);
		assert_int_equal(cubic_root(root * root * root - 1), root - 1);
	}
}

/* Figures 1 and 2 of RFC 9438 in floating point. */
static void test_curve(void **state)
{
	for (int64_t t_ms = -60000; t_ms <= 60000; t_ms += 371) {
		double t = (double)t_ms / 1000, wanted = 0.4 * t * t * t * 1460;
		int64_t got = cubic_curve_bytes(t_ms, 1460);

		assert_true(away((double)got - wanted) <= away(wanted) / 1000 + 2);
	}
	for (uint32_t window = 10; window < 100000; window = window * 3 / 2) {
		double segments = window * 0.3;
		double wanted = cube_root(segments / 0.4) * 1000;
		uint32_t got = cubic_rise_ms(window * 1460 - (uint32_t)(segments * 1460),
		                             window * 1460, 1460);

		assert_true(away(got - wanted) <= 2 + wanted / 1000);
	}
	/* No overflow at the largest segments and latest times. */
	assert_true(cubic_curve_bytes(INT32_MAX, 65495) > 0);
	assert_true(cubic_curve_bytes(INT32_MIN, 65495) < 0);
}

/* After a loss at 1000 segments the window comes back to it after K, and is flat there. */
static void test_cubic_epoch(void **state)
{
	struct congestion congestion = started(TCP_CUBIC, 1000);
	mono now = { 5 * NS_PER_S }, loss;
	uint32_t una = 0, window_at_k = 0, last = 0;
	double k = cube_root(1000 * 0.3 / 0.4);

	congestion_lost(&congestion, MSS);
	assert_int_equal(congestion.threshold_bytes, 700 * MSS); /* 4.6 */
	assert_int_equal(congestion.plateau_bytes, 1000 * MSS);
	congestion.window_bytes = congestion.threshold_bytes;
	loss = now;
	while ((double)mono_since_ms(now, loss) / 1000 < 2 * k) {
		double t = (double)mono_since_ms(now, loss) / 1000;
		double curve = 0.4 * (t - k) * (t - k) * (t - k) + 1000;

		round_trip(&congestion, &now, 100, &una);
		if (window_at_k == 0 && t >= k)
			window_at_k = congestion.window_bytes;
		assert_true(away(congestion.window_bytes / (double)MSS - curve) < 20);
		assert_true(congestion.window_bytes >= last);
		last = congestion.window_bytes;
	}
	assert_in_range(window_at_k, 995 * MSS, 1005 * MSS);
	assert_in_range(last, 1270 * MSS, 1320 * MSS); /* 0.4 * K^3 = 300 more */
}

/* RFC 9438, 4.7. */
static void test_fast_convergence(void **state)
{
	struct congestion congestion = started(TCP_CUBIC, 1000);

	congestion_lost(&congestion, MSS);
	congestion.window_bytes = 800 * MSS;
	congestion_lost(&congestion, MSS);
	assert_int_equal(congestion.plateau_bytes, 680 * MSS); /* 800 * (1 + 0.7) / 2 */
	assert_int_equal(congestion.threshold_bytes, 560 * MSS);
}

/* RFC 9438, 4.3: on short paths it is Reno of the same mean, 9/17 of a segment each round trip. */
static void test_friendly(void **state)
{
	struct congestion congestion = started(TCP_CUBIC, 50);
	mono now = { 5 * NS_PER_S };
	uint32_t una = 0, before;

	congestion_lost(&congestion, MSS);
	congestion.window_bytes = congestion.threshold_bytes;
	before = congestion.window_bytes;
	for (int i = 0; i < 20; i++)
		round_trip(&congestion, &now, 2, &una);
	assert_in_range(congestion.window_bytes, before + 20 * MSS * 9 / 17 * 9 / 10,
	                before + 20 * MSS * 9 / 17 + MSS);
	/* From the old window on a whole segment. */
	while (congestion.epoch.estimate_bytes < 50 * MSS)
		round_trip(&congestion, &now, 2, &una);
	before = congestion.epoch.estimate_bytes;
	for (int i = 0; i < 20; i++)
		round_trip(&congestion, &now, 2, &una);
	assert_in_range(congestion.epoch.estimate_bytes, before + 20 * MSS * 9 / 10,
	                before + 20 * MSS);
}

/* What isn't used doesn't grow, and time in which nothing is sent does not count. */
static void test_unused(void **state)
{
	struct congestion congestion = started(TCP_CUBIC, 100);
	struct congestion_ack ack = { .delivered_bytes = 2 * MSS,
		                      .mss_bytes = MSS,
		                      .smoothed_us = 100000,
		                      .now = { 9 * NS_PER_S } };
	mono now = { 5 * NS_PER_S };
	uint32_t una = 0, before;

	congestion_lost(&congestion, MSS);
	congestion.window_bytes = congestion.threshold_bytes;
	round_trip(&congestion, &now, 100, &una);
	before = congestion.window_bytes;
	congestion_acked(&congestion, &ack); /* was_limited: false */
	assert_int_equal(congestion.window_bytes, before);
	now = mono_add_s(now, 1000);
	round_trip(&congestion, &now, 100, &una);
	assert_true(congestion.window_bytes < before + 10 * MSS);
}

/* RFC 2861: half with each timeout, not below the initial window; the threshold remembers. */
static void test_idle(void **state)
{
	struct congestion congestion = started(TCP_RENO, 160);

	congestion.threshold_bytes = 80 * MSS;
	congestion_idle(&congestion, 10 * MSS, 300000, 300000);
	assert_int_equal(congestion.window_bytes, 160 * MSS);
	congestion_idle(&congestion, 10 * MSS, 700000, 300000);
	assert_int_equal(congestion.window_bytes, 40 * MSS);
	assert_int_equal(congestion.threshold_bytes, 120 * MSS);
	congestion_idle(&congestion, 10 * MSS, 3600000000ULL, 300000);
	assert_int_equal(congestion.window_bytes, 10 * MSS);
}

static void test_undo(void **state)
{
	struct congestion congestion = started(TCP_CUBIC, 100), before;

	congestion.plateau_bytes = 150 * MSS;
	congestion.threshold_bytes = 90 * MSS;
	before = congestion;
	congestion_lost(&congestion, MSS);
	congestion.window_bytes = MSS;
	congestion_undo(&congestion);
	assert_int_equal(congestion.window_bytes, before.window_bytes);
	assert_int_equal(congestion.threshold_bytes, before.threshold_bytes);
	assert_int_equal(congestion.plateau_bytes, before.plateau_bytes);
}

/* RFC 6928, 2. */
static void test_initial(void **state)
{
	assert_int_equal(congestion_initial_bytes(10, 1460, 0), 14600);
	assert_int_equal(congestion_initial_bytes(10, 1460, 1), 14600);
	assert_int_equal(congestion_initial_bytes(10, 1460, 2), 1460);
	assert_int_equal(congestion_initial_bytes(10, 536, 0), 5360);
	assert_int_equal(congestion_initial_bytes(10, 8960, 0), 17920); /* jumbo: two segments */
}

/* HyStart++ (RFC 9406): a queue builds up, the round trips get longer; slow start slows down in the
 * round after, and five rounds later is over. Without a queue it goes on. */
static void test_slow_start_end(void **state)
{
	struct congestion congestion = started(TCP_CUBIC, 16), steady = started(TCP_CUBIC, 16);
	mono now = { 5 * NS_PER_S };
	uint32_t una = 0, before;

	for (int i = 0; i < 6; i++)
		round_trip(&steady, &now, 100, &una);
	assert_int_equal(steady.window_bytes, 16 * 64 * MSS);
	assert_true(congestion_is_slow_start(&steady));

	una = 0;
	round_trip(&congestion, &now, 100, &una);
	round_trip(&congestion, &now, 100, &una);
	before = congestion.window_bytes;
	round_trip(&congestion, &now, 113, &una); /* 100 / 8 is the threshold */
	assert_true(congestion.window_bytes < before * 2);
	for (int i = 0; i < 4; i++) {
		before = congestion.window_bytes;
		round_trip(&congestion, &now, 113 + (uint32_t)i, &una);
		assert_in_range(congestion.window_bytes, before * 5 / 4 - 2 * MSS,
		                before * 5 / 4 + 2 * MSS);
	}
	assert_true(congestion_is_slow_start(&congestion));
	round_trip(&congestion, &now, 120, &una);
	round_trip(&congestion, &now, 120, &una);
	assert_false(congestion_is_slow_start(&congestion));
	assert_true(congestion.has_settled);
}

/* It was noise: the round trips are short again, and slow start goes on as before. */
static void test_slow_start_resumes(void **state)
{
	struct congestion congestion = started(TCP_CUBIC, 16);
	mono now = { 5 * NS_PER_S };
	uint32_t una = 0, before;

	round_trip(&congestion, &now, 100, &una);
	round_trip(&congestion, &now, 100, &una);
	round_trip(&congestion, &now, 130, &una);
	round_trip(&congestion, &now, 100, &una);
	before = congestion.window_bytes;
	round_trip(&congestion, &now, 100, &una);
	assert_int_equal(congestion.window_bytes / MSS, before * 2 / MSS);
}

static void test_names(void **state)
{
	assert_int_equal(congestion_find("cubic", 5), TCP_CUBIC);
	assert_int_equal(congestion_find("reno", 4), TCP_RENO);
	assert_int_equal(congestion_find("reno", 3), -1);
	assert_int_equal(congestion_find("vegas", 5), -1);
	assert_string_equal(congestion_way(TCP_RENO)->name, "reno");
	assert_null(congestion_way(200));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reno),
		cmocka_unit_test(test_root),
		cmocka_unit_test(test_curve),
		cmocka_unit_test(test_cubic_epoch),
		cmocka_unit_test(test_friendly),
		cmocka_unit_test(test_fast_convergence),
		cmocka_unit_test(test_unused),
		cmocka_unit_test(test_idle),
		cmocka_unit_test(test_undo),
		cmocka_unit_test(test_initial),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_slow_start_end),
		cmocka_unit_test(test_slow_start_resumes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
