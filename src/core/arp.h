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

/* An ARP packet came in; takes @p. */
enum verdict arp_input(struct net *net, struct pkt *p);

#endif
