/*
 * attack_sockstress_test.c -- sockstress: many connections, a request on each, and the window shut,
 * so that answers pile up. While memory is short such holders are let go; others are served.
 */
#include "tcp/tcp_inside.h"
#include "tcp/victim.h"

enum {
	HOLDERS = 40,
	ANSWER = 60000,
};

static const struct tcp_budget small = { .connections = 64,
	                                 .half_open = 64,
	                                 .time_wait = 16,
	                                 .listeners = 4,
	                                 .chunks = 256, /* 1 MiB */
	                                 .flights = 512 };

/* It takes a window's worth, and then nothing more: its window is 0. */
static void hold(struct victim *v, struct far_end *e, const uint8_t *answer)
{
	(void)connection_send(e->c, answer, ANSWER, 0);
	(void)victim_says(v);
	e->window = 0;
	e->ack = connection_next(e->c);
	assert_true(far_end_sends(v, e, TCP_ACK, 0, 0));
	(void)victim_says(v);
}

/* Each probe of a holder's window is answered: it is shut, but somebody is there. */
static unsigned answer_probes(struct victim *v, struct far_end *holders, uint64_t seconds)
{
	unsigned open = 0;

	for (uint64_t i = 0; i < seconds * 4; i++) {
		side_wait_ms(&v->s, 250);
		(void)victim_says(v);
		open = 0;
		for (unsigned h = 0; h < HOLDERS; h++) {
			if (connection_state(holders[h].c) != CONNECTION_ESTABLISHED)
				continue;
			open++;
			if (i % 8 == 0)
				assert_true(far_end_sends(v, &holders[h], TCP_ACK, 0, 0));
		}
	}
	return open;
}

static void holders_are_let_go(void **state)
{
	static uint8_t answer[ANSWER];
	struct victim *v = victim_new_with(&small);
	struct far_end holders[HOLDERS], decent;

	for (unsigned i = 0; i < HOLDERS; i++) {
		holders[i] = victim_connect(v, (uint16_t)(2000 + i));
		hold(v, &holders[i], answer);
	}
	assert_true(autotune_is_pressed(v->s.tcp->chunks));
	/* As many as it takes; not more. */
	assert_in_range(answer_probes(v, holders, 120), 1, HOLDERS - 1);
	assert_false(autotune_is_pressed(v->s.tcp->chunks));
	decent = victim_connect(v, 1001);
	far_end_is_served(v, &decent);
	assert_true(connection_send(decent.c, answer, 1000, 0) == 1000);
	for (unsigned i = 0; i < HOLDERS; i++)
		connection_abort(holders[i].c);
	connection_abort(decent.c);
	(void)victim_says(v);
	assert_int_equal(tcp_use(v->s.tcp).chunks, 0);
	victim_free(v);
}

/* A server that writes and closes: nobody waits for it any more, so a shut window is no reason to
 * keep what it wrote, however readily probes are answered. */
static void after_close_they_are_let_go(void **state)
{
	static uint8_t answer[ANSWER];
	struct victim *v = victim_new_with(&small);
	struct far_end e = victim_connect(v, 2000);
	unsigned seconds = 0;

	hold(v, &e, answer);
	assert_false(autotune_is_pressed(v->s.tcp->chunks));
	connection_close(e.c, -1);
	for (; tcp_use(v->s.tcp).connections > 0; seconds++) {
		assert_true(seconds < 300);
		side_wait_ms(&v->s, 1000);
		if (victim_says(v) > 0 && tcp_use(v->s.tcp).connections > 0)
			assert_true(far_end_sends(v, &e, TCP_ACK, 0, 0));
	}
	assert_true(seconds > 20);
	assert_int_equal(tcp_use(v->s.tcp).chunks, 0);
	victim_free(v);
}

/* RFC 9293, 3.8.6.1: while there is memory a window may stay shut for as long as it is answered
 * for. */
static void a_patient_one_is_kept(void **state)
{
	static uint8_t answer[ANSWER];
	struct victim *v = victim_new_with(&small);
	struct far_end holders[HOLDERS] = { 0 };

	for (unsigned i = 0; i < HOLDERS; i++)
		holders[i] = victim_connect(v, (uint16_t)(2000 + i));
	hold(v, &holders[0], answer);
	assert_false(autotune_is_pressed(v->s.tcp->chunks));
	assert_int_equal(answer_probes(v, holders, 300), HOLDERS);
	for (unsigned i = 0; i < HOLDERS; i++)
		connection_abort(holders[i].c);
	victim_free(v);
}

/* All but the first byte of a window: nothing that could be read. */
static void fill_behind_a_gap(struct victim *v, const struct far_end *e)
{
	for (uint32_t at = 1; at + 1460 < 65000; at += 1460)
		assert_true(far_end_sends(v, e, TCP_ACK, at, 1460));
	(void)victim_says(v);
}

/* @n bytes in order, as much at a time as is offered; read as they come. */
static void send_through(struct victim *v, struct far_end *e, uint32_t n)
{
	static char text[4096];
	uint32_t sent = 0;

	for (unsigned rounds = 0; sent < n; rounds++) {
		uint32_t part = e->c->receive_edge - e->c->receive_next;

		assert_true(rounds < 2000);
		if (part > 1460)
			part = 1460;
		if (part > 0)
			assert_true(far_end_sends(v, e, TCP_ACK, 0, part));
		e->seq = e->c->receive_next;
		side_turn(&v->s);
		while (connection_receive(e->c, text, sizeof text, 0) > 0)
			;
		(void)victim_says(v);
		sent += part;
		v->s.net->now = mono_add_ms(v->s.net->now, 10);
	}
}

/*
 * The same with what we receive: each holds a window full of bytes that can't be read, because the
 * first is missing. Memory is never all theirs, others get through at once, and while it is short
 * what they have made us keep is let go.
 */
static void gaps_hold_no_memory(void **state)
{
	struct victim *v = victim_new_with(&small);
	struct far_end holders[HOLDERS], decent;
	uint32_t most = small.chunks / 4 * 3 + 1 + BYTE_WINDOW_INLINE;

	for (unsigned i = 0; i < HOLDERS; i++) {
		holders[i] = victim_connect(v, (uint16_t)(2000 + i));
		fill_behind_a_gap(v, &holders[i]);
		assert_true(tcp_use(v->s.tcp).chunks <= most);
	}
	assert_true(autotune_is_pressed(v->s.tcp->chunks));
	decent = victim_connect(v, 1001);
	send_through(v, &decent, 200000);
	v->s.net->now = mono_add_s(v->s.net->now, 6);
	send_through(v, &decent, 20000);
	assert_false(autotune_is_pressed(v->s.tcp->chunks));
	for (unsigned i = 0; i < HOLDERS; i++) {
		assert_int_equal(connection_state(holders[i].c), CONNECTION_ESTABLISHED);
		/* What was let go may come again. */
		send_through(v, &holders[i], 5000);
		connection_abort(holders[i].c);
	}
	connection_abort(decent.c);
	(void)victim_says(v);
	assert_int_equal(tcp_use(v->s.tcp).chunks, 0);
	victim_free(v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gaps_hold_no_memory),
		cmocka_unit_test(holders_are_let_go),
		cmocka_unit_test(after_close_they_are_let_go),
		cmocka_unit_test(a_patient_one_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
