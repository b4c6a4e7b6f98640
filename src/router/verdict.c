#include "router/verdict.h"

#include <netinet/in.h>

#include "core/ether.h"
#include "core/ip4.h"
#include "core/neigh.h"
#include "fw/track.h"
#include "fw/translate.h"
#include "router/pipeline.h"
#include "wire/eth.h"
#include "wire/icmp_header.h"
#include "wire/tcp_header.h"

/* Packets that say nothing new about their connection: all but these may be replayed. */
static bool is_plain(const struct pkt *p)
{
	if (p->fragment != 0 || p->has_options || p->ether_group)
		return false;
	if (p->arrived.proto == IPPROTO_TCP)
		return (p->tcp_flags & (TCP_SYN | TCP_ACK | TCP_FIN | TCP_RST)) == TCP_ACK;
	/* An error has no identifier: its tuple would find the query with identifier 0. */
	if (p->arrived.proto == IPPROTO_ICMP)
		return icmp_is_query(p->icmp_type);
	return true;
}

/* Over all addresses that a rule can have looked for in a list: as packets come, and as they leave
 * (rules see them before, after and in the middle of translation). */
static uint32_t lists_stamp(const struct router *router, const struct flow *flow, uint8_t dir)
{
	const struct flow_key *comes = &flow->key[dir], *leaves = &flow->key[1 - dir];
	const ip4 addrs[] = { comes->src, comes->dst, leaves->src, leaves->dst };

	return address_lists_stamp(router->fw.lists, addrs, ARRAY_LEN(addrs));
}

/*
 * Does it go as its flow says? A flow whose source is translated on its way out, and whose
 * destination has become an address of this router since, is delivered untranslated.
 */
static bool goes_as_said(const struct flow *flow, const struct pkt *p)
{
	struct tuple said = flow_leaves(flow, p->flow_dir);

	return tuple_equal(&said, &p->now);
}

/* Who must leave by one interface, or in no connection, may share a flow with packets that need
 * not. */
static bool is_bound(const struct pkt *p)
{
	return p->bound != IFACE_NONE || p->untracked;
}

struct verdict_note verdict_note_of(const struct walk *walk, const struct pkt *p)
{
	const struct router *router = walk->router;
	const struct flow *flow;

	if (router->reference || p->flow == FLOW_NONE || is_bound(p))
		return (struct verdict_note){ 0 };
	if (p->state != STATE_NEW && p->state != STATE_ESTABLISHED)
		return (struct verdict_note){ 0 };
	flow = flow_at_const(router->fw.flows, p->flow);
	return (struct verdict_note){
		.fit = is_plain(p) && !p->each_packet && !p->aside && !walk->unsettled &&
		       track_is_settled(flow) && goes_as_said(flow, p),
		.flow = p->flow,
		.dir = p->flow_dir,
		.in = p->in,
		.local = walk->path == PATH_LOCAL,
		.route = p->route,
		.trail = p->trail,
		.asked_lists = p->asked_lists,
	};
}

void verdict_remember(struct router *router, const struct verdict_note *note, uint32_t neigh)
{
	struct flow *flow;
	struct flow_way *way;

	if (!note->fit || (neigh == NEIGH_NONE && !note->local))
		return;
	flow = flow_at(router->fw.flows, note->flow);
	way = &flow->way[note->dir];
	if (note->route.generation != router->net.generation)
		return;
	way->generation = note->route.generation;
	way->in = note->in;
	way->out = note->route.out;
	way->local = note->local;
	if (!note->local) {
		way->mtu_bytes =
			(uint16_t)(note->route.mtu_bytes < UINT16_MAX ? note->route.mtu_bytes
		                                                      : UINT16_MAX);
		way->neigh = neigh;
		way->neigh_version = neigh_at(&router->net, neigh)->version;
	}
	way->trail = note->trail;
	way->lists = note->asked_lists ? lists_stamp(router, flow, note->dir) : 0;
}

/* The size that has to fit the next link: of a packet to be cut later, that of a segment. */
static bool fits(const struct pkt *p, uint32_t mtu_bytes)
{
	if (p->offload.gso_type == GSO_NONE)
		return p->ip_bytes <= mtu_bytes;
	return (uint32_t)(p->payload_at - p->l3) + p->offload.gso_bytes <= mtu_bytes;
}

/* Only what is passed on loses of its TTL (RFC 1812, 5.3.1), and only what leaves has to fit. */
static bool may_go_on(const struct pkt *p, const struct flow_way *way)
{
	if (way->local)
		return true;
	return (p->in == IFACE_NONE || p->ttl > 1) && fits(p, way->mtu_bytes);
}

static struct flow_way *usable_way(struct router *router, struct pkt *p)
{
	struct flow *flow;
	struct flow_way *way;

	p->flow = flow_find(router->fw.flows, &p->arrived, p->hash, &p->flow_dir);
	if (p->flow == FLOW_NONE)
		return NULL;
	flow = flow_at(router->fw.flows, p->flow);
	way = &flow->way[p->flow_dir];
	if (way->generation != router->net.generation || way->in != p->in)
		return NULL;
	if (way->lists != 0 && way->lists != lists_stamp(router, flow, p->flow_dir))
		return NULL;
	if (!track_is_settled(flow) || !may_go_on(p, way))
		return NULL;
	return way;
}

static void count_rules(struct router *router, uint64_t trail, uint32_t bytes)
{
	if (trail == 0)
		return;
	for (unsigned i = 0; i < FACILITY_COUNT; i++) {
		if (router->fw.rules[i] != NULL)
			rules_count(router->fw.rules[i], trail, bytes);
	}
}

/* All of it but the last step. */
static void replay(struct router *router, struct pkt *p, const struct flow_way *way,
                   const struct tcp_segment *seg)
{
	p->state = STATE_ESTABLISHED;
	p->now = flow_leaves(flow_at_const(router->fw.flows, p->flow), p->flow_dir);
	p->route.out = way->out;
	p->route.kind = way->local ? ROUTE_LOCAL : ROUTE_UNICAST;
	track_note_plain(&router->fw, p, seg);
	count_rules(router, way->trail, p->ip_bytes);
	translate(p);
	router->counters.replayed++;
}

bool verdict_replay(struct router *router, struct pkt *p)
{
	struct net *net = &router->net;
	struct neigh *neigh = NULL;
	struct tcp_segment seg;
	struct flow_way *way;

	if (!is_plain(p) || is_bound(p))
		return false;
	way = usable_way(router, p);
	if (way == NULL || !track_plain_fits(flow_at_const(router->fw.flows, p->flow), p, &seg))
		return false;
	if (!way->local) {
		neigh = neigh_use(net, way->neigh, way->neigh_version);
		if (neigh == NULL)
			return false;
	}
	replay(router, p, way, &seg);
	if (neigh == NULL) {
		(void)net_deliver_local(net, p);
		return true;
	}
	if (p->in != IFACE_NONE)
		ip4_decrement_ttl(p);
	ether_output(net, p, &neigh->mac, ETH_TYPE_IP4);
	return true;
}
