/*
 * attack_cve_2018_5390_test.c -- SegmentSmack: 100,000 single bytes, each with a gap before it.
 *
 * What they cost is bounded in memory by the window that was offered and in ranges by one chunk;
 * the work is counted by the ranges that there are. Somebody else's connection is served meanwhile.
 */
#include "tcp/tcp_inside.h"
#include "tcp/victim.h"

enum {
	BYTES = 100000,
};

/* @step: from one byte to the next. */
static void flood(uint32_t step)
{
	struct victim *v = victim_new();
	struct far_end attacker = victim_connect(v, 1001), decent = victim_connect(v, 1002);
	uint32_t window = attacker.c->receive_edge - attacker.c->receive_next, most = 0;

	for (uint32_t i = 0; i < BYTES; i++) {
		uint32_t ahead = (1 + i * step) % (window - 1) + 1;

		assert_true(far_end_sends(v, &attacker, TCP_ACK, ahead, 1));
		if (i % 500 == 0)
			far_end_is_served(v, &decent);
		if (i % 100 == 0)
			(void)victim_says(v);
		if (ranges_count(&attacker.c->ranges, v->s.tcp->chunks) > most)
			most = ranges_count(&attacker.c->ranges, v->s.tcp->chunks);
	}
	assert_in_range(most, 1, RANGES_MAX);
	/* The window, the list of ranges, the names of chunks. */
	assert_true(tcp_use(v->s.tcp).chunks <= window / CHUNK_BYTES + 2 + 1 + 1);
	far_end_is_served(v, &decent);
	/* The bytes that were missing come, and so does all that was kept. */
	for (uint32_t at = 0; at < window; at += 1460) {
		uint32_t n = window - at < 1460 ? window - at : 1460;

		assert_true(far_end_sends(v, &attacker, TCP_ACK, at, n));
	}
	(void)victim_says(v);
	assert_int_equal(connection_unread(attacker.c), window);
	connection_abort(attacker.c);
	connection_abort(decent.c);
	(void)victim_says(v);
	assert_int_equal(tcp_use(v->s.tcp).chunks, 0);
	victim_free(v);
}

static void every_other_byte(void **state)
{
	flood(2);
}

static void all_over_the_window(void **state)
{
	flood(7919);
}

/* Downwards, where a list that is searched from its beginning is slowest. */
static void backwards(void **state)
{
	flood(-2U);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_other_byte),
		cmocka_unit_test(all_over_the_window),
		cmocka_unit_test(backwards),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
