/*
 * ip4.h -- IPv4 as a router does it (RFC 791, RFC 1812).
 *
 * ip4_input() checks and parses; nothing is written to the bytes before the packet is sure to go
 * on. The order of the stages between is router/pipeline.c's.
 */
#ifndef CORE_IP4_H
#define CORE_IP4_H

#include "core/ip4_reass.h"
#include "core/pkt.h"

/*
 * Check the header (RFC 1812, 5.2.2: length, version, checksum, addresses; martians 5.3.7, where
 * documentation networks are not martians) and fill the packet's fields as far as payload_at, then
 * `now` from `arrived`. A padded frame is cut to its IP length. Drops, or VERDICT_NEXT.
 */
enum verdict ip4_input(struct net *net, struct pkt *p);

/*
 * May a routed packet go on to its next hop? TTL (RFC 1812, 5.3.1) and MTU (5.2.6; RFC 1191: an
 * ICMP error tells the next hop's MTU) are judged, nothing is changed. A GSO packet is judged by
 * the size of its segments.
 */
enum verdict ip4_forward(struct net *net, struct pkt *p);

/* Is the source of @p, which came in, reached by the way it came, as settings ask (RFC 3704)? */
enum verdict ip4_source_check(struct net *net, struct pkt *p);

/*
 * Tell the sender of @p, which is about to leave by the interface it came in by, that the next hop
 * is on its own link, if that is so (RFC 1812, 5.2.7.2): not when it is source-routed or
 * translated, not on an interface that answers ARP for its own link's hosts.
 */
void ip4_redirect(struct net *net, struct pkt *p);

/* Write the decremented TTL and the checksum with it (RFC 1624, eqn. 3). */
void ip4_decrement_ttl(struct pkt *p);

/*
 * Send a finished packet by p->route: to the neighbour, in fragments when it is larger than the
 * MTU and may be cut (RFC 791, 3.2). Takes @p. Returns the neighbour's place or NEIGH_NONE. A
 * packet with asked_only goes nowhere: p->why is told what would happen.
 */
uint32_t ip4_output(struct net *net, struct pkt *p);

/*
 * Make a packet of the router's own: @payload_bytes after an IPv4 header with TTL 64 and a random
 * identification, source and destination as given; l3 and l4 are set, `arrived` and `now` are
 * filled but for ports. NULL when no buffer is free (counted).
 */
MUST_USE struct pkt *ip4_make(struct net *net, ip4 src, ip4 dst, uint8_t proto,
                              uint32_t payload_bytes);

/* The same with @options_bytes (a multiple of 4) of @options. */
MUST_USE struct pkt *ip4_make_with_options(struct net *net, ip4 src, ip4 dst, uint8_t proto,
                                           const uint8_t *options, uint32_t options_bytes,
                                           uint32_t payload_bytes);

/* Put a packet of the router's own on the queue that the turn runs through the pipeline. Its
 * checksums are finished here for TCP, UDP and ICMP. Takes @p; a full queue drops it, counted. */
void ip4_originate(struct net *net, struct pkt *p);

/* Read the fields of the transport header again into @p->arrived, after reassembly or for packets
 * built here. False: too short. */
bool ip4_parse_l4(struct pkt *p);

/* Fill the fields of the IPv4 header of a packet that was built here; l3 is set, what lies between
 * it and the end is the packet. */
void ip4_parse_header(struct pkt *p);

/* The size that the link's MTU limits: the packet's, or that of each segment of a GSO packet. */
uint32_t ip4_link_bytes(const struct pkt *p);

/* Send a packet that fits the MTU of p->route; ip4_output()'s part. Takes @p. */
uint32_t ip4_send(struct net *net, struct pkt *p);

#endif
