/* attack_rfc5961_test.c -- blind, but in the window: a RST, a SYN, an ACK that somebody has
 * guessed. */
#include "tcp/victim.h"

/* One ACK of where the connection really stands, and it lives. */
static void expect_challenge(struct victim *v, struct far_end *e)
{
	struct side_segment seen;

	assert_true(side_next(&v->s, &seen));
	assert_int_equal(seen.flags, TCP_ACK);
	assert_int_equal(seen.seq, e->ack);
	assert_int_equal(seen.ack, e->seq);
	assert_int_equal(seen.n, 0);
	side_silent(&v->s);
	assert_int_equal(connection_state(e->c), CONNECTION_ESTABLISHED);
	far_end_is_served(v, e);
	v->s.net->now = mono_add_s(v->s.net->now, 1);
}

/* 3.2: at the very next byte it is a RST, in the window it is a guess, elsewhere it is nothing. */
static void resets(void **state)
{
	struct victim *v = victim_new();
	struct far_end e = victim_connect(v, 1001);

	assert_true(far_end_sends(v, &e, TCP_RST, 1, 0));
	expect_challenge(v, &e);
	assert_true(far_end_sends(v, &e, TCP_RST | TCP_ACK, 30000, 0));
	expect_challenge(v, &e);
	assert_true(far_end_sends(v, &e, TCP_RST, 1U << 30, 0));
	side_silent(&v->s);
	assert_true(far_end_sends(v, &e, TCP_RST, -1U, 0));
	side_silent(&v->s);
	far_end_is_served(v, &e);
	assert_true(far_end_sends(v, &e, TCP_RST, 0, 0));
	side_silent(&v->s);
	assert_int_equal(connection_state(e.c), CONNECTION_CLOSED);
	assert_int_equal(connection_take_error(e.c), -ECONNRESET);
	connection_close(e.c, -1);
	victim_free(v);
}

/* 4.2: whatever its number. */
static void syns(void **state)
{
	static const uint32_t ahead[] = { 0, 1, 5000, 1U << 30, -1U, -5000U };
	struct victim *v = victim_new();
	struct far_end e = victim_connect(v, 1001);

	for (size_t i = 0; i < ARRAY_LEN(ahead); i++) {
		assert_true(far_end_sends(v, &e, TCP_SYN, ahead[i], 0));
		expect_challenge(v, &e);
	}
	assert_true(far_end_sends(v, &e, TCP_SYN | TCP_ACK, 3, 0));
	expect_challenge(v, &e);
	connection_abort(e.c);
	victim_free(v);
}

/* 5.2: data behind an acknowledgement that is too old, or of what was never sent, are not taken. */
static void data_with_a_guessed_ack(void **state)
{
	static const uint32_t off[] = { 1, 1000, 1U << 30, -70000U, -(1U << 30) };
	struct victim *v = victim_new();
	struct far_end e = victim_connect(v, 1001);

	for (size_t i = 0; i < ARRAY_LEN(off); i++) {
		struct far_end guess = e;
		char byte;

		guess.ack += off[i];
		assert_true(far_end_sends(v, &guess, TCP_ACK | TCP_PSH, 0, 100));
		(void)victim_says(v);
		assert_int_equal(connection_receive(e.c, &byte, 1, 0), -EAGAIN);
		far_end_is_served(v, &e);
		v->s.net->now = mono_add_s(v->s.net->now, 1);
	}
	connection_abort(e.c);
	victim_free(v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(resets),
		cmocka_unit_test(syns),
		cmocka_unit_test(data_with_a_guessed_ack),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
