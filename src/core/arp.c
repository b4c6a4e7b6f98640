#include "core/arp.h"

#include "core/addr.h"
#include "core/ether.h"
#include "core/net.h"
#include "lib/text.h"
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

/* Somebody else says that it has an address of ours. */
static void tell_conflict(struct net *net, const struct iface *iface, const struct arp *arp)
{
	char ip[IP4_TEXT_BYTES], mac[32];
	struct text text = text_into(mac, sizeof mac);

	if (!rate_take(&net->log_rate, net->now))
		return;
	mac_print(&arp->sender_mac, &text);
	log_write(net->log, LOG_WARNING, "arp", "%s on %s is also used by %s",
	          ip4_str(arp->sender_ip, ip), iface->name, mac);
}

static enum verdict request_input(struct net *net, struct pkt *p, const struct iface *iface,
                                  const struct arp *arp)
{
	if (addr_find_on(net, iface->id, arp->target_ip) == NULL)
		return pkt_drop(net, p, DROP_ARP_NOT_OURS);
	/* Who asks for us is about to talk to us: RFC 826 merges it before anything is answered.
	 * One that is in no network of this link is answered but not remembered. */
	if (addr_on_link(net, iface->id, arp->sender_ip) != NULL)
		neigh_hint(net, iface->id, arp->sender_ip, &arp->sender_mac);
	answer(net, iface, arp);
	return pkt_drop(net, p, DROP_ARP_CONSUMED);
}

static enum verdict reply_input(struct net *net, struct pkt *p, const struct iface *iface,
                                const struct arp *arp)
{
	if (addr_find_on(net, iface->id, arp->target_ip) == NULL ||
	    !neigh_confirm(net, iface->id, arp->sender_ip, &arp->sender_mac))
		return pkt_drop(net, p, DROP_ARP_UNASKED);
	return pkt_drop(net, p, DROP_ARP_CONSUMED);
}

enum verdict arp_input(struct net *net, struct pkt *p)
{
	const struct iface *iface = iface_get(net, p->in);
	struct reader r = reader_over(p->bytes + p->l3, p->len - p->l3);
	struct arp arp;

	must(iface != NULL);
	if (!arp_parse(&r, &arp) || !sender_is_sane(&arp) ||
	    addr_is_broadcast(net, iface->id, arp.sender_ip))
		return pkt_drop(net, p, DROP_ARP_BAD);
	if (addr_find_on(net, iface->id, arp.sender_ip) != NULL) {
		if (!mac_equal(&arp.sender_mac, &iface->mac))
			tell_conflict(net, iface, &arp);
		return pkt_drop(net, p, DROP_ARP_BAD);
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
