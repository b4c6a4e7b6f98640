/*
 * attack_challenge_test.c -- CVE-2016-5696: a limit of challenge ACKs that all connections share
 * tells who drains it whether a guess about another connection was right. And ACK loops.
 */
#include "tcp/victim.h"

/* How many of @n guesses at @e within a second are answered. */
static unsigned answers(struct victim *v, const struct far_end *e, unsigned n)
{
	unsigned answered = 0;

	for (unsigned i = 0; i < n; i++) {
		assert_true(far_end_sends(v, e, TCP_RST, 100, 0));
		answered += victim_says(v);
		v->s.net->now = mono_add_ns(v->s.net->now, NS_PER_S / n);
	}
	return answered;
}

/* The attacker has an own connection, and sends a thousand challenges' worth there; the other one
 * is answered as if nobody had. */
static void exhausting_one_leaves_the_other(void **state)
{
	struct victim *v = victim_new();
	struct far_end own = victim_connect(v, 1001), other = victim_connect(v, 1002);
	unsigned alone = answers(v, &other, 10), drained = 0, beside = 0;

	v->s.net->now = mono_add_s(v->s.net->now, 5);
	for (unsigned i = 0; i < 10; i++) {
		for (unsigned j = 0; j < 100; j++) {
			assert_true(far_end_sends(v, &own, TCP_RST, 100, 0));
			drained += victim_says(v);
		}
		assert_true(far_end_sends(v, &other, TCP_RST, 100, 0));
		beside += victim_says(v);
		v->s.net->now = mono_add_ms(v->s.net->now, 100);
	}
	assert_int_equal(beside, alone);
	assert_in_range(alone, 1, 3);
	assert_in_range(drained, 1, 3);
	connection_abort(own.c);
	connection_abort(other.c);
	victim_free(v);
}

/* A duplicate outside the window is answered at most once in half a second. */
static void an_ack_loop_dies(void **state)
{
	struct victim *v = victim_new();
	struct far_end e = victim_connect(v, 1001);
	unsigned answered = 0;

	for (unsigned i = 0; i < 10000; i++) { /* ten seconds */
		assert_true(far_end_sends(v, &e, TCP_ACK, -5000U, 0));
		answered += victim_says(v);
		v->s.net->now = mono_add_ms(v->s.net->now, 1);
	}
	assert_in_range(answered, 10, 20);
	connection_abort(e.c);
	victim_free(v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(exhausting_one_leaves_the_other),
		cmocka_unit_test(an_ack_loop_dies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
