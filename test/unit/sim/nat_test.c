/* nat_test.c -- translation as it is seen from outside the router (RFC 4787, 5382, 5508). */
#include "bench.h"

/* RFC 4787, 4.2.1: the port is kept while it is free. */
static void masquerade_keeps_a_free_port(void **state)
{
	struct bench *b = bench_new(1, 64);

	(void)state;
	bench_masquerade(b);
	bench_send(b, LAN, bench_tuple(IPPROTO_UDP, "192.168.88.2", 4000, "192.0.2.7", 53), 0);
	tuple_is(bench_left(b, WAN), IPPROTO_UDP, "203.0.113.2", 4000, "192.0.2.7", 53);
	bench_send(b, WAN, bench_tuple(IPPROTO_UDP, "192.0.2.7", 53, "203.0.113.2", 4000), 0);
	tuple_is(bench_left(b, LAN), IPPROTO_UDP, "192.0.2.7", 53, "192.168.88.2", 4000);
	/* Again, replayed. */
	bench_send(b, LAN, bench_tuple(IPPROTO_UDP, "192.168.88.2", 4000, "192.0.2.7", 53), 0);
	bench_send(b, LAN, bench_tuple(IPPROTO_UDP, "192.168.88.2", 4000, "192.0.2.7", 53), 0);
	bench_forget(b);
	bench_send(b, LAN, bench_tuple(IPPROTO_UDP, "192.168.88.2", 4000, "192.0.2.7", 53), 0);
	tuple_is(bench_left(b, WAN), IPPROTO_UDP, "203.0.113.2", 4000, "192.0.2.7", 53);
	assert_true(b->router->counters.replayed > 0);
	bench_free(b);
}

static void masquerade_finds_another_port(void **state)
{
	struct bench *b = bench_new(1, 64);
	struct tuple first, second, privileged;

	(void)state;
	bench_masquerade(b);
	bench_send(b, LAN, bench_tuple(IPPROTO_TCP, "192.168.88.2", 4000, "192.0.2.7", 80),
	           TCP_SYN);
	first = bench_left(b, WAN);
	bench_send(b, LAN, bench_tuple(IPPROTO_TCP, "192.168.88.3", 4000, "192.0.2.7", 80),
	           TCP_SYN);
	second = bench_left(b, WAN);
	assert_int_equal(first.sport, 4000);
	assert_int_not_equal(second.sport, 4000);
	assert_true(second.sport >= 1024);
	bench_send(b, WAN, tuple_reverse(&second), TCP_SYN | TCP_ACK);
	tuple_is(bench_left(b, LAN), IPPROTO_TCP, "192.0.2.7", 80, "192.168.88.3", 4000);
	/* RFC 4787, REQ-3 (a): well-known ports stay such. */
	bench_send(b, LAN, bench_tuple(IPPROTO_UDP, "192.168.88.2", 500, "192.0.2.7", 500), 0);
	bench_forget(b);
	bench_send(b, LAN, bench_tuple(IPPROTO_UDP, "192.168.88.3", 500, "192.0.2.7", 500), 0);
	privileged = bench_left(b, WAN);
	assert_true(privileged.sport < 1024 && privileged.sport != 500);
	bench_free(b);
}

static void no_port_left_is_said(void **state)
{
	struct bench *b = bench_new(1, 64);
	struct rule_spec *spec = bench_nat(b, "srcnat", ACTION_SRC_NAT);

	(void)state;
	spec->protocol = (struct match_number){ .on = true, .low = 17, .high = 17 };
	spec->to_addresses = (struct ip4_range){ A("203.0.113.2"), A("203.0.113.2") };
	spec->to_port_low = 5000;
	spec->to_port_high = 5003;
	bench_publish(b);
	for (uint16_t i = 0; i < 4; i++) {
		bench_send(b, LAN,
		           bench_tuple(IPPROTO_UDP, "192.168.88.2", 100 + i, "192.0.2.7", 53), 0);
		assert_in_range(bench_left(b, WAN).sport, 5000, 5003);
	}
	bench_send(b, LAN, bench_tuple(IPPROTO_UDP, "192.168.88.2", 200, "192.0.2.7", 53), 0);
	/* RFC 5508, REQ-8. */
	assert_int_equal(b->out[WAN].n, 0);
	assert_int_equal(bench_left(b, LAN).proto, IPPROTO_ICMP);
	assert_int_equal(b->router->net.drops[DROP_NAT_NO_PORT], 1);
	assert_int_equal(b->router->fw.flows->used, 4);
	assert_int_equal(ports_used(b->router->net.ports), 4);
	bench_free(b);
}

static void a_port_mapping_changes_address_and_port(void **state)
{
	struct bench *b = bench_new(1, 64);

	(void)state;
	bench_masquerade(b);
	bench_map(b, IPPROTO_TCP, "203.0.113.2", 80, "192.168.88.5", 8080);
	bench_publish(b);
	bench_send(b, WAN, bench_tuple(IPPROTO_TCP, "192.0.2.7", 999, "203.0.113.2", 80), TCP_SYN);
	tuple_is(bench_left(b, LAN), IPPROTO_TCP, "192.0.2.7", 999, "192.168.88.5", 8080);
	bench_send(b, LAN, bench_tuple(IPPROTO_TCP, "192.168.88.5", 8080, "192.0.2.7", 999),
	           TCP_SYN | TCP_ACK);
	tuple_is(bench_left(b, WAN), IPPROTO_TCP, "203.0.113.2", 80, "192.0.2.7", 999);
	bench_free(b);
}

/* RFC 4787, REQ-9: inside, too, and seen with the outer address and port. */
static void a_hairpin_goes_out_and_in_again(void **state)
{
	struct bench *b = bench_new(1, 64);
	struct tuple seen;

	(void)state;
	bench_masquerade(b);
	bench_map(b, IPPROTO_TCP, "203.0.113.2", 80, "192.168.88.5", 8080)->hairpin = true;
	bench_publish(b);
	bench_send(b, LAN, bench_tuple(IPPROTO_TCP, "192.168.88.2", 4000, "203.0.113.2", 80),
	           TCP_SYN);
	seen = bench_left(b, LAN);
	tuple_is(seen, IPPROTO_TCP, "203.0.113.2", 4000, "192.168.88.5", 8080);
	bench_send(b, LAN, tuple_reverse(&seen), TCP_SYN | TCP_ACK);
	tuple_is(bench_left(b, LAN), IPPROTO_TCP, "203.0.113.2", 80, "192.168.88.2", 4000);
	bench_send(b, LAN, bench_tuple(IPPROTO_TCP, "192.168.88.2", 4000, "203.0.113.2", 80),
	           TCP_ACK);
	tuple_is(bench_left(b, LAN), IPPROTO_TCP, "203.0.113.2", 4000, "192.168.88.5", 8080);
	bench_free(b);
}

/* A host that calls its own mapping is not sent back to itself under its own name. */
static void a_host_reaches_itself_by_the_outer_address(void **state)
{
	struct bench *b = bench_new(1, 64);
	struct tuple seen;

	(void)state;
	bench_map(b, IPPROTO_UDP, "203.0.113.2", 8080, "192.168.88.5", 8080)->hairpin = true;
	bench_publish(b);
	bench_send(b, LAN, bench_tuple(IPPROTO_UDP, "192.168.88.5", 8080, "203.0.113.2", 8080), 0);
	seen = bench_left(b, LAN);
	assert_int_equal(seen.dst.v, A("192.168.88.5").v);
	assert_int_not_equal(seen.sport, 8080); /* or question and answer would be one */
	bench_send(b, LAN, tuple_reverse(&seen), 0);
	tuple_is(bench_left(b, LAN), IPPROTO_UDP, "203.0.113.2", 8080, "192.168.88.5", 8080);
	bench_free(b);
}

static void redirect_brings_it_to_the_router(void **state)
{
	struct bench *b = bench_new(1, 64);
	struct rule_spec *spec = bench_nat(b, "dstnat", ACTION_REDIRECT);
	struct tuple t;
	struct frame *frame;

	(void)state;
	spec->protocol = (struct match_number){ .on = true, .low = 17, .high = 17 };
	bench_publish(b);
	bench_send(b, LAN, bench_tuple(IPPROTO_UDP, "192.168.88.2", 4000, "192.0.2.7", 53), 0);
	/* Nobody listens there: the sender is told, as from the address that it had called. */
	frame = bench_take(b, LAN, &t);
	assert_non_null(frame);
	assert_int_equal(t.proto, IPPROTO_ICMP);
	assert_int_equal(t.dst.v, A("192.168.88.2").v);
	frame_free(frame);
	assert_int_equal(b->router->net.drops[DROP_NO_PORT_OPEN], 1);
	bench_free(b);
}

/* RFC 5508, REQ-1: the identifier is what ports are elsewhere. */
static void pings_of_two_hosts_with_one_identifier(void **state)
{
	struct bench *b = bench_new(1, 64);
	struct tuple first, second;

	(void)state;
	bench_masquerade(b);
	bench_send(b, LAN, bench_tuple(IPPROTO_ICMP, "192.168.88.2", 9, "192.0.2.7", 9), ICMP_ECHO);
	first = bench_left(b, WAN);
	bench_send(b, LAN, bench_tuple(IPPROTO_ICMP, "192.168.88.3", 9, "192.0.2.7", 9), ICMP_ECHO);
	second = bench_left(b, WAN);
	assert_int_equal(first.sport, 9);
	assert_int_not_equal(second.sport, 9);
	bench_send(b, WAN, tuple_reverse(&second), ICMP_ECHO_REPLY);
	tuple_is(bench_left(b, LAN), IPPROTO_ICMP, "192.0.2.7", 9, "192.168.88.3", 9);
	bench_send(b, WAN, tuple_reverse(&first), ICMP_ECHO_REPLY);
	tuple_is(bench_left(b, LAN), IPPROTO_ICMP, "192.0.2.7", 9, "192.168.88.2", 9);
	bench_free(b);
}

/* Complain from @from (by @port) about @about, the frame that it got; the quote that comes out. */
static struct tuple complain(struct bench *b, unsigned port, const char *from, struct frame *about,
                             unsigned out, struct tuple *ret_outer)
{
	const uint8_t *ip = frame_bytes(about) + ETH_HEADER_BYTES;
	struct draft d = {
		.tuple = { .src = A(from),
		           .dst = { wire_get32(ip + IP4_AT_SRC) },
		           .proto = IPPROTO_ICMP },
		.icmp_type = ICMP_UNREACHABLE,
		.icmp_code = ICMP_PORT_UNREACHABLE,
		.payload = ip,
		.payload_bytes = about->len - ETH_HEADER_BYTES,
	};
	struct frame *frame;
	struct tuple quoted = { 0 };
	const uint8_t *quote;

	bench_draft(b, port, &d);
	frame = bench_take(b, out, ret_outer);
	assert_non_null(frame);
	quote = frame_bytes(frame) + ETH_HEADER_BYTES + IP4_HEADER_BYTES + ICMP_HEADER_BYTES;
	quoted.src.v = wire_get32(quote + IP4_AT_SRC);
	quoted.dst.v = wire_get32(quote + IP4_AT_DST);
	quoted.proto = quote[IP4_AT_PROTO];
	quoted.sport = wire_get16(quote + IP4_HEADER_BYTES);
	quoted.dport = wire_get16(quote + IP4_HEADER_BYTES + 2);
	frame_free(frame);
	return quoted;
}

/* RFC 5508, REQ-4 and REQ-5. */
static void errors_are_translated_both_ways(void **state)
{
	struct bench *b = bench_new(1, 64);
	struct frame *there, *back;
	struct tuple t, outer;

	(void)state;
	bench_masquerade(b);
	bench_send(b, LAN, bench_tuple(IPPROTO_UDP, "192.168.88.3", 1, "192.0.2.7", 53), 0);
	bench_forget(b);
	bench_send(b, LAN, bench_tuple(IPPROTO_UDP, "192.168.88.2", 1, "192.0.2.7", 53), 0);
	there = bench_take(b, WAN, &t);
	assert_int_not_equal(t.sport, 1);
	/* A router on the way complains: the host inside sees its own packet. */
	tuple_is(complain(b, WAN, "203.0.113.9", there, LAN, &outer), IPPROTO_UDP, "192.168.88.2",
	         1, "192.0.2.7", 53);
	assert_int_equal(outer.src.v, A("203.0.113.9").v);
	assert_int_equal(outer.dst.v, A("192.168.88.2").v);

	bench_send(b, WAN, tuple_reverse(&t), 0);
	back = bench_take(b, LAN, &t);
	/* The host inside complains: the one outside sees the outer address only. */
	tuple_is(complain(b, LAN, "192.168.88.2", back, WAN, &outer), IPPROTO_UDP, "192.0.2.7", 53,
	         "203.0.113.2", wire_get16(frame_bytes(there) + 34));
	assert_int_equal(outer.src.v, A("203.0.113.2").v);
	assert_int_equal(outer.dst.v, A("192.0.2.7").v);
	frame_free(there);
	frame_free(back);
	bench_free(b);
}

/* An interface without an address lends none: nothing leaves with that of another. */
static void masquerade_needs_an_address_on_the_way_out(void **state)
{
	struct bench *b = bench_new(1, 64);
	struct addr_spec lan;
	struct route_spec route = { .distance = 1, .iface = 1 };

	(void)state;
	bench_masquerade(b);
	route.dst.addr = ip_addr_v4((ip4){ 0 });
	bench_address(&lan, 2, "192.168.88.1");
	addrs_publish(&b->router->net, addrs_new(&lan, 1));
	fib_publish(&b->router->net, &route, 1);
	router_addresses_changed(b->router);
	bench_host(b, WAN, "192.0.2.7");
	bench_send(b, LAN, bench_tuple(IPPROTO_UDP, "192.168.88.2", 4000, "192.0.2.7", 53), 0);
	bench_silent(b);
	assert_int_equal(b->router->net.drops[DROP_NAT_NO_ADDRESS], 1);
	bench_free(b);
}

/*
 * ARCHITECTURE, D11: the table's bytes in another router, with another key, other generations and
 * another clock: packets of both directions go on as before.
 */
static void flow_adopt_test(void **state)
{
	struct bench *old = bench_new(1, 64), *new = bench_new(7, 64);
	struct tuple out[8];
	struct flows *flows;

	(void)state;
	bench_masquerade(old);
	for (uint16_t i = 0; i < 8; i++) {
		struct tuple t = bench_tuple(i % 2 != 0 ? IPPROTO_TCP : IPPROTO_UDP, "192.168.88.2",
		                             1000 + i, "192.0.2.7", 443);

		bench_send(old, LAN, t, TCP_SYN);
		out[i] = bench_left(old, WAN);
		bench_send(old, WAN, tuple_reverse(&out[i]), TCP_SYN | TCP_ACK);
		bench_send(old, LAN, t, TCP_ACK);
		bench_forget(old);
	}
	for (unsigned i = 0; i < 5; i++)
		net_generation_next(&new->router->net);
	memcpy(new->flow_bytes, old->flow_bytes, old->flow_len);
	flows = flows_adopt(new->flow_bytes, new->flow_len, &new->router->net, old->now, new->now);
	assert_non_null(flows);
	new->router->fw.flows = flows;
	assert_int_equal(flows->used, 8);
	/* No rule is needed for what goes on; new connections are the new router's matter. */
	for (unsigned round = 0; round < 3; round++) {
		for (uint16_t i = 0; i < 8; i++) {
			bench_send(new, LAN,
			           bench_tuple(out[i].proto, "192.168.88.2", 1000 + i, "192.0.2.7",
			                       443),
			           TCP_ACK);
			tuple_is(bench_left(new, WAN), out[i].proto, "203.0.113.2", out[i].sport,
			         "192.0.2.7", 443);
			bench_send(new, WAN, tuple_reverse(&out[i]), TCP_ACK);
			tuple_is(bench_left(new, LAN), out[i].proto, "192.0.2.7", 443,
			         "192.168.88.2", 1000 + i);
		}
	}
	assert_int_equal(flows->used, 8);
	assert_int_equal(ports_used(new->router->net.ports), 4); /* TCP holds none */
	assert_true(new->router->counters.replayed > 0);
	bench_free(old);
	bench_free(new);
}

/* One network for another: the host part stays, in both chains. */
static void netmap_changes_the_network_only(void **state)
{
	struct bench *b = bench_new(1, 64);
	struct rule_spec *out = bench_nat(b, "srcnat", ACTION_NETMAP), *in;

	(void)state;
	out->out_interface = (struct match_iface){ .on = true, .id = 1 };
	out->to_addresses = (struct ip4_range){ A("203.0.113.64"), A("203.0.113.79") };
	in = bench_nat(b, "dstnat", ACTION_NETMAP);
	in->in_interface = (struct match_iface){ .on = true, .id = 1 };
	in->to_addresses = (struct ip4_range){ A("192.168.88.0"), A("192.168.88.15") };
	bench_publish(b);
	for (uint16_t i = 0; i < 3; i++) { /* no two of them share an address, so all ports stay */
		bench_forget(b);
		bench_send(b, LAN,
		           bench_tuple(IPPROTO_UDP, i == 0 ? "192.168.88.2" : "192.168.88.3", 4000,
		                       "192.0.2.7", 53 + i),
		           0);
		tuple_is(bench_left(b, WAN), IPPROTO_UDP, i == 0 ? "203.0.113.66" : "203.0.113.67",
		         4000, "192.0.2.7", 53 + i);
	}
	bench_send(b, WAN, bench_tuple(IPPROTO_TCP, "192.0.2.8", 9, "203.0.113.69", 80), TCP_SYN);
	tuple_is(bench_left(b, LAN), IPPROTO_TCP, "192.0.2.8", 9, "192.168.88.5", 80);
	bench_free(b);
}

/* How many of 16 addresses serve one client that talks to 32 others. */
static unsigned addresses_of_same(bool not_by_dst)
{
	struct bench *b = bench_new(1, 64);
	struct rule_spec *spec = bench_nat(b, "srcnat", ACTION_SAME);
	unsigned seen = 0;

	spec->to_addresses = (struct ip4_range){ A("203.0.113.64"), A("203.0.113.79") };
	spec->same_not_by_dst = not_by_dst;
	bench_publish(b);
	for (uint32_t i = 0; i < 32; i++) {
		struct tuple t = bench_tuple(IPPROTO_UDP, "192.168.88.2", 4000, "192.0.2.7", 53);

		t.dst.v += i;
		bench_forget(b);
		bench_send(b, LAN, t, 0);
		seen |= 1U << (bench_left(b, WAN).src.v & 15);
	}
	bench_free(b);
	return (unsigned)__builtin_popcount(seen);
}

static void same_looks_at_the_destination_unless_told_not_to(void **state)
{
	(void)state;
	assert_int_equal(addresses_of_same(true), 1);
	assert_in_range(addresses_of_same(false), 4, 16);
}

/* The way of Linux: an outer port for each connection. */
static void strict_maps_each_connection(void **state)
{
	struct bench *b = bench_new(1, 64);
	struct tuple first, second;

	(void)state;
	bench_masquerade(b);
	b->nat[0].strict = true;
	bench_publish(b);
	bench_send(b, LAN, bench_tuple(IPPROTO_UDP, "192.168.88.2", 4000, "192.0.2.7", 53), 0);
	first = bench_left(b, WAN);
	bench_send(b, LAN, bench_tuple(IPPROTO_UDP, "192.168.88.2", 4000, "192.0.2.7", 54), 0);
	second = bench_left(b, WAN);
	assert_int_equal(first.sport, 4000);
	assert_int_not_equal(second.sport, 4000);
	assert_int_equal(b->router->fw.flows->mappings, 0);
	bench_free(b);
}

static void randomise_ports_keeps_none(void **state)
{
	struct bench *b = bench_new(1, 64);
	unsigned kept = 0;

	(void)state;
	bench_masquerade(b);
	b->nat[0].randomise_ports = true;
	bench_publish(b);
	for (uint16_t i = 0; i < 20; i++) {
		bench_send(b, LAN,
		           bench_tuple(i % 2 != 0 ? IPPROTO_UDP : IPPROTO_TCP, "192.168.88.2",
		                       4000 + i, "192.0.2.7", 53),
		           TCP_SYN);
		kept += bench_left(b, WAN).sport == 4000 + i;
	}
	assert_in_range(kept, 0, 1);
	bench_free(b);
}

static void reroute(struct bench *b, iface_id iface, const char *gateway)
{
	struct route_spec route = { .distance = 1, .iface = iface };

	route.dst.addr = ip_addr_v4(A("198.51.100.0"));
	route.dst.bits = 24;
	route.gateway = ip_addr_v4(A(gateway));
	fib_publish(&b->router->net, &route, 1);
	net_generation_next(&b->router->net);
}

/* Begun between inner networks, then routed to the outer one: not with its inner source. */
static void a_connection_does_not_leave_untranslated_by_another_way(void **state)
{
	struct bench *b = bench_new(1, 64);
	struct tuple t = bench_tuple(IPPROTO_UDP, "192.168.88.2", 4000, "198.51.100.9", 53);

	(void)state;
	bench_masquerade(b);
	reroute(b, 3, "10.0.3.2");
	for (unsigned i = 0; i < 4; i++) {
		bench_send(b, LAN, t, 0);
		tuple_is(bench_left(b, DMZ), IPPROTO_UDP, "192.168.88.2", 4000, "198.51.100.9", 53);
	}
	reroute(b, 1, "203.0.113.1");
	bench_send(b, LAN, t, 0);
	bench_silent(b);
	assert_int_equal(b->router->net.drops[DROP_NAT_REROUTED], 1);
	assert_int_equal(b->router->fw.flows->used, 0);
	bench_send(b, LAN, t, 0);
	tuple_is(bench_left(b, WAN), IPPROTO_UDP, "203.0.113.2", 4000, "198.51.100.9", 53);
	bench_free(b);
}

static uint32_t table_two(void *arg, const char *name)
{
	(void)arg;
	(void)name;
	return 2;
}

/* What comes in by ether3 goes back there, to a host that is not known yet. */
static void two_ways(struct bench *b)
{
	struct rule_names names = { .iface = bench_iface, .table = table_two };
	struct rule_spec spec = {
		.id = 1,
		.chain = "prerouting",
		.action = ACTION_MARK_ROUTING,
		.new_mark = "two",
		.in_interface = { .on = true, .id = 3 },
	};
	struct route_spec routes[2] = { { .distance = 1 }, { .distance = 1, .table = 2 } };
	char error[256] = "";
	struct rules *rules =
		rules_build(FACILITY_MANGLE, &spec, 1, &names, NULL, error, sizeof error);

	if (rules == NULL)
		fail_msg("%s", error);
	router_publish_rules(b->router, FACILITY_MANGLE, rules);
	for (unsigned i = 0; i < 2; i++) {
		routes[i].dst.addr = ip_addr_v4(A("198.51.100.0"));
		routes[i].dst.bits = 24;
		routes[i].gateway = ip_addr_v4(A(i == 0 ? "203.0.113.1" : "10.0.3.77"));
	}
	fib_publish(&b->router->net, routes, 2);
	net_generation_next(&b->router->net);
}

/* Begun before there was a rule for its way, it may stay there; back from another one it may not,
 * and is not replayed either. */
static void a_connection_that_comes_back_to_a_way_is_looked_at_again(void **state)
{
	struct bench *b = bench_new(1, 64);
	struct tuple t = bench_tuple(IPPROTO_UDP, "192.168.88.2", 4000, "198.51.100.9", 53);
	uint64_t replayed;

	(void)state;
	two_ways(b);
	bench_send(b, LAN, t, 0);
	bench_masquerade(b);
	bench_send(b, LAN, t, 0);
	bench_forget(b);
	replayed = b->router->counters.replayed;
	bench_send(b, LAN, t, 0);
	tuple_is(bench_left(b, WAN), IPPROTO_UDP, "192.168.88.2", 4000, "198.51.100.9", 53);
	assert_int_equal(b->router->counters.replayed, replayed + 1);
	bench_send(b, DMZ, t, 0);
	assert_int_equal(b->out[WAN].n, 0);
	bench_forget(b);
	bench_send(b, LAN, t, 0);
	bench_silent(b);
	assert_int_equal(b->router->net.drops[DROP_NAT_REROUTED], 1);
	bench_free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(masquerade_keeps_a_free_port),
		cmocka_unit_test(masquerade_finds_another_port),
		cmocka_unit_test(no_port_left_is_said),
		cmocka_unit_test(a_port_mapping_changes_address_and_port),
		cmocka_unit_test(a_hairpin_goes_out_and_in_again),
		cmocka_unit_test(a_host_reaches_itself_by_the_outer_address),
		cmocka_unit_test(redirect_brings_it_to_the_router),
		cmocka_unit_test(pings_of_two_hosts_with_one_identifier),
		cmocka_unit_test(errors_are_translated_both_ways),
		cmocka_unit_test(masquerade_needs_an_address_on_the_way_out),
		cmocka_unit_test(flow_adopt_test),
		cmocka_unit_test(netmap_changes_the_network_only),
		cmocka_unit_test(same_looks_at_the_destination_unless_told_not_to),
		cmocka_unit_test(strict_maps_each_connection),
		cmocka_unit_test(randomise_ports_keeps_none),
		cmocka_unit_test(a_connection_does_not_leave_untranslated_by_another_way),
		cmocka_unit_test(a_connection_that_comes_back_to_a_way_is_looked_at_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
