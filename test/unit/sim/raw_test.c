/*
 * raw_test.c -- packets that raw drops or keeps from being tracked: they have no connection, no
 * translation and no verdict to be replayed, and the filter knows them.
 */
#include "bench.h"

#include "core/icmp.h"

#define IN  "192.168.88.2"
#define OUT "192.0.2.7"
#define NAT "203.0.113.2"

static void publish(struct bench *b, enum facility facility, const struct rule_spec *specs,
                    size_t n)
{
	struct rule_names names = { .iface = bench_iface, .address_lists = b->router->fw.lists };
	char error[256] = "";
	struct rules *rules = rules_build(facility, specs, n, &names, b->router->fw.rules[facility],
	                                  error, sizeof error);

	if (rules == NULL)
		fail_msg("%s", error);
	router_publish_rules(b->router, facility, rules);
}

static struct rule_spec from(const char *chain, const char *src, enum rule_action action)
{
	struct rule_spec spec = { .id = 1, .action = action };
	struct text text = text_into(spec.chain, sizeof spec.chain);

	text_add(&text, chain);
	if (src != NULL)
		spec.src_address = (struct match_addr){ .on = true, .range = { A(src), A(src) } };
	return spec;
}

static uint64_t counted(struct bench *b, uint32_t id)
{
	return rules_counters(b->router->fw.rules[FACILITY_RAW], id).packets;
}

static struct tuple goes(struct bench *b, const char *in)
{
	bench_forget(b);
	bench_send(b, LAN, bench_tuple(IPPROTO_UDP, in, 4000, OUT, 53), 0);
	return bench_left(b, WAN);
}

static void what_is_not_tracked_is_not_translated(void **state)
{
	struct bench *b = bench_new(1, 64);
	struct rule_spec notrack = from("prerouting", IN, ACTION_NOTRACK);

	(void)state;
	bench_masquerade(b);
	publish(b, FACILITY_RAW, &notrack, 1);
	for (unsigned i = 0; i < 5; i++)
		tuple_is(goes(b, IN), IPPROTO_UDP, IN, 4000, OUT, 53);
	assert_int_equal(b->router->fw.flows->used, 0);
	assert_int_equal(b->router->counters.replayed, 0);
	assert_int_equal(counted(b, 1), 5);
	/* Its neighbour is. */
	tuple_is(goes(b, "192.168.88.3"), IPPROTO_UDP, NAT, 4000, OUT, 53);
	assert_int_equal(b->router->fw.flows->used, 1);
	assert_int_equal(counted(b, 1), 5);
	bench_free(b);
}

/* A connection that is under way, and even replayed: from the next packet on it is left alone. */
static void it_holds_for_what_is_under_way(void **state)
{
	struct bench *b = bench_new(1, 64);
	struct rule_spec notrack = from("prerouting", IN, ACTION_NOTRACK);

	(void)state;
	bench_masquerade(b);
	for (unsigned i = 0; i < 5; i++)
		tuple_is(goes(b, IN), IPPROTO_UDP, NAT, 4000, OUT, 53);
	assert_true(b->router->counters.replayed > 0);
	publish(b, FACILITY_RAW, &notrack, 1);
	tuple_is(goes(b, IN), IPPROTO_UDP, IN, 4000, OUT, 53);
	publish(b, FACILITY_RAW, NULL, 0);
	tuple_is(goes(b, IN), IPPROTO_UDP, NAT, 4000, OUT, 53);
	assert_int_equal(b->router->fw.flows->used, 1);
	bench_free(b);
}

static void the_filter_sees_it_as_untracked(void **state)
{
	struct bench *b = bench_new(1, 64);
	struct rule_spec notrack = from("prerouting", IN, ACTION_NOTRACK);
	struct rule_spec drop = from("forward", NULL, ACTION_DROP);

	(void)state;
	drop.connection_state = (struct match_bits){ .on = true, .bits = 1 << STATE_UNTRACKED };
	publish(b, FACILITY_FILTER, &drop, 1);
	(void)goes(b, IN);
	publish(b, FACILITY_RAW, &notrack, 1);
	bench_forget(b);
	bench_send(b, LAN, bench_tuple(IPPROTO_UDP, IN, 4000, OUT, 53), 0);
	bench_silent(b);
	assert_int_equal(b->router->net.drops[DROP_FILTER], 1);
	bench_free(b);
}

static void what_is_dropped_leaves_no_trace(void **state)
{
	struct bench *b = bench_new(1, 64);
	struct rule_spec specs[2] = { from("prerouting", OUT, ACTION_ADD_SRC_TO_LIST),
		                      from("prerouting", OUT, ACTION_DROP) };
	struct text text = text_into(specs[0].address_list, sizeof specs[0].address_list);

	(void)state;
	text_add(&text, "bad");
	specs[1].id = 2;
	publish(b, FACILITY_RAW, specs, 2);
	bench_send(b, WAN, bench_tuple(IPPROTO_TCP, OUT, 80, NAT, 22), TCP_SYN);
	bench_send(b, WAN, bench_tuple(IPPROTO_TCP, OUT, 80, IN, 22), TCP_SYN);
	bench_silent(b);
	assert_int_equal(b->router->net.drops[DROP_RULE], 2);
	assert_int_equal(b->router->fw.flows->used, 0);
	assert_int_equal(counted(b, 1), 2);
	assert_int_equal(counted(b, 2), 2);
	bench_free(b);
}

/* The router's own answers: by where they go, the way being known; not what it tells itself. */
static void its_own_packets(void **state)
{
	struct bench *b = bench_new(1, 64);
	struct rule_spec specs[2] = { from("output", NULL, ACTION_NOTRACK),
		                      from("output", NULL, ACTION_DROP) };

	(void)state;
	specs[0].out_interface = (struct match_iface){ .on = true, .id = LAN + 1 };
	specs[1].out_interface = (struct match_iface){ .on = true, .id = WAN + 1 };
	specs[1].id = 2;
	publish(b, FACILITY_RAW, specs, 2);
	bench_send(b, LAN, bench_tuple(IPPROTO_ICMP, IN, 9, "192.168.88.1", 9), ICMP_ECHO);
	tuple_is(bench_left(b, LAN), IPPROTO_ICMP, "192.168.88.1", 9, IN, 9);
	assert_int_equal(counted(b, 1), 1);
	bench_send(b, WAN, bench_tuple(IPPROTO_ICMP, "203.0.113.1", 9, NAT, 9), ICMP_ECHO);
	bench_silent(b);
	assert_int_equal(b->router->net.drops[DROP_RULE], 1);
	assert_int_equal(counted(b, 2), 1);
	bench_free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_not_tracked_is_not_translated),
		cmocka_unit_test(it_holds_for_what_is_under_way),
		cmocka_unit_test(the_filter_sees_it_as_untracked),
		cmocka_unit_test(what_is_dropped_leaves_no_trace),
		cmocka_unit_test(its_own_packets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
