#include "core/ether.h"

#include "core/arp.h"
#include "core/explain.h"
#include "core/net.h"
#include "core/tag.h"
#include "core/tap.h"
#include "wire/eth.h"

/* The EtherTypes that are not ours: somebody who plugged in takes them, or they end here. */
static enum verdict other_type(struct net *net, struct pkt *p)
{
	for (unsigned i = 0; i < NET_ETHER_TAKERS; i++) {
		if (net->ether_takers[i].take == NULL)
			break;
		if (net->ether_takers[i].ether_type == p->ether_type)
			return net->ether_takers[i].take(net, p, net->ether_takers[i].arg);
	}
	switch (p->ether_type) {
	case ETH_TYPE_VLAN:
	case ETH_TYPE_SVLAN:
		return pkt_drop(net, p, DROP_VLAN);
	case ETH_TYPE_IP6:
		return pkt_drop(net, p, DROP_IPV6);
	default:
		return pkt_drop(net, p, DROP_ETHER_TYPE);
	}
}

static bool header_read(struct pkt *p, struct eth_header *ret_eth)
{
	struct reader r = reader_over(p->bytes, p->len);

	if (!eth_parse(&r, ret_eth))
		return false;
	p->l3 = ETH_HEADER_BYTES;
	p->ether_type = ret_eth->type;
	p->ether_src = ret_eth->src;
	p->ether_group = mac_is_multicast(&ret_eth->dst);
	return true;
}

/* A tag that carries only a priority puts a frame into no VLAN (IEEE 802.1Q, 6.9.1). */
static void priority_pop(struct pkt *p)
{
	struct reader r = reader_over(p->bytes + ETH_HEADER_BYTES, p->len - ETH_HEADER_BYTES);
	struct eth_tag tag;

	if (!eth_type_is_tag(p->ether_type) || !eth_tag_parse(&r, &tag) || tag.id != 0)
		return;
	tag_pop(p);
	p->ether_type = tag.type;
}

/* The frame is one of p->in's: count it, and ask whom that interface's frames belong to. */
static enum verdict arrive(struct net *net, struct pkt *p, struct eth_header *ret_eth)
{
	struct iface *iface;

	do {
		iface = iface_get(net, p->in);
		must(iface != NULL);
		if (!p->asked_only) {
			iface->counters.rx_packets++;
			iface->counters.rx_bytes += p->len;
		}
		tap_frame(net, iface, p, TAP_RX);
		if (!header_read(p, ret_eth))
			return pkt_drop(net, p, DROP_FRAME_SHORT);
		explain(p->why, "ether", "came in by %s", iface->name);
		if (!iface->enabled)
			return pkt_drop(net, p, DROP_IFACE_DISABLED);
		if (iface->receive != NULL && iface->receive(net, iface, p) == VERDICT_TAKEN)
			return VERDICT_TAKEN;
	} while (p->in != iface->id);
	return VERDICT_NEXT;
}

enum verdict ether_input(struct net *net, struct pkt *p)
{
	struct eth_header eth;

	if (arrive(net, p, &eth) == VERDICT_TAKEN)
		return VERDICT_TAKEN;
	if (!p->ether_group && !p->ether_ours && !mac_equal(&eth.dst, &net->ifaces[p->in].mac))
		return pkt_drop(net, p, DROP_NOT_FOR_US);
	priority_pop(p);
	if (p->ether_type == ETH_TYPE_IP4)
		return VERDICT_NEXT;
	if (p->ether_type == ETH_TYPE_ARP)
		return arp_input(net, p);
	return other_type(net, p);
}

void ether_output(struct net *net, struct pkt *p, const struct mac *dst, uint16_t ether_type)
{
	struct iface *iface = iface_get(net, p->route.out);

	must(iface != NULL);
	/* A frame that came with an Ethernet header leaves with one in the same place: no move. */
	if (p->l3 != ETH_HEADER_BYTES && !pkt_move_start(p, (int32_t)p->l3 - ETH_HEADER_BYTES)) {
		(void)pkt_drop(net, p, DROP_TOO_BIG);
		return;
	}

	struct writer w = writer_over(p->bytes, ETH_HEADER_BYTES);

	eth_build(&w, &(struct eth_header){ *dst, iface->mac, ether_type });
	must(!w.failed);
	iface->transmit(net, iface, p);
}
