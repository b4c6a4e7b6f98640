/*
 * rfc4787_test.c -- NAT behaviour for UDP, one test for each requirement of RFC 4787, by its
 * number. Two hosts inside (192.168.88.2 and .3), two outside (192.0.2.7 and 198.51.100.9).
 */
#include "bench.h"

#include "fw/mapping.h"
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

/* @in sends from @sport to @out:@dport; how it left by the WAN. */
static struct tuple goes(struct bench *b, const char *in, uint16_t sport, const char *out,
                         uint16_t dport)
{
	bench_forget(b);
	bench_send(b, LAN, bench_tuple(IPPROTO_UDP, in, sport, out, dport), 0);
	return bench_left(b, WAN);
}

/* @out:@sport sends to port @dport of the router's outer address. */
static void comes(struct bench *b, const char *out, uint16_t sport, uint16_t dport)
{
	bench_forget(b);
	bench_send(b, WAN, bench_tuple(IPPROTO_UDP, out, sport, NAT, dport), 0);
}

static void wait_s(struct bench *b, uint64_t seconds)
{
	for (uint64_t i = 0; i < seconds; i++) {
		b->now = mono_add_s(b->now, 1);
		while (router_turn(b->router, b->now))
			;
	}
	bench_forget(b);
}

static void req_1_mapping_is_endpoint_independent(void **state)
{
	struct bench *b = masquerading();
	uint16_t first = goes(b, IN1, 4000, OUT1, 53).sport, second;

	(void)state;
	assert_int_equal(goes(b, IN1, 4000, OUT1, 54).sport, first);
	assert_int_equal(goes(b, IN1, 4000, OUT2, 53).sport, first);
	second = goes(b, IN2, 4000, OUT1, 53).sport;
	assert_int_not_equal(second, first);
	assert_int_equal(goes(b, IN2, 4000, OUT2, 99).sport, second);
	assert_int_equal(b->router->fw.flows->mappings, 2);
	assert_int_equal(ports_used(b->router->net.ports), 2);
	/* Answers of both find their way. */
	comes(b, OUT2, 99, second);
	tuple_is(bench_left(b, LAN), IPPROTO_UDP, OUT2, 99, IN2, 4000);
	comes(b, OUT1, 54, first);
	tuple_is(bench_left(b, LAN), IPPROTO_UDP, OUT1, 54, IN1, 4000);
	bench_free(b);
}

static void req_2_addresses_are_paired(void **state)
{
	struct bench *b = bench_new(1, 128);
	struct rule_spec *spec = bench_nat(b, "srcnat", ACTION_SRC_NAT);
	struct tuple one, two;

	(void)state;
	spec->to_addresses = (struct ip4_range){ A("203.0.113.64"), A("203.0.113.79") };
	bench_publish(b);
	one = goes(b, IN1, 4000, OUT1, 53);
	two = goes(b, IN2, 4000, OUT1, 53);
	assert_in_range(one.src.v, A("203.0.113.64").v, A("203.0.113.79").v);
	for (uint16_t i = 0; i < 20; i++) {
		assert_int_equal(goes(b, IN1, 4001 + i, OUT2, 53 + i).src.v, one.src.v);
		assert_int_equal(goes(b, IN2, 4001 + i, OUT1, 53 + i).src.v, two.src.v);
	}
	bench_free(b);
}

static void req_3_ports_are_not_overloaded(void **state)
{
	struct bench *b = masquerading();
	uint16_t seen[3] = { 0 };

	(void)state;
	/* One inner port of three hosts to three hosts: three outer ports. */
	seen[0] = goes(b, IN1, 4000, OUT1, 53).sport;
	seen[1] = goes(b, IN2, 4000, OUT2, 53).sport;
	seen[2] = goes(b, "192.168.88.4", 4000, "192.0.2.99", 53).sport;
	assert_int_equal(seen[0], 4000); /* kept while it is free */
	assert_int_not_equal(seen[1], 4000);
	assert_int_not_equal(seen[2], 4000);
	assert_int_not_equal(seen[1], seen[2]);
	bench_free(b);
}

static void req_3a_the_range_of_the_port_is_kept(void **state)
{
	struct bench *b = masquerading();

	(void)state;
	assert_int_equal(goes(b, IN1, 500, OUT1, 500).sport, 500);
	assert_in_range(goes(b, IN2, 500, OUT1, 500).sport, 1, 1023);
	assert_int_equal(goes(b, IN1, 1024, OUT1, 500).sport, 1024);
	assert_in_range(goes(b, IN2, 1024, OUT1, 500).sport, 1025, 65535);
	bench_free(b);
}

static void req_4_parity_is_kept(void **state)
{
	struct bench *b = bench_new(1, 128);

	(void)state;
	bench_masquerade(b);
	for (uint16_t port = 5000; port < 5020; port++) {
		assert_int_equal(goes(b, IN1, port, OUT1, 53).sport, port);
		assert_int_equal(goes(b, IN2, port, OUT1, 53).sport % 2, port % 2);
	}
	bench_free(b);
}

static void req_5_a_mapping_lives_two_minutes_at_least(void **state)
{
	struct bench *b = masquerading();

	(void)state;
	(void)goes(b, IN1, 4000, OUT1, 53);
	wait_s(b, 119);
	comes(b, OUT1, 53, 4000);
	tuple_is(bench_left(b, LAN), IPPROTO_UDP, OUT1, 53, IN1, 4000);
	wait_s(b, 299); /* answered: five minutes */
	comes(b, OUT1, 53, 4000);
	tuple_is(bench_left(b, LAN), IPPROTO_UDP, OUT1, 53, IN1, 4000);
	wait_s(b, 302);
	assert_int_equal(b->router->fw.flows->mappings, 0);
	assert_int_equal(ports_used(b->router->net.ports), 0);
	bench_free(b);
}

static void req_6_what_goes_out_refreshes(void **state)
{
	struct bench *b = masquerading();
	uint16_t port;

	(void)state;
	(void)goes(b, IN2, 4000, OUT1, 1);
	port = goes(b, IN1, 4000, OUT1, 53).sport; /* not the inner one: to be told apart */
	for (unsigned i = 0; i < 5; i++) {
		wait_s(b, 100);
		assert_int_equal(goes(b, IN1, 4000, OUT1, 53).sport, port);
	}
	/* Any of its flows keeps the mapping. */
	for (unsigned i = 0; i < 5; i++) {
		wait_s(b, 100);
		assert_int_equal(goes(b, IN1, 4000, OUT2, 7).sport, port);
	}
	assert_int_equal(goes(b, IN1, 4000, OUT1, 53).sport, port);
	bench_free(b);
}

static void req_8_filtering_is_address_dependent(void **state)
{
	struct bench *b = masquerading();

	(void)state;
	(void)goes(b, IN1, 4000, OUT1, 53);
	/* Another port of whom the host has sent to is let in, with a flow of its own. */
	comes(b, OUT1, 1234, 4000);
	tuple_is(bench_left(b, LAN), IPPROTO_UDP, OUT1, 1234, IN1, 4000);
	tuple_is(goes(b, IN1, 4000, OUT1, 1234), IPPROTO_UDP, NAT, 4000, OUT1, 1234);
	/* A stranger is not, and nothing is said. */
	comes(b, OUT2, 53, 4000);
	bench_silent(b);
	assert_int_equal(b->router->net.drops[DROP_NAT_FILTERED], 1);
	/* Once the host has sent to it, it is no stranger. */
	(void)goes(b, IN1, 4000, OUT2, 99);
	comes(b, OUT2, 53, 4000);
	tuple_is(bench_left(b, LAN), IPPROTO_UDP, OUT2, 53, IN1, 4000);
	bench_free(b);
}

static void req_8_filtering_can_be_endpoint_independent(void **state)
{
	struct bench *b = masquerading();

	(void)state;
	b->router->fw.flows->filtering = FILTERING_ENDPOINT_INDEPENDENT;
	(void)goes(b, IN1, 4000, OUT1, 53);
	comes(b, OUT2, 999, 4000);
	tuple_is(bench_left(b, LAN), IPPROTO_UDP, OUT2, 999, IN1, 4000);
	/* Only where there is a mapping: the port beside it stays the router's own. */
	comes(b, OUT2, 999, 4001);
	assert_int_equal(b->out[LAN].n, 0);
	bench_free(b);
}

static void req_8_filtering_can_be_address_and_port_dependent(void **state)
{
	struct bench *b = masquerading();

	(void)state;
	b->router->fw.flows->filtering = FILTERING_ADDRESS_AND_PORT_DEPENDENT;
	(void)goes(b, IN1, 4000, OUT1, 53);
	comes(b, OUT1, 54, 4000);
	bench_silent(b);
	comes(b, OUT1, 53, 4000);
	tuple_is(bench_left(b, LAN), IPPROTO_UDP, OUT1, 53, IN1, 4000);
	bench_free(b);
}

/* What filtering let in is dst-nat for the filter, as the usual last rule of forward wants it. */
static void req_8_the_filter_sees_a_translated_destination(void **state)
{
	struct bench *b = masquerading();
	struct rule_spec spec = { .id = 1, .chain = "forward", .action = ACTION_DROP };
	struct rule_names names = { .iface = bench_iface };
	char error[256];
	struct rules *rules;

	(void)state;
	spec.connection_nat_state =
		(struct match_bits){ .on = true, .negate = true, .bits = NAT_DST };
	spec.in_interface = (struct match_iface){ .on = true, .id = 1 };
	spec.connection_state = (struct match_bits){ .on = true, .bits = 1 << STATE_NEW };
	rules = rules_build(FACILITY_FILTER, &spec, 1, &names, NULL, error, sizeof error);
	assert_non_null(rules);
	router_publish_rules(b->router, FACILITY_FILTER, rules);
	(void)goes(b, IN1, 4000, OUT1, 53);
	comes(b, OUT1, 1234, 4000);
	tuple_is(bench_left(b, LAN), IPPROTO_UDP, OUT1, 1234, IN1, 4000);
	bench_forget(b);
	bench_send(b, WAN, bench_tuple(IPPROTO_UDP, OUT1, 1234, IN1, 4000), 0);
	bench_silent(b);
	bench_free(b);
}

static void req_9_a_hairpin_shows_the_outer_source(void **state)
{
	struct bench *b = masquerading();
	uint16_t one = goes(b, IN1, 4000, OUT1, 53).sport, two = goes(b, IN2, 4000, OUT1, 53).sport;

	(void)state;
	bench_forget(b);
	bench_send(b, LAN, bench_tuple(IPPROTO_UDP, IN1, 4000, NAT, two), 0);
	tuple_is(bench_left(b, LAN), IPPROTO_UDP, NAT, one, IN2, 4000);
	bench_send(b, LAN, bench_tuple(IPPROTO_UDP, IN2, 4000, NAT, one), 0);
	tuple_is(bench_left(b, LAN), IPPROTO_UDP, NAT, two, IN1, 4000);
	/* Also to behind another interface. */
	bench_send(b, DMZ, bench_tuple(IPPROTO_UDP, "10.0.3.2", 7000, OUT1, 53), 0);
	tuple_is(bench_left(b, WAN), IPPROTO_UDP, NAT, 7000, OUT1, 53);
	bench_send(b, DMZ, bench_tuple(IPPROTO_UDP, "10.0.3.2", 7000, NAT, one), 0);
	tuple_is(bench_left(b, LAN), IPPROTO_UDP, NAT, 7000, IN1, 4000);
	bench_send(b, LAN, bench_tuple(IPPROTO_UDP, IN1, 4000, NAT, 7000), 0);
	tuple_is(bench_left(b, DMZ), IPPROTO_UDP, NAT, one, "10.0.3.2", 7000);
	bench_free(b);
}

static void req_11_behaviour_is_deterministic(void **state)
{
	struct bench *b = masquerading(), *c = masquerading();

	(void)state;
	/* A collision changes neither what the first host has nor how the second is treated. */
	for (uint16_t i = 0; i < 10; i++) {
		struct tuple x = goes(b, IN1, 4000, OUT1, 1 + i),
			     y = goes(b, IN2, 4000, OUT1, 1 + i);

		assert_int_equal(x.sport, 4000);
		assert_int_equal(y.sport, goes(b, IN2, 4000, OUT2, 1 + i).sport);
		assert_int_equal(goes(c, IN1, 4000, OUT1, 1 + i).sport, x.sport);
		assert_int_equal(goes(c, IN2, 4000, OUT1, 1 + i).sport, y.sport);
	}
	bench_free(b);
	bench_free(c);
}

static void req_12_icmp_does_not_end_a_mapping(void **state)
{
	struct bench *b = masquerading();
	struct frame *frame;
	struct tuple t;

	(void)state;
	bench_send(b, LAN, bench_tuple(IPPROTO_UDP, IN1, 4000, OUT1, 53), 0);
	frame = bench_take(b, WAN, &t);
	for (uint8_t code = 0; code < 16; code++) {
		struct draft d = {
			.tuple = { .src = A(OUT1), .dst = A(NAT), .proto = IPPROTO_ICMP },
			.icmp_type = ICMP_UNREACHABLE,
			.icmp_code = code,
			.payload = frame_bytes(frame) + ETH_HEADER_BYTES,
			.payload_bytes = frame->len - ETH_HEADER_BYTES
		};

		bench_draft(b, WAN, &d);
	}
	frame_free(frame);
	assert_int_equal(b->out[LAN].n, 16); /* each was told to the host */
	assert_int_equal(b->router->fw.flows->mappings, 1);
	comes(b, OUT1, 53, 4000);
	tuple_is(bench_left(b, LAN), IPPROTO_UDP, OUT1, 53, IN1, 4000);
	bench_free(b);
}

static void req_13_too_big_with_df_is_told(void **state)
{
	struct bench *b = masquerading();
	static const uint8_t payload[1400];
	struct draft d = { .tuple = bench_tuple(IPPROTO_UDP, IN1, 4000, OUT1, 53),
		           .payload = payload,
		           .payload_bytes = sizeof payload,
		           .dont_fragment = true };
	struct frame *frame;
	struct tuple t;

	(void)state;
	b->ports[WAN].mtu_next = 1400;
	iface_poll_links(&b->router->net);
	bench_draft(b, LAN, &d);
	frame = bench_take(b, LAN, &t);
	assert_non_null(frame);
	assert_int_equal(t.proto, IPPROTO_ICMP);
	assert_int_equal(frame_bytes(frame)[34], ICMP_UNREACHABLE);
	assert_int_equal(frame_bytes(frame)[35], ICMP_FRAGMENT_NEEDED);
	assert_int_equal(wire_get16(frame_bytes(frame) + 34 + 6), 1400);
	frame_free(frame);
	assert_int_equal(b->out[WAN].n, 0);
	bench_free(b);
}

/* Bytes @from to @to of the IP payload of the @len bytes @whole, as a fragment of its own. */
static void send_piece(struct bench *b, const uint8_t *whole, uint32_t from, uint32_t to,
                       uint16_t fragment)
{
	uint8_t bytes[256];
	uint8_t *ip = bytes + ETH_HEADER_BYTES;

	memcpy(bytes, whole, ETH_HEADER_BYTES + IP4_HEADER_BYTES);
	memcpy(ip + IP4_HEADER_BYTES, whole + ETH_HEADER_BYTES + IP4_HEADER_BYTES + from,
	       to - from);
	wire_put16(ip + IP4_AT_TOTAL, (uint16_t)(IP4_HEADER_BYTES + to - from));
	wire_put16(ip + IP4_AT_FRAGMENT, fragment);
	wire_put16(ip + IP4_AT_CHECKSUM, 0);
	wire_put16(ip + IP4_AT_CHECKSUM, checksum(ip, IP4_HEADER_BYTES));
	memory_port_put(&b->ports[LAN],
	                frame_new(bytes, ETH_HEADER_BYTES + IP4_HEADER_BYTES + to - from, NULL));
	while (router_turn(b->router, b->now))
		;
}

static void req_14_fragments_in_any_order(void **state)
{
	struct bench *b = masquerading();
	struct draft d = { .tuple = bench_tuple(IPPROTO_UDP, IN1, 4000, OUT1, 53),
		           .dst_mac = b->ports[LAN].port.mac,
		           .src_mac = { { 2, 1, 0, 0, LAN, 2 } },
		           .ttl = 64,
		           .id = 77,
		           .payload = (const uint8_t *)"0123456789012345678901234567",
		           .payload_bytes = 28 };
	uint8_t whole[256];
	struct offload offload;

	(void)state;
	assert_true(draft_build(&d, whole, sizeof whole, &offload) > 0);
	send_piece(b, whole, 16, 36, 2);
	bench_silent(b);
	send_piece(b, whole, 0, 16, IP4_MORE_FRAGMENTS);
	tuple_is(bench_left(b, WAN), IPPROTO_UDP, NAT, 4000, OUT1, 53);
	bench_free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(req_1_mapping_is_endpoint_independent),
		cmocka_unit_test(req_2_addresses_are_paired),
		cmocka_unit_test(req_3_ports_are_not_overloaded),
		cmocka_unit_test(req_3a_the_range_of_the_port_is_kept),
		cmocka_unit_test(req_4_parity_is_kept),
		cmocka_unit_test(req_5_a_mapping_lives_two_minutes_at_least),
		cmocka_unit_test(req_6_what_goes_out_refreshes),
		cmocka_unit_test(req_8_filtering_is_address_dependent),
		cmocka_unit_test(req_8_filtering_can_be_endpoint_independent),
		cmocka_unit_test(req_8_filtering_can_be_address_and_port_dependent),
		cmocka_unit_test(req_8_the_filter_sees_a_translated_destination),
		cmocka_unit_test(req_9_a_hairpin_shows_the_outer_source),
		cmocka_unit_test(req_11_behaviour_is_deterministic),
		cmocka_unit_test(req_12_icmp_does_not_end_a_mapping),
		cmocka_unit_test(req_13_too_big_with_df_is_told),
		cmocka_unit_test(req_14_fragments_in_any_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
