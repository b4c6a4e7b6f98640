/*
 * icmp.h -- ICMP: errors about packets, and echo (RFC 792; RFC 1812, 4.3).
 *
 * An error is never sent about an ICMP error, a fragment other than the first, a broadcast or
 * multicast, or a source that is no single host (RFC 1812, 4.3.2.7); it quotes the header and as
 * much more as fits 576 bytes (4.3.2.3); and it is rate limited (4.3.2.8).
 */
#ifndef CORE_ICMP_H
#define CORE_ICMP_H

#include "core/pkt.h"

/*
 * Tell the sender of @p. @arg is the message's second word: the next hop's MTU for "fragmentation
 * needed" (RFC 1191, 4), the gateway of a redirect, the pointer of a parameter problem in its
 * highest octet, else 0. The source is an address of the way back, or of the way in (RFC 1812,
 * 4.3.2.4; struct ip4_settings), TOS 0xc0. The quote is the packet as it came, also when its bytes
 * have been translated since. For a packet of the router's own (p->in is IFACE_NONE) it comes back
 * to the router itself. @p stays the caller's.
 */
void icmp_error(struct net *net, const struct pkt *p, uint8_t type, uint8_t code, uint32_t arg);

/* Is the checksum of ICMP message @p right, or vouched for by the port? */
bool icmp_checksum_ok(const struct pkt *p);

/* An ICMP packet for this router: answers echo (from the address that was asked), hands the rest to
 * whoever has taken IPPROTO_ICMP, else drops it. Takes @p. */
enum verdict icmp_input(struct net *net, struct pkt *p);

#endif
