/*
 * ether.h -- Ethernet: who takes a frame, and the header of those that leave.
 *
 * Memory: none. Threads: the router's.
 */
#ifndef CORE_ETHER_H
#define CORE_ETHER_H

#include "core/pkt.h"

/*
 * Look at the header: counts the frame for its interface, sets l3, ether_type, ether_src,
 * ether_group, and says whose it is: p->in may become a bridge or a VLAN (core/iface.h). Frames for
 * other stations and unknown EtherTypes are dropped; ARP is handed to arp_input(); for IPv4 returns
 * VERDICT_NEXT. Other protocols plug in by net_take_ether_type().
 */
enum verdict ether_input(struct net *net, struct pkt *p);

/* Write the Ethernet header for @p->route.out towards @dst before l3 (moving `bytes` as needed, and
 * the offload's offsets with it) and hand the frame to the interface. Takes @p. */
void ether_output(struct net *net, struct pkt *p, const struct mac *dst, uint16_t ether_type);

#endif
