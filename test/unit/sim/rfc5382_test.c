/*
 * rfc5382_test.c -- NAT behaviour for TCP, one test for each requirement of RFC 5382, by its
 * number, as RFC 7857 has changed them. Two hosts inside, two outside.
 */
#include "bench.h"

#define IN1  "192.168.88.2"
#define IN2  "192.168.88.3"
#define OUT1 "192.0.2.7"
#define OUT2 "198.51.100.9"
#define NAT  "203.0.113.2"

static struct bench *masquerading(void)
{
	struct bench *b = bench_new(1, 64);

	bench_masquerade(b);
	return b;
}

/* As nearly every router has it: nothing from the WAN is for the router itself. */
static void keep_strangers_out(struct bench *b)
{
	struct rule_spec spec = { .id = 1, .chain = "input", .action = ACTION_DROP };
	struct rule_names names = { .iface = bench_iface };
	char error[256];
	struct rules *rules;

	spec.in_interface = (struct match_iface){ .on = true, .id = 1 };
	rules = rules_build(FACILITY_FILTER, &spec, 1, &names, NULL, error, sizeof error);
	assert_non_null(rules);
	router_publish_rules(b->router, FACILITY_FILTER, rules);
}

static struct tuple goes(struct bench *b, const char *in, uint16_t sport, const char *out,
                         uint16_t dport, uint8_t flags)
{
	bench_forget(b);
	bench_send(b, LAN, bench_tuple(IPPROTO_TCP, in, sport, out, dport), flags);
	return bench_left(b, WAN);
}

static void comes(struct bench *b, const char *out, uint16_t sport, uint16_t dport, uint8_t flags)
{
	bench_forget(b);
	bench_send(b, WAN, bench_tuple(IPPROTO_TCP, out, sport, NAT, dport), flags);
}

static void wait_s(struct bench *b, uint64_t seconds)
{
	for (uint64_t i = 0; i < seconds; i++) {
		b->now = mono_add_s(b->now, 1);
		while (router_turn(b->router, b->now))
			;
	}
}

static void segment(struct bench *b, unsigned port, struct tuple t, uint8_t flags, uint32_t seq,
                    uint32_t ack)
{
	struct draft d = { .tuple = t, .tcp_flags = flags, .seq = seq, .ack = ack };

	bench_forget(b);
	bench_draft(b, port, &d);
}

static uint16_t establish(struct bench *b, const char *in, uint16_t sport)
{
	struct tuple there = bench_tuple(IPPROTO_TCP, in, sport, OUT1, 80), back;

	segment(b, LAN, there, TCP_SYN, 100, 0);
	back = bench_left(b, WAN);
	back = tuple_reverse(&back);
	segment(b, WAN, back, TCP_SYN | TCP_ACK, 500, 101);
	tuple_is(bench_left(b, LAN), IPPROTO_TCP, OUT1, 80, in, sport);
	segment(b, LAN, there, TCP_ACK, 101, 501);
	return back.dport;
}

/* A named deviation, allowed by RFC 7857, 3: ports are shared, apart by where they lead. */
static void req_1_ports_are_shared_by_destination(void **state)
{
	struct bench *b = masquerading();
	uint16_t other;

	(void)state;
	assert_int_equal(goes(b, IN1, 4000, OUT1, 80, TCP_SYN).sport, 4000);
	assert_int_equal(goes(b, IN2, 4000, OUT2, 80, TCP_SYN).sport, 4000);
	assert_int_equal(goes(b, IN1, 4000, OUT1, 81, TCP_SYN).sport, 4000);
	other = goes(b, IN2, 4000, OUT1, 80, TCP_SYN).sport;
	assert_int_not_equal(other, 4000);
	comes(b, OUT1, 80, other, TCP_SYN | TCP_ACK);
	tuple_is(bench_left(b, LAN), IPPROTO_TCP, OUT1, 80, IN2, 4000);
	comes(b, OUT2, 80, 4000, TCP_SYN | TCP_ACK);
	tuple_is(bench_left(b, LAN), IPPROTO_TCP, OUT2, 80, IN2, 4000);
	comes(b, OUT1, 80, 4000, TCP_SYN | TCP_ACK);
	tuple_is(bench_left(b, LAN), IPPROTO_TCP, OUT1, 80, IN1, 4000);
	bench_free(b);
}

static void req_2_simultaneous_open(void **state)
{
	struct bench *b = masquerading();

	(void)state;
	(void)goes(b, IN1, 4000, OUT1, 80, TCP_SYN);
	comes(b, OUT1, 80, 4000, TCP_SYN);
	tuple_is(bench_left(b, LAN), IPPROTO_TCP, OUT1, 80, IN1, 4000);
	(void)goes(b, IN1, 4000, OUT1, 80, TCP_SYN | TCP_ACK);
	comes(b, OUT1, 80, 4000, TCP_SYN | TCP_ACK);
	tuple_is(bench_left(b, LAN), IPPROTO_TCP, OUT1, 80, IN1, 4000);
	(void)goes(b, IN1, 4000, OUT1, 80, TCP_ACK);
	comes(b, OUT1, 80, 4000, TCP_ACK);
	tuple_is(bench_left(b, LAN), IPPROTO_TCP, OUT1, 80, IN1, 4000);
	bench_free(b);
}

static void req_3_filtering_is_by_address_and_port(void **state)
{
	struct bench *b = masquerading();

	(void)state;
	keep_strangers_out(b);
	(void)establish(b, IN1, 4000);
	comes(b, OUT1, 81, 4000, TCP_SYN);
	bench_silent(b);
	comes(b, OUT2, 80, 4000, TCP_SYN);
	bench_silent(b);
	bench_free(b);
}

static void req_4_an_unsolicited_syn_is_met_with_silence(void **state)
{
	struct bench *b = masquerading();

	(void)state;
	keep_strangers_out(b);
	comes(b, OUT1, 80, 4000, TCP_SYN);
	wait_s(b, 10);
	bench_silent(b);
	/* The other end's SYN went out meanwhile: the next one is let in. */
	comes(b, OUT1, 80, 4000, TCP_SYN);
	bench_silent(b);
	(void)goes(b, IN1, 4000, OUT1, 80, TCP_SYN);
	comes(b, OUT1, 80, 4000, TCP_SYN);
	tuple_is(bench_left(b, LAN), IPPROTO_TCP, OUT1, 80, IN1, 4000);
	bench_free(b);
}

static void req_5_an_established_connection_may_rest(void **state)
{
	struct bench *b = masquerading();

	(void)state;
	(void)establish(b, IN1, 4000);
	assert_int_equal(flow_at(b->router->fw.flows, 0)->tcp, TRACK_ESTABLISHED);
	wait_s(b, 2 * 3600 + 4 * 60);
	segment(b, WAN, bench_tuple(IPPROTO_TCP, OUT1, 80, NAT, 4000), TCP_ACK, 501, 101);
	tuple_is(bench_left(b, LAN), IPPROTO_TCP, OUT1, 80, IN1, 4000);
	/* While it closes: four minutes. */
	segment(b, LAN, bench_tuple(IPPROTO_TCP, IN1, 4000, OUT1, 80), TCP_FIN | TCP_ACK, 101, 501);
	(void)bench_left(b, WAN);
	wait_s(b, 239);
	segment(b, WAN, bench_tuple(IPPROTO_TCP, OUT1, 80, NAT, 4000), TCP_ACK, 501, 102);
	tuple_is(bench_left(b, LAN), IPPROTO_TCP, OUT1, 80, IN1, 4000);
	bench_free(b);
}

/* RFC 7857, 3: no two connections to one end have one port. */
static void req_7_no_port_twice_towards_one_end(void **state)
{
	struct bench *b = masquerading();
	bool seen[65536] = { false };
	char in[32];

	(void)state;
	for (unsigned i = 0; i < 30; i++) {
		struct text text = text_into(in, sizeof in);
		uint16_t port;

		text_printf(&text, "192.168.88.%u", 2 + i);
		port = goes(b, in, 4000, OUT1, 80, TCP_SYN).sport;
		assert_false(seen[port]);
		seen[port] = true;
	}
	bench_free(b);
}

static void req_8_a_hairpin_shows_the_outer_source(void **state)
{
	struct bench *b = masquerading();
	struct tuple seen;

	(void)state;
	bench_map(b, IPPROTO_TCP, NAT, 80, "192.168.88.5", 8080)->hairpin = true;
	bench_publish(b);
	bench_send(b, LAN, bench_tuple(IPPROTO_TCP, IN1, 4000, NAT, 80), TCP_SYN);
	seen = bench_left(b, LAN);
	tuple_is(seen, IPPROTO_TCP, NAT, 4000, "192.168.88.5", 8080);
	bench_send(b, LAN, bench_tuple(IPPROTO_TCP, IN2, 4000, NAT, 80), TCP_SYN);
	seen = bench_left(b, LAN);
	assert_int_equal(seen.src.v, A(NAT).v);
	assert_int_not_equal(seen.sport, 4000);
	bench_free(b);
}

/* An error about the packet that left the router last, as @about has it. */
static void unreachable(struct bench *b, struct frame *about, uint8_t code)
{
	struct draft d = { .tuple = { .src = A(OUT1), .dst = A(NAT), .proto = IPPROTO_ICMP },
		           .icmp_type = ICMP_UNREACHABLE,
		           .icmp_code = code,
		           .payload = frame_bytes(about) + ETH_HEADER_BYTES,
		           .payload_bytes = about->len - ETH_HEADER_BYTES };

	bench_draft(b, WAN, &d);
}

static void req_9_and_10_icmp_is_translated_and_ends_nothing(void **state)
{
	struct bench *b = masquerading();
	struct frame *about, *told;
	struct tuple t;

	(void)state;
	(void)establish(b, IN2, 4000);
	(void)establish(b, IN1, 4000); /* with another port outside */
	bench_forget(b);
	bench_send(b, LAN, bench_tuple(IPPROTO_TCP, IN1, 4000, OUT1, 80), TCP_ACK);
	about = bench_take(b, WAN, &t);
	assert_int_not_equal(t.sport, 4000);
	for (uint8_t code = 0; code < 16; code++) {
		unreachable(b, about, code);
		told = bench_take(b, LAN, &t);
		assert_non_null(told);
		assert_int_equal(t.dst.v, A(IN1).v);
		/* The quote is the packet as the host sent it. */
		assert_int_equal(wire_get32(frame_bytes(told) + 34 + 8 + IP4_AT_SRC), A(IN1).v);
		assert_int_equal(wire_get16(frame_bytes(told) + 34 + 8 + 20), 4000);
		frame_free(told);
	}
	assert_int_equal(b->router->fw.flows->used, 2);
	bench_send(b, LAN, bench_tuple(IPPROTO_TCP, IN1, 4000, OUT1, 80), TCP_ACK);
	(void)bench_left(b, WAN);
	frame_free(about);
	bench_free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(req_1_ports_are_shared_by_destination),
		cmocka_unit_test(req_2_simultaneous_open),
		cmocka_unit_test(req_3_filtering_is_by_address_and_port),
		cmocka_unit_test(req_4_an_unsolicited_syn_is_met_with_silence),
		cmocka_unit_test(req_5_an_established_connection_may_rest),
		cmocka_unit_test(req_7_no_port_twice_towards_one_end),
		cmocka_unit_test(req_8_a_hairpin_shows_the_outer_source),
		cmocka_unit_test(req_9_and_10_icmp_is_translated_and_ends_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
