#include "core/ether.h"

#include "core/arp.h"
#include "core/explain.h"
#include "core/net.h"
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

enum verdict ether_input(struct net *net, struct pkt *p)
{
	struct iface *iface = iface_get(net, p->in);
	struct reader r = reader_over(p->bytes, p->len);
	struct eth_header eth;

	must(iface != NULL);
	if (!p->asked_only) {
		iface->counters.rx_packets++;
		iface->counters.rx_bytes += p->len;
	}
	if (!eth_parse(&r, &eth))
		return pkt_drop(net, p, DROP_FRAME_SHORT);
	p->l3 = ETH_HEADER_BYTES;
	p->ether_type = eth.type;
	p->ether_src = eth.src;
	p->ether_group = mac_is_multicast(&eth.dst);
	explain(p->why, "ether", "came in by %s", iface->name);

	if (!iface->enabled)
		return pkt_drop(net, p, DROP_IFACE_DISABLED);
	if (!p->ether_group && !mac_equal(&eth.dst, &iface->mac))
		return pkt_drop(net, p, DROP_NOT_FOR_US);
	if (eth.type == ETH_TYPE_IP4)
		return VERDICT_NEXT;
	if (eth.type == ETH_TYPE_ARP)
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
