#include "unit.h"

#include <stdlib.h>

#include "tcp/path.h"

#define MBIT 125000ULL /* bytes a second */

static struct path *path_make(uint64_t delay_ms, uint64_t bytes_per_second)
{
	struct path *path = calloc(1, sizeof *path);

	path->delay_ns = delay_ms * NS_PER_MS;
	path->bytes_per_second = bytes_per_second;
	path->has_sack = path->has_timestamps = true;
	path->burst_segments = 8;
	path->start_seq = 0xfffff000U;
	path->total_bytes = UINT64_MAX / 2;
	return path;
}

static void path_destroy(struct path *path)
{
	path_end(path);
	free(path);
}

static void told(const struct path *path, const char *what, double per_second)
{
	print_message("%s: %.3f Mbit/s, %u repairs, %u timeouts, %u undone, %u lost, %u full\n",
	              what, per_second * 8 / 1e6, path->repairs, path->timeouts, path->undone,
	              path->lost_packets, path->dropped_full);
}

/* RELIABILITY G8, without packets: 300 ms at 100 Mbit/s, a queue of half of what the path holds. */
static void test_long_path(void **state)
{
	struct path *path = path_make(150, 100 * MBIT);
	double per_second;

	path->queue_bytes = 1875000;
	path_start(path, 1);
	path_run_ms(path, 60000);
	per_second = (double)path->acked_bytes / 60;
	told(path, "300 ms, 100 Mbit/s", per_second);
	assert_true(per_second > 0.85 * 100 * MBIT);
	assert_int_equal(path->timeouts, 0);
	path_destroy(path);
}

/* 100 ms and 1 % loss: Reno's equation for CUBIC in its friendly region (RFC 9438, 4.3) expects a
 * window of sqrt(alpha * (1 + beta) / (2 * (1 - beta) * p)) = 12.2 segments. */
static void test_lossy_path(void **state)
{
	struct path *path = path_make(50, 100 * MBIT);
	double per_second, theory = 12.2 * PATH_MSS * 10;

	path->loss = 100;
	path_start(path, 2);
	path_run_ms(path, 600000);
	per_second = (double)path->acked_bytes / 600;
	told(path, "100 ms, 1 % loss", per_second);
	assert_int_equal(path->undone, 0); /* nothing is late here: what is missing is lost */
	assert_true(per_second > 0.85 * theory);
	assert_true(per_second < 1.5 * theory);
	path_destroy(path);
}

/* Reno on the same path: sqrt(3 / (2 * p)), 12.2 segments as well (RFC 9438, 4.3 is made so). */
static void test_lossy_reno(void **state)
{
	struct path *path = path_make(50, 100 * MBIT);
	double per_second, theory = 12.2 * PATH_MSS * 10;

	path->loss = 100;
	path->algorithm = TCP_RENO;
	path_start(path, 2);
	path_run_ms(path, 600000);
	per_second = (double)path->acked_bytes / 600;
	told(path, "the same, Reno", per_second);
	assert_int_equal(path->undone, 0); /* nothing is late here: what is missing is lost */
	assert_true(per_second > 0.85 * theory);
	assert_true(per_second < 1.5 * theory);
	path_destroy(path);
}

/* A single loss is repaired within a round trip, without a timeout, with and without SACK. */
static void test_one_loss(void **state)
{
	for (unsigned sack = 0; sack < 2; sack++) {
		struct path *path = path_make(50, 0);

		path->has_sack = sack == 1;
		path->total_bytes = 20 * PATH_MSS;
		path->lose_at[path->lose_n++] = path->start_seq + 3 * PATH_MSS;
		path_start(path, 3);
		path_run_ms(path, 360);
		assert_true(path_is_done(path));
		assert_int_equal(path->timeouts, 0);
		assert_int_equal(path->repairs, 1);
		assert_int_equal(path->resent_bytes, PATH_MSS);
		path_destroy(path);
	}
}

/* Two losses in one window without SACK: one more round trip (RFC 6582, 3.2). */
static void test_partial_acks(void **state)
{
	struct path *path = path_make(50, 0);

	path->has_sack = false;
	path->burst_segments = 1;
	path->total_bytes = 40 * PATH_MSS;
	path->lose_at[path->lose_n++] = path->start_seq + 12 * PATH_MSS;
	path->lose_at[path->lose_n++] = path->start_seq + 15 * PATH_MSS;
	path_start(path, 3);
	path_run_ms(path, 3000);
	assert_true(path_is_done(path));
	assert_int_equal(path->timeouts, 0);
	assert_int_equal(path->repairs, 1);
	assert_int_equal(path->resent_bytes, 2 * PATH_MSS);
	path_destroy(path);
}

/* RFC 3042: after the first and second duplicate, new segments follow, with and without SACK. */
static void test_limited_transmit(void **state)
{
	for (unsigned sack = 0; sack < 2; sack++) {
		struct path *path = path_make(50, 0);
		uint64_t sent;

		path->has_sack = sack == 1;
		path->burst_segments = 1;
		path->total_bytes = 100 * PATH_MSS;
		path->lose_at[path->lose_n++] = path->start_seq;
		path_start(path, 3);
		sent = path->sent_bytes;
		while (path->sent_bytes < sent + 2 * PATH_MSS)
			assert_true(path_step(path, mono_add_ms(path->now, 200)));
		assert_int_equal(path->recovery.state, RECOVERY_OPEN);
		assert_int_equal(path->resent_bytes, 0);
		path_destroy(path);
	}
}

/* The last segments are lost: the probe finds it after two round trips, long before the timeout
 * (RFC 8985, 7). */
static void test_tail_loss(void **state)
{
	struct path *path = path_make(50, 0);

	path->total_bytes = 10 * PATH_MSS;
	path->burst_segments = 1;
	for (uint32_t i = 7; i < 10; i++)
		path->lose_at[path->lose_n++] = path->start_seq + i * PATH_MSS;
	path_start(path, 3);
	path_run_ms(path, 5000);
	assert_true(path_is_done(path));
	assert_int_equal(path->probes, 1);
	assert_int_equal(path->timeouts, 0);
	assert_int_equal(path->repairs, 1);
	path_destroy(path);
}

/* Only the very last is lost: the probe repairs it by itself, and the window still pays once that
 * is sure (RFC 8985, 7.4.2). */
static void test_probe_repairs(void **state)
{
	struct path *path = path_make(50, 0);
	uint32_t window;

	path->total_bytes = 10 * PATH_MSS;
	path->lose_at[path->lose_n++] = path->start_seq + 9 * PATH_MSS;
	path->burst_segments = 1;
	path_start(path, 3);
	path_run_ms(path, 5000);
	assert_true(path_is_done(path));
	assert_int_equal(path->probes, 1);
	window = path->recovery.congestion.window_bytes;
	path->total_bytes = 12 * PATH_MSS;
	path_output(path);
	path_run_ms(path, 1000);
	assert_true(path_is_done(path));
	assert_true(path->recovery.congestion.window_bytes < window);
	path_destroy(path);
}

/* Everything is lost for a while: timeouts double (RFC 6298, 5.5), the window is one segment. */
static void test_time_out(void **state)
{
	struct path *path = path_make(50, 0);
	mono first = { 0 };
	uint64_t gap_ms[4];

	path->total_bytes = 10 * PATH_MSS;
	path->loss = 10000;
	path_start(path, 3);
	for (unsigned i = 0; i < 5; i++) {
		while (path->timeouts == i)
			assert_true(path_step(path, mono_add_s(path->now, 60)));
		if (i > 0)
			gap_ms[i - 1] = mono_since_ms(path->now, first);
		first = path->now;
		assert_int_equal(path->recovery.timeouts, i + 1);
		assert_int_equal(path->recovery.congestion.window_bytes, PATH_MSS);
	}
	assert_int_equal(gap_ms[0], 600); /* (100 + 200) * 2 */
	assert_int_equal(gap_ms[1], 1200);
	assert_int_equal(gap_ms[2], 2400);
	assert_int_equal(gap_ms[3], 4800);
	path->loss = 0;
	path_run_ms(path, 20000);
	assert_true(path_is_done(path));
	path_destroy(path);
}

static void queue_stall(struct path_queue *queue, uint64_t ms)
{
	for (uint32_t i = 0; i < queue->n; i++) {
		struct path_packet *packet = &queue->packets[(queue->head + i) % PATH_ON_WAY];

		packet->arrives_at = mono_add_ms(packet->arrives_at, ms);
	}
}

static void path_stall(struct path *path, uint64_t ms)
{
	queue_stall(&path->there, ms);
	queue_stall(&path->back, ms);
	if (mono_before(path->wire_free_at, path->now))
		path->wire_free_at = path->now;
	path->wire_free_at = mono_add_ms(path->wire_free_at, ms);
}

/* The path stands still for two seconds and then delivers all: the timeout was a mistake. By the
 * timestamps (RFC 3522) and without them (RFC 5682) the window is as before. */
static void test_spurious_timeout(void **state)
{
	for (unsigned stamps = 0; stamps < 2; stamps++) {
		struct path *path = path_make(50, 10 * MBIT);
		uint32_t window;

		path->has_timestamps = stamps == 1;
		path->burst_segments = 1;
		path->total_bytes = 2000 * PATH_MSS;
		path_start(path, 3);
		path_run_ms(path, 400);
		path_stall(path, 2000);
		window = path->recovery.congestion.window_bytes;
		while (path->undone == 0)
			assert_true(path_step(path, mono_add_s(path->now, 60)));
		assert_true(path->timeouts > 0);
		assert_true(path->recovery.congestion.window_bytes >= window);
		assert_int_equal(path->recovery.state, RECOVERY_OPEN);
		assert_int_equal(path->recovery.flight.lost_bytes, 0);
		path_run_ms(path, 10000);
		assert_true(path_is_done(path));
		path_destroy(path);
	}
}

/* A path that reorders heavily: losses that were none are taken back, and RACK learns to wait. */
static void test_reordering_path(void **state)
{
	struct path *path = path_make(25, 20 * MBIT);
	double per_second;

	path->reorder = 500;
	path->reorder_ns = 20 * NS_PER_MS;
	path->queue_bytes = 1000000;
	path_start(path, 5);
	path_run_ms(path, 60000);
	per_second = (double)path->acked_bytes / 60;
	told(path, "50 ms, 20 Mbit/s, 5 % late by 20 ms", per_second);
	assert_true(path->recovery.rack.is_reordering);
	assert_true(per_second > 0.8 * 20 * MBIT);
	path_destroy(path);
}

/* After seconds without anything to send the window is not what it was (RFC 2861). */
static void test_idle(void **state)
{
	struct path *path = path_make(50, 0);
	uint32_t window;

	path->total_bytes = 500 * PATH_MSS;
	path_start(path, 3);
	path_run_ms(path, 10000);
	window = path->recovery.congestion.window_bytes;
	assert_true(window > 100 * PATH_MSS);
	path->now = mono_add_s(path->now, 30);
	path->total_bytes += 500 * PATH_MSS;
	path_output(path);
	assert_int_equal(flight_outstanding(&path->recovery.flight), 10 * PATH_MSS);
	path_run_ms(path, 10000);
	assert_true(path_is_done(path));
	path_destroy(path);
}

/* Any faults for ten seconds, then none: it goes on within two timeouts and ends, all records are
 * back (RELIABILITY G3). */
static void any_faults(uint64_t seed)
{
	struct path *path = path_make(0, 0);
	struct seeded seeded = seeded_make(seed);
	uint64_t timeout_ns;

	path->delay_ns = (1 + random_below(&seeded.random, 300)) * NS_PER_MS;
	path->bytes_per_second = (1 + random_below(&seeded.random, 20)) * MBIT;
	path->queue_bytes = 20000 + random_below(&seeded.random, 200000);
	path->loss = random_below(&seeded.random, 5000);
	path->ack_loss = random_below(&seeded.random, 5000);
	path->reorder = random_below(&seeded.random, 3000);
	path->duplicate = random_below(&seeded.random, 1000);
	path->reorder_ns = random_below(&seeded.random, 500) * NS_PER_MS;
	path->burst_segments = 1 + random_below(&seeded.random, 44);
	path->has_sack = random_below(&seeded.random, 4) != 0;
	path->has_timestamps = random_below(&seeded.random, 2) != 0;
	path->algorithm = (uint8_t)random_below(&seeded.random, 2);
	path->total_bytes = 1 + random_below(&seeded.random, 3000000);
	path_start(path, seed);
	path_run_ms(path, 10000);
	path->loss = path->ack_loss = path->reorder = path->duplicate = 0;
	path->longest_pause_ns = 0;
	path->progress_at = path->now;
	timeout_ns = rtt_timeout_us(&path->recovery.rtt, &path->settings.limits) * NS_PER_US;
	path_run_ms(path, 600000);
	if (!path_is_done(path) || path->longest_pause_ns > 2 * timeout_ns + 2 * NS_PER_S)
		fail_msg("seed %lu: %lu of %lu bytes, pause %lu ms, timeout %lu ms, state %u", seed,
		         path->acked_bytes, path->total_bytes,
		         (unsigned long)(path->longest_pause_ns / NS_PER_MS),
		         (unsigned long)(timeout_ns / NS_PER_MS), path->recovery.state);
	assert_true(flight_is_empty(&path->recovery.flight));
	assert_int_equal(flight_pool_used(path->pool), 0);
	assert_int_equal(recovery_due(&path->recovery).ns, mono_never().ns);
	path_destroy(path);
}

static void test_any_faults(void **state)
{
	for (uint64_t seed = 1; seed <= 150; seed++)
		any_faults(seed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_loss),         cmocka_unit_test(test_partial_acks),
		cmocka_unit_test(test_limited_transmit), cmocka_unit_test(test_tail_loss),
		cmocka_unit_test(test_probe_repairs),    cmocka_unit_test(test_time_out),
		cmocka_unit_test(test_spurious_timeout), cmocka_unit_test(test_idle),
		cmocka_unit_test(test_any_faults),       cmocka_unit_test(test_long_path),
		cmocka_unit_test(test_lossy_path),       cmocka_unit_test(test_lossy_reno),
		cmocka_unit_test(test_reordering_path),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
