#include "unit.h"

#include "tcp/autotune.h"

/*
 * A sender whose window doubles each round trip up to the receiver's buffer or @rate; an
 * application that reads at once. Returns the buffer after @rounds.
 */
static uint32_t grow(uint32_t rtt_us, uint64_t bytes_per_round, unsigned rounds, uint32_t most)
{
	uint32_t buffer = RECEIVE_BUFFER_START, window = 14600, next = UINT32_MAX - 50000;
	struct receive_tune tune;
	mono now = { NS_PER_S };

	receive_tune_start(&tune, next, now);
	receive_tune_rtt(&tune, rtt_us);
	for (unsigned round = 0; round < rounds; round++) {
		now = mono_add_ns(now, rtt_us * NS_PER_US);
		next += window;
		buffer = receive_tune_read(&tune, next, buffer, most, now);
		window = window * 2 < buffer ? window * 2 : buffer;
		if (window > bytes_per_round)
			window = (uint32_t)bytes_per_round;
	}
	return buffer;
}

/* 300 ms at 100 Mbit/s: 3.75 MB are on their way; within 14 round trips there is room for them. */
static void a_long_fat_pipe_gets_its_room(void **state)
{
	assert_true(grow(300000, 3750000, 14, RECEIVE_BUFFER_MOST) >= 3750000);
}

/* 10 Mbit/s over 10 ms fit into what a connection starts out with. */
static void a_slow_one_keeps_what_it_has(void **state)
{
	assert_int_equal(grow(10000, 12500, 100, RECEIVE_BUFFER_MOST), RECEIVE_BUFFER_START);
}

static void the_ceiling_holds(void **state)
{
	assert_int_equal(grow(300000, 1U << 30, 40, 500000), 500000);
}

static void an_idle_reader_grows_nothing(void **state)
{
	struct receive_tune tune;
	mono now = { 0 };

	receive_tune_start(&tune, 5, now);
	receive_tune_rtt(&tune, 1000);
	for (unsigned i = 0; i < 100; i++) {
		now = mono_add_ms(now, 5);
		assert_int_equal(receive_tune_read(&tune, 5, 131072, RECEIVE_BUFFER_MOST, now),
		                 131072);
	}
}

/* Nothing is decided before a round trip is known, nor more than once in one. */
static void it_waits_for_a_round_trip(void **state)
{
	struct receive_tune tune;
	mono now = { 0 };

	receive_tune_start(&tune, 0, now);
	assert_int_equal(receive_tune_read(&tune, 1000000, 1000, 1 << 24, mono_add_s(now, 5)),
	                 1000);
	receive_tune_rtt(&tune, 100000);
	assert_int_equal(receive_tune_read(&tune, 1000000, 1000, 1 << 24, mono_add_ms(now, 99)),
	                 1000);
	assert_true(receive_tune_read(&tune, 1000000, 1000, 1 << 24, mono_add_ms(now, 100)) >=
	            2000000);
}

/* Without timestamps a filled window tells the round trip; a pause of the sender does not raise
 * it. */
static void a_filled_window_tells_the_round_trip(void **state)
{
	struct receive_tune tune;
	mono now = { NS_PER_S };

	receive_tune_start(&tune, 1000, now);
	receive_tune_arrived(&tune, 1000, 20000, now);
	assert_int_equal(tune.rtt_us, 0);
	receive_tune_arrived(&tune, 11000, 20000, mono_add_ms(now, 30));
	assert_int_equal(tune.rtt_us, 0);
	receive_tune_arrived(&tune, 21000, 20000, mono_add_ms(now, 50));
	assert_int_equal(tune.rtt_us, 50000);
	receive_tune_arrived(&tune, 41000, 20000, mono_add_ms(now, 550));
	assert_int_equal(tune.rtt_us, 50000);
	receive_tune_arrived(&tune, 61000, 20000, mono_add_ms(now, 580));
	assert_int_equal(tune.rtt_us, 30000);
}

static void the_send_buffer_follows_the_window(void **state)
{
	assert_int_equal(send_tune(16384, 14600, SEND_BUFFER_MOST), 29200);
	assert_int_equal(send_tune(65536, 14600, SEND_BUFFER_MOST), 65536);
	assert_int_equal(send_tune(65536, UINT32_MAX, SEND_BUFFER_MOST), SEND_BUFFER_MOST);
}

static void a_scarce_pool_is_shared(void **state)
{
	struct chunk_pool pool = { .capacity = 1000, .used = 700 };

	assert_false(autotune_is_pressed(&pool));
	assert_int_equal(autotune_share(&pool, 6 << 20, 100), 6 << 20);
	pool.used = 800;
	assert_true(autotune_is_pressed(&pool));
	assert_int_equal(autotune_share(&pool, 6 << 20, 20), 5 * CHUNK_BYTES);
	assert_int_equal(autotune_share(&pool, 6000, 20), 6000);
	assert_int_equal(autotune_share(&pool, 6 << 20, 100000), CHUNK_BYTES);
	pool.used = 1000;
	assert_int_equal(autotune_share(&pool, 6 << 20, 0), CHUNK_BYTES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_long_fat_pipe_gets_its_room),
		cmocka_unit_test(a_slow_one_keeps_what_it_has),
		cmocka_unit_test(the_ceiling_holds),
		cmocka_unit_test(an_idle_reader_grows_nothing),
		cmocka_unit_test(it_waits_for_a_round_trip),
		cmocka_unit_test(a_filled_window_tells_the_round_trip),
		cmocka_unit_test(the_send_buffer_follows_the_window),
		cmocka_unit_test(a_scarce_pool_is_shared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
