#include "core/arp.h"

#include "core/acd.h"
#include "core/addr.h"
#include "core/ether.h"
#include "core/net.h"
#include "lib/mem.h"
#include "wire/arp.h"
#include "wire/eth.h"

static void arp_send(struct net *net, iface_id iface, const struct arp *arp, const struct mac *dst)
{
	struct pkt *p = pkt_new(net, ETH_HEADER_BYTES + ARP_BYTES);
	struct writer w;

	if (p == NULL) {
		net_drop_unsaid(net, DROP_POOL_EMPTY);
		return;
	}
	w = writer_over(p->bytes + ETH_HEADER_BYTES, ARP_BYTES);
	arp_build(&w, arp);
	must(!w.failed);
	p->l3 = ETH_HEADER_BYTES;
	p->route.out = iface;
	ether_output(net, p, dst, ETH_TYPE_ARP);
}

void arp_ask(struct net *net, iface_id iface, ip4 addr, const struct mac *dst)
{
	const struct iface *out = iface_get(net, iface);
	const struct addr_spec *src = addr_toward(net, iface, addr);

	if (out == NULL || src == NULL || out->transmit == NULL)
		return;
	arp_send(net, iface,
	         &(struct arp){ .operation = ARP_REQUEST,
	                        .sender_mac = out->mac,
	                        .sender_ip = src->addr,
	                        .target_ip = addr },
	         dst);
}

void arp_announce(struct net *net, iface_id iface, ip4 addr)
{
	const struct mac everybody = { { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } };
	const struct iface *out = iface_get(net, iface);

	if (out == NULL || out->transmit == NULL || out->arp == ARP_DISABLED)
		return;
	arp_send(net, iface,
	         &(struct arp){ .operation = ARP_REQUEST,
	                        .sender_mac = out->mac,
	                        .sender_ip = addr,
	                        .target_ip = addr },
	         &everybody);
}

/* The target's own answer to the sender alone (RFC 826, "Packet Reception"). */
static void answer(struct net *net, const struct iface *iface, const struct arp *question)
{
	arp_send(net, iface->id,
	         &(struct arp){ .operation = ARP_REPLY,
	                        .sender_mac = iface->mac,
	                        .sender_ip = question->target_ip,
	                        .target_mac = question->sender_mac,
	                        .target_ip = question->sender_ip },
	         &question->sender_mac);
}

static bool mac_is_zero(const struct mac *mac)
{
	return mac_equal(mac, &(struct mac){ { 0 } });
}

/* May a host have what the sender says of itself? Zero is the address of one that asks whether an
 * address is free (RFC 5227, 2.1.1). */
static bool sender_is_sane(const struct arp *arp)
{
	ip4 ip = arp->sender_ip;

	if (mac_is_multicast(&arp->sender_mac) || mac_is_zero(&arp->sender_mac))
		return false;
	if (ip4_is_zero(ip))
		return arp->operation == ARP_REQUEST;
	return ip.v >> 24 != 0 && !ip4_is_loopback(ip) && ip.v < 0xe0000000;
}

struct arp_published *arp_published_new(size_t max)
{
	return mem_new(1, sizeof(struct arp_published) + max * sizeof(uint64_t));
}

void arp_published_add(struct arp_published *published, iface_id iface, ip4 addr)
{
	published->at[published->n++] = (uint64_t)iface << 32 | addr.v;
}

void arp_published_free(struct arp_published *published)
{
	mem_free(published);
}

static bool is_published(const struct net *net, iface_id iface, ip4 addr)
{
	for (size_t i = 0; net->published != NULL && i < net->published->n; i++) {
		if (net->published->at[i] == ((uint64_t)iface << 32 | addr.v))
			return true;
	}
	return false;
}

/* RFC 1027, 2.4: only for what is reached by another interface; RFC 3069, for the link's own. */
static bool is_by_way_of_us(const struct net *net, const struct iface *iface, ip4 target)
{
	struct route_key key = { .dst = target, .in = iface->id };
	struct route route;

	if (iface->arp != ARP_PROXY && iface->arp != ARP_LOCAL_PROXY)
		return false;
	if (route_lookup(net, &key, &route, NULL) != 0 ||
	    (route.kind != ROUTE_UNICAST && route.kind != ROUTE_LOCAL))
		return false;
	return (route.out == iface->id) == (iface->arp == ARP_LOCAL_PROXY);
}

/* Does the router answer for somebody else? A host that looks whether an address is free is asking
 * about that host alone (RFC 5227, 2.1.1), and so is one that announces itself. */
static bool answers_for(const struct net *net, const struct iface *iface, const struct arp *arp)
{
	if (ip4_is_zero(arp->sender_ip) || ip4_equal(arp->sender_ip, arp->target_ip) ||
	    addr_on_link(net, iface->id, arp->sender_ip) == NULL ||
	    addr_is_broadcast(net, iface->id, arp->target_ip))
		return false;
	return is_published(net, iface->id, arp->target_ip) ||
	       is_by_way_of_us(net, iface, arp->target_ip);
}

static enum verdict request_input(struct net *net, struct pkt *p, const struct iface *iface,
                                  const struct arp *arp)
{
	if (addr_find_on(net, iface->id, arp->target_ip) == NULL && !answers_for(net, iface, arp))
		return pkt_drop(net, p, DROP_ARP_NOT_OURS);
	/* Who asks for us is about to talk to us: RFC 826 merges it before anything is answered.
	 * One that is in no network of this link is answered but not remembered. */
	if (iface->arp != ARP_REPLY_ONLY && addr_on_link(net, iface->id, arp->sender_ip) != NULL)
		neigh_hint(net, iface->id, arp->sender_ip, &arp->sender_mac);
	answer(net, iface, arp);
	return pkt_drop(net, p, DROP_ARP_CONSUMED);
}

static enum verdict reply_input(struct net *net, struct pkt *p, const struct iface *iface,
                                const struct arp *arp)
{
	bool wanted;

	if (addr_find_on(net, iface->id, arp->target_ip) == NULL)
		return pkt_drop(net, p, DROP_ARP_UNASKED);
	wanted = net_arp_answer(net, iface->id, arp->sender_ip, &arp->sender_mac);
	if (!neigh_confirm(net, iface->id, arp->sender_ip, &arp->sender_mac) && !wanted)
		return pkt_drop(net, p, DROP_ARP_UNASKED);
	return pkt_drop(net, p, DROP_ARP_CONSUMED);
}

enum verdict arp_input(struct net *net, struct pkt *p)
{
	const struct iface *iface = iface_get(net, p->in);
	struct reader r = reader_over(p->bytes + p->l3, p->len - p->l3);
	struct arp arp;

	must(iface != NULL);
	if (iface->arp == ARP_DISABLED)
		return pkt_drop(net, p, DROP_ARP_OFF);
	if (!arp_parse(&r, &arp) || !sender_is_sane(&arp) ||
	    addr_is_broadcast(net, iface->id, arp.sender_ip))
		return pkt_drop(net, p, DROP_ARP_BAD);
	if (addr_find_on(net, iface->id, arp.sender_ip) != NULL) {
		if (mac_equal(&arp.sender_mac, &iface->mac)) /* our own, come back */
			return pkt_drop(net, p, DROP_ARP_BAD);
		acd_conflict(net, iface->id, arp.sender_ip, &arp.sender_mac);
		return pkt_drop(net, p, DROP_ARP_CONFLICT);
	}
	switch (arp.operation) {
	case ARP_REQUEST:
		return request_input(net, p, iface, &arp);
	case ARP_REPLY:
		return reply_input(net, p, iface, &arp);
	default:
		return pkt_drop(net, p, DROP_ARP_BAD);
	}
}
