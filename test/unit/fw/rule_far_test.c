/* Matchers that look further than at a packet's headers: kinds of addresses, clocks, memory. */
#include "fw/rule_world.h"

#include "core/acd.h"
#include "core/addr.h"
#include "core/fib.h"
#include "fw/flow_counts.h"
#include "fw/limit.h"
#include "fw/match_text.h"

static const struct pkt web = {
	/* 10.0.0.5:4000 > 192.0.2.9:80 */
	.in = 1,
	.ether_src = { { 2, 0, 0, 0, 0, 7 } },
	.arrived = { .src = { 0x0a000005 }, .dst = { 0xc0000209 } },
	.now = { .src = { 0x0a000005 },
	         .dst = { 0xc0000209 },
	         .sport = 4000,
	         .dport = 80,
	         .proto = IPPROTO_TCP },
	.ip_bytes = 100,
	.flow = FLOW_NONE,
};

struct answer {
	bool matched, each;
};

static struct answer ask_set(struct world *w, struct rules *rules, const struct pkt *p)
{
	struct rule_choice choice;
	struct pkt copy = *p;

	rules_choose(rules, w->net, "forward", 2, &copy, &choice);
	return (struct answer){ choice.matched, copy.each_packet };
}

static struct rules *set_of(struct world *w, const struct rule_spec *spec)
{
	struct rule_spec whole = *spec;

	world_name(whole.chain, sizeof whole.chain, "forward");
	whole.action = ACTION_DROP;
	whole.id = 9;
	return world_built(w, FACILITY_FILTER, &whole, 1);
}

/* One packet, and must each be asked? */
static void expect(struct world *w, const struct rule_spec *spec, const struct pkt *p, bool matches,
                   bool each)
{
	struct rules *rules = set_of(w, spec);
	struct answer answer = ask_set(w, rules, p);

	assert_int_equal(answer.matched, matches);
	assert_int_equal(answer.each, each);
	rules_free(rules);
}

static void address_types(void **state)
{
	struct world *w = *state;
	const struct addr_spec own = {
		.addr = { 0x0a000001 }, .network = { 0x0a000000 }, .bits = 24, .iface = 1
	};
	const struct route_spec hole = { .dst = { .addr = { .family = IP_V4, .v4 = { 0xc6336400 } },
		                                  .bits = 24 },
		                         .action = ROUTE_BLACKHOLE,
		                         .distance = 1 };
	static const struct {
		uint32_t addr;
		enum address_type type;
	} cases[] = {
		{ 0x0a000005, ADDRESS_UNICAST },
		{ 0x0a000001, ADDRESS_LOCAL },
		{ 0x0a0000ff, ADDRESS_BROADCAST },
		{ UINT32_MAX, ADDRESS_BROADCAST },
		{ 0xe0000001, ADDRESS_MULTICAST },
		{ 0xc6336405, ADDRESS_BLACKHOLE },
		{ 0, ADDRESS_TYPES },
		{ 0xf0000001, ADDRESS_TYPES },
	};

	w->net->ifaces[1].enabled = w->net->ifaces[1].link_up = true;
	w->net->fib = fib_new();
	w->net->addrs = addrs_new(NULL, 0);
	w->net->acd = acd_new();
	addrs_publish(w->net, addrs_new(&own, 1));
	fib_publish(w->net, &hole, 1);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		for (unsigned type = 0; type < ADDRESS_TYPES; type++) {
			struct match_bits m = { .on = true, .bits = 1U << type };
			struct rule_spec src = { .src_address_type = m };
			struct rule_spec not_dst = { .dst_address_type = m };
			struct pkt p = web;

			not_dst.dst_address_type.negate = true;
			p.now.src.v = p.now.dst.v = cases[i].addr;
			expect(w, &src, &p, cases[i].type == type, false);
			expect(w, &not_dst, &p, cases[i].type != type, false);
		}
	}
	addrs_free(w->net->addrs);
	acd_free(w->net->acd);
	fib_free(w->net->fib);
	w->net->addrs = NULL;
	w->net->fib = NULL;
	w->net->ifaces[1].enabled = w->net->ifaces[1].link_up = false;
}

static void a_card(void **state)
{
	struct world *w = *state;
	struct rule_spec spec = { .src_mac = { .on = true, .mac = { 2, 0, 0, 0, 0, 7 } } };

	expect(w, &spec, &web, true, true);
	spec.src_mac.negate = true;
	expect(w, &spec, &web, false, true);
	spec.src_mac.mac[5]++;
	expect(w, &spec, &web, true, true);
}

static void ipsec_is_never_there(void **state)
{
	struct world *w = *state;

	for (uint8_t kind = 0; kind < IPSEC_COUNT; kind++) {
		struct rule_spec spec = { .ipsec_policy = { .on = true, .kind = kind } };
		bool none = kind == IPSEC_IN_NONE || kind == IPSEC_OUT_NONE;

		expect(w, &spec, &web, none, false);
		spec.ipsec_policy.negate = true;
		expect(w, &spec, &web, !none, false);
	}
}

static void header_options(void **state)
{
	/* Which words fit: a header with nothing, record route, router alert, timestamp, LSRR. */
	static const uint8_t headers[][8] = {
		{ 0 }, { 7, 3, 4 }, { 1, 148, 4 }, { 68, 4, 5 }, { 131, 3, 4 }
	};
	static const uint32_t fit[] = {
		1 << OPTIONS_NONE | 1 << OPTIONS_NO_SOURCE_ROUTING | 1 << OPTIONS_NO_RECORD_ROUTE |
			1 << OPTIONS_NO_ROUTER_ALERT | 1 << OPTIONS_NO_TIMESTAMP,
		1 << OPTIONS_ANY | 1 << OPTIONS_RECORD_ROUTE | 1 << OPTIONS_NO_SOURCE_ROUTING |
			1 << OPTIONS_NO_ROUTER_ALERT | 1 << OPTIONS_NO_TIMESTAMP,
		1 << OPTIONS_ANY | 1 << OPTIONS_ROUTER_ALERT | 1 << OPTIONS_NO_SOURCE_ROUTING |
			1 << OPTIONS_NO_RECORD_ROUTE | 1 << OPTIONS_NO_TIMESTAMP,
		1 << OPTIONS_ANY | 1 << OPTIONS_TIMESTAMP | 1 << OPTIONS_NO_SOURCE_ROUTING |
			1 << OPTIONS_NO_RECORD_ROUTE | 1 << OPTIONS_NO_ROUTER_ALERT,
		1 << OPTIONS_ANY | 1 << OPTIONS_LOOSE_SOURCE_ROUTING |
			1 << OPTIONS_NO_RECORD_ROUTE | 1 << OPTIONS_NO_ROUTER_ALERT |
			1 << OPTIONS_NO_TIMESTAMP,
	};
	struct world *w = *state;

	for (size_t i = 0; i < ARRAY_LEN(headers); i++) {
		uint8_t bytes[28] = { 0 };
		struct pkt p = web;

		memcpy(bytes + 20, headers[i], 8);
		p.bytes = bytes;
		p.l4 = i == 0 ? 20 : 28;
		p.has_options = i != 0;
		for (uint8_t kind = 0; kind < OPTIONS_COUNT; kind++) {
			struct rule_spec spec = { .ipv4_options = { .on = true, .kind = kind } };

			expect(w, &spec, &p, (fit[i] >> kind & 1) != 0, false);
			spec.ipv4_options.negate = true;
			expect(w, &spec, &p, (fit[i] >> kind & 1) == 0, false);
		}
	}
}

/* Every connection is in exactly one class, half of them in each of two. */
static void classes(void **state)
{
	struct world *w = *state;

	for (uint8_t by = 0; by < CLASSIFY_COUNT; by++) {
		struct rule_spec spec = {
			.classifier = { .on = true, .by = by, .denominator = 2, .remainder = 0 }
		};
		struct rules *zero, *one;
		unsigned n = 0;

		zero = set_of(w, &spec);
		spec.classifier.remainder = 1;
		one = set_of(w, &spec);
		for (uint32_t i = 0; i < 400; i++) {
			struct pkt p = web;
			bool a;

			p.now.src.v += i;
			p.now.dst.v += i;
			p.now.sport = p.now.dport = (uint16_t)(i * 7);
			a = ask_set(w, zero, &p).matched;
			assert_int_equal(ask_set(w, one, &p).matched, !a);
			p.now.proto = IPPROTO_UDP; /* not among the fields */
			if (by == CLASSIFY_SRC)
				p.now.dst.v = p.now.sport = p.now.dport = 0;
			if (by == CLASSIFY_DST_PORT)
				p.now.src.v = p.now.dst.v = p.now.sport = 0;
			assert_int_equal(ask_set(w, zero, &p).matched, a);
			assert_false(ask_set(w, zero, &p).each);
			n += a;
		}
		assert_in_range(n, 140, 260);
		rules_free(zero);
		rules_free(one);
	}
}

static void times_of_day(void **state)
{
	struct world *w = *state;
	/* 2026-08-03 12:30:00 UTC, a Monday. */
	const int64_t monday = 1785760200;
	static const struct {
		struct match_week m;
		int64_t later_s;
		bool holds;
	} cases[] = {
		{ { .days = 2, .from_s = 8 * 3600, .to_s = 18 * 3600 }, 0, true },
		{ { .days = 2, .from_s = 45000, .to_s = 45000 }, 0, true },
		{ { .days = 2, .from_s = 45000, .to_s = 45000 }, 1, false },
		{ { .days = 2, .from_s = 45001, .to_s = 50000 }, 0, false },
		{ { .days = 4, .from_s = 0, .to_s = DAY_S }, 0, false },
		{ { .days = 4, .from_s = 0, .to_s = DAY_S }, 86400, true },
		{ { .days = 1, .from_s = 0, .to_s = DAY_S }, -86400, true },
		{ { .days = 0x7f, .from_s = 22 * 3600, .to_s = 6 * 3600 }, 0, false },
		{ { .days = 0x7f, .from_s = 22 * 3600, .to_s = 6 * 3600 }, 10 * 3600, true },
		{ { .days = 0x7f, .from_s = 22 * 3600, .to_s = 6 * 3600 }, -8 * 3600, true },
		/* Before 1970, on a Wednesday, an hour before midnight. */
		{ { .days = 1 << 3, .from_s = 23 * 3600, .to_s = DAY_S },
		  -1785760200 - 3600,
		  true },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct rule_spec spec = { .time = cases[i].m };

		spec.time.on = true;
		w->net->wall_offset_ns =
			(monday + cases[i].later_s) * (int64_t)NS_PER_S - (int64_t)w->net->now.ns;
		expect(w, &spec, &web, cases[i].holds, true);
		spec.time.negate = true;
		expect(w, &spec, &web, !cases[i].holds, true);
	}
	w->net->wall_offset_ns = 0;
}

static void bytes_of_the_connection(void **state)
{
	struct world *w = *state;
	struct rule_spec spec = { .connection_bytes = { .on = true, .low = 10, .high = 20 } };
	struct pkt p = web;

	for (p.flow_bytes = 8; p.flow_bytes < 23; p.flow_bytes++) {
		bool in = p.flow_bytes >= 10 && p.flow_bytes <= 20;

		spec.connection_bytes.negate = false;
		expect(w, &spec, &p, in, true);
		spec.connection_bytes.negate = true;
		expect(w, &spec, &p, !in, true);
	}
}

static void connections_of_a_network(void **state)
{
	struct world *w = *state;
	struct rule_spec spec = { .connection_limit = { .on = true, .bits = 24, .n = 3 } };
	uint8_t *bytes = mem_new_aligned(64, flows_bytes(8));
	struct flows *flows = flows_init(bytes, 8, &w->net->key, w->net->now);
	struct rules *rules = set_of(w, &spec), *not_rules;
	struct pkt p = web, own = web;

	spec.connection_limit.negate = true;
	not_rules = set_of(w, &spec);
	w->net->flow_counts = flow_counts_new(&w->net->key);
	assert_int_equal(rules_count_lengths(rules), 1U << 24);
	flow_counts_keep(w->net->flow_counts, flows, rules_count_lengths(rules));
	own.flow = 1;
	own.flow_src.v = 0x0a0000ee;
	for (unsigned n = 0; n < 5; n++) {
		/* A fourth one is one too many, and the one that begins now counts. */
		assert_int_equal(ask_set(w, rules, &p).matched, n >= 3);
		assert_int_equal(ask_set(w, not_rules, &p).matched, n < 3);
		assert_int_equal(ask_set(w, rules, &own).matched, n > 3);
		flow_counts_begin(w->net->flow_counts, (ip4){ 0x0a000010 + n });
		flow_counts_begin(w->net->flow_counts, (ip4){ 0x0b000010 + n });
	}
	p.state = STATE_INVALID;
	flow_counts_end(w->net->flow_counts, (ip4){ 0x0a000010 });
	assert_true(ask_set(w, rules, &p).matched);
	flow_counts_end(w->net->flow_counts, (ip4){ 0x0a000011 });
	assert_false(ask_set(w, rules, &p).matched);
	flow_counts_free(w->net->flow_counts);
	w->net->flow_counts = NULL;
	mem_free(bytes);
	rules_free(rules);
	rules_free(not_rules);
}

static void every_third(void **state)
{
	struct world *w = *state;
	struct rule_spec spec = { .nth = { .on = true, .every = 3, .packet = 2 } };
	struct rules *rules = set_of(w, &spec);
	struct pkt p = web;

	for (unsigned i = 1; i < 20; i++) {
		p.asked_only = true;
		assert_int_equal(ask_set(w, rules, &p).matched, i % 3 == 2);
		p.asked_only = false;
		assert_int_equal(ask_set(w, rules, &p).matched, i % 3 == 2);
	}
	rules_free(rules);
}

static void by_chance(void **state)
{
	struct world *w = *state;
	struct rule_spec spec = { .random = { .on = true, .low = 30, .high = 30 } };
	struct rules *rules = set_of(w, &spec), *again = set_of(w, &spec);
	unsigned n = 0;

	for (unsigned i = 0; i < 3000; i++) {
		bool a = ask_set(w, rules, &web).matched;

		n += a;
		assert_int_equal(ask_set(w, again, &web).matched, a);
	}
	assert_in_range(n, 800, 1000);
	rules_free(rules);
	rules_free(again);
}

/* A set that takes the place of another goes on with its buckets, but for rules that changed. */
static void limits_outlive_their_set(void **state)
{
	struct world *w = *state;
	struct rule_spec spec = { .chain = "forward",
		                  .id = 4,
		                  .action = ACTION_DROP,
		                  .limit = { .on = true, .rate = { 1, 2, 60 } } };
	struct rules *first = world_built(w, FACILITY_FILTER, &spec, 1), *second;
	struct pkt asked = web;

	asked.asked_only = true;
	assert_true(ask_set(w, first, &web).matched);
	second =
		rules_build(FACILITY_FILTER, &spec, 1, &w->names, first, w->error, sizeof w->error);
	rules_free(first);
	assert_true(ask_set(w, second, &asked).matched);
	assert_true(ask_set(w, second, &web).matched);
	assert_false(ask_set(w, second, &web).matched);
	spec.limit.rate.burst = 1;
	first = rules_build(FACILITY_FILTER, &spec, 1, &w->names, second, w->error,
	                    sizeof w->error);
	rules_free(second);
	assert_true(ask_set(w, first, &web).matched);
	assert_false(ask_set(w, first, &web).matched);
	rules_free(first);
}

/* What a failing test before it keeps away takes no token. */
static void only_what_fits_takes(void **state)
{
	struct world *w = *state;
	struct rule_spec spec = { .limit = { .on = true, .negate = true, .rate = { 1, 1, 60 } },
		                  .packet_size = { .on = true, .low = 100, .high = 100 } };
	struct rules *rules = set_of(w, &spec);
	struct pkt large = web;

	large.ip_bytes = 101;
	assert_false(ask_set(w, rules, &large).matched);
	assert_false(ask_set(w, rules, &web).matched);
	assert_true(ask_set(w, rules, &web).matched);
	rules_free(rules);
}

static void limits_in_bits(void **state)
{
	struct world *w = *state;
	struct rule_spec spec = { .limit = { .on = true, .bits = true, .rate = { 1, 1600, 60 } } };
	struct rules *rules = set_of(w, &spec);

	assert_true(ask_set(w, rules, &web).matched); /* 100 bytes are 800 bits */
	assert_true(ask_set(w, rules, &web).matched);
	assert_false(ask_set(w, rules, &web).matched);
	rules_free(rules);
}

/* For each mode: which change of a packet makes it another's. */
static void a_limit_for_each(void **state)
{
	static const bool other[LIMIT_BY_COUNT][3] = {
		/* source, destination, destination port */
		[LIMIT_BY_SRC] = { true, false, false },
		[LIMIT_BY_DST] = { false, true, false },
		[LIMIT_BY_BOTH] = { true, true, false },
		[LIMIT_BY_DST_PORT] = { false, true, true },
		[LIMIT_BY_BOTH_PORT] = { true, true, true },
	};
	struct world *w = *state;

	w->net->limits = limits_new(64, &w->net->key);
	for (uint8_t by = 0; by < LIMIT_BY_COUNT; by++) {
		struct rule_spec spec = {
			.dst_limit = { .on = true, .by = by, .rate = { 1, 1, 60 }, .expire_s = 9 }
		};
		struct rules *rules = set_of(w, &spec);
		struct pkt p[3] = { web, web, web };

		p[0].now.src.v++;
		p[1].now.dst.v++;
		p[2].now.dport++;
		assert_true(ask_set(w, rules, &web).matched);
		assert_false(ask_set(w, rules, &web).matched);
		for (unsigned i = 0; i < 3; i++)
			assert_int_equal(ask_set(w, rules, &p[i]).matched, other[by][i]);
		rules_free(rules);
	}
	limits_free(w->net->limits);
	w->net->limits = NULL;
}

static void what_can_not_be_is_refused(void **state)
{
	static const struct {
		struct rule_spec spec;
		const char *field;
	} cases[] = {
		{ { .limit = { .on = true, .rate = { 0, 1, 1 } } }, "limit" },
		{ { .limit = { .on = true, .rate = { 1, 1, 86401 } } }, "limit" },
		{ { .dst_limit = { .on = true, .rate = { 1, 1, 1 } } }, "dst-limit" },
		{ { .connection_limit = { .on = true, .bits = 33 } }, "connection-limit" },
		{ { .connection_bytes = { .on = true, .low = 2, .high = 1 } }, "connection-bytes" },
		{ { .nth = { .on = true, .every = 2, .packet = 3 } }, "nth" },
		{ { .random = { .on = true, .low = 1, .high = 2 } }, "random" },
		{ { .classifier = { .on = true, .denominator = 2, .remainder = 2 } },
		  "per-connection-classifier" },
		{ { .time = { .on = true, .to_s = 5 } }, "time" },
		{ { .src_address_type = { .on = true } }, "src-address-type" },
	};
	struct world *w = *state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct rule_spec spec = cases[i].spec;
		char begin[64];
		struct text text = text_into(begin, sizeof begin);

		world_name(spec.chain, sizeof spec.chain, "forward");
		assert_null(world_build(w, FACILITY_FILTER, &spec, 1));
		text_printf(&text, "rule 0: %s: ", cases[i].field);
		assert_memory_equal(w->error, begin, text.len);
	}
}

static void rules_tell_what_they_ask(void **state)
{
	struct rule_spec spec = {
		.src_address_type = { .on = true, .negate = true, .bits = 5 },
		.ipv4_options = { .on = true },
		.classifier = { .on = true, .by = CLASSIFY_ALL, .denominator = 3, .remainder = 1 },
		.src_mac = { .on = true, .mac = { 2, 0, 0, 0, 0, 7 } },
		.time = { .on = true, .days = 3, .from_s = 5400, .to_s = DAY_S },
		.connection_bytes = { .on = true, .low = 5, .high = UINT64_MAX },
		.connection_limit = { .on = true, .n = 9, .bits = 32 },
		.limit = { .on = true, .bits = true, .rate = { 10, 20, 1 } },
		.dst_limit = { .on = true, .by = 2, .rate = { 1, 2, 61 }, .expire_s = 700000 },
	};
	struct text out = { 0 };

	rule_text(&spec, NULL, &out);
	assert_string_equal(
		text_str(&out),
		"accept src-address-type=!unicast,broadcast ipv4-options=any "
		"per-connection-classifier=both-addresses-and-ports:3/1 "
		"src-mac-address=02:00:00:00:00:07 time=1h30m-1d,sun,mon connection-bytes=5-0 "
		"connection-limit=9,32 limit=10,20:bit "
		"dst-limit=1/1m1s,2,src-and-dst-addresses/1w1d2h26m40s");
	text_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(address_types),
		cmocka_unit_test(a_card),
		cmocka_unit_test(ipsec_is_never_there),
		cmocka_unit_test(header_options),
		cmocka_unit_test(classes),
		cmocka_unit_test(times_of_day),
		cmocka_unit_test(bytes_of_the_connection),
		cmocka_unit_test(connections_of_a_network),
		cmocka_unit_test(every_third),
		cmocka_unit_test(by_chance),
		cmocka_unit_test(limits_outlive_their_set),
		cmocka_unit_test(only_what_fits_takes),
		cmocka_unit_test(limits_in_bits),
		cmocka_unit_test(a_limit_for_each),
		cmocka_unit_test(what_can_not_be_is_refused),
		cmocka_unit_test(rules_tell_what_they_ask),
	};

	return cmocka_run_group_tests(tests, world_setup, world_teardown);
}
