/*
 * ip4_options.h -- what a router does with IPv4 options (RFC 791, 3.1; RFC 1812, 4.2.2.1, 5.3.13).
 *
 * Record route and timestamp are filled in by whoever passes a packet on or answers it. A source
 * route is followed only where settings say so. All others go on as they came (RFC 1812, 4.2.2.6),
 * router alert among them.
 */
#ifndef CORE_IP4_OPTIONS_H
#define CORE_IP4_OPTIONS_H

#include "core/pkt.h"

/* Look through the options of @p, which has some: fills option_fault and route_option. */
void ip4_options_read(struct pkt *p);

/*
 * A source-routed packet that has come to an address in its route is now for the next one (RFC
 * 1812, 5.2.4.1): `arrived` and `now` get it, and so do the bytes. True when that was so.
 */
bool ip4_options_follow(struct net *net, struct pkt *p);

/*
 * May @p (to be forwarded, or for this router) go on with its options? Options that can't be are
 * answered with where they are wrong, a strict route whose next address is not on the next link
 * with "source route failed" (RFC 1812, 4.3.3.5 and 5.2.7.1). VERDICT_NEXT, or dropped.
 */
enum verdict ip4_options_judge(struct net *net, struct pkt *p);

/*
 * Write @own into @p's options, where they ask for it: the address of the interface by which it
 * leaves (RFC 1812, 4.2.2.2), or that it came to. The header's checksum is made good.
 */
void ip4_options_record(struct net *net, struct pkt *p, ip4 own);

/* The address that a packet leaving by p->route shows in its options. */
ip4 ip4_options_address(const struct net *net, const struct pkt *p);

/* Where @p is for in the end: the last address of its source route, if one is left in it, else its
 * destination. What TCP and UDP checksums cover (RFC 1122, 3.2.1.8 (c)). */
ip4 ip4_options_destination(struct pkt *p);

/*
 * The options for the answer to @p, an echo request for @own: recorded route and timestamps with
 * what this router adds, a source route turned round (RFC 1812, 4.3.3.6). @ret_options has room for
 * 40 bytes; @ret_to: whom the answer goes to first. Returns their number, a multiple of 4.
 */
uint32_t ip4_options_reply(struct net *net, const struct pkt *p, uint8_t *ret_options, ip4 *ret_to);

#endif
