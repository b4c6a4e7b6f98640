/*
 * rfc5508_test.c -- NAT behaviour for ICMP, one test for each requirement of RFC 5508, by its
 * number. Two hosts inside, two outside.
 */
#include "bench.h"

#include "wire/checksum.h"

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

static struct tuple ping(struct bench *b, const char *in, uint16_t id, const char *out)
{
	bench_forget(b);
	bench_send(b, LAN, bench_tuple(IPPROTO_ICMP, in, id, out, id), ICMP_ECHO);
	return bench_left(b, WAN);
}

static void answer(struct bench *b, const char *out, uint16_t id)
{
	bench_forget(b);
	bench_send(b, WAN, bench_tuple(IPPROTO_ICMP, out, id, NAT, id), ICMP_ECHO_REPLY);
}

static void wait_s(struct bench *b, uint64_t seconds)
{
	for (uint64_t i = 0; i < seconds; i++) {
		b->now = mono_add_s(b->now, 1);
		while (router_turn(b->router, b->now))
			;
	}
}

/* An error of @type about @about comes by @port from @from. */
static void complain(struct bench *b, unsigned port, const char *from, struct frame *about,
                     uint8_t type, enum draft_sum sum)
{
	const uint8_t *ip = frame_bytes(about) + ETH_HEADER_BYTES;
	struct draft d = { .tuple = { .src = A(from),
		                      .dst = { wire_get32(ip + IP4_AT_SRC) },
		                      .proto = IPPROTO_ICMP },
		           .icmp_type = type,
		           .icmp_code = 1,
		           .sum = sum,
		           .payload = ip,
		           .payload_bytes = about->len - ETH_HEADER_BYTES };

	bench_draft(b, port, &d);
}

static void req_1_queries_have_mappings_of_their_own(void **state)
{
	struct bench *b = masquerading();
	uint16_t one = ping(b, IN1, 9, OUT1).sport, two = ping(b, IN2, 9, OUT1).sport;

	(void)state;
	assert_int_equal(one, 9);
	assert_int_not_equal(two, one);
	/* Whoever they ask: one identifier. */
	assert_int_equal(ping(b, IN1, 9, OUT2).sport, one);
	assert_int_equal(ping(b, IN2, 9, OUT2).sport, two);
	answer(b, OUT2, two);
	tuple_is(bench_left(b, LAN), IPPROTO_ICMP, OUT2, 9, IN2, 9);
	answer(b, OUT1, one);
	tuple_is(bench_left(b, LAN), IPPROTO_ICMP, OUT1, 9, IN1, 9);
	/* An answer that nobody asked for, and a question from outside, are not let in. */
	answer(b, "192.0.2.99", two);
	assert_int_equal(b->out[LAN].n, 0);
	bench_send(b, WAN, bench_tuple(IPPROTO_ICMP, "192.0.2.99", two, NAT, two), ICMP_ECHO);
	assert_int_equal(b->out[LAN].n, 0);
	bench_free(b);
}

/* Let only answers in: what is new or invalid is kept out. */
static void keep_strangers_out(struct bench *b)
{
	struct rule_spec spec = { .id = 1, .chain = "forward", .action = ACTION_DROP };
	struct rule_names names = { .iface = bench_iface };
	char error[256];
	struct rules *rules;

	spec.in_interface = (struct match_iface){ .on = true, .id = 1 };
	spec.connection_state = (struct match_bits){ .on = true, .bits = 1U << STATE_NEW };
	rules = rules_build(FACILITY_FILTER, &spec, 1, &names, NULL, error, sizeof error);
	assert_non_null(rules);
	router_publish_rules(b->router, FACILITY_FILTER, rules);
}

/* A mapping lets answers in. The one who is asked, and knows its identifier, is to ask nothing. */
static void req_1_a_mapping_is_no_door_for_questions(void **state)
{
	struct bench *b = masquerading();
	uint16_t id = ping(b, IN1, 9, OUT1).sport;

	(void)state;
	for (unsigned settled = 0; settled < 2; settled++) {
		bench_forget(b);
		bench_send(b, WAN, bench_tuple(IPPROTO_ICMP, OUT1, id, NAT, id), ICMP_ECHO);
		bench_send(b, WAN, bench_tuple(IPPROTO_ICMP, OUT1, id, NAT, id), ICMP_TIMESTAMP);
		assert_int_equal(b->out[LAN].n, 0); /* the router itself may answer */
		bench_forget(b);
		bench_send(b, LAN, bench_tuple(IPPROTO_ICMP, IN1, 9, OUT1, 9), ICMP_ECHO_REPLY);
		bench_silent(b);
		assert_int_equal(b->router->net.drops[DROP_FLOW_INVALID], settled + 1);
		/* From the second answer on they are replayed. */
		answer(b, OUT1, id);
		(void)bench_left(b, LAN);
		answer(b, OUT1, id);
		tuple_is(bench_left(b, LAN), IPPROTO_ICMP, OUT1, 9, IN1, 9);
	}
	bench_free(b);
}

/* Without translation two hosts may ask each other with one identifier; the filter judges both. */
static void req_1_two_hosts_ask_each_other(void **state)
{
	struct bench *b = bench_new(1, 64);
	struct tuple there = bench_tuple(IPPROTO_ICMP, IN1, 1, OUT1, 1),
		     back = tuple_reverse(&there);

	(void)state;
	bench_send(b, LAN, there, ICMP_ECHO);
	tuple_is(bench_left(b, WAN), IPPROTO_ICMP, IN1, 1, OUT1, 1);
	for (unsigned kept_out = 0; kept_out < 2; kept_out++) {
		bench_send(b, WAN, back, ICMP_ECHO_REPLY);
		(void)bench_left(b, LAN);
		bench_send(b, WAN, back, ICMP_ECHO);
		assert_int_equal(b->out[LAN].n, kept_out ? 0 : 1);
		bench_forget(b);
		bench_send(b, LAN, there, ICMP_ECHO_REPLY);
		(void)bench_left(b, WAN);
		keep_strangers_out(b);
	}
	assert_int_equal(b->router->fw.flows->used, 1);
	bench_free(b);
}

static void req_2_a_query_lives_a_minute_at_least(void **state)
{
	struct bench *b = masquerading();

	(void)state;
	(void)ping(b, IN1, 9, OUT1);
	wait_s(b, 59);
	answer(b, OUT1, 9);
	tuple_is(bench_left(b, LAN), IPPROTO_ICMP, OUT1, 9, IN1, 9);
	wait_s(b, 62);
	assert_int_equal(b->router->fw.flows->mappings, 0);
	bench_free(b);
}

static struct frame *udp_that_left(struct bench *b)
{
	struct tuple t;

	bench_forget(b);
	bench_send(b, LAN, bench_tuple(IPPROTO_UDP, IN2, 4000, OUT1, 53), 0);
	bench_forget(b);
	bench_send(b, LAN, bench_tuple(IPPROTO_UDP, IN1, 4000, OUT1, 53), 0);
	return bench_take(b, WAN, &t);
}

static void req_3_a_damaged_error_is_dropped(void **state)
{
	struct bench *b = masquerading();
	struct frame *about = udp_that_left(b);

	(void)state;
	complain(b, WAN, OUT1, about, ICMP_UNREACHABLE, DRAFT_SUM_WRONG);
	assert_int_equal(b->out[LAN].n, 0);
	complain(b, WAN, OUT1, about, ICMP_UNREACHABLE, DRAFT_SUM_WHOLE);
	assert_int_equal(b->out[LAN].n, 1);
	frame_free(about);
	bench_free(b);
}

static void req_4_errors_from_outside(void **state)
{
	struct bench *b = masquerading();
	struct frame *about = udp_that_left(b), *told;
	struct tuple t;

	(void)state;
	complain(b, WAN, "203.0.113.9", about, ICMP_TIME_EXCEEDED, DRAFT_SUM_WHOLE);
	told = bench_take(b, LAN, &t);
	assert_non_null(told);
	assert_int_equal(t.src.v, A("203.0.113.9").v);
	assert_int_equal(t.dst.v, A(IN1).v);
	assert_int_equal(wire_get16(frame_bytes(told) + 34 + 8 + 20), 4000);
	frame_free(told);
	/* About nothing that is known: silence. */
	wire_put16(frame_bytes(about) + 34, 1);
	complain(b, WAN, "203.0.113.9", about, ICMP_TIME_EXCEEDED, DRAFT_SUM_WHOLE);
	bench_silent(b);
	frame_free(about);
	bench_free(b);
}

static void req_5_errors_from_inside(void **state)
{
	struct bench *b = masquerading();
	struct frame *about = udp_that_left(b), *back, *told;
	struct tuple t;
	uint16_t port = wire_get16(frame_bytes(about) + 34);

	(void)state;
	bench_send(b, WAN, bench_tuple(IPPROTO_UDP, OUT1, 53, NAT, port), 0);
	back = bench_take(b, LAN, &t);
	complain(b, LAN, IN1, back, ICMP_UNREACHABLE, DRAFT_SUM_WHOLE);
	told = bench_take(b, WAN, &t);
	assert_non_null(told);
	assert_int_equal(t.src.v, A(NAT).v);
	assert_int_equal(wire_get32(frame_bytes(told) + 34 + 8 + IP4_AT_DST), A(NAT).v);
	assert_int_equal(wire_get16(frame_bytes(told) + 34 + 8 + 22), port);
	frame_free(told);
	frame_free(back);
	frame_free(about);
	bench_free(b);
}

static void req_6_errors_neither_refresh_nor_end(void **state)
{
	struct bench *b = masquerading();
	struct frame *about;
	struct tuple t;
	mono due;

	(void)state;
	bench_send(b, LAN, bench_tuple(IPPROTO_ICMP, IN1, 9, OUT1, 9), ICMP_ECHO);
	about = bench_take(b, WAN, &t);
	due = flow_at(b->router->fw.flows, 0)->due;
	wait_s(b, 30);
	complain(b, WAN, OUT1, about, ICMP_UNREACHABLE, DRAFT_SUM_WHOLE);
	assert_int_equal(b->out[LAN].n, 1);
	assert_int_equal(b->router->fw.flows->used, 1);
	assert_true(flow_at(b->router->fw.flows, 0)->due.ns == due.ns);
	frame_free(about);
	bench_free(b);
}

/* An error about a packet between two hosts inside that talk by their outer ports. */
static void req_7_errors_of_a_hairpin(void **state)
{
	struct bench *b = masquerading();
	struct frame *about = udp_that_left(b), *there, *told;
	uint16_t one = wire_get16(frame_bytes(about) + 34);
	struct tuple t;

	(void)state;
	bench_forget(b);
	bench_send(b, LAN, bench_tuple(IPPROTO_UDP, IN1, 4000, NAT, 4000), 0);
	there = bench_take(b, LAN, &t); /* to the second host, whose outer port is 4000 */
	assert_non_null(there);
	tuple_is(t, IPPROTO_UDP, NAT, one, IN2, 4000);
	complain(b, LAN, IN2, there, ICMP_UNREACHABLE, DRAFT_SUM_WHOLE);
	told = bench_take(b, LAN, &t);
	assert_non_null(told);
	assert_int_equal(t.src.v, A(NAT).v);
	assert_int_equal(t.dst.v, A(IN1).v);
	assert_int_equal(wire_get32(frame_bytes(told) + 34 + 8 + IP4_AT_SRC), A(IN1).v);
	assert_int_equal(wire_get32(frame_bytes(told) + 34 + 8 + IP4_AT_DST), A(NAT).v);
	assert_int_equal(wire_get16(frame_bytes(told) + 34 + 8 + 22), 4000);
	frame_free(told);
	frame_free(there);
	frame_free(about);
	bench_free(b);
}

static void req_8_exhaustion_is_told(void **state)
{
	struct bench *b = bench_new(1, 64);
	struct rule_spec *spec = bench_nat(b, "srcnat", ACTION_SRC_NAT);
	struct frame *told;
	struct tuple t;

	(void)state;
	spec->protocol = (struct match_number){ .on = true, .low = 17, .high = 17 };
	spec->to_addresses = (struct ip4_range){ A(NAT), A(NAT) };
	spec->to_port_low = spec->to_port_high = 5000;
	bench_publish(b);
	bench_send(b, LAN, bench_tuple(IPPROTO_UDP, IN1, 1, OUT1, 53), 0);
	bench_forget(b);
	bench_send(b, LAN, bench_tuple(IPPROTO_UDP, IN2, 1, OUT1, 53), 0);
	told = bench_take(b, LAN, &t);
	assert_non_null(told);
	assert_int_equal(t.dst.v, A(IN2).v);
	assert_int_equal(frame_bytes(told)[34], ICMP_UNREACHABLE);
	assert_int_equal(frame_bytes(told)[35], ICMP_ADMIN_PROHIBITED);
	frame_free(told);
	bench_free(b);
}

static void req_11_what_is_neither_query_nor_error_is_dropped(void **state)
{
	struct bench *b = masquerading();

	(void)state;
	bench_send(b, LAN, bench_tuple(IPPROTO_ICMP, IN1, 0, OUT1, 0),
	           9); /* router advertisement */
	assert_int_equal(b->out[WAN].n, 0);
	assert_int_equal(b->router->net.drops[DROP_FLOW_INVALID], 1);
	bench_free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(req_1_queries_have_mappings_of_their_own),
		cmocka_unit_test(req_1_a_mapping_is_no_door_for_questions),
		cmocka_unit_test(req_1_two_hosts_ask_each_other),
		cmocka_unit_test(req_2_a_query_lives_a_minute_at_least),
		cmocka_unit_test(req_3_a_damaged_error_is_dropped),
		cmocka_unit_test(req_4_errors_from_outside),
		cmocka_unit_test(req_5_errors_from_inside),
		cmocka_unit_test(req_6_errors_neither_refresh_nor_end),
		cmocka_unit_test(req_7_errors_of_a_hairpin),
		cmocka_unit_test(req_8_exhaustion_is_told),
		cmocka_unit_test(req_11_what_is_neither_query_nor_error_is_dropped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
