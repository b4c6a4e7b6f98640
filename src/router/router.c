#include "router/router.h"

#include "core/neigh.h"
#include "fw/flow_counts.h"
#include "fw/limit.h"
#include "fw/nat.h"
#include "fw/nat_port.h"
#include "lib/mem.h"
#include "router/routing_mark.h"
#include "router/socket_policy.h"

struct net_budget router_budget_default(void)
{
	return (struct net_budget){
		.pkt_small = 4096,
		.pkt_large = 64,
		.neighbours = 8192,
		.port_addresses = 1024,
	};
}

static void flows_setup(struct router *router, const struct router_setup *setup)
{
	void *bytes = setup->flow_bytes;

	if (bytes == NULL) {
		bytes = mem_new_aligned(64, flows_bytes(setup->flows));
		router->own_flow_bytes = bytes;
	}
	router->fw.flows = flows_init(bytes, setup->flows, &router->net.key, setup->now);
	router->fw.flows->linear = setup->reference ? 1 : 0;
}

struct router *router_new(const struct router_setup *setup)
{
	struct router *router = mem_new_aligned(64, sizeof *router);
	struct net_budget budget =
		setup->budget.pkt_small != 0 ? setup->budget : router_budget_default();

	router->net.now = setup->now;
	router->started = setup->now;
	router->reference = setup->reference;
	net_init(&router->net, &budget, setup->random, setup->log);
	if (setup->start.generation != 0)
		router->net.generation = setup->start.generation;
	neigh_begin_versions(&router->net, setup->start.neigh_version);
	router->fw.net = &router->net;
	router->fw.timeouts = flow_timeouts_default();
	router->fw.loose = true;
	router->fw.re_evaluate = true;
	router->fw.filter_set = 1;
	flows_setup(router, setup);
	router->fw.lists = address_lists_new(&router->net, setup->address_entries != 0
	                                                           ? setup->address_entries
	                                                           : ADDRESS_ENTRIES_DEFAULT);
	router->net.flow_counts = flow_counts_new(&router->net.key);
	router->net.limits = limits_new(setup->limits != 0 ? setup->limits : ROUTER_LIMITS_DEFAULT,
	                                &router->net.key);
	router->marks = marks_new();
	router->net.translated = nat_port_translates;
	router->net.translated_arg = &router->fw;
	router->net.routing_mark = routing_mark_of;
	router->net.routing_mark_arg = router;
	host_init(&router->host, &router->net, &setup->host);
	host_take_tcp(&router->host, tcp_new(&router->net, &setup->tcp));
	router->lan = lan_new(&router->net,
	                      setup->stations != 0 ? setup->stations : LAN_STATIONS_DEFAULT);
	router->sniffer = sniffer_new(&router->net);
	return router;
}

void router_free(struct router *router)
{
	sniffer_free(router->sniffer);
	host_free(&router->host);
	lan_free(router->lan);
	socket_policy_free(router->socket_policy);
	for (unsigned i = 0; i < FACILITY_COUNT; i++)
		rules_free(router->fw.rules[i]);
	address_lists_free(router->fw.lists);
	marks_free(router->marks);
	flow_counts_free(router->net.flow_counts);
	limits_free(router->net.limits);
	net_free(&router->net);
	mem_free(router->own_flow_bytes);
	mem_free(router);
}

void router_set_wall(struct router *router, wall time, mono now)
{
	router->net.wall_offset_ns = time.ns - (int64_t)now.ns;
}

void router_set_configured(struct router *router)
{
	router->configured = true;
}

void router_publish_rules(struct router *router, enum facility facility, struct rules *rules)
{
	uint64_t lengths = 0;

	rules_free(router->fw.rules[facility]);
	router->fw.rules[facility] = rules;
	if (facility == FACILITY_FILTER)
		router->fw.filter_set++;
	for (unsigned i = 0; i < FACILITY_COUNT; i++)
		lengths |= rules_count_lengths(router->fw.rules[i]);
	flow_counts_keep(router->net.flow_counts, router->fw.flows, lengths);
	net_generation_next(&router->net);
}

void router_addresses_changed(struct router *router)
{
	uint32_t ended = nat_forget_addresses(&router->fw);

	if (ended > 0)
		log_write(router->net.log, LOG_INFO, "firewall",
		          "%u masqueraded connections ended: their outer address is gone", ended);
}

uint64_t router_drops(const struct router *router)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < DROP_COUNT; i++) {
		if (drop_is_loss((enum drop_reason)i))
			sum += router->net.drops[i];
	}
	return sum;
}
