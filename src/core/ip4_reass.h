/*
 * ip4_reass.h -- putting fragments together (RFC 791, 3.2; RFC 815), as tracking needs whole
 * datagrams (RFC 4787, REQ-14).
 *
 * Fragments that overlap spoil their datagram, with what comes of it later (RFC 5722, 4). Bounded
 * in datagrams, in fragments of one, and in buffers; the oldest datagram of the sender who has the
 * most gives way (ip4_datagrams.h).
 *
 * Memory: a table sized at start, and of the packet pool at most a quarter and 4 MiB.
 */
#ifndef CORE_IP4_REASS_H
#define CORE_IP4_REASS_H

#include "core/pkt.h"
#include "lib/hash.h"
#include "lib/mono.h"

enum {
	IP4_REASS_MS = 30000,      /* RFC 4963, 4 wants it short; as Linux and BSD */
	IP4_REASS_DATAGRAMS = 256, /* where the budget names no number */
};

struct ip4_reass;

/* @max: how many datagrams may be incomplete at once. @key: of the hash that finds them. */
MUST_USE struct ip4_reass *ip4_reass_new(uint32_t max, const struct hash_key *key);
void ip4_reass_free(struct net *net, struct ip4_reass *reass);

/*
 * Takes @p, a fragment (p->fragment is not 0) that ip4_input() has passed. The whole datagram, an
 * owned packet with l3 at its first byte, parsed and with `now` filled, when this was what was
 * missing; else NULL: it waits or was dropped.
 */
MUST_USE struct pkt *ip4_reassemble(struct net *net, struct pkt *p);

/* How many fragments wait. */
unsigned ip4_reass_waiting(const struct net *net);

/* End what has waited too long; when to call again. */
mono ip4_reass_turn(struct net *net);
mono ip4_reass_due(const struct net *net);

#endif
