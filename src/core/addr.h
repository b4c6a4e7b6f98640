/*
 * addr.h -- the router's own addresses.
 *
 * The set is replaced as a whole when configuration changes; an interface may have several, and
 * the same network may be on one interface only once.
 *
 * Memory: the set belongs to the net once published.
 */
#ifndef CORE_ADDR_H
#define CORE_ADDR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/route.h"

struct net;

/* One address of an interface. */
struct addr_spec {
	ip4 addr;
	ip4 network;  /* the peer's address on a point-to-point link (bits 32) */
	uint8_t bits; /* of the network; 32: only the peer is on-link */
	iface_id iface;
	uint32_t id; /* of the configuration's row, for people */
};

struct addrs;

MUST_USE struct addrs *addrs_new(const struct addr_spec *specs, size_t n);
void addrs_free(struct addrs *addrs);
/* Swap the set in (takes it, frees the old one), rebuild connected routes, move the generation. */
void addrs_publish(struct net *net, struct addrs *addrs);

enum addr_meaning {
	ADDR_OWN = 1 << 0,
	ADDR_BROADCAST = 1 << 1, /* the directed broadcast address of one of its networks */
	ADDR_NETWORK = 1 << 2,   /* a network's own address: no host's */
};

/* What @addr is to the router, on any enabled interface: a bit set. Constant time. */
unsigned addr_meaning(const struct net *net, ip4 addr);
/* The address record for @addr on any enabled interface, or NULL. Constant time. */
const struct addr_spec *addr_find(const struct net *net, ip4 addr);
/* The same on @iface only: what ARP answers for. */
const struct addr_spec *addr_find_on(const struct net *net, iface_id iface, ip4 addr);
/* The record whose network's directed broadcast address @addr is (RFC 1812, 4.2.3.1), on @iface, or
 * on any for IFACE_NONE; or NULL. */
const struct addr_spec *addr_find_broadcast(const struct net *net, iface_id iface, ip4 addr);
/* The address of @iface whose network holds @peer (the smallest such network), or NULL. */
const struct addr_spec *addr_on_link(const struct net *net, iface_id iface, ip4 peer);
/* The address of @iface whose network holds @peer; else its first one; else NULL. */
const struct addr_spec *addr_toward(const struct net *net, iface_id iface, ip4 peer);
/* Is @addr the directed broadcast address of one of @iface's networks? */
bool addr_is_broadcast(const struct net *net, iface_id iface, ip4 addr);
/* All of them, in order. */
size_t addr_all(const struct net *net, const struct addr_spec **ret_specs);

#endif
