#include "sim/stream_net.h"

#include <netinet/in.h>

#include "core/addr.h"
#include "core/fib.h"
#include "lib/mem.h"
#include "lib/text.h"
#include "sim/scene.h"

#define IP(a, b, c, d) ((ip4){ (uint32_t)(a) << 24 | (b) << 16 | (c) << 8 | (d) })

enum {
	LAST_PORT = STREAM_NET_FIRST_PORT + 63,
	MTU = 1500,
};

static struct addr_spec address(iface_id iface, ip4 addr)
{
	return (struct addr_spec){ .addr = addr,
		                   .network = ip4_network(addr, 24),
		                   .bits = 24,
		                   .iface = iface,
		                   .id = iface };
}

/* Addresses of its ports, from the first on, and where the rest of the world is. */
static void configure(struct world_router *r, const ip4 *addrs, unsigned n, ip4 gateway)
{
	struct addr_spec specs[2];
	struct route_spec route = { .gateway = ip_addr_v4(gateway), .distance = 1 };

	for (unsigned i = 0; i < n; i++)
		specs[i] = address((iface_id)(i + 1), addrs[i]);
	addrs_publish(&r->router->net, addrs_new(specs, n));
	route.dst.addr = ip_addr_v4((ip4){ 0 });
	fib_publish(&r->router->net, &route, gateway.v != 0 ? 1 : 0);
	router_set_configured(r->router);
	world_wake(r);
}

static struct rule_spec nat_rule(const char *chain, uint32_t action, uint32_t id)
{
	struct rule_spec spec = { .action = (uint8_t)action, .id = id };
	struct text text = text_into(spec.chain, sizeof spec.chain);

	text_add(&text, chain);
	return spec;
}

/* All that leaves by its second port has its address there, and calls from there reach @inner. */
static void translate(struct world_router *r, ip4 outer, ip4 inner)
{
	struct rule_spec specs[2] = { nat_rule("srcnat", ACTION_MASQUERADE, 1),
		                      nat_rule("dstnat", ACTION_DST_NAT, 2) };

	r->router->net.ifaces[2].lists |= 1ULL << SCENE_LIST_WAN;
	specs[0].out_interface_list = (struct match_list){ .on = true, .id = SCENE_LIST_WAN };
	specs[1].dst_address = (struct match_addr){ .on = true, .range = { outer, outer } };
	specs[1].protocol =
		(struct match_number){ .on = true, .low = IPPROTO_TCP, .high = IPPROTO_TCP };
	specs[1].dst_port.on = true;
	specs[1].dst_port.n = 1;
	specs[1].dst_port.ranges[0].low = STREAM_NET_FIRST_PORT;
	specs[1].dst_port.ranges[0].high = LAST_PORT;
	specs[1].to_addresses = (struct ip4_range){ inner, inner };
	must(scene_publish_rules(NULL, r->router, FACILITY_NAT, specs, 2));
}

static void join(struct stream_net *net, struct world_router *a, unsigned port_a,
                 struct world_router *b, unsigned port_b)
{
	net->links[net->links_n++] = world_join_routers(net->world, a, port_a, b, port_b);
}

static void build_direct(struct stream_net *net)
{
	for (unsigned i = 0; i < 2; i++) {
		net->own[i] = net->seen[i] = IP(10, 0, 0, 1 + i);
		configure(net->hosts[i], &net->own[i], 1, (ip4){ 0 });
	}
	join(net, net->hosts[0], 0, net->hosts[1], 0);
}

static void build_one(struct stream_net *net, bool translates)
{
	struct world_router *r = world_router_add(net->world, 2);
	ip4 addrs[2] = { IP(192, 168, 88, 1), IP(203, 0, 113, 2) };

	net->own[0] = net->seen[0] = IP(192, 168, 88, 2);
	net->own[1] = net->seen[1] = IP(203, 0, 113, 9);
	configure(r, addrs, 2, (ip4){ 0 });
	configure(net->hosts[0], &net->own[0], 1, addrs[0]);
	configure(net->hosts[1], &net->own[1], 1, translates ? (ip4){ 0 } : addrs[1]);
	if (translates) {
		net->seen[0] = addrs[1];
		translate(r, addrs[1], net->own[0]);
	}
	join(net, net->hosts[0], 0, r, 0);
	join(net, r, 1, net->hosts[1], 0);
}

static void build_two(struct stream_net *net)
{
	struct world_router *r[2];

	for (unsigned i = 0; i < 2; i++) {
		ip4 addrs[2] = { IP(192, 168, 88 + i, 1), IP(203, 0, 113, 2 + i) };

		r[i] = world_router_add(net->world, 2);
		net->own[i] = IP(192, 168, 88 + i, 2);
		net->seen[i] = addrs[1];
		configure(r[i], addrs, 2, (ip4){ 0 });
		configure(net->hosts[i], &net->own[i], 1, addrs[0]);
		translate(r[i], addrs[1], net->own[i]);
		join(net, net->hosts[i], 0, r[i], 0);
	}
	join(net, r[0], 1, r[1], 1);
}

/* What lies between them has no connections of its own. */
static const struct tcp_budget no_budget = {
	.connections = 1, .half_open = 1, .time_wait = 1, .listeners = 1, .chunks = 1, .flights = 1
};

struct stream_net *stream_net_new(uint64_t seed, const struct stream_net_plan *plan)
{
	enum stream_layout layout = plan->layout;
	struct stream_net *net = mem_new(1, sizeof *net);

	net->start = plan->start;
	net->layout = layout;
	net->world = world_new_at(seed, &plan->start);
	net->world->offload = plan->offload;
	net->world->tcp = plan->budget;
	for (unsigned i = 0; i < 2; i++)
		net->hosts[i] = world_router_add(net->world, 1);
	net->world->tcp = no_budget;
	if (layout == STREAM_DIRECT)
		build_direct(net);
	else if (layout == STREAM_TWO_NATS)
		build_two(net);
	else
		build_one(net, layout == STREAM_NAT);
	return net;
}

void stream_net_free(struct stream_net *net)
{
	world_free(net->world);
	mem_free(net);
}

static void link_heal(struct stream_net *net, unsigned which)
{
	struct link_quality *q = link_quality(net->links[which]);

	*q = (struct link_quality){ .delay_ns = q->delay_ns % (30 * NS_PER_MS) + 1,
		                    .offload = q->offload };
}

/* Every fault within its bounds (RELIABILITY, G2), some of them seldom together. */
static void link_spoil(struct stream_net *net, unsigned which, struct sim_random *r)
{
	struct link_quality *q = link_quality(net->links[which]);
	bool slow = sim_random_chance(r, 1000);

	q->loss = sim_random_chance(r, 7000) ? sim_random_below(r, 500) : sim_random_below(r, 5000);
	q->duplicate = sim_random_below(r, 1000);
	q->reorder = sim_random_below(r, 3000);
	q->delay_ns = sim_random_next(r) % (slow ? 5 * NS_PER_S : 200 * NS_PER_MS);
	q->jitter_ns = sim_random_next(r) % (20 * NS_PER_MS);
	q->bytes_per_second = sim_random_chance(r, 5000) ? 20000 + sim_random_below(r, 2000000) : 0;
	q->queue_frames = 2 + sim_random_below(r, 60);
	q->mtu_bytes = sim_random_chance(r, 1000) ? 600 + sim_random_below(r, 900) : 0;
	if (which == net->spoiler) {
		q->corrupt = sim_random_below(r, 1000);
		q->spare_arp = true;
	}
}

static void ports_set_mtu(struct stream_net *net, struct sim_random *r)
{
	struct world *world = net->world;
	struct world_router *router = &world->routers[sim_random_below(r, world->routers_n)];
	uint32_t port = sim_random_below(r, 2);

	router->ports[port].mtu_next = 576 + sim_random_below(r, MTU - 576 + 1);
	world_wake(router);
}

const char *stream_net_trouble(struct stream_net *net, struct sim_random *random)
{
	uint32_t which = sim_random_below(random, net->links_n);
	struct link *link = net->links[which];

	switch (sim_random_below(random, 9)) {
	case 0:
		link_set_up(link, !link_is_up(link));
		return "a cable of streams";
	case 1:
		link_set_clogged(link, true);
		return "a link of streams clogs";
	case 2:
	case 3:
		link_set_clogged(link, false);
		link_set_up(link, true);
		return "a link of streams is let go";
	case 4:
		link_heal(net, which);
		return "a link of streams heals";
	case 5:
		ports_set_mtu(net, random);
		return "an MTU of streams";
	default:
		link_spoil(net, which, random);
		return "a link of streams gets bad";
	}
}

void stream_net_heal(struct stream_net *net)
{
	struct world *world = net->world;

	for (unsigned i = 0; i < net->links_n; i++) {
		link_set_up(net->links[i], true);
		link_heal(net, i);
	}
	for (unsigned i = 0; i < world->routers_n; i++) {
		for (unsigned port = 0; port < WORLD_PORTS; port++)
			world->routers[i].ports[port].mtu_next = MTU;
		world_wake(&world->routers[i]);
	}
	for (unsigned i = 0; i < net->links_n; i++)
		link_set_clogged(net->links[i], false);
}
