/* Every matcher against a packet it fits, and by one change does not. */
#include "fw/rule_world.h"

static const struct pkt web = {
	/* 10.0.0.5:4000 > 192.0.2.9:80, an established segment */
	.in = 1,
	.now = { .src = { 0x0a000005 },
	         .dst = { 0xc0000209 },
	         .sport = 4000,
	         .dport = 80,
	         .proto = IPPROTO_TCP },
	.state = STATE_ESTABLISHED,
	.nat = NAT_SRC,
	.ip_bytes = 500,
	.tos = 46 << 2 | 1,
	.ttl = 63,
	.tcp_flags = TCP_ACK | TCP_PSH,
	.routing_mark = WORLD_TABLE,
};

static const struct pkt ping = {
	.in = IFACE_NONE,
	.now = { .src = { 0x0a000005 },
	         .dst = { 0xc0000209 },
	         .sport = 7,
	         .dport = 7,
	         .proto = IPPROTO_ICMP },
	.icmp_type = 3,
	.icmp_code = 4,
	.ip_bytes = 84,
	.ttl = 1,
};

#define TCP  .protocol = { .on = true, .low = IPPROTO_TCP, .high = IPPROTO_TCP }
#define ICMP .protocol = { .on = true, .low = IPPROTO_ICMP, .high = IPPROTO_ICMP }
#define RANGE(l, h)                                                                                \
	{                                                                                          \
		.low = { l }, .high = { h }                                                        \
	}
#define PORTS(l, h) .n = 1, .ranges = { { l, h } }

static const struct {
	const char *name;
	const struct pkt *p;
	struct rule_spec spec;
	bool matches, each;
} cases[] = {
	{ "nothing asked", &web, { 0 }, true },
	{ "src in",
	  &web,
	  { .src_address = { .on = true, .range = RANGE(0x0a000000, 0x0a0000ff) } },
	  true },
	{ "src low end",
	  &web,
	  { .src_address = { .on = true, .range = RANGE(0x0a000005, 0x0a000009) } },
	  true },
	{ "src high end",
	  &web,
	  { .src_address = { .on = true, .range = RANGE(0x0a000001, 0x0a000005) } },
	  true },
	{ "src below",
	  &web,
	  { .src_address = { .on = true, .range = RANGE(0x0a000006, 0x0a000009) } },
	  false },
	{ "src above",
	  &web,
	  { .src_address = { .on = true, .range = RANGE(0x0a000001, 0x0a000004) } },
	  false },
	{ "not src",
	  &web,
	  { .src_address = { .on = true, .negate = true, .range = RANGE(0x0a000001, 0x0a000004) } },
	  true },
	{ "not src in",
	  &web,
	  { .src_address = { .on = true, .negate = true, .range = RANGE(0x0a000005, 0x0a000005) } },
	  false },
	{ "dst in",
	  &web,
	  { .dst_address = { .on = true, .range = RANGE(0xc0000209, 0xc0000209) } },
	  true },
	{ "dst out",
	  &web,
	  { .dst_address = { .on = true, .range = RANGE(0, 0xc0000208) } },
	  false },
	{ "not dst",
	  &web,
	  { .dst_address = { .on = true, .negate = true, .range = RANGE(0, 0xc0000208) } },
	  true },
	{ "proto", &web, { TCP }, true },
	{ "other proto", &web, { ICMP }, false },
	{ "not proto",
	  &web,
	  { .protocol = { .on = true, .negate = true, .low = 17, .high = 17 } },
	  true },
	{ "not this proto",
	  &web,
	  { .protocol = { .on = true, .negate = true, .low = 6, .high = 6 } },
	  false },
	{ "src port", &web, { TCP, .src_port = { .on = true, PORTS(4000, 4000) } }, true },
	{ "src port out", &web, { TCP, .src_port = { .on = true, PORTS(80, 80) } }, false },
	{ "dst port range", &web, { TCP, .dst_port = { .on = true, PORTS(1, 80) } }, true },
	{ "dst port second",
	  &web,
	  { TCP, .dst_port = { .on = true, .n = 2, .ranges = { { 22, 22 }, { 80, 90 } } } },
	  true },
	{ "not dst port",
	  &web,
	  { TCP, .dst_port = { .on = true, .negate = true, PORTS(80, 80) } },
	  false },
	{ "not other dst port",
	  &web,
	  { TCP, .dst_port = { .on = true, .negate = true, PORTS(81, 81) } },
	  true },
	{ "any port is src", &web, { TCP, .any_port = { .on = true, PORTS(4000, 4000) } }, true },
	{ "any port is dst", &web, { TCP, .any_port = { .on = true, PORTS(80, 80) } }, true },
	{ "any port is none", &web, { TCP, .any_port = { .on = true, PORTS(81, 3999) } }, false },
	{ "not any port",
	  &web,
	  { TCP, .any_port = { .on = true, .negate = true, PORTS(80, 80) } },
	  false },
	{ "in", &web, { .in_interface = { .on = true, .id = 1 } }, true },
	{ "in other", &web, { .in_interface = { .on = true, .id = 2 } }, false },
	{ "not in other", &web, { .in_interface = { .on = true, .negate = true, .id = 2 } }, true },
	{ "own in", &ping, { .in_interface = { .on = true, .id = 1 } }, false },
	{ "own not in", &ping, { .in_interface = { .on = true, .negate = true, .id = 1 } }, true },
	{ "in gone", &web, { .in_interface = { .on = true, .id = WORLD_GONE } }, false },
	{ "not in gone",
	  &web,
	  { .in_interface = { .on = true, .negate = true, .id = WORLD_GONE } },
	  false },
	{ "out", &web, { .out_interface = { .on = true, .id = 2 } }, true },
	{ "out other", &web, { .out_interface = { .on = true, .id = 1 } }, false },
	{ "not out other",
	  &web,
	  { .out_interface = { .on = true, .negate = true, .id = 1 } },
	  true },
	{ "in list", &web, { .in_interface_list = { .on = true, .id = 1 } }, true },
	{ "in list other", &web, { .in_interface_list = { .on = true, .id = 2 } }, false },
	{ "not in list other",
	  &web,
	  { .in_interface_list = { .on = true, .negate = true, .id = 2 } },
	  true },
	{ "in list all", &web, { .in_interface_list = { .on = true, .id = 0 } }, true },
	{ "own in list all", &ping, { .in_interface_list = { .on = true, .id = 0 } }, false },
	{ "own not in list",
	  &ping,
	  { .in_interface_list = { .on = true, .negate = true, .id = 1 } },
	  true },
	{ "not in list gone",
	  &web,
	  { .in_interface_list = { .on = true, .negate = true, .id = WORLD_GONE } },
	  false },
	{ "out list", &web, { .out_interface_list = { .on = true, .id = 3 } }, true },
	{ "out list other", &web, { .out_interface_list = { .on = true, .id = 1 } }, false },
	{ "not out list",
	  &web,
	  { .out_interface_list = { .on = true, .negate = true, .id = 3 } },
	  false },
	{ "state",
	  &web,
	  { .connection_state = { .on = true,
	                          .bits = 1 << STATE_ESTABLISHED | 1 << STATE_RELATED } },
	  true },
	{ "state other",
	  &web,
	  { .connection_state = { .on = true, .bits = 1 << STATE_NEW } },
	  false },
	{ "not state",
	  &web,
	  { .connection_state = { .on = true, .negate = true, .bits = 1 << STATE_NEW } },
	  true },
	{ "nat state",
	  &web,
	  { .connection_nat_state = { .on = true, .bits = NAT_SRC | NAT_DST } },
	  true },
	{ "nat state other",
	  &web,
	  { .connection_nat_state = { .on = true, .bits = NAT_DST } },
	  false },
	{ "not nat state",
	  &web,
	  { .connection_nat_state = { .on = true, .negate = true, .bits = NAT_DST } },
	  true },
	{ "no connection mark",
	  &web,
	  { .connection_mark = { .on = true, .name = "no-mark" } },
	  true },
	{ "connection mark", &web, { .connection_mark = { .on = true, .name = "a" } }, false },
	{ "not connection mark",
	  &web,
	  { .connection_mark = { .on = true, .negate = true, .name = "a" } },
	  true },
	{ "no packet mark",
	  &web,
	  { .packet_mark = { .on = true, .negate = true, .name = "no-mark" } },
	  false },
	{ "routing mark", &web, { .routing_mark = { .on = true, .name = "isp2" } }, true },
	{ "routing mark main", &web, { .routing_mark = { .on = true, .name = "main" } }, false },
	{ "routing mark unknown",
	  &web,
	  { .routing_mark = { .on = true, .negate = true, .name = "isp9" } },
	  false },
	{ "flags", &web, { TCP, .tcp_flags = { .on = true, .must_be_set = TCP_ACK } }, true, true },
	{ "flags clear",
	  &web,
	  { TCP, .tcp_flags = { .on = true, .must_be_set = TCP_ACK, .must_be_clear = TCP_PSH } },
	  false,
	  true },
	{ "syn only", &web, { TCP, .tcp_flags = { .on = true, .must_be_set = TCP_SYN } }, false },
	{ "syn without ack",
	  &web,
	  { TCP, .tcp_flags = { .on = true, .must_be_set = TCP_SYN, .must_be_clear = TCP_ACK } },
	  false },
	{ "no syn",
	  &web,
	  { TCP, .tcp_flags = { .on = true, .must_be_clear = TCP_SYN | TCP_RST | TCP_FIN } },
	  true },
	{ "no syn but ack",
	  &web,
	  { TCP, .tcp_flags = { .on = true, .must_be_set = TCP_ACK, .must_be_clear = TCP_SYN } },
	  true,
	  true },
	{ "each packet behind what failed",
	  &web,
	  { ICMP, .ttl = { .on = true, .low = 1, .high = 1 } },
	  false,
	  false },
	{ "mss", &web, { TCP, .tcp_mss = { .on = true, .low = 0, .high = 65535 } }, false },
	{ "not mss",
	  &web,
	  { TCP, .tcp_mss = { .on = true, .negate = true, .low = 0, .high = 65535 } },
	  true },
	{ "icmp",
	  &ping,
	  { ICMP, .icmp_options = { .on = true, .type = 3, .code_low = 0, .code_high = 255 } },
	  true,
	  true },
	{ "icmp code",
	  &ping,
	  { ICMP, .icmp_options = { .on = true, .type = 3, .code_low = 5, .code_high = 255 } },
	  false,
	  true },
	{ "icmp type",
	  &ping,
	  { ICMP, .icmp_options = { .on = true, .type = 8, .code_low = 0, .code_high = 255 } },
	  false,
	  true },
	{ "not icmp",
	  &ping,
	  { ICMP, .icmp_options = { .on = true,
	                            .negate = true,
	                            .type = 8,
	                            .code_low = 0,
	                            .code_high = 0 } },
	  true,
	  true },
	{ "size", &web, { .packet_size = { .on = true, .low = 500, .high = 1500 } }, true, true },
	{ "size below",
	  &web,
	  { .packet_size = { .on = true, .low = 501, .high = 1500 } },
	  false,
	  true },
	{ "not size",
	  &web,
	  { .packet_size = { .on = true, .negate = true, .low = 0, .high = 499 } },
	  true,
	  true },
	{ "ttl", &web, { .ttl = { .on = true, .low = 63, .high = 63 } }, true, true },
	{ "ttl above", &web, { .ttl = { .on = true, .low = 64, .high = 255 } }, false, true },
	{ "not ttl",
	  &ping,
	  { .ttl = { .on = true, .negate = true, .low = 1, .high = 1 } },
	  false,
	  true },
	{ "dscp", &web, { .dscp = { .on = true, .low = 46, .high = 46 } }, true, true },
	{ "dscp other", &web, { .dscp = { .on = true, .low = 0, .high = 45 } }, false, true },
	{ "not dscp",
	  &web,
	  { .dscp = { .on = true, .negate = true, .low = 0, .high = 0 } },
	  true,
	  true },
	{ "fragment", &web, { .fragment = true }, false, true },
	{ "all at once",
	  &web,
	  { TCP, .in_interface = { .on = true, .id = 1 }, .dst_port = { .on = true, PORTS(80, 80) },
	    .src_address = { .on = true, .range = RANGE(0x0a000000, 0x0affffff) },
	    .ttl = { .on = true, .low = 63, .high = 63 } },
	  true,
	  true },
	{ "one of many fails",
	  &web,
	  { TCP, .in_interface = { .on = true, .id = 1 }, .dst_port = { .on = true, PORTS(81, 81) },
	    .src_address = { .on = true, .range = RANGE(0x0a000000, 0x0affffff) },
	    .ttl = { .on = true, .low = 63, .high = 63 } },
	  false,
	  false },
};

static void each_matcher_says_yes_and_no(void **state)
{
	struct world *world = *state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct rule_spec spec = cases[i].spec;
		struct pkt p = *cases[i].p;
		struct rule_choice choice;

		world_name(spec.chain, sizeof spec.chain, "forward");
		spec.action = ACTION_DROP;
		spec.id = 9;

		struct rules *rules = world_built(world, FACILITY_FILTER, &spec, 1);

		rules_choose(rules, world->net, "forward", 2, &p, &choice);
		if (choice.matched != cases[i].matches || p.each_packet != cases[i].each)
			fail_msg("%s: matched %d, each packet %d", cases[i].name, choice.matched,
			         p.each_packet);
		assert_int_equal(choice.action, cases[i].matches ? ACTION_DROP : ACTION_ACCEPT);
		assert_int_equal(choice.rule_id, cases[i].matches ? 9 : 0);
		rules_free(rules);
	}
}

/* A later fragment has no ports, flags or types; nothing is known of them, so "not 80" fails, too.
 */
static void a_later_fragment_has_no_transport_header(void **state)
{
	struct world *world = *state;
	const struct rule_spec specs[] = {
		{ .chain = "forward",
		  TCP,
		  .dst_port = { .on = true, .negate = true, PORTS(80, 80) } },
		{ .chain = "forward", TCP, .tcp_flags = { .on = true, .must_be_clear = TCP_SYN } },
		{ .chain = "forward", TCP, .tcp_mss = { .on = true, .negate = true, .high = 9 } },
		{ .chain = "forward", .fragment = true, .id = 4 },
	};
	struct rules *rules = world_built(world, FACILITY_FILTER, specs, ARRAY_LEN(specs));
	struct rule_choice choice;
	struct pkt p = web;

	p.now.sport = p.now.dport = 0;
	p.fragment = 0x2000 | 10;
	rules_choose(rules, world->net, "forward", 2, &p, &choice);
	assert_int_equal(choice.rule_id, 4);

	p.fragment = 0x2000; /* the first one has it all, and does not count as a fragment */
	rules_choose(rules, world->net, "forward", 2, &p, &choice);
	assert_int_equal(choice.rule_id, 0);
	assert_true(choice.matched); /* "not 80": ports are 0 in this packet */
	rules_free(rules);
}

/* A SYN's option is looked for in its bytes. */
static void an_mss_is_read_from_a_syn(void **state)
{
	struct world *world = *state;
	uint8_t bytes[24] = { [12] = 6 << 4, [13] = TCP_SYN, [20] = 2, 4, 1460 >> 8, 1460 & 0xff };
	struct rule_spec spec = { .chain = "forward",
		                  TCP,
		                  .tcp_mss = { .on = true, .low = 1453, .high = 65535 } };
	struct rules *rules = world_built(world, FACILITY_FILTER, &spec, 1);
	struct rule_choice choice;
	struct pkt p = web;

	p.arrived = p.now;
	p.tcp_flags = TCP_SYN;
	p.bytes = bytes;
	p.len = p.ip_bytes = sizeof bytes;
	rules_choose(rules, world->net, "forward", 2, &p, &choice);
	assert_true(choice.matched);
	assert_false(p.each_packet);
	bytes[23] = 1452 & 0xff;
	bytes[22] = 1452 >> 8;
	rules_choose(rules, world->net, "forward", 2, &p, &choice);
	assert_false(choice.matched);
	rules_free(rules);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_matcher_says_yes_and_no),
		cmocka_unit_test(a_later_fragment_has_no_transport_header),
		cmocka_unit_test(an_mss_is_read_from_a_syn),
	};

	return cmocka_run_group_tests(tests, world_setup, world_teardown);
}
