#include "core/ip4.h"

#include "core/ether.h"
#include "core/explain.h"
#include "core/icmp.h"
#include "core/ip4_frag.h"
#include "core/neigh.h"
#include "core/net.h"
#include "core/segment.h"
#include "wire/eth.h"
#include "wire/icmp_header.h"

/* Broadcast and multicast need no neighbour: the hardware address follows from the destination
 * (RFC 1112, 6.4: the lower 23 bits). */
static struct mac group_mac(const struct route *route)
{
	uint32_t v = route->next_hop.v;

	if (route->kind == ROUTE_BROADCAST)
		return (struct mac){ { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } };
	return (struct mac){ { 0x01, 0x00, 0x5e, (uint8_t)(v >> 16 & 0x7f), (uint8_t)(v >> 8),
		               (uint8_t)v } };
}

/* What would happen to a packet that is only asked about. */
static void tell(struct net *net, struct pkt *p, const struct iface *out)
{
	const struct neigh *n = neigh_find(net, out->id, p->route.next_hop);
	char hop[IP4_TEXT_BYTES];

	if (p->route.kind == ROUTE_UNICAST && !out->point_to_point)
		explain(p->why, "neighbour", "next hop %s is %s", ip4_str(p->route.next_hop, hop),
		        n != NULL ? neigh_state_word((enum neigh_state)n->state)
		                  : "not known yet and would be asked for");
	explain(p->why, "transmit", "leaves by %s", out->name);
	pkt_done(net, p);
}

uint32_t ip4_send(struct net *net, struct pkt *p)
{
	struct iface *out = iface_get(net, p->route.out);

	if (out == NULL || out->transmit == NULL || !iface_is_running(out)) {
		(void)pkt_drop(net, p, DROP_LINK_DOWN);
		return NEIGH_NONE;
	}
	if (p->asked_only) {
		tell(net, p, out);
		return NEIGH_NONE;
	}
	if (out->point_to_point) {
		bool moved = pkt_move_start(p, p->l3);

		must(moved); /* taking off needs no room */
		out->transmit(net, out, p);
		return NEIGH_NONE;
	}
	if (p->route.kind == ROUTE_UNICAST)
		return neigh_send(net, p);

	struct mac mac = group_mac(&p->route);

	ether_output(net, p, &mac, ETH_TYPE_IP4);
	return NEIGH_NONE;
}

/* A segment of @whole, as a packet of its own. */
static void fill_segment(struct pkt *piece, const struct pkt *whole)
{
	piece->in = whole->in;
	piece->ether_group = whole->ether_group;
	piece->why = whole->why;
	piece->l3 = whole->l3;
	ip4_parse_header(piece);
	piece->payload_at = whole->payload_at;
	piece->arrived = whole->arrived;
	piece->now = whole->now;
	piece->route = whole->route;
}

/* Segments that were to be cut later are still larger than the MTU, and may become fragments: each
 * is a datagram of its own. */
static uint32_t fragment_segments(struct net *net, struct pkt *p)
{
	struct segment_cut cut;
	uint32_t place = NEIGH_NONE;

	if (!segment_begin(&cut, p) || cut.layout.l3 != p->l3) {
		(void)pkt_drop(net, p, DROP_TOO_BIG);
		return NEIGH_NONE;
	}
	while (segment_left(&cut)) {
		struct pkt *piece = segment_next(&cut, net, true);

		if (piece == NULL) {
			(void)pkt_drop(net, p, DROP_POOL_EMPTY);
			return place;
		}
		fill_segment(piece, p);
		place = ip4_output(net, piece);
	}
	net->ledger.absorbed++;
	pkt_done(net, p);
	return place;
}

uint32_t ip4_output(struct net *net, struct pkt *p)
{
	must(p->route.kind != ROUTE_LOCAL);
	if (ip4_link_bytes(p) <= p->route.mtu_bytes)
		return ip4_send(net, p);
	if (p->dont_fragment) {
		/* Who sends by way of us was told when it was forwarded; the router itself was not.
		 */
		if (p->in == IFACE_NONE)
			icmp_error(net, p, ICMP_UNREACHABLE, ICMP_FRAGMENT_NEEDED,
			           p->route.mtu_bytes);
		(void)pkt_drop(net, p, DROP_NEEDS_FRAGMENT);
		return NEIGH_NONE;
	}
	if (p->asked_only) {
		explain(p->why, "fragment", "would be cut into pieces of at most %u bytes",
		        p->route.mtu_bytes);
		return ip4_send(net, p);
	}
	if (p->offload.gso_type != GSO_NONE)
		return fragment_segments(net, p);
	return ip4_fragment(net, p);
}
