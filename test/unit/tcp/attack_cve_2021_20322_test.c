/*
 * attack_cve_2021_20322_test.c -- forged "fragmentation needed": what is kept of a path's MTU is
 * kept by each connection, believed only with a sequence number that is on its way (RFC 5927), and
 * has a floor. There is no cache that strangers fill or empty.
 */
#include "tcp/tcp_inside.h"
#include "tcp/victim.h"
#include "wire/icmp_header.h"

static struct tcp_icmp too_big(const struct far_end *e, uint32_t sequence, uint16_t mtu)
{
	return (struct tcp_icmp){ .ends = { .src = A(SIDE_US),
		                            .dst = A(SIDE_THEM),
		                            .sport = 80,
		                            .dport = e->port,
		                            .proto = IPPROTO_TCP },
		                  .type = ICMP_UNREACHABLE,
		                  .code = ICMP_FRAGMENT_NEEDED,
		                  .mtu_bytes = mtu,
		                  .quoted_sequence = sequence };
}

static struct far_end sending(struct victim *v, uint16_t port)
{
	static const uint8_t bytes[8000];
	struct far_end e = victim_connect(v, port);

	assert_int_equal(connection_send(e.c, bytes, sizeof bytes, 0), sizeof bytes);
	(void)victim_says(v);
	return e;
}

/* 100,000 guesses at the sequence number, from all over its circle. */
static void guesses_are_not_believed(void **state)
{
	struct victim *v = victim_new();
	struct far_end e = sending(v, 1001);
	unsigned believed = 0;

	for (uint32_t i = 0; i < 100000; i++) {
		struct tcp_icmp error = too_big(&e, e.ack + i * 42949U + 9000, 600);

		if (seq_leq(error.quoted_sequence, e.ack + 8000) &&
		    seq_geq(error.quoted_sequence, e.ack))
			continue;
		assert_true(tcp_icmp_error(v->s.tcp, &error));
		believed += e.c->path_mtu != 1500;
	}
	assert_int_equal(believed, 0);
	connection_abort(e.c);
	victim_free(v);
}

/* Who sees the segments may lower it, of this connection, and not below the floor. */
static void what_is_believed_has_a_floor(void **state)
{
	static const uint16_t told[] = { 1400, 600, 552, 551, 68, 1, 0 };
	struct victim *v = victim_new();
	struct far_end e = sending(v, 1001), other = sending(v, 1002);

	for (size_t i = 0; i < ARRAY_LEN(told); i++) {
		struct tcp_icmp error = too_big(&e, e.ack, told[i]);

		assert_true(tcp_icmp_error(v->s.tcp, &error));
		(void)victim_says(v);
		assert_true(e.c->path_mtu >= 552);
		assert_true(e.c->path_mtu <= (told[i] >= 552 ? told[i] : 552));
	}
	assert_int_equal(other.c->path_mtu, 1500);
	connection_abort(e.c);
	connection_abort(other.c);
	victim_free(v);
}

/* It may be lowered, never raised. */
static void it_is_not_raised(void **state)
{
	struct victim *v = victim_new();
	struct far_end e = sending(v, 1001);
	struct tcp_icmp lower = too_big(&e, e.ack, 1000), higher = too_big(&e, e.ack, 9000);

	assert_true(tcp_icmp_error(v->s.tcp, &lower));
	assert_int_equal(e.c->path_mtu, 1000);
	assert_true(tcp_icmp_error(v->s.tcp, &higher));
	assert_int_equal(e.c->path_mtu, 1000);
	connection_abort(e.c);
	victim_free(v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(guesses_are_not_believed),
		cmocka_unit_test(what_is_believed_has_a_floor),
		cmocka_unit_test(it_is_not_raised),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
