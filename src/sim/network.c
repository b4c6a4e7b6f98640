#include "sim/network.h"

#include <assert.h>
#include <netinet/in.h>

#include "lib/mem.h"
#include "lib/text.h"
#include "sim/scene.h"
#include "sim/scene_rule.h"

#define IP(a, b, c, d)                                                                             \
	((ip4){ (uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 | (d) })

enum {
	OUTER_PORT = 0,
	PEER_TTL = 128, /* above what routers send with */
	FLOWS = 96,
	NEIGHBOURS = 32,
	SERVE_BYTES = 4000
};

/* --- cables, hosts --- */

/* Of its good days. */
static struct link_quality good_quality(struct network *network, bool offload)
{
	return (struct link_quality){
		.delay_ns = 1 + sim_random_next(&network->random) % (3 * NS_PER_MS),
		.offload = offload,
	};
}

static struct link *link_add(struct network *network, bool offload)
{
	struct link_quality quality = good_quality(network, offload);

	must(network->links_n < NETWORK_LINKS);
	network->links[network->links_n] = link_new(&network->timeline, &quality);
	return network->links[network->links_n++];
}

static struct segment *segment_add(struct network *network)
{
	struct segment *segment = &network->segments[network->segments_n++];

	must(network->segments_n <= NETWORK_SEGMENTS);
	segment->hub = sim_random_chance(&network->random, 2500);
	return segment;
}

static struct peer *host_add(struct network *network, unsigned router, struct link *link, ip4 addr,
                             ip4 gateway)
{
	struct network_host *host = &network->hosts[network->hosts_n++];
	char own[IP4_TEXT_BYTES + 4], way[IP4_TEXT_BYTES];
	struct text text = text_into(own, sizeof own);

	must(network->hosts_n <= NETWORK_HOSTS);
	text_printf(&text, "%s/24", ip4_str(addr, way));
	peer_init(&host->peer, &network->timeline, link, 1, own, ip4_str(gateway, way));
	host->link = link;
	host->router = router;
	host->next_port = (uint16_t)(1024 + sim_random_below(&network->random, 60000));
	host->peer.ids = &network->next_id;
	host->peer.ttl = PEER_TTL;
	host->peer.first_seq = network->start.tcp_seq;
	host->peer.listen = NETWORK_SERVED_PORT;
	host->peer.serve = sim_random_below(&network->random, SERVE_BYTES);
	return &host->peer;
}

static struct link *plug_in(struct network *network, struct segment *segment)
{
	struct link *link = link_add(network, false);

	segment_plug(segment, link);
	return link;
}

/* --- rules --- */

static struct rule_spec *rule_add(struct node *node, enum facility facility, const char *chain,
                                  uint32_t action)
{
	struct rule_spec *spec = &node->rules[facility][node->rules_n[facility]++];
	struct text text = text_into(spec->chain, sizeof spec->chain);

	must(node->rules_n[facility] <= NODE_RULES);
	text_add(&text, chain);
	spec->action = (uint8_t)action;
	spec->id = node->next_id++;
	return spec;
}

/* What a fresh router has (menu/ip_firewall_filter.c). */
static void guard(struct node *node, const char *chain)
{
	struct rule_spec *spec = rule_add(node, FACILITY_FILTER, chain, ACTION_ACCEPT);

	spec->connection_state =
		(struct match_bits){ .on = true,
		                     .bits = 1 << STATE_ESTABLISHED | 1 << STATE_RELATED |
		                             1 << STATE_UNTRACKED };
	spec = rule_add(node, FACILITY_FILTER, chain, ACTION_DROP);
	spec->connection_state = (struct match_bits){ .on = true, .bits = 1 << STATE_INVALID };
}

static void rules_default(struct network_router *r)
{
	struct node *node = &r->node;
	struct rule_spec *spec;

	guard(node, "input");
	spec = rule_add(node, FACILITY_FILTER, "input", ACTION_DROP);
	spec->in_interface_list =
		(struct match_list){ .on = true, .negate = true, .id = SCENE_LIST_LAN };
	guard(node, "forward");
	spec = rule_add(node, FACILITY_FILTER, "forward", ACTION_DROP);
	spec->in_interface_list = (struct match_list){ .on = true, .id = SCENE_LIST_WAN };
	spec->connection_nat_state =
		(struct match_bits){ .on = true, .negate = true, .bits = NAT_DST };
	spec = rule_add(node, FACILITY_NAT, "srcnat", ACTION_MASQUERADE);
	spec->out_interface_list = (struct match_list){ .on = true, .id = SCENE_LIST_WAN };
}

static void map_port(struct network_router *r, ip4 host)
{
	struct rule_spec *spec = rule_add(&r->node, FACILITY_NAT, "dstnat", ACTION_DST_NAT);

	r->mapped = host;
	spec->dst_address = (struct match_addr){ .on = true, .range = { r->outer, r->outer } };
	spec->protocol =
		(struct match_number){ .on = true, .low = IPPROTO_TCP, .high = IPPROTO_TCP };
	spec->dst_port.on = true;
	spec->dst_port.n = 1;
	spec->dst_port.ranges[0].low = spec->dst_port.ranges[0].high = NETWORK_MAPPED_PORT;
	spec->to_addresses = (struct ip4_range){ host, host };
	spec->to_port_low = spec->to_port_high = NETWORK_SERVED_PORT;
	spec->hairpin = true;
}

void network_draw_rules(struct network *network, struct node *node, enum facility facility)
{
	static_assert(NODE_RULES >= SCENE_RULES, "as many as are drawn");
	scene_rule_draw_all(&network->random, facility, &node->next_id, node->rules[facility],
	                    &node->rules_n[facility]);
}

/* --- routers --- */

/* Every inner network is another one, but for those of routers that stand side by side outside. */
static ip4 lan_address(const struct network *network, unsigned router, unsigned lan)
{
	const struct network_router *r = &network->routers[router];

	if (r->role == ROLE_OUTER && lan == 0)
		return IP(192, 168, 88, 1);
	return IP(10, router, lan + 3, 1);
}

static void lan_hosts(struct network *network, unsigned router, unsigned lan)
{
	struct network_router *r = &network->routers[router];
	unsigned n = 1 + sim_random_below(&network->random, 3);

	for (unsigned i = 0; i < n; i++)
		host_add(network, router, plug_in(network, r->lan[lan].segment),
		         (ip4){ r->lan[lan].addr.v + 9 + i }, r->lan[lan].addr);
}

static void lan_add(struct network *network, unsigned router, unsigned lan)
{
	struct network_router *r = &network->routers[router];
	bool offload = sim_random_chance(&network->random, 5000);
	unsigned place = lan + 1;

	r->lan[lan].addr = lan_address(network, router, lan);
	node_address(&r->node, place, r->lan[lan].addr, 24);
	if (network->calm)
		node_blackhole(&r->node, (ip4){ r->lan[lan].addr.v - 1 }, 24);
	if (lan == 0 || sim_random_chance(&network->random, 5000)) {
		r->lan[lan].segment = segment_add(network);
		node_plug(&r->node, place, plug_in(network, r->lan[lan].segment), 1);
		lan_hosts(network, router, lan);
	} else {
		struct link *link = link_add(network, offload);
		struct peer *peer = host_add(network, router, link, (ip4){ r->lan[lan].addr.v + 9 },
		                             r->lan[lan].addr);

		peer->partial = offload;
		node_plug(&r->node, place, link, 0);
	}
}

/* The one behind which it stands sends on what is for its networks. */
static void tell_parent(struct network *network, const struct network_router *r)
{
	struct node *parent = &network->routers[r->behind].node;

	for (unsigned i = 0; i < r->lans; i++) {
		node_route(parent, (ip4){ r->lan[i].addr.v - 1 }, 24, r->outer);
		if (network->calm)
			node_blackhole(parent, (ip4){ r->lan[i].addr.v - 1 }, 24);
	}
}

static void draw_place(struct network *network, unsigned router)
{
	struct network_router *r = &network->routers[router];
	bool outside = sim_random_chance(&network->random, 4000);
	uint32_t behind = sim_random_below(&network->random, router == 0 ? 1 : router);
	bool routing = sim_random_chance(&network->random, 4000);

	r->role = router == 0 || outside ? ROLE_OUTER : routing ? ROLE_ROUTING : ROLE_INNER;
	/* A routed network behind a routing router would need its parent's parent to know it. */
	if (r->role != ROLE_OUTER && network->routers[behind].role == ROLE_ROUTING)
		behind = network->routers[behind].behind;
	r->behind = behind;
}

static void outer_port(struct network *network, unsigned router)
{
	struct network_router *r = &network->routers[router];
	struct segment *segment = &network->segments[0];
	ip4 gateway = IP(203, 0, 113, 9);

	r->outer = IP(203, 0, 113, 2 + router);
	if (r->role != ROLE_OUTER) {
		segment = network->routers[r->behind].lan[0].segment;
		gateway = network->routers[r->behind].lan[0].addr;
		r->outer = (ip4){ gateway.v + 1 + router };
	}
	r->node.ports[OUTER_PORT].wan = r->role != ROLE_ROUTING;
	node_plug(&r->node, OUTER_PORT, plug_in(network, segment), 1);
	node_address(&r->node, OUTER_PORT, r->outer, 24);
	node_route(&r->node, (ip4){ 0 }, 0, gateway);
}

static void rules_draw(struct network *network, struct network_router *r)
{
	if (network->calm && r->role == ROLE_ROUTING)
		return;
	if (network->calm) {
		rules_default(r);
		map_port(r, (ip4){ r->lan[0].addr.v + 9 });
		r->node.masks = true;
		return;
	}
	for (unsigned f = 0; f < FACILITY_COUNT; f++)
		network_draw_rules(network, &r->node, (enum facility)f);
}

static void router_add(struct network *network)
{
	unsigned router = network->routers_n++;
	struct network_router *r = &network->routers[router];
	struct twin_setup setup = {
		.seed = network->seed + router,
		.flows = FLOWS,
		.neighbours = NEIGHBOURS,
		.number = (uint8_t)router,
		.now = network->start.now,
		.start = network->start.router,
	};

	node_init(&r->node, &network->timeline, &setup, network->out);
	r->node.calm = network->calm;
	draw_place(network, router);
	r->lans = 1 + sim_random_below(&network->random, 2);
	outer_port(network, router);
	for (unsigned i = 0; i < r->lans; i++)
		lan_add(network, router, i);
	rules_draw(network, r);
	if (r->role == ROLE_ROUTING)
		tell_parent(network, r);
}

/* --- all of it --- */

static void outside_add(struct network *network)
{
	struct segment *outside = segment_add(network);
	struct peer *server = host_add(network, NETWORK_NODES, plug_in(network, outside),
	                               IP(203, 0, 113, 9), IP(203, 0, 113, 2));

	server->echo = true;
	host_add(network, NETWORK_NODES, plug_in(network, outside), IP(203, 0, 113, 66),
	         IP(203, 0, 113, 2));
}

struct network *network_new(uint64_t seed, const struct sim_random *random, struct text *out)
{
	struct network *network = mem_new(1, sizeof *network);
	unsigned routers;

	network->seed = seed;
	network->random = *random;
	network->out = out;
	network->start = start_draw(&network->random);
	network->next_id = network->start.ip_id;
	network->calm = sim_random_chance(&network->random, 6000);
	timeline_init(&network->timeline, seed, network->start.now);
	network->timeline.clock.wall_offset_ns = network->start.wall_offset_ns;
	outside_add(network);
	routers = 1 + sim_random_below(&network->random, NETWORK_NODES);
	for (unsigned i = 0; i < routers; i++)
		router_add(network);
	for (unsigned i = 0; i < routers; i++)
		node_publish(&network->routers[i].node);
	return network;
}

void network_free(struct network *network)
{
	for (unsigned i = 0; i < network->routers_n; i++)
		node_free(&network->routers[i].node);
	for (unsigned i = 0; i < network->hosts_n; i++)
		peer_free(&network->hosts[i].peer);
	for (unsigned i = 0; i < network->links_n; i++)
		link_free(network->links[i]);
	timeline_free(&network->timeline);
	mem_free(network);
}

void network_run_ms(struct network *network, uint64_t ms)
{
	mono until = mono_add_ms(timeline_now(&network->timeline), ms);
	bool more = true;

	while (more)
		more = timeline_step(&network->timeline, until);
}
