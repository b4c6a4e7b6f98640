/*
 * arp.h -- ARP's packets (RFC 826); the table they serve is neigh.c's.
 *
 * Questions and answers go straight to an interface: no rule sees them.
 */
#ifndef CORE_ARP_H
#define CORE_ARP_H

#include "core/neigh.h"

/* Ask @dst (everybody, or one host) who has @addr on @iface. An interface without an address can't
 * ask; then, and when no buffer is free, nothing is sent and time tells. */
void arp_ask(struct net *net, iface_id iface, ip4 addr, const struct mac *dst);

/* Tell everybody on @iface that @addr is there (RFC 5227, 2.3). */
void arp_announce(struct net *net, iface_id iface, ip4 addr);

/* Addresses of others for which ARP answers on an interface with the router's own hardware address
 * (/ip/arp, published). net->published is one of these; who swaps it frees the one before. */
struct arp_published {
	size_t n;
	uint64_t at[]; /* interface << 32 | address */
};
MUST_USE struct arp_published *arp_published_new(size_t max);
void arp_published_add(struct arp_published *published, iface_id iface, ip4 addr);
void arp_published_free(struct arp_published *published);

/* An ARP packet came in; takes @p. */
enum verdict arp_input(struct net *net, struct pkt *p);

#endif
