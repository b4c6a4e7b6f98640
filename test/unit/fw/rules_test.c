/* Building sets and what is refused; chains, jumps and returns; actions; counters; words. */
#include "fw/rule_world.h"

#include "lib/text.h"

#define TCP .protocol = { .on = true, .low = IPPROTO_TCP, .high = IPPROTO_TCP }
#define RANGE(l, h)                                                                                \
	{                                                                                          \
		.low = { l }, .high = { h }                                                        \
	}
#define TO  .to_addresses = RANGE(0x0a000001, 0x0a000001)
#define IN  .in_interface = { .on = true, .id = 1 }
#define OUT .out_interface_list = { .on = true, .id = 1 }

/* One rule that is refused, and what the error must say. */
static const struct {
	enum facility facility;
	const char *error;
	struct rule_spec spec;
} refused[] = {
	{ FACILITY_FILTER, "rule 0: chain: is missing", { .action = ACTION_DROP } },
	{ FACILITY_FILTER, "rule 0: action: is not known", { .chain = "input", .action = 99 } },
	{ FACILITY_FILTER,
	  "rule 0: action: filter has no masquerade; that is for nat",
	  { .chain = "input", .action = ACTION_MASQUERADE } },
	{ FACILITY_NAT,
	  "rule 0: action: nat has no drop; that is for filter",
	  { .chain = "srcnat", .action = ACTION_DROP } },
	{ FACILITY_MANGLE,
	  "rule 0: action: mangle has no reject; that is for filter",
	  { .chain = "forward", .action = ACTION_REJECT } },
	{ FACILITY_FILTER,
	  "rule 0: action: filter has no change-mss; that is for mangle",
	  { .chain = "forward", TCP, .action = ACTION_CHANGE_MSS, .new_mss = 1452 } },
	{ FACILITY_NAT,
	  "rule 0: action: masquerade allowed only in chains reached from srcnat",
	  { .chain = "dstnat", .action = ACTION_MASQUERADE } },
	{ FACILITY_NAT,
	  "rule 0: action: dst-nat allowed only in chains reached from dstnat",
	  { .chain = "srcnat", TO, .action = ACTION_DST_NAT } },
	{ FACILITY_NAT,
	  "rule 0: action: redirect allowed only",
	  { .chain = "srcnat", .action = ACTION_REDIRECT } },
	{ FACILITY_NAT,
	  "rule 0: action: src-nat allowed only",
	  { .chain = "dstnat", TO, .action = ACTION_SRC_NAT } },
	{ FACILITY_MANGLE,
	  "rule 0: action: mark-routing allowed only in chains reached from prerouting, output",
	  { .chain = "forward", .action = ACTION_MARK_ROUTING, .new_mark = "isp2" } },
	{ FACILITY_NAT,
	  "rule 0: in-interface: incoming interface matching not possible",
	  { .chain = "srcnat", IN, .action = ACTION_MASQUERADE } },
	{ FACILITY_FILTER, "rule 0: in-interface: incoming", { .chain = "output", IN } },
	{ FACILITY_MANGLE,
	  "rule 0: in-interface-list: incoming",
	  { .chain = "postrouting", .in_interface_list = { .on = true, .id = 1 } } },
	{ FACILITY_NAT,
	  "rule 0: out-interface-list: outgoing interface matching not possible",
	  { .chain = "dstnat", OUT } },
	{ FACILITY_FILTER, "rule 0: out-interface-list: outgoing", { .chain = "input", OUT } },
	{ FACILITY_MANGLE,
	  "rule 0: out-interface: outgoing",
	  { .chain = "prerouting", .out_interface = { .on = true, .id = 1 } } },
	{ FACILITY_FILTER,
	  "rule 0: dst-port: only TCP and UDP have ports; add protocol=tcp",
	  { .chain = "input", .dst_port = { .on = true, .n = 1, .ranges = { { 1, 2 } } } } },
	{ FACILITY_FILTER,
	  "rule 0: src-port: only TCP and UDP",
	  { .chain = "input",
	    .protocol = { .on = true, .negate = true, .low = 6, .high = 6 },
	    .src_port = { .on = true, .n = 1, .ranges = { { 1, 2 } } } } },
	{ FACILITY_FILTER,
	  "rule 0: port: the range 9-2 ends before it begins; write it as 2-9",
	  { .chain = "input", TCP, .any_port = { .on = true, .n = 1, .ranges = { { 9, 2 } } } } },
	{ FACILITY_FILTER,
	  "rule 0: port: give 1 to 15 ports",
	  { .chain = "input", TCP, .any_port = { .on = true } } },
	{ FACILITY_FILTER,
	  "rule 0: tcp-flags: this is for TCP only; add protocol=tcp",
	  { .chain = "input", .tcp_flags = { .on = true, .must_be_set = TCP_SYN } } },
	{ FACILITY_FILTER,
	  "rule 0: tcp-flags: a flag can't be set and not set",
	  { .chain = "input",
	    TCP,
	    .tcp_flags = { .on = true, .must_be_set = 3, .must_be_clear = 2 } } },
	{ FACILITY_FILTER,
	  "rule 0: tcp-flags: name one or more",
	  { .chain = "input", TCP, .tcp_flags = { .on = true } } },
	{ FACILITY_FILTER,
	  "rule 0: tcp-mss: this is for TCP only",
	  { .chain = "input", .tcp_mss = { .on = true, .low = 1, .high = 2 } } },
	{ FACILITY_MANGLE,
	  "rule 0: action: this is for TCP only",
	  { .chain = "forward", .action = ACTION_CHANGE_MSS, .new_mss = 1 } },
	{ FACILITY_MANGLE,
	  "rule 0: new-mss: is missing",
	  { .chain = "forward", TCP, .action = ACTION_CHANGE_MSS } },
	{ FACILITY_FILTER,
	  "rule 0: reject-with: this is for TCP only",
	  { .chain = "forward", .action = ACTION_REJECT, .reject_with = REJECT_TCP_RESET } },
	{ FACILITY_FILTER,
	  "rule 0: icmp-options: this is for ICMP only; add protocol=icmp",
	  { .chain = "input", TCP, .icmp_options = { .on = true, .type = 8 } } },
	{ FACILITY_FILTER,
	  "rule 0: src-address: the range 10.0.0.9-10.0.0.1 ends before it begins; write it as "
	  "10.0.0.1-10.0.0.9",
	  { .chain = "input",
	    .src_address = { .on = true, .range = RANGE(0x0a000009, 0x0a000001) } } },
	{ FACILITY_FILTER,
	  "rule 0: ttl: 256 is too large; give a number from 0 to 255",
	  { .chain = "input", .ttl = { .on = true, .low = 1, .high = 256 } } },
	{ FACILITY_FILTER,
	  "rule 0: packet-size: the range 5-4 ends",
	  { .chain = "input", .packet_size = { .on = true, .low = 5, .high = 4 } } },
	{ FACILITY_FILTER,
	  "rule 0: connection-state: name one or more of new, established, related, invalid, "
	  "untracked",
	  { .chain = "input", .connection_state = { .on = true } } },
	{ FACILITY_NAT,
	  "rule 0: to-addresses: dst-nat needs to know what to",
	  { .chain = "dstnat", .action = ACTION_DST_NAT } },
	{ FACILITY_NAT,
	  "rule 0: to-addresses: the range 10.0.0.2-10.0.0.1",
	  { .chain = "dstnat",
	    .action = ACTION_DST_NAT,
	    .to_addresses = RANGE(0x0a000002, 0x0a000001) } },
	{ FACILITY_NAT,
	  "rule 0: to-ports: the range 90-80 ends before it begins; write it as 80-90",
	  { .chain = "dstnat",
	    TCP,
	    .action = ACTION_REDIRECT,
	    .to_port_low = 90,
	    .to_port_high = 80 } },
	{ FACILITY_NAT,
	  "rule 0: to-ports: there is no port 0",
	  { .chain = "dstnat", TCP, .action = ACTION_REDIRECT, .to_port_high = 80 } },
	{ FACILITY_NAT,
	  "rule 0: to-ports: only TCP and UDP have ports",
	  { .chain = "dstnat",
	    TO,
	    .action = ACTION_DST_NAT,
	    .to_port_low = 80,
	    .to_port_high = 80 } },
	{ FACILITY_MANGLE,
	  "rule 0: new-connection-mark: is missing",
	  { .chain = "forward", .action = ACTION_MARK_CONNECTION } },
	{ FACILITY_MANGLE,
	  "rule 0: new-routing-mark: there is no routing table called isp9; add it in "
	  "/routing/table",
	  { .chain = "output", .action = ACTION_MARK_ROUTING, .new_mark = "isp9" } },
	{ FACILITY_FILTER,
	  "rule 0: action: filter has no notrack; that is for raw",
	  { .chain = "input", .action = ACTION_NOTRACK } },
	{ FACILITY_RAW,
	  "rule 0: action: raw has no reject; that is for filter",
	  { .chain = "prerouting", .action = ACTION_REJECT } },
	{ FACILITY_RAW,
	  "rule 0: connection-state: is not known yet in raw",
	  { .chain = "prerouting", .connection_state = { .on = true, .bits = 1 } } },
	{ FACILITY_RAW,
	  "rule 0: connection-limit: is not known yet in raw",
	  { .chain = "prerouting", .connection_limit = { .on = true, .bits = 32, .n = 1 } } },
	{ FACILITY_RAW,
	  "rule 0: packet-mark: is not known yet in raw",
	  { .chain = "output", .packet_mark = { .on = true, .name = "red" } } },
	{ FACILITY_RAW,
	  "rule 0: out-interface: outgoing",
	  { .chain = "prerouting", .out_interface = { .on = true, .id = 1 } } },
	{ FACILITY_FILTER,
	  "rule 0: jump-target: is missing",
	  { .chain = "input", .action = ACTION_JUMP } },
	{ FACILITY_FILTER,
	  "rule 0: jump-target: forward is where packets enter",
	  { .chain = "input", .action = ACTION_JUMP, .jump_target = "forward" } },
	{ FACILITY_FILTER,
	  "rule 0: jump-target: this jump leads back into a, which led here",
	  { .chain = "a", .action = ACTION_JUMP, .jump_target = "a" } },
};

static void what_cannot_work_is_refused_by_name(void **state)
{
	struct world *world = *state;

	for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
		/* The second rule leads to chain "a", so that what is wrong there is reached. */
		struct rule_spec specs[] = {
			refused[i].spec,
			{ .chain = "forward", .action = ACTION_JUMP, .jump_target = "a" },
			{ .chain = "a" },
		};
		size_t n = strcmp(specs[0].chain, "a") == 0 ? 3 : 1;

		if (world_build(world, refused[i].facility, specs, n) != NULL)
			fail_msg("no error, expected: %s", refused[i].error);
		if (strncmp(world->error, refused[i].error, strlen(refused[i].error)) != 0)
			fail_msg("%s\nis not: %s", world->error, refused[i].error);

		/* A disabled rule does nothing, so nothing is wrong with it. */
		specs[0].disabled = true;
		rules_free(world_built(world, refused[i].facility, specs, 1));
	}
}

/* In a chain of one's own it counts where packets come from. */
static void reach_decides_in_chains_of_ones_own(void **state)
{
	struct world *world = *state;
	struct rule_spec specs[] = {
		{ .chain = "mine", .action = ACTION_MASQUERADE },
		{ .chain = "between", .action = ACTION_JUMP, .jump_target = "mine" },
		{ .chain = "srcnat", .action = ACTION_JUMP, .jump_target = "between" },
		{ .chain = "dstnat", .action = ACTION_JUMP, .jump_target = "between" },
	};

	rules_free(world_built(world, FACILITY_NAT, specs, 2)); /* nobody comes */
	rules_free(world_built(world, FACILITY_NAT, specs, 3));
	assert_null(world_build(world, FACILITY_NAT, specs, 4));
	assert_string_equal(world->error,
	                    "rule 0: action: masquerade allowed only in chains reached "
	                    "from srcnat; move the rule there");
}

/* chain 0 is "forward", the others c1, c2, ... */
static void chain_name(char name[CHAIN_NAME_BYTES], unsigned i)
{
	struct text out = text_into(name, CHAIN_NAME_BYTES);

	if (i == 0)
		text_add(&out, "forward");
	else
		text_printf(&out, "c%u", i);
}

static struct rule_spec jump(unsigned from, unsigned to)
{
	struct rule_spec spec = { .action = ACTION_JUMP };

	chain_name(spec.chain, from);
	chain_name(spec.jump_target, to);
	return spec;
}

static void jumps_end_and_have_a_limit(void **state)
{
	struct world *world = *state;
	struct rule_spec specs[40];
	unsigned n = RULE_JUMPS_MAX;
	struct rule_choice choice;
	struct pkt p = { 0 };

	for (unsigned i = 0; i < n; i++)
		specs[i] = jump(i, i + 1);
	specs[n] = (struct rule_spec){ .action = ACTION_DROP, .id = 5 };
	chain_name(specs[n].chain, n);

	struct rules *rules = world_built(world, FACILITY_FILTER, specs, n + 1);

	rules_choose(rules, world->net, "forward", IFACE_NONE, &p, &choice);
	assert_int_equal(choice.rule_id, 5);
	rules_free(rules);

	specs[n] = jump(n, n + 1);
	specs[n + 1] = (struct rule_spec){ .action = ACTION_DROP };
	chain_name(specs[n + 1].chain, n + 1);
	assert_null(world_build(world, FACILITY_FILTER, specs, n + 2));
	assert_non_null(strstr(world->error, "rule 16: jump-target: more than 16 jumps"));

	specs[n] = jump(n, 3);
	assert_null(world_build(world, FACILITY_FILTER, specs, n + 1));
	specs[4] = jump(4, 2);
	assert_null(world_build(world, FACILITY_FILTER, specs, n + 1));
	assert_non_null(strstr(world->error, "rule 4: jump-target: this jump leads back into c2"));
}

/* Sixteen chains of which each jumps to the next three times would be 3^16 rules for a packet. */
static void multiplying_jumps_are_refused(void **state)
{
	struct world *world = *state;
	struct rule_spec specs[64];
	unsigned n = 0;

	for (unsigned i = 0; i < 15; i++) {
		specs[n++] = jump(i, i + 1);
		specs[n++] = jump(i, i + 1);
		specs[n++] = jump(i, i + 1);
	}
	specs[n] = (struct rule_spec){ .action = ACTION_PASSTHROUGH };
	chain_name(specs[n++].chain, 15);
	assert_null(world_build(world, FACILITY_FILTER, specs, n));
	assert_non_null(strstr(world->error, "one packet could meet more than 1000000 rules"));
}

/* A script may add the jump before the rules it leads to, or never add them. */
static void a_jump_may_come_first(void **state)
{
	struct world *world = *state;
	struct rule_spec specs[] = {
		{ .id = 1, .chain = "forward", .action = ACTION_JUMP, .jump_target = "later" },
		{ .id = 2, .chain = "forward", .action = ACTION_DROP },
		{ .id = 3, .chain = "lost", .action = ACTION_ACCEPT },
	};
	struct rules *rules = world_built(world, FACILITY_FILTER, specs, ARRAY_LEN(specs));
	struct rule_choice choice;
	struct pkt p = { .ip_bytes = 100 };
	struct text builtin = { 0 };

	rules_choose(rules, world->net, "forward", 2, &p, &choice);
	assert_int_equal(choice.rule_id, 2);
	assert_true(p.trail == (1ULL | 2ULL << 16));
	assert_true(rules_chain_reached(rules, "later", NULL));
	assert_true(rules_chain_reached(rules, "output", NULL));
	assert_false(rules_chain_reached(rules, "lost", &builtin));
	assert_string_equal(text_str(&builtin), "input, forward, output");
	assert_false(rules_chain_reached(rules, "nowhere", NULL));
	text_free(&builtin);
	rules_free(rules);
}

static void a_return_goes_back_and_a_chain_ends(void **state)
{
	struct world *world = *state;
	struct rule_spec specs[] = {
		{ .id = 1, .chain = "forward", .action = ACTION_JUMP, .jump_target = "a" },
		{ .id = 2, .chain = "a", .action = ACTION_PASSTHROUGH },
		{ .id = 3, .chain = "a", .action = ACTION_RETURN },
		{ .id = 4, .chain = "a", .action = ACTION_DROP },
		{ .id = 5,
		  .chain = "forward",
		  .action = ACTION_REJECT,
		  .reject_with = REJECT_ADMIN_PROHIBITED },
		{ .id = 6, .chain = "input", .action = ACTION_RETURN },
		{ .id = 7, .chain = "input", .action = ACTION_DROP },
	};
	struct rules *rules = world_built(world, FACILITY_FILTER, specs, ARRAY_LEN(specs));
	struct rule_choice choice;
	struct pkt p = { .ip_bytes = 100 };

	rules_choose(rules, world->net, "forward", 2, &p, &choice);
	assert_int_equal(choice.rule_id, 5);
	assert_int_equal(choice.action, ACTION_REJECT);
	assert_int_equal(choice.reject_with, REJECT_ADMIN_PROHIBITED);
	assert_true(p.trail == (1ULL | 2ULL << 16 | 3ULL << 32 | 5ULL << 48));
	assert_false(p.each_packet);

	p.trail = 0;
	rules_choose(rules, world->net, "input", IFACE_NONE, &p, &choice);
	assert_false(choice.matched); /* a return from a built-in chain accepts */
	assert_int_equal(choice.action, ACTION_ACCEPT);
	assert_true(p.trail == 6);
	rules_choose(rules, world->net, "output", 1, &p, &choice);
	assert_false(choice.matched);
	rules_choose(NULL, world->net, "output", 1, &p, &choice);
	assert_false(choice.matched);
	assert_int_equal(choice.action, ACTION_ACCEPT);
	rules_free(rules);
}

static void mangle_writes_on_the_packet(void **state)
{
	struct world *world = *state;
	struct rule_spec specs[] = {
		{ .chain = "prerouting",
		  .action = ACTION_MARK_CONNECTION,
		  .new_mark = "c",
		  .passthrough = true },
		{ .chain = "prerouting",
		  .action = ACTION_MARK_ROUTING,
		  .new_mark = "isp2",
		  .passthrough = true },
		{ .id = 3,
		  .chain = "prerouting",
		  .connection_mark = { .on = true, .name = "c" },
		  .action = ACTION_MARK_PACKET,
		  .new_mark = "p" },
		{ .chain = "prerouting", .action = ACTION_MARK_PACKET, .new_mark = "q" },
		{ .chain = "forward",
		  TCP,
		  .action = ACTION_CHANGE_MSS,
		  .new_mss = 1300,
		  .passthrough = true },
		{ .chain = "forward",
		  TCP,
		  .action = ACTION_CHANGE_MSS,
		  .new_mss = MSS_CLAMP_TO_PMTU,
		  .passthrough = true },
		{ .chain = "forward", .action = ACTION_MARK_PACKET, .new_mark = "no-mark" },
	};
	struct rules *rules = world_built(world, FACILITY_MANGLE, specs, ARRAY_LEN(specs));
	struct rule_choice choice;
	struct pkt p = { .now.proto = IPPROTO_TCP, .tcp_flags = TCP_ACK };

	rules_choose(rules, world->net, "prerouting", IFACE_NONE, &p, &choice);
	assert_true(choice.matched);
	assert_int_equal(choice.action, ACTION_ACCEPT);
	assert_int_equal(choice.rule_id, 3);
	assert_string_equal(mark_name(world->marks, p.connection_mark), "c");
	assert_string_equal(mark_name(world->marks, p.mark), "p");
	assert_int_equal(p.routing_mark, WORLD_TABLE);
	rules_choose(rules, world->net, "forward", 2, &p, &choice);
	assert_int_equal(p.new_mss, 0);
	assert_int_equal(p.mark, 0);
	p.tcp_flags = TCP_SYN;
	rules_choose(rules, world->net, "forward", 2, &p, &choice);
	assert_int_equal(p.new_mss, MSS_CLAMP_TO_PMTU); /* the last one that matched */
	rules_free(rules);
}

static void nat_says_what_to_translate_to(void **state)
{
	struct world *world = *state;
	struct rule_spec specs[] = {
		{ .id = 1, .chain = "dstnat", .action = ACTION_JUMP, .jump_target = "in" },
		{ .id = 2,
		  .chain = "in",
		  TCP,
		  .action = ACTION_DST_NAT,
		  .to_addresses = RANGE(10, 20),
		  .to_port_low = 80,
		  .to_port_high = 90,
		  .hairpin = true,
		  .packet_size = { .on = true, .low = 0, .high = 1000 } },
	};
	struct rules *rules = world_built(world, FACILITY_NAT, specs, ARRAY_LEN(specs));
	struct rule_choice choice;
	struct pkt p = { .now.proto = IPPROTO_TCP, .ip_bytes = 60 };

	rules_choose(rules, world->net, "dstnat", IFACE_NONE, &p, &choice);
	assert_int_equal(choice.action, ACTION_DST_NAT);
	assert_int_equal(choice.rule_id, 2);
	assert_true(choice.hairpin);
	assert_int_equal(choice.to_addresses.low.v, 10);
	assert_int_equal(choice.to_addresses.high.v, 20);
	assert_int_equal(choice.to_port_low, 80);
	assert_int_equal(choice.to_port_high, 90);
	assert_true(p.trail == 0);
	assert_false(p.each_packet); /* the answer is for the whole connection */

	/* What led there was counted by the walk, what decided is the caller's to count. */
	assert_int_equal(rules_counters(rules, 1).packets, 1);
	assert_int_equal(rules_counters(rules, 2).packets, 0);
	rules_count_rule(rules, 2, 60);
	assert_int_equal(rules_counters(rules, 2).bytes, 60);

	p.asked_only = true;
	rules_choose(rules, world->net, "dstnat", IFACE_NONE, &p, &choice);
	assert_int_equal(rules_counters(rules, 1).packets, 1);
	rules_free(rules);
}

static void counters_follow_a_rule_through_changes(void **state)
{
	struct world *world = *state;
	struct rule_spec specs[] = {
		{ .id = 30, .chain = "forward", .action = ACTION_PASSTHROUGH },
		{ .id = 10, .chain = "forward", .action = ACTION_PASSTHROUGH },
		{ .id = 20, .chain = "forward", .action = ACTION_DROP },
	};
	struct rules *old = world_built(world, FACILITY_FILTER, specs, 3);
	struct rule_choice choice;
	struct pkt p = { .ip_bytes = 100 };

	rules_choose(old, world->net, "forward", 2, &p, &choice);
	rules_count(old, p.trail, 100);
	rules_count(old, p.trail, 50);
	assert_int_equal(rules_counters(old, 10).packets, 2);
	assert_int_equal(rules_counters(old, 20).bytes, 150);

	/* Another facility's rules on the trail are not ours. */
	uint64_t other = 0;

	assert_true(trail_add(&other, FACILITY_MANGLE, 0));
	rules_count(old, other, 10);
	assert_int_equal(rules_counters(old, 30).packets, 2);

	/* A new order, one gone, one disabled, one new; and a set that comes to nothing. */
	const struct rule_spec changed[] = {
		{ .id = 40, .chain = "forward", .action = ACTION_PASSTHROUGH },
		{ .id = 20, .chain = "forward", .action = ACTION_DROP },
		{ .id = 10, .chain = "forward", .action = ACTION_PASSTHROUGH, .disabled = true },
	};
	const struct rule_spec bad = { .id = 10, .chain = "input", .action = ACTION_JUMP };
	char error[100];

	assert_null(rules_build(FACILITY_FILTER, &bad, 1, &world->names, old, error, sizeof error));

	struct rules *new =
		rules_build(FACILITY_FILTER, changed, 3, &world->names, old, error, sizeof error);

	assert_non_null(new);
	rules_count(old, p.trail, 1); /* a packet while both are there */
	rules_free(old);
	assert_int_equal(rules_counters(new, 20).packets, 3);
	assert_int_equal(rules_counters(new, 20).bytes, 151);
	assert_int_equal(rules_counters(new, 10).packets, 3);
	assert_int_equal(rules_counters(new, 30).packets, 0);
	assert_int_equal(rules_counters(new, 40).packets, 0);
	rules_reset_counters(new, 20);
	assert_int_equal(rules_counters(new, 20).packets, 0);
	assert_int_equal(rules_counters(new, 10).packets, 3);
	rules_free(new);
}

/* What does not fit the trail is counted at once and keeps the flow on the slow way. */
static void a_full_trail_loses_no_count(void **state)
{
	struct world *world = *state;
	struct rule_spec specs[6];
	struct rule_choice choice;
	struct pkt p = { .ip_bytes = 100 };

	for (unsigned i = 0; i < 6; i++)
		specs[i] = (struct rule_spec){ .id = i + 1,
			                       .chain = "forward",
			                       .action = ACTION_PASSTHROUGH };

	struct rules *rules = world_built(world, FACILITY_FILTER, specs, 6);

	rules_choose(rules, world->net, "forward", 2, &p, &choice);
	assert_true(p.each_packet);
	rules_count(rules, p.trail, 100);
	for (unsigned i = 0; i < 6; i++)
		assert_int_equal(rules_counters(rules, i + 1).packets, 1);
	rules_free(rules);
}

static const char *last_line(const struct world *world)
{
	return world->log.lines[(world->log.count - 1) % LOG_LINES].text;
}

static void a_log_line_reads_as_in_routeros(void **state)
{
	struct world *world = *state;
	struct rule_spec specs[] = {
		{ .chain = "forward", TCP, .action = ACTION_LOG, .log_prefix = "web" },
		{ .chain = "forward", .action = ACTION_DROP, .log = true },
	};
	struct rules *rules = world_built(world, FACILITY_FILTER, specs, ARRAY_LEN(specs));
	struct rule_choice choice;
	struct pkt p = { .in = 1,
		         .now = { .src = { 0x01020304 },
		                  .dst = { 0x06070809 },
		                  .sport = 5,
		                  .dport = 80,
		                  .proto = IPPROTO_TCP },
		         .tcp_flags = TCP_SYN,
		         .ip_bytes = 60,
		         .asked_only = true };
	uint64_t before = world->log.count;

	p.ether_src = (struct mac){ { 2, 0, 0, 0, 0, 7 } };
	rules_choose(rules, world->net, "forward", 2, &p, &choice);
	assert_int_equal(world->log.count, before);
	assert_true(p.each_packet);

	p.asked_only = false;
	rules_choose(rules, world->net, "forward", 2, &p, &choice);
	assert_int_equal(world->log.count, before + 2);
	assert_string_equal(last_line(world),
	                    "forward: in:ether1 out:ether2, connection-state:new src-mac "
	                    "02:00:00:00:00:07, proto TCP (SYN), "
	                    "1.2.3.4:5->6.7.8.9:80, len 60");
	assert_string_equal(world->log.lines[before % LOG_LINES].text,
	                    "web forward: in:ether1 out:ether2, connection-state:new src-mac "
	                    "02:00:00:00:00:07, proto TCP (SYN), "
	                    "1.2.3.4:5->6.7.8.9:80, len 60");
	p.state = STATE_ESTABLISHED;
	p.nat = NAT_DST;
	p.now.proto = IPPROTO_ICMP;
	p.in = IFACE_NONE;
	rules_choose(rules, world->net, "forward", 2, &p, &choice);
	assert_string_equal(
		last_line(world),
		"forward: in:(unknown 0) out:ether2, connection-state:established,dnat, "
		"proto ICMP (type "
		"0, code 0), 1.2.3.4->6.7.8.9, len 60");
	rules_free(rules);
}

static void log_lines_have_a_rate(void **state)
{
	struct world *world = *state;
	struct rule_spec spec = { .chain = "input", .action = ACTION_LOG };
	struct rules *rules = world_built(world, FACILITY_FILTER, &spec, 1);
	struct rule_choice choice;
	struct pkt p = { 0 };
	uint64_t before = world->log.count;

	for (unsigned i = 0; i < 100; i++)
		rules_choose(rules, world->net, "input", IFACE_NONE, &p, &choice);
	assert_int_equal(world->log.count, before + 10);
	world->net->now = mono_add_s(world->net->now, 1);
	rules_choose(rules, world->net, "input", IFACE_NONE, &p, &choice);
	assert_int_equal(world->log.count, before + 12);
	assert_string_equal(world->log.lines[(before + 10) % LOG_LINES].text,
	                    "filter: left out 90 lines, too many a second");
	rules_free(rules);
}

static void an_explanation_tells_each_rule(void **state)
{
	struct world *world = *state;
	struct rule_spec specs[22] = {
		{ .chain = "input",
		  TCP,
		  .dst_port = { .on = true, .n = 2, .ranges = { { 22, 22 }, { 80, 90 } } } },
		{ .chain = "input",
		  .in_interface_list = { .on = true, .id = 1 },
		  .action = ACTION_DROP },
	};
	struct explain *why = mem_new(1, sizeof *why);
	struct rules *rules = world_built(world, FACILITY_FILTER, specs, 2);
	struct rule_choice choice;
	struct pkt p = { .in = 1, .why = why };

	rules_choose(rules, world->net, "input", IFACE_NONE, &p, &choice);
	assert_int_equal(why->n, 2);
	assert_string_equal(why->steps[0].stage, "filter");
	assert_string_equal(why->steps[0].text,
	                    "rule 0 (accept protocol=tcp dst-port=22,80-90): no match: protocol");
	assert_string_equal(why->steps[1].text,
	                    "rule 1 (drop in-interface-list=WAN): matched → drop");
	rules_free(rules);

	/* A long chain tells what matched only, and how it ended. */
	for (unsigned i = 2; i < 22; i++)
		specs[i] = specs[0];
	specs[1].action = ACTION_PASSTHROUGH;
	rules = world_built(world, FACILITY_FILTER, specs, 22);
	why->n = 0;
	rules_choose(rules, world->net, "input", IFACE_NONE, &p, &choice);
	assert_int_equal(why->n, 2);
	assert_string_equal(why->steps[1].text, "chain input: no rule decides → accept");
	rules_free(rules);
	mem_free(why);
}

static void a_rule_reads_as_it_is_written(void **state)
{
	struct world *world = *state;
	struct rule_spec spec = {
		.src_address = { .on = true,
		                 .negate = true,
		                 .range = RANGE(0x0a000001, 0x0a000009) },
		TCP,
		.in_interface = { .on = true, .id = 10 },
		.out_interface_list = { .on = true, .negate = true, .id = 2 },
		.connection_state = { .on = true, .bits = 1 << STATE_NEW | 1 << STATE_INVALID },
		.connection_nat_state = { .on = true, .negate = true, .bits = NAT_DST },
		.packet_mark = { .on = true, .name = "no-mark" },
		.tcp_flags = { .on = true, .must_be_set = TCP_SYN, .must_be_clear = TCP_ACK },
		.icmp_options = { .on = true, .type = 8, .code_low = 0, .code_high = 255 },
		.fragment = true,
		.action = ACTION_MARK_ROUTING,
		.new_mark = "isp2",
	};
	struct text out = { 0 };

	rule_text(&spec, &world->names, &out);
	assert_string_equal(
		text_str(&out),
		"mark-routing src-address=!10.0.0.1-10.0.0.9 protocol=tcp in-interface=*A "
		"out-interface-list=!LAN connection-state=new,invalid "
		"connection-nat-state=!dstnat packet-mark=no-mark tcp-flags=syn,!ack "
		"icmp-options=8:0-255 fragment=yes new-routing-mark=isp2");
	text_clear(&out);
	spec = (struct rule_spec){ .out_interface_list = { .on = true, .id = 2 },
		                   .action = ACTION_DST_NAT,
		                   TO,
		                   .to_port_low = 1,
		                   .to_port_high = 2 };
	rule_text(&spec, NULL, &out);
	assert_string_equal(text_str(&out),
	                    "dst-nat out-interface-list=*2 to-addresses=10.0.0.1 to-ports=1-2");
	text_clear(&out);
	spec = (struct rule_spec){ .action = ACTION_CHANGE_MSS, .new_mss = MSS_CLAMP_TO_PMTU };
	rule_text(&spec, NULL, &out);
	assert_string_equal(text_str(&out), "change-mss new-mss=clamp-to-pmtu");
	text_free(&out);
}

static void every_word_is_there(void **state)
{
	for (unsigned i = 0; i < ACTION_COUNT; i++)
		assert_non_null(rule_action_words[i]);
	for (unsigned i = 0; i < REJECT_COUNT; i++)
		assert_non_null(rule_reject_words[i]);
	assert_null(rule_action_words[ACTION_COUNT]);
	assert_null(rule_reject_words[REJECT_COUNT]);
	assert_string_equal(rule_state_words[STATE_UNTRACKED], "untracked");
	assert_true(rule_action_known(FACILITY_NAT, ACTION_REDIRECT));
	assert_false(rule_action_known(FACILITY_FILTER, ACTION_REDIRECT));
	assert_false(rule_action_known(FACILITY_FILTER, ACTION_COUNT));
}

static void marks_keep_their_numbers(void **state)
{
	struct marks *marks = marks_new();
	char name[MARK_NAME_BYTES];

	for (uint32_t i = 1; i <= MARKS_MAX + 1; i++) {
		struct text out = text_into(name, sizeof name);

		text_printf(&out, "m%u", i);
		assert_int_equal(mark_number(marks, name), i <= MARKS_MAX ? i : 0);
	}
	assert_int_equal(mark_number(marks, "m7"), 7);
	assert_string_equal(mark_name(marks, 7), "m7");
	assert_null(mark_name(marks, 0));
	assert_null(mark_name(marks, MARKS_MAX + 1));
	marks_free(marks);
}

static void there_is_a_limit_of_rules(void **state)
{
	struct world *world = *state;
	struct rule_spec *specs = mem_new(RULES_MAX + 1, sizeof *specs);
	struct rule_choice choice;
	struct pkt p = { 0 };

	for (unsigned i = 0; i <= RULES_MAX; i++)
		specs[i] = (struct rule_spec){
			.id = i, .chain = "forward", TCP, .action = ACTION_DROP
		};
	assert_null(world_build(world, FACILITY_FILTER, specs, RULES_MAX + 1));
	assert_non_null(strstr(world->error, "16000 rules"));
	specs[RULES_MAX - 1].protocol.on = false;

	struct rules *rules = world_built(world, FACILITY_FILTER, specs, RULES_MAX);

	rules_choose(rules, world->net, "forward", 2, &p, &choice);
	assert_int_equal(choice.rule_id, RULES_MAX - 1);
	rules_count(rules, p.trail, 7);
	assert_int_equal(rules_counters(rules, RULES_MAX - 1).bytes, 7);
	rules_free(rules);
	mem_free(specs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_cannot_work_is_refused_by_name),
		cmocka_unit_test(reach_decides_in_chains_of_ones_own),
		cmocka_unit_test(jumps_end_and_have_a_limit),
		cmocka_unit_test(multiplying_jumps_are_refused),
		cmocka_unit_test(a_jump_may_come_first),
		cmocka_unit_test(a_return_goes_back_and_a_chain_ends),
		cmocka_unit_test(mangle_writes_on_the_packet),
		cmocka_unit_test(nat_says_what_to_translate_to),
		cmocka_unit_test(counters_follow_a_rule_through_changes),
		cmocka_unit_test(a_full_trail_loses_no_count),
		cmocka_unit_test(a_log_line_reads_as_in_routeros),
		cmocka_unit_test(log_lines_have_a_rate),
		cmocka_unit_test(an_explanation_tells_each_rule),
		cmocka_unit_test(a_rule_reads_as_it_is_written),
		cmocka_unit_test(every_word_is_there),
		cmocka_unit_test(marks_keep_their_numbers),
		cmocka_unit_test(there_is_a_limit_of_rules),
	};

	return cmocka_run_group_tests(tests, world_setup, world_teardown);
}
