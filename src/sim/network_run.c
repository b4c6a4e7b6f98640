#include "sim/network_run.h"

#include <netinet/in.h>
#include <stdio.h>

#include "core/neigh.h"
#include "lib/mem.h"
#include "lib/text.h"
#include "sim/network.h"
#include "sim/scene.h"
#include "wire/icmp_header.h"
#include "wire/tcp_header.h"

#define IP(a, b, c, d) ((ip4){ (uint32_t)(a) << 24 | (b) << 16 | (c) << 8 | (d) })

enum {
	RUN_SALT = 1 << 20, /* its steps' random numbers are others than those of the pair */
	STEP_MS = 200,
	TALKS = 8, /* connections of a life: a host has room for 16 ends, and may call itself */
	HEALED_MS = 6000, /* what failed is forgotten by then, and asked for again */
	TALKS_MS = 60000, /* by then every connection has ended */
	TALKS_STEP_MS = 500,
	PING_MS = 4000,
	LAST_PING = 7777,
};

struct network_run {
	struct seed *seed;
	struct network *network;
	struct sim_random *random;
	uint32_t step;
	struct peer_conn *talks[TALKS];
	unsigned talks_n;
	unsigned spoiler; /* the one link that flips bits: two flips may hide each other */
};

/* --- what hosts do --- */

static ip4 draw_target(struct network_run *run, const struct network_host *host, uint16_t *ret_port)
{
	struct network *network = run->network;
	uint32_t which = sim_random_below(run->random, network->routers_n * 2);
	const struct network_router *r;

	*ret_port = NETWORK_SERVED_PORT;
	if (which >= network->routers_n)
		return network->hosts[NETWORK_SERVER].peer.addr;
	r = &network->routers[which];
	/* An inner router's outer address is known to the networks it stands in. */
	if (r->role == ROLE_ROUTING || (r->role == ROLE_INNER && r->behind != host->router))
		return network->hosts[NETWORK_SERVER].peer.addr;
	*ret_port = NETWORK_MAPPED_PORT;
	return r->outer;
}

/* Somebody inside. */
static struct network_host *draw_host(struct network_run *run)
{
	uint32_t n = run->network->hosts_n - NETWORK_STRANGER - 1;

	return &run->network->hosts[NETWORK_STRANGER + 1 + sim_random_below(run->random, n)];
}

static void connect_to(struct network_run *run, struct network_host *host)
{
	uint32_t bytes = sim_random_below(run->random, 6000);
	uint16_t port;
	ip4 target = draw_target(run, host, &port);
	struct peer_conn *conn;

	if (run->talks_n == TALKS)
		return;
	conn = peer_connect(&host->peer, target, host->next_port++, port, bytes, true);
	if (conn != NULL)
		run->talks[run->talks_n++] = conn;
}

static void say(struct network_run *run, struct network_host *host)
{
	struct network *network = run->network;
	struct network_router *r =
		&network->routers[sim_random_below(run->random, network->routers_n)];
	ip4 server = network->hosts[NETWORK_SERVER].peer.addr;
	uint16_t id = (uint16_t)sim_random_below(run->random, 4);

	switch (sim_random_below(run->random, 5)) {
	case 0:
		peer_ping(&host->peer, server, id, (uint16_t)run->step);
		break;
	case 1:
		peer_ping(&host->peer, r->lan[0].addr, id, (uint16_t)run->step);
		break;
	case 2:
		peer_ping(&host->peer, IP(203, 0, 113, 77), id, 1); /* nobody */
		break;
	default:
		peer_udp(&host->peer, server, (uint16_t)(4000 + id), 53,
		         sim_random_below(run->random, 1473));
		break;
	}
}

/* The stranger tries doors: those of routers, and of what is behind them. */
static void intrude(struct network_run *run)
{
	struct network *network = run->network;
	struct peer *stranger = &network->hosts[NETWORK_STRANGER].peer;
	uint32_t which = sim_random_below(run->random, network->routers_n);
	bool behind = sim_random_chance(run->random, 3000);
	const struct network_router *r = &network->routers[which];
	ip4 target = behind ? (ip4){ r->lan[0].addr.v + 9 } : r->outer;
	struct draft d = {
		.tuple = { .dst = target, .sport = 50000, .proto = IPPROTO_TCP },
		.tcp_flags = TCP_SYN,
	};

	d.tuple.dport = (uint16_t)(1 + sim_random_below(run->random, 8000));
	switch (sim_random_below(run->random, 3)) {
	case 0:
		peer_ping(stranger, target, 9, 1);
		break;
	case 1:
		peer_udp(stranger, target, 53, d.tuple.dport, 30);
		break;
	default:
		peer_send(stranger, &d);
		break;
	}
}

static void router_asks(struct router *router, void *arg)
{
	const struct network *network = arg;

	(void)ping_start(router->host.pings, &router->net,
	                 &(struct ping_spec){ .dst = network->hosts[NETWORK_SERVER].peer.addr,
	                                      .count = 2,
	                                      .size = 56,
	                                      .ttl = 64,
	                                      .interval_ms = 100 });
}

static void pings_end(struct router *router, void *arg)
{
	for (unsigned i = 0; i < PINGS_MAX; i++)
		ping_stop(&router->net, &router->host.pings[i]);
}

static void talk(struct network_run *run)
{
	unsigned words = sim_random_below(run->random, 4);

	for (unsigned i = 0; i < words; i++) {
		struct network_host *host = draw_host(run);

		if (sim_random_chance(run->random, 4000))
			connect_to(run, host);
		else
			say(run, host);
	}
	if (sim_random_chance(run->random, 4000))
		intrude(run);
	if (sim_random_chance(run->random, 500)) {
		struct node *node =
			&run->network
				 ->routers[sim_random_below(run->random, run->network->routers_n)]
				 .node;

		twin_each(node->twin, pings_end, NULL);
		twin_each(node->twin, router_asks, run->network);
		node_wake(node);
	}
}

/* --- what goes wrong on links --- */

static void link_heal(struct network_run *run, unsigned which)
{
	struct link_quality *q = link_quality(run->network->links[which]);

	*q = (struct link_quality){ .delay_ns = q->delay_ns % (3 * NS_PER_MS) + 1,
		                    .offload = q->offload };
}

static void link_spoil(struct network_run *run, unsigned which)
{
	struct sim_random *r = run->random;
	struct link_quality *q = link_quality(run->network->links[which]);
	bool wild = !run->network->calm;

	q->loss = sim_random_below(r, 5000);
	q->duplicate = sim_random_below(r, 1000);
	q->reorder = sim_random_below(r, 3000);
	q->delay_ns = sim_random_next(r) % (wild ? 5 * NS_PER_S : 60 * NS_PER_MS);
	q->jitter_ns = sim_random_next(r) % (20 * NS_PER_MS);
	q->bytes_per_second = sim_random_chance(r, 3000) ? 20000 + sim_random_below(r, 1000000) : 0;
	q->queue_frames = 2 + sim_random_below(r, 30);
	q->mtu_bytes = sim_random_chance(r, 2000) ? 600 + sim_random_below(r, 900) : 0;
	if (which == run->spoiler) {
		q->corrupt = sim_random_below(r, 1000);
		q->spare_arp = true;
	}
}

static const char *trouble(struct network_run *run)
{
	uint32_t which = sim_random_below(run->random, run->network->links_n);
	struct link *link = run->network->links[which];

	/* The stranger hears everything that is meant for it. */
	if (link == run->network->hosts[NETWORK_STRANGER].link)
		return NULL;
	switch (sim_random_below(run->random, 8)) {
	case 0:
	case 1:
		link_set_up(link, !link_is_up(link));
		return "a cable";
	case 2:
	case 3:
		link_set_clogged(link, true); /* one by one; healed in any order */
		return "a link clogs";
	case 4:
		link_set_clogged(link, false);
		return "a link is let go";
	case 5:
		link_heal(run, which);
		return "a link heals";
	default:
		link_spoil(run, which);
		return "a link gets bad";
	}
}

/* In an order that has nothing to do with the one in which they clogged. */
static void heal_all(struct network_run *run)
{
	struct network *network = run->network;
	uint32_t from = sim_random_below(run->random, network->links_n);

	for (unsigned i = 0; i < network->links_n; i++) {
		unsigned which = (from + i * 7) % network->links_n;

		link_set_up(network->links[which], true);
		link_heal(run, which);
	}
	for (unsigned i = 0; i < network->links_n; i++) {
		link_set_up(network->links[i], true);
		link_set_clogged(network->links[i], false);
		link_heal(run, i);
	}
}

/* --- what is changed in routers --- */

struct neighbour {
	iface_id iface;
	ip4 addr;
	struct mac mac;
};

static void neighbour_forget(struct router *router, void *arg)
{
	const struct neighbour *n = arg;

	neigh_remove(&router->net, n->iface, n->addr);
}

static void neighbour_fix(struct router *router, void *arg)
{
	const struct neighbour *n = arg;

	(void)neigh_set_static(&router->net, n->iface, n->addr, &n->mac);
}

/* A host of @r's first network. */
static struct neighbour draw_neighbour(struct network_run *run, const struct network_router *r)
{
	const struct network *network = run->network;
	uint32_t from = sim_random_below(run->random, network->hosts_n);

	for (unsigned i = 0; i < network->hosts_n; i++) {
		const struct peer *peer = &network->hosts[(from + i) % network->hosts_n].peer;

		if (ip4_within(peer->addr, r->lan[0].addr, 24) &&
		    network->hosts[(from + i) % network->hosts_n].router ==
		            (unsigned)(r - network->routers))
			return (struct neighbour){ 2, peer->addr, peer->mac };
	}
	return (struct neighbour){ 1, network->hosts[NETWORK_SERVER].peer.addr,
		                   network->hosts[NETWORK_SERVER].peer.mac };
}

struct enable {
	iface_id iface;
	bool enabled;
};

static void iface_switch(struct router *router, void *arg)
{
	const struct enable *enable = arg;

	iface_enable(&router->net, enable->iface, enable->enabled);
}

static const char *change_wildly(struct network_run *run, struct node *node)
{
	uint32_t kind = sim_random_below(run->random, 4);
	struct enable enable = { .iface = (iface_id)(1 + sim_random_below(run->random, 3)) };
	uint32_t mtu = 576 + sim_random_below(run->random, 925);

	run->network->random = *run->random;
	switch (kind) {
	case 0:
		twin_set_mtu(node->twin, sim_random_below(run->random, TWIN_PORTS), mtu);
		return "an MTU in a network";
	case 1:
		enable.enabled = sim_random_chance(run->random, 5000);
		twin_each(node->twin, iface_switch, &enable);
		return "an interface in a network";
	default:
		network_draw_rules(run->network, node,
		                   (enum facility)sim_random_below(run->random, FACILITY_COUNT));
		node_publish(node);
		return "rules in a network";
	}
}

/* Nothing of this may be noticed: the same rules, routes and neighbours once more. */
static const char *change_calmly(struct network_run *run, struct network_router *r)
{
	struct neighbour n = draw_neighbour(run, r);

	switch (sim_random_below(run->random, 3)) {
	case 0:
		twin_each(r->node.twin, neighbour_forget, &n);
		return "a neighbour in a network is forgotten";
	case 1:
		twin_each(r->node.twin, neighbour_fix, &n);
		return "a static neighbour in a network";
	default:
		node_publish(&r->node);
		return "all rules and routes of a router anew";
	}
}

static const char *change(struct network_run *run)
{
	struct network *network = run->network;
	struct network_router *r =
		&network->routers[sim_random_below(run->random, network->routers_n)];
	const char *what;

	if (!network->calm && sim_random_chance(run->random, 6000))
		what = change_wildly(run, &r->node);
	else
		what = change_calmly(run, r);
	node_wake(&r->node);
	return what;
}

static void note(struct network_run *run, const char *what)
{
	if (what == NULL)
		return;
	cover_change(run->seed->cover, what, 1);
	if (run->seed->told)
		printf("  change: %s\n", what);
}

/* --- what must hold --- */

static bool wrong(struct network_run *run, const char *what)
{
	if (text_str(run->seed->out)[0] == '\0')
		text_add(run->seed->out, what);
	return false;
}

static bool routers_hold(struct network_run *run)
{
	for (unsigned i = 0; i < run->network->routers_n; i++) {
		if (!node_holds(&run->network->routers[i].node))
			return false;
	}
	return true;
}

static bool hosts_hold(struct network_run *run)
{
	const struct network *network = run->network;

	for (unsigned i = 0; i < run->talks_n; i++) {
		if (run->talks[i]->wrong)
			return wrong(run, "a wrong byte came by a connection");
	}
	if (network->calm && network->hosts[NETWORK_STRANGER].peer.seen_n != 0)
		return wrong(run, "a stranger was answered");
	return true;
}

static void conn_say(const struct peer_conn *conn, struct text *out)
{
	char src[IP4_TEXT_BYTES], dst[IP4_TEXT_BYTES];

	text_printf(
		out,
		"a connection did not end: %s:%u > %s:%u, state %u, acked %u of %u, received %lu",
		ip4_str(conn->tuple.src, src), conn->tuple.sport, ip4_str(conn->tuple.dst, dst),
		conn->tuple.dport, conn->state, conn->acked - conn->first_seq, conn->want,
		(unsigned long)conn->received);
}

static bool talks_end(struct network_run *run)
{
	const struct peer_conn *open = NULL;

	for (unsigned ms = 0; ms < TALKS_MS; ms += TALKS_STEP_MS) {
		open = NULL;
		for (unsigned i = 0; i < run->talks_n; i++) {
			if (!peer_conn_is_done(run->talks[i]))
				open = run->talks[i];
		}
		if (open == NULL || !run->network->calm)
			break;
		network_run_ms(run->network, TALKS_STEP_MS);
	}
	if (open == NULL || !run->network->calm)
		return true;
	conn_say(open, run->seed->out);
	return false;
}

static bool pings_are_answered(struct network_run *run)
{
	struct network *network = run->network;
	ip4 server = network->hosts[NETWORK_SERVER].peer.addr;

	for (unsigned i = NETWORK_STRANGER + 1; i < network->hosts_n; i++)
		peer_ping(&network->hosts[i].peer, server, (uint16_t)i, LAST_PING);
	network_run_ms(network, PING_MS);
	for (unsigned i = NETWORK_STRANGER + 1; network->calm && i < network->hosts_n; i++) {
		const struct peer_packet *p =
			peer_last(&network->hosts[i].peer, IPPROTO_ICMP, server);
		char addr[IP4_TEXT_BYTES];

		if (p != NULL && p->icmp_type == ICMP_ECHO_REPLY && p->icmp_low == LAST_PING)
			continue;
		text_printf(run->seed->out, "%s pings in vain when all links are good",
		            ip4_str(network->hosts[i].peer.addr, addr));
		return false;
	}
	return true;
}

/* --- the life --- */

static bool live(struct network_run *run)
{
	struct sim_random random = seed_random(run->seed, RUN_SALT + run->step);

	run->random = &random;
	run->network->timeline.random.state = sim_random_next(&random);
	if (run->seed->told)
		printf("network step %u\n", run->step);
	if (seed_has_step(run->seed, run->step)) {
		talk(run);
		if (sim_random_chance(&random, 5000))
			note(run, trouble(run));
		if (sim_random_chance(&random, 1500))
			note(run, change(run));
	}
	network_run_ms(run->network, STEP_MS);
	return routers_hold(run) && hosts_hold(run);
}

static bool end_well(struct network_run *run)
{
	struct sim_random random = seed_random(run->seed, RUN_SALT - 1);

	run->random = &random;
	heal_all(run);
	network_run_ms(run->network, HEALED_MS);
	if (!talks_end(run) || !pings_are_answered(run) || !routers_hold(run) || !hosts_hold(run))
		return false;
	for (unsigned i = 0; i < run->network->routers_n; i++) {
		struct node *node = &run->network->routers[i].node;

		twin_each(node->twin, pings_end, NULL);
		if (!node_drains(node))
			return false;
	}
	return true;
}

static void sum_up(struct network_run *run)
{
	struct network *network = run->network;

	for (unsigned i = 0; i < network->routers_n; i++) {
		const struct router *router = network->routers[i].node.twin->fast.router;

		cover_router(run->seed->cover, router);
		trace_router(&network->timeline.trace, router);
	}
	for (unsigned i = 0; i < network->links_n; i++)
		cover_link(run->seed->cover, link_counters(network->links[i]));
	run->seed->cover->events[COVER_NEAR_WRAP] += network->start.near_wrap;
	trace_number(&run->seed->trace, network->timeline.trace.hash);
	run->seed->trace.frames += network->timeline.trace.frames;
}

bool network_run(struct seed *seed)
{
	struct sim_random random = seed_random(seed, RUN_SALT);
	struct network_run run = { .seed = seed,
		                   .network = network_new(seed->number, &random, seed->out) };
	uint32_t steps =
		seed->steps != 0 && seed->steps < NETWORK_STEPS ? seed->steps : NETWORK_STEPS;
	bool good = true;

	for (unsigned i = 0; i < run.network->routers_n; i++)
		run.network->routers[i].node.told = seed->told;
	run.spoiler = sim_random_below(&random, run.network->links_n);
	for (run.step = 1; good && run.step <= steps; run.step++) {
		seed->failed_step = run.step;
		good = live(&run);
	}
	sum_up(&run);
	if (good && steps == NETWORK_STEPS) {
		seed->failed_step = 0;
		good = end_well(&run);
	}
	network_free(run.network);
	return good;
}
