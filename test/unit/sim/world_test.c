/* world_test.c -- hosts, links and routers on one timeline: do they work, and is it repeatable? */
#include "unit.h"

#include <netinet/in.h>

#include "core/addr.h"
#include "sim/world.h"
#include "wire/icmp_header.h"
#include "wire/tcp_header.h"

static ip4 A(const char *text)
{
	ip4 addr = { 0 };

	assert_true(ip4_parse(text, strlen(text), &addr));
	return addr;
}

struct lab {
	struct world *world;
	struct world_router *router;
	struct peer *inside, *outside;
	struct link *links[2];
};

/* A router between two hosts; it has no rules. */
static struct lab lab_new(uint64_t seed)
{
	struct addr_spec addrs[2] = {
		{ .addr = A("192.168.88.1"), .network = A("192.168.88.0"), .bits = 24, .iface = 1 },
		{ .addr = A("203.0.113.1"), .network = A("203.0.113.0"), .bits = 24, .iface = 2 },
	};
	struct lab lab = { .world = world_new(seed) };

	lab.router = world_router_add(lab.world, 2);
	lab.inside = world_peer_add(lab.world);
	lab.outside = world_peer_add(lab.world);
	lab.links[0] =
		world_join(lab.world, lab.router, 0, lab.inside, "192.168.88.2/24", "192.168.88.1");
	lab.links[1] =
		world_join(lab.world, lab.router, 1, lab.outside, "203.0.113.2/24", "203.0.113.1");
	addrs_publish(&lab.router->router->net, addrs_new(addrs, 2));
	router_set_configured(lab.router->router);
	return lab;
}

static void hosts_ping_each_other_and_the_router(void **state)
{
	struct lab lab = lab_new(1);
	const struct peer_packet *p;

	(void)state;
	peer_ping(lab.inside, A("203.0.113.2"), 7, 1);
	world_run_ms(lab.world, 100);
	p = peer_last(lab.inside, IPPROTO_ICMP, A("203.0.113.2"));
	assert_non_null(p);
	assert_int_equal(p->icmp_type, ICMP_ECHO_REPLY);
	assert_int_equal(p->ttl, 63);
	peer_ping(lab.inside, A("192.168.88.1"), 7, 2);
	world_run_ms(lab.world, 100);
	assert_non_null(peer_last(lab.inside, IPPROTO_ICMP, A("192.168.88.1")));
	assert_int_equal(lab.inside->faults + lab.outside->faults, 0);
	world_free(lab.world);
}

static void partial_checksums_pass_through_links_that_carry_them(void **state)
{
	struct lab lab = lab_new(2);

	(void)state;
	lab.inside->partial = true;
	peer_udp(lab.inside, A("203.0.113.2"), 4000, 53, 333);
	world_run_ms(lab.world, 100);
	assert_non_null(peer_last(lab.outside, IPPROTO_UDP, A("192.168.88.2")));
	assert_int_equal(lab.outside->faults, 0);
	world_free(lab.world);
}

/* Both directions, with every fault a link has; what comes is what was sent. */
static uint64_t transfer(uint64_t seed, uint32_t bytes)
{
	struct link_quality bad = {
		.loss = 300,
		.duplicate = 300,
		.reorder = 1000,
		.corrupt = 100,
		.delay_ns = 2 * NS_PER_MS,
		.jitter_ns = NS_PER_MS,
		.bytes_per_second = 10000000,
	};
	struct lab lab = lab_new(seed);
	struct peer_conn *conn, *other;
	uint64_t trace;

	*link_quality(lab.links[0]) = bad;
	*link_quality(lab.links[1]) = bad;
	lab.outside->listen = 80;
	lab.outside->serve = bytes;
	conn = peer_connect(lab.inside, A("203.0.113.2"), 40000, 80, bytes / 2, false);
	assert_non_null(conn);
	for (unsigned i = 0; i < 600 && conn->state != PEER_DONE; i++) {
		world_run_ms(lab.world, 500);
		if (conn->received == bytes)
			conn->close_after = true;
	}
	other = peer_accepted(lab.outside, A("192.168.88.2"), 40000);
	assert_non_null(other);
	assert_int_equal(conn->received, bytes);
	assert_int_equal(other->received, bytes / 2);
	assert_false(conn->wrong || other->wrong);
	assert_true(lab.inside->faults + lab.outside->faults > 0 || bytes < 50000);
	trace = world_trace(lab.world);
	world_free(lab.world);
	return trace;
}

static void a_transfer_survives_every_fault_of_a_link(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 5; seed++)
		transfer(seed, 100000);
}

static void a_seed_gives_one_history(void **state)
{
	(void)state;
	assert_int_equal(transfer(11, 20000), transfer(11, 20000));
	assert_int_not_equal(transfer(11, 20000), transfer(12, 20000));
}

static void a_pulled_cable_is_noticed(void **state)
{
	struct lab lab = lab_new(4);

	(void)state;
	link_set_up(lab.links[1], false);
	world_wake(lab.router);
	peer_ping(lab.inside, A("203.0.113.2"), 1, 1);
	world_run_ms(lab.world, 100);
	assert_false(lab.router->router->net.ifaces[2].link_up);
	assert_int_equal(lab.outside->seen_n, 0);
	link_set_up(lab.links[1], true);
	world_wake(lab.router);
	peer_ping(lab.inside, A("203.0.113.2"), 1, 2);
	world_run_ms(lab.world, 100);
	assert_non_null(peer_last(lab.outside, IPPROTO_ICMP, A("192.168.88.2")));
	world_free(lab.world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hosts_ping_each_other_and_the_router),
		cmocka_unit_test(partial_checksums_pass_through_links_that_carry_them),
		cmocka_unit_test(a_transfer_survives_every_fault_of_a_link),
		cmocka_unit_test(a_seed_gives_one_history),
		cmocka_unit_test(a_pulled_cable_is_noticed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
