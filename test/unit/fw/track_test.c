/* track_test.c -- the states of connections, row by row (fw/track_tcp.h; RFC 9293, 3.3.2). */
#include "fw/flow_world.h"

enum who {
	CLIENT,
	SERVER,
};

/* One segment and what it makes of the connection. */
struct row {
	enum who who;
	uint8_t flags;
	uint32_t seq, ack;
	uint8_t state; /* enum pkt_state that the packet has */
	uint8_t tcp;   /* enum tcp_track after it */
};

#define S TCP_SYN
#define A TCP_ACK
#define F TCP_FIN
#define R TCP_RST

/* The client's first byte is 100, the server's 500. */
#define HANDSHAKE                                                                                  \
	{ CLIENT, S, 99, 0, STATE_NEW, TRACK_SYN_SENT },                                           \
		{ SERVER, S | A, 499, 100, STATE_ESTABLISHED, TRACK_SYN_RECV },                    \
	{                                                                                          \
		CLIENT, A, 100, 500, STATE_ESTABLISHED, TRACK_ESTABLISHED                          \
	}

static void run_rows(const struct row *rows, size_t n)
{
	struct flow_world *w = flow_world_new(8);
	struct tuple there = flow_world_tuple(0xc0a85802, 40000, 0xcb007109, 80, IPPROTO_TCP);
	struct tuple back = tuple_reverse(&there);
	uint8_t dir;

	for (size_t i = 0; i < n; i++) {
		const struct tuple *t = rows[i].who == CLIENT ? &there : &back;
		uint8_t state = flow_world_tcp(w, t, rows[i].flags, rows[i].seq, rows[i].ack);
		uint32_t index = flow_world_find(w, &there, &dir);

		if (state != rows[i].state)
			fail_msg("row %zu: connection-state %s", i, state_words[state]);
		if (index == FLOW_NONE) {
			assert_int_equal(rows[i].tcp, TRACK_NONE);
			continue;
		}
		if (flow_at(w->fw.flows, index)->tcp != rows[i].tcp)
			fail_msg("row %zu: tcp-state %s", i,
			         track_words[flow_at(w->fw.flows, index)->tcp]);
		/* The timer is that of the state. */
		assert_int_equal(flow_at(w->fw.flows, index)->due.ns,
		                 mono_add_s(w->net->now, w->fw.timeouts.tcp[rows[i].tcp]).ns);
		flows_must_hold(w->fw.flows, w->net);
	}
	flow_world_free(w);
}

#define RUN(rows) run_rows(rows, ARRAY_LEN(rows))

static void a_connection_opens_and_closes(void **state)
{
	static const struct row rows[] = {
		HANDSHAKE,
		{ CLIENT, A | TCP_PSH, 100, 500, STATE_ESTABLISHED, TRACK_ESTABLISHED },
		{ CLIENT, F | A, 100, 500, STATE_ESTABLISHED, TRACK_FIN_WAIT },
		{ SERVER, A, 500, 101, STATE_ESTABLISHED, TRACK_CLOSE_WAIT },
		{ SERVER, F | A, 500, 101, STATE_ESTABLISHED, TRACK_LAST_ACK },
		{ CLIENT, A, 101, 501, STATE_ESTABLISHED, TRACK_TIME_WAIT },
	};

	(void)state;
	RUN(rows);
}

static void the_server_closes_first(void **state)
{
	static const struct row rows[] = {
		HANDSHAKE,
		{ SERVER, F | A, 500, 100, STATE_ESTABLISHED, TRACK_FIN_WAIT },
		{ CLIENT, A, 100, 500, STATE_ESTABLISHED, TRACK_FIN_WAIT }, /* not of the FIN */
		{ CLIENT, A, 100, 501, STATE_ESTABLISHED, TRACK_CLOSE_WAIT },
		{ CLIENT, F | A, 100, 501, STATE_ESTABLISHED, TRACK_LAST_ACK },
		{ SERVER, A, 501, 101, STATE_ESTABLISHED, TRACK_TIME_WAIT },
	};

	(void)state;
	RUN(rows);
}

static void both_close_at_once(void **state)
{
	static const struct row rows[] = {
		HANDSHAKE,
		{ CLIENT, F | A, 100, 500, STATE_ESTABLISHED, TRACK_FIN_WAIT },
		{ SERVER, F | A, 500, 100, STATE_ESTABLISHED, TRACK_LAST_ACK },
		{ CLIENT, A, 101, 501, STATE_ESTABLISHED, TRACK_TIME_WAIT },
	};

	(void)state;
	RUN(rows);
}

static void a_reset_ends_it_from_any_state(void **state)
{
	static const struct row open[] = { HANDSHAKE,
		                           { SERVER, R, 500, 0, STATE_ESTABLISHED, TRACK_CLOSE } };
	static const struct row refused[] = {
		{ CLIENT, S, 99, 0, STATE_NEW, TRACK_SYN_SENT },
		{ SERVER, R | A, 0, 100, STATE_ESTABLISHED, TRACK_CLOSE },
	};
	static const struct row taken_back[] = {
		{ CLIENT, S, 99, 0, STATE_NEW, TRACK_SYN_SENT },
		{ CLIENT, R, 100, 0, STATE_NEW, TRACK_CLOSE },
	};

	(void)state;
	RUN(open);
	RUN(refused);
	RUN(taken_back);
}

static void a_syn_is_sent_again(void **state)
{
	static const struct row rows[] = {
		{ CLIENT, S, 99, 0, STATE_NEW, TRACK_SYN_SENT },
		{ CLIENT, S, 99, 0, STATE_NEW, TRACK_SYN_SENT },
		{ SERVER, S | A, 499, 100, STATE_ESTABLISHED, TRACK_SYN_RECV },
		{ SERVER, S | A, 499, 100, STATE_ESTABLISHED, TRACK_SYN_RECV },
		{ CLIENT, A, 100, 500, STATE_ESTABLISHED, TRACK_ESTABLISHED },
		{ CLIENT, S, 99, 0, STATE_ESTABLISHED, TRACK_ESTABLISHED },
	};

	(void)state;
	RUN(rows);
}

static void both_open_at_once(void **state) /* RFC 9293, 3.5 */
{
	static const struct row rows[] = {
		{ CLIENT, S, 99, 0, STATE_NEW, TRACK_SYN_SENT },
		{ SERVER, S, 499, 0, STATE_ESTABLISHED, TRACK_SYN_RECV },
		{ CLIENT, S | A, 99, 500, STATE_ESTABLISHED, TRACK_SYN_RECV },
		{ SERVER, S | A, 499, 100, STATE_ESTABLISHED, TRACK_SYN_RECV },
		{ CLIENT, A, 100, 500, STATE_ESTABLISHED, TRACK_ESTABLISHED },
	};

	(void)state;
	RUN(rows);
}

static void old_ports_serve_a_new_connection(void **state)
{
	static const struct row rows[] = {
		HANDSHAKE,
		{ SERVER, R, 500, 0, STATE_ESTABLISHED, TRACK_CLOSE },
		{ CLIENT, S, 7099, 0, STATE_NEW, TRACK_SYN_SENT }, /* for the rules, too */
		{ SERVER, S | A, 8499, 7100, STATE_ESTABLISHED, TRACK_SYN_RECV },
		{ CLIENT, A, 7100, 8500, STATE_ESTABLISHED, TRACK_ESTABLISHED },
	};

	(void)state;
	RUN(rows);
}

static void what_no_tcp_sends_is_invalid(void **state)
{
	static const struct row rows[] = {
		{ CLIENT, S | A, 99, 1, STATE_INVALID, TRACK_NONE },
		{ CLIENT, R, 99, 0, STATE_INVALID, TRACK_NONE },
		{ CLIENT, F | A, 99, 1, STATE_INVALID, TRACK_NONE },
		{ CLIENT, S | F, 99, 0, STATE_INVALID, TRACK_NONE },
		{ CLIENT, S | R, 99, 0, STATE_INVALID, TRACK_NONE },
		{ CLIENT, S, 99, 0, STATE_NEW, TRACK_SYN_SENT },
		{ CLIENT, A, 100, 1, STATE_INVALID, TRACK_SYN_SENT }, /* before any answer */
		{ CLIENT, S | A, 99, 1, STATE_INVALID, TRACK_SYN_SENT },
		{ CLIENT, S | F, 99, 0, STATE_INVALID, TRACK_SYN_SENT },
		{ SERVER, S | R, 499, 0, STATE_INVALID, TRACK_SYN_SENT },
	};

	(void)state;
	RUN(rows);
}

/* After a restart a connection is taken up where it is; only where that is allowed. */
static void mid_course_is_taken_up_when_loose(void **state)
{
	struct flow_world *w = flow_world_new(8);
	struct tuple t = flow_world_tuple(1, 1, 2, 80, IPPROTO_TCP);
	struct tuple other = flow_world_tuple(1, 2, 2, 80, IPPROTO_TCP);
	uint8_t dir;

	(void)state;
	assert_int_equal(flow_world_tcp(w, &t, A, 100, 500), STATE_NEW);
	assert_int_equal(flow_at(w->fw.flows, flow_world_find(w, &t, &dir))->tcp,
	                 TRACK_ESTABLISHED);
	w->fw.loose = false;
	assert_int_equal(flow_world_tcp(w, &other, A, 100, 500), STATE_INVALID);
	flow_world_free(w);
}

/* One side alone, whatever it sends, holds no place that others could need. */
static void one_side_alone_gives_way(void **state)
{
	struct flow_world *w = flow_world_new(2);
	struct tuple real = flow_world_tuple(1, 1, 2, 80, IPPROTO_TCP);
	struct tuple back = tuple_reverse(&real);
	struct tuple made_up = flow_world_tuple(3, 3, 2, 80, IPPROTO_TCP);
	struct tuple other = flow_world_tuple(4, 4, 2, 80, IPPROTO_TCP);
	uint8_t dir;

	(void)state;
	(void)flow_world_tcp(w, &made_up, A, 1, 1);
	(void)flow_world_tcp(w, &made_up, A, 2, 1);
	(void)flow_world_tcp(w, &real, A, 100, 500);
	assert_int_equal(flow_world_tcp(w, &back, A, 500, 100), STATE_ESTABLISHED);
	assert_int_equal(flow_at(w->fw.flows, flow_world_find(w, &made_up, &dir))->flags,
	                 FLOW_USED | FLOW_WEAK);
	assert_int_equal(flow_at(w->fw.flows, flow_world_find(w, &real, &dir))->flags,
	                 FLOW_USED | FLOW_ASSURED | FLOW_SEEN_REPLY);
	(void)flow_world_tcp(w, &other, S, 1, 1);
	assert_int_equal(flow_world_find(w, &made_up, &dir), FLOW_NONE);
	assert_int_not_equal(flow_world_find(w, &real, &dir), FLOW_NONE);
	(void)flow_world_tcp(w, &other, R, 2, 0);
	flow_world_sleep_ms(w, 11000);
	(void)flow_world_tcp(w, &made_up, A, 3, 1);
	flow_world_sleep_ms(w, 242000);
	assert_int_equal(flow_world_find(w, &made_up, &dir), FLOW_NONE);
	assert_int_not_equal(flow_world_find(w, &real, &dir), FLOW_NONE);
	flow_world_free(w);
}

/* A datagram or message of @t. */
static uint8_t other_packet(struct flow_world *w, const struct tuple *t, uint8_t icmp_type)
{
	struct pkt p = { .bytes = w->memory,
		         .l3 = 14,
		         .l4 = 34,
		         .payload_at = 42,
		         .len = 42,
		         .ip_bytes = 28,
		         .arrived = *t,
		         .now = *t,
		         .icmp_type = icmp_type,
		         .in = 1 };
	struct tuple leaves = *t;

	track_find(&w->fw, &p, false);
	if (p.state == STATE_NEW && p.flow == FLOW_NONE)
		p.flow = flow_world_begin(w, t, &leaves);
	track_note(&w->fw, &p);
	return p.state;
}

/* RFC 4787, REQ-5; RFC 5508, REQ-2. */
static void udp_and_ping_live_as_long_as_they_are_used(void **state)
{
	struct flow_world *w = flow_world_new(8);
	struct tuple udp = flow_world_tuple(1, 1, 2, 53, IPPROTO_UDP);
	struct tuple udp_back = tuple_reverse(&udp);
	struct tuple ping = flow_world_tuple(1, 9, 2, 9, IPPROTO_ICMP);
	uint8_t dir;

	(void)state;
	assert_int_equal(other_packet(w, &udp, 0), STATE_NEW);
	assert_int_equal(other_packet(w, &udp, 0), STATE_NEW); /* nobody has answered */
	flow_world_sleep_ms(w, 119000);
	assert_int_not_equal(flow_world_find(w, &udp, &dir), FLOW_NONE);
	assert_int_equal(other_packet(w, &udp_back, 0), STATE_ESTABLISHED);
	assert_int_equal(other_packet(w, &udp, 0), STATE_ESTABLISHED);
	flow_world_sleep_ms(w, 299000);
	assert_int_not_equal(flow_world_find(w, &udp, &dir), FLOW_NONE);
	flow_world_sleep_ms(w, 3000);
	assert_int_equal(flow_world_find(w, &udp, &dir), FLOW_NONE);

	assert_int_equal(other_packet(w, &ping, ICMP_ECHO_REPLY), STATE_INVALID);
	assert_int_equal(other_packet(w, &ping, ICMP_ECHO), STATE_NEW);
	flow_world_sleep_ms(w, 59000);
	assert_int_not_equal(flow_world_find(w, &ping, &dir), FLOW_NONE);
	flow_world_sleep_ms(w, 3000);
	assert_int_equal(w->fw.flows->used, 0);
	flow_world_free(w);
}

/* Types without an identifier have ports 0, as has a query with identifier 0. */
static void icmp_without_identifier_belongs_to_nothing(void **state)
{
	struct flow_world *w = flow_world_new(8);
	struct tuple ping = flow_world_tuple(1, 0, 2, 0, IPPROTO_ICMP);
	uint8_t dir;

	(void)state;
	assert_int_equal(other_packet(w, &ping, ICMP_ECHO), STATE_NEW);
	assert_int_equal(other_packet(w, &ping, 9), STATE_INVALID);
	assert_int_equal(other_packet(w, &ping, ICMP_UNREACHABLE), STATE_INVALID);
	assert_int_equal(flow_at(w->fw.flows, flow_world_find(w, &ping, &dir))->way[0].packets, 1);
	flow_world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_connection_opens_and_closes),
		cmocka_unit_test(the_server_closes_first),
		cmocka_unit_test(both_close_at_once),
		cmocka_unit_test(a_reset_ends_it_from_any_state),
		cmocka_unit_test(a_syn_is_sent_again),
		cmocka_unit_test(both_open_at_once),
		cmocka_unit_test(old_ports_serve_a_new_connection),
		cmocka_unit_test(what_no_tcp_sends_is_invalid),
		cmocka_unit_test(mid_course_is_taken_up_when_loose),
		cmocka_unit_test(one_side_alone_gives_way),
		cmocka_unit_test(udp_and_ping_live_as_long_as_they_are_used),
		cmocka_unit_test(icmp_without_identifier_belongs_to_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
