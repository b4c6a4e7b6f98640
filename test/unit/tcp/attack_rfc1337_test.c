/*
 * attack_rfc1337_test.c -- TIME-WAIT assassination: nothing that an old or forged segment says ends
 * the wait before its time; and LAND: a SYN from ourselves to ourselves.
 */
#include "tcp/tcp_inside.h"
#include "tcp/victim.h"

/* We close first, so we wait. */
static struct far_end waiting(struct victim *v)
{
	struct far_end e = victim_connect(v, 1001);
	struct side_segment seen;

	connection_close(e.c, -1);
	e.c = NULL;
	assert_true(side_next(&v->s, &seen));
	assert_true((seen.flags & TCP_FIN) != 0);
	e.ack = seen.seq + 1;
	assert_true(far_end_sends(v, &e, TCP_FIN | TCP_ACK, 0, 0));
	e.seq++;
	(void)victim_says(v);
	assert_int_equal(tcp_use(v->s.tcp).time_wait, 1);
	return e;
}

static void nothing_ends_the_wait(void **state)
{
	static const uint8_t flags[] = {
		TCP_RST, TCP_RST | TCP_ACK, TCP_SYN | TCP_ACK, TCP_SYN | TCP_RST,
		TCP_ACK, TCP_FIN | TCP_ACK, TCP_FIN,           0,
		0xff
	};
	static const uint32_t ahead[] = { 0, -1U, 1, 500, -500U, 1U << 30, -(1U << 30) };
	struct victim *v = victim_new();
	struct far_end e = waiting(v);

	for (size_t i = 0; i < ARRAY_LEN(flags); i++)
		for (size_t j = 0; j < ARRAY_LEN(ahead); j++)
			for (uint32_t n = 0; n < 2; n++) {
				struct side_segment segment = { .flags = flags[i],
					                        .seq = e.seq + ahead[j],
					                        .ack = e.ack,
					                        .n = n };

				assert_true(victim_hears(v, e.port, &segment));
				(void)victim_says(v);
				assert_int_equal(tcp_use(v->s.tcp).time_wait, 1);
			}
	side_wait_ms(&v->s, 61000);
	assert_int_equal(tcp_use(v->s.tcp).time_wait, 0);
	victim_free(v);
}

/* The hazard H1 of RFC 1337: an old segment is answered by an ACK, which the peer, who knows
 * nothing of it any more, answers by a RST. */
static void an_old_duplicate_draws_no_blood(void **state)
{
	struct victim *v = victim_new();
	struct far_end e = waiting(v);
	struct side_segment seen;

	assert_true(far_end_sends(v, &e, TCP_ACK, -1000U, 500));
	assert_true(side_next(&v->s, &seen));
	assert_int_equal(seen.flags, TCP_ACK);
	assert_true(victim_hears(v, e.port,
	                         &(struct side_segment){ .flags = TCP_RST, .seq = seen.ack }));
	side_silent(&v->s);
	assert_int_equal(tcp_use(v->s.tcp).time_wait, 1);
	victim_free(v);
}

/* A SYN that can't be old begins a new connection; its numbers lie beyond the old one's. */
static void a_new_connection_may_begin(void **state)
{
	struct victim *v = victim_new();
	struct far_end e = waiting(v);
	struct side_segment seen;

	assert_true(far_end_sends(v, &e, TCP_SYN, 100000, 0));
	assert_true(side_next(&v->s, &seen));
	assert_int_equal(seen.flags, TCP_SYN | TCP_ACK);
	assert_true(seq_gt(seen.seq, e.ack));
	assert_int_equal(tcp_use(v->s.tcp).time_wait, 0);
	assert_int_equal(tcp_use(v->s.tcp).half_open, 1);
	victim_free(v);
}

/* Source and destination are the same: whatever is answered, it comes to rest. */
static void land(void **state)
{
	struct victim *v = victim_new();
	struct side_segment syn = { .flags = TCP_SYN, .seq = 1, .window = 100 };
	uint8_t bytes[128];
	struct writer w = writer_over(bytes, sizeof bytes);
	struct pkt p = { .bytes = bytes, .len = 40, .l4 = 20, .in = 1, .flow = FLOW_NONE };
	unsigned carried = 0;

	ip4_header_build(&w, &(struct ip4_header){ .version = 4,
	                                           .header_bytes = 20,
	                                           .total_bytes = 40,
	                                           .ttl = 64,
	                                           .proto = IPPROTO_TCP,
	                                           .src = A(SIDE_US),
	                                           .dst = A(SIDE_US) });
	tcp_header_build(&w, &(struct tcp_header){ .sport = 80,
	                                           .dport = 80,
	                                           .seq = syn.seq,
	                                           .header_bytes = 20,
	                                           .flags = syn.flags,
	                                           .window = syn.window });
	ip4_parse_header(&p);
	v->refused += !side_input(&v->s, &p);
	for (unsigned i = 0; i < 100; i++) {
		unsigned n = 0;

		side_turn(&v->s);
		for (struct pkt *own; (own = net_own_take(v->s.net)) != NULL; n++) {
			assert_true(ip4_parse_l4(own));
			own->now = own->arrived;
			v->refused += !tcp_input(v->s.tcp, own);
			pkt_done(v->s.net, own);
		}
		carried += n;
		if (n == 0)
			break;
	}
	assert_true(carried < 10);
	assert_int_equal(tcp_use(v->s.tcp).connections, 0);
	victim_free(v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_ends_the_wait),
		cmocka_unit_test(an_old_duplicate_draws_no_blood),
		cmocka_unit_test(a_new_connection_may_begin),
		cmocka_unit_test(land),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
