/* A cable from one port of a bridge to another, on a timeline: the storm ends by itself. */
#include "unit.h"

#include <netinet/in.h>

#include "core/addr.h"
#include "lan/lan.h"
#include "sim/world.h"
#include "wire/icmp_header.h"

enum {
	BRIDGE = 4,
	CUT = 3, /* the later of the two ports */
	DISABLE_MS = 20000,
	DELAY_NS = 50000,
	STORM = 10000, /* frames: half a second of it */
};

static ip4 A(const char *text)
{
	ip4 addr = { 0 };

	assert_true(ip4_parse(text, strlen(text), &addr));
	return addr;
}

static struct bridge_port_spec port_of(iface_id iface)
{
	return (struct bridge_port_spec){
		.bridge = BRIDGE,
		.iface = iface,
		.learn = true,
		.flood_unicast = true,
		.flood_multicast = true,
		.flood_broadcast = true,
		.loop = { .on = true, .interval_ms = 5000, .disable_ms = DISABLE_MS }
	};
}

static void bridge_up(struct router *router)
{
	const struct bridge_port_spec ports[] = { port_of(1), port_of(2), port_of(3) };
	struct addr_spec addr = {
		.addr = A("192.168.88.1"), .network = A("192.168.88.0"), .bits = 24, .iface = BRIDGE
	};

	assert_int_equal(iface_add(&router->net, "bridge1", "bridge"), BRIDGE);
	iface_enable(&router->net, BRIDGE, true);
	bridge_set(router->lan, BRIDGE,
	           &(struct bridge_spec){ .auto_mac = true, .ageing_ms = 300000 });
	bridge_set_ports(router->lan, ports, 3);
	addrs_publish(&router->net, addrs_new(&addr, 1));
	router_set_configured(router);
}

static bool answered(struct world *world, struct peer *peer, uint16_t number)
{
	const struct peer_packet *p;

	peer_ping(peer, A("192.168.88.1"), 7, number);
	world_run_ms(world, 200);
	p = peer_last(peer, IPPROTO_ICMP, A("192.168.88.1"));
	return p != NULL && p->icmp_type == ICMP_ECHO_REPLY;
}

static void two_ports_joined(void **state)
{
	struct world *world = world_new(802);
	struct world_router *r = world_router_add(world, 3);
	struct peer *peer = world_peer_add(world);
	struct link *cable;
	uint64_t before;

	(void)world_join(world, r, 0, peer, "192.168.88.2/24", "192.168.88.1");
	cable = world_join_routers(world, r, 1, r, 2);
	link_quality(cable)->delay_ns = DELAY_NS;
	bridge_up(r->router);
	world_wake(r);
	(void)answered(world, peer, 1); /* its ARP question goes round */
	world_run_ms(world, 1000);
	assert_true(loop_protect_is_cut(r->router->lan, CUT));
	assert_true(link_counters(cable)->sent < STORM);
	before = link_counters(cable)->sent;
	assert_true(answered(world, peer, 2));
	world_run_ms(world, 3000);
	assert_true(link_counters(cable)->sent < before + 20);

	/* Still there when its time is over: no storm, only probes. */
	world_run_ms(world, DISABLE_MS + 2000);
	assert_true(loop_protect_is_cut(r->router->lan, CUT));
	assert_true(link_counters(cable)->sent < before + 100);
	link_set_up(cable, false);
	world_run_ms(world, DISABLE_MS + 2000);
	assert_false(loop_protect_is_cut(r->router->lan, CUT));
	assert_true(answered(world, peer, 3));
	world_free(world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_ports_joined),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
