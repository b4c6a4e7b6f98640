/*
 * attack_syn_flood_test.c -- 60,000 SYNs whose senders never answer: nobody is pushed out, memory
 * is what it was given at start, and who really connects does, with MSS, SACK and window scale.
 */
#include "tcp/tcp_inside.h"
#include "tcp/victim.h"

enum {
	FLOOD = 60000,
	CLIENT = 999,
};

/* MSS 1400, SACK, timestamps with @echo, window scale 7: as Linux orders them. */
static void put_options(struct side_segment *s, uint32_t timestamp, uint32_t echo)
{
	static const uint8_t options[] = { 2, 4, 1400 >> 8, 1400 & 0xff, 4, 2, 8, 10, 0, 0,
		                           0, 0, 0,         0,           0, 0, 1, 3,  3, 7 };

	memcpy(s->raw_options, options, sizeof options);
	wire_put32(s->raw_options + 8, timestamp);
	wire_put32(s->raw_options + 12, echo);
	s->options_n = sizeof options;
}

static void put_timestamps(struct side_segment *s, uint32_t timestamp, uint32_t echo)
{
	static const uint8_t options[] = { 1, 1, 8, 10, 0, 0, 0, 0, 0, 0, 0, 0 };

	memcpy(s->raw_options, options, sizeof options);
	wire_put32(s->raw_options + 4, timestamp);
	wire_put32(s->raw_options + 8, echo);
	s->options_n = sizeof options;
}

static void flood(struct victim *v)
{
	for (unsigned i = 0; i < FLOOD; i++) {
		struct side_segment syn = { .flags = TCP_SYN, .seq = i, .window = 1000 };

		put_options(&syn, i, 0);
		assert_true(victim_hears(v, (uint16_t)(1024 + i), &syn));
		if (i % 100 == 0)
			(void)victim_says(v);
	}
	(void)victim_says(v);
}

/* A client that means it; @stamps: it has timestamps. Its data come with the ACK. */
static struct connection *connect_now(struct victim *v, bool stamps)
{
	struct side_segment syn = { .flags = TCP_SYN, .seq = 77, .window = 1000 }, seen;
	struct side_segment ack = {
		.flags = TCP_ACK, .seq = 78, .window = 500, .n = 3, .bytes = "hey"
	};

	put_options(&syn, 4000, 0);
	if (!stamps)
		syn.options_n = 4; /* the MSS alone */
	assert_true(victim_hears(v, CLIENT, &syn));
	assert_true(side_next(&v->s, &seen));
	assert_int_equal(seen.flags, TCP_SYN | TCP_ACK);
	assert_int_equal(seen.options.has_timestamps, stamps);
	ack.ack = seen.seq + 1;
	v->s.net->now = mono_add_ms(v->s.net->now, 80);
	if (stamps)
		put_timestamps(&ack, 4080, seen.options.timestamp);
	assert_true(victim_hears(v, CLIENT, &ack));
	side_turn(&v->s);
	return listener_take(v->l, &v->s.events);
}

static void check_bounded(const struct victim *v)
{
	struct tcp_use use = tcp_use(v->s.tcp);

	assert_int_equal(use.half_open, victim_budget.half_open);
	assert_int_equal(use.connections, 0);
	assert_int_equal(use.chunks, 0);
	assert_int_equal(use.flights, 0);
}

static void expect_hey(struct connection *c)
{
	char text[8];

	assert_non_null(c);
	assert_int_equal(connection_state(c), CONNECTION_ESTABLISHED);
	assert_int_equal(connection_receive(c, text, sizeof text, 0), 3);
	assert_memory_equal(text, "hey", 3);
}

static void a_client_gets_in(void **state)
{
	struct victim *v = victim_new();
	struct connection *c;

	flood(v);
	check_bounded(v);
	assert_true(tcp_counts(v->s.tcp)->cookies_sent >= FLOOD - victim_budget.half_open);
	c = connect_now(v, true);
	expect_hey(c);
	assert_int_equal(tcp_counts(v->s.tcp)->cookies_taken, 1);
	/* What the SYN had said, though no record was kept of it. */
	assert_true(c->has_timestamps && c->has_sack && c->has_scale);
	assert_int_equal(c->send_scale, 7);
	assert_int_equal(c->peer_mss, 1360); /* the next smaller one that a cookie has a word for */
	assert_int_equal(c->send_window, 500 << 7);
	connection_abort(c);
	victim_free(v);
}

/* Without timestamps only the MSS fits; the SYN-ACK must not promise more. */
static void a_plain_client_gets_in(void **state)
{
	struct victim *v = victim_new();
	struct connection *c;

	flood(v);
	c = connect_now(v, false);
	expect_hey(c);
	assert_false(c->has_timestamps || c->has_sack || c->has_scale);
	assert_int_equal(c->peer_mss, 1360);
	connection_abort(c);
	victim_free(v);
}

/* Who was half-open before the flood finishes his handshake from his record. */
static void nobody_is_pushed_out(void **state)
{
	struct victim *v = victim_new();
	struct side_segment syn = { .flags = TCP_SYN, .seq = 77, .window = 1000 }, seen;
	struct side_segment ack = {
		.flags = TCP_ACK, .seq = 78, .window = 500, .n = 3, .bytes = "hey"
	};
	struct connection *c;

	assert_true(victim_hears(v, CLIENT, &syn));
	assert_true(side_next(&v->s, &seen));
	flood(v);
	ack.ack = seen.seq + 1;
	assert_true(victim_hears(v, CLIENT, &ack));
	side_turn(&v->s);
	c = listener_take(v->l, &v->s.events);
	expect_hey(c);
	assert_int_equal(tcp_counts(v->s.tcp)->cookies_taken, 0);
	connection_abort(c);
	victim_free(v);
}

/* 60,000 ACKs with guessed numbers make no connection. */
static void cookies_are_not_guessed(void **state)
{
	struct victim *v = victim_new();

	flood(v);
	for (unsigned i = 0; i < FLOOD; i++) {
		struct side_segment ack = { .flags = TCP_ACK, .seq = 78, .window = 500 };

		ack.ack = i * 71583U;
		v->refused += !victim_hears(v, (uint16_t)(1024 + FLOOD + i % 4000), &ack);
	}
	assert_int_equal(v->refused, FLOOD);
	side_turn(&v->s);
	assert_int_equal(tcp_use(v->s.tcp).connections, 0);
	victim_free(v);
}

/* When it is over all records come back by themselves. */
static void afterwards_it_is_as_before(void **state)
{
	struct victim *v = victim_new();

	flood(v);
	for (unsigned i = 0; i < 400; i++) {
		side_wait_ms(&v->s, 1000);
		(void)victim_says(v);
	}
	assert_int_equal(tcp_use(v->s.tcp).half_open, 0);
	assert_true(mono_before(v->s.net->now, tcp_due(v->s.tcp)));
	victim_free(v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_client_gets_in),
		cmocka_unit_test(a_plain_client_gets_in),
		cmocka_unit_test(nobody_is_pushed_out),
		cmocka_unit_test(cookies_are_not_guessed),
		cmocka_unit_test(afterwards_it_is_as_before),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
