/*
 * ports.h -- the one allocator of local ports (ARCHITECTURE, D12a).
 *
 * The router's own sockets and its NAT take ports of the same addresses from here, so that neither
 * shadows the other. For every address and protocol (TCP, UDP, ICMP identifiers) a map
 * (port_map.h) finds a free port in constant time at any fill. Ports below 1024 are given only to
 * who asks for one of them by preference. Translated TCP connections share ports and so take none
 * (fw/nat_port.h); they keep off those that are taken here.
 *
 * What is taken at address zero is taken at every address, so that no host inside is given a port
 * at which the router itself listens (CVE-2021-3773), and is free only where every address has it
 * free.
 *
 * Invariant: a taken port is given back exactly once; ports_used() is the sum over all owners.
 */
#ifndef CORE_PORTS_H
#define CORE_PORTS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/port_map.h"
#include "lib/hash.h"
#include "lib/ip.h"

struct ports;

/* @addresses_max: how many pairs of address and protocol may have ports taken at once. */
MUST_USE struct ports *ports_new(uint32_t addresses_max, const struct hash_key *key);
void ports_free(struct ports *ports);

struct ports_wish {
	ip4 addr;                /* whose port */
	uint8_t proto;           /* IPPROTO_TCP, _UDP or _ICMP */
	uint16_t preferred;      /* taken when free and in the range (port preservation); 0: none */
	uint16_t low, high;      /* allowed range, both included */
	enum port_parity parity; /* given if one is left, when the preferred port is not */
	uint64_t keyed;          /* where in the range to start looking: a keyed hash of the flow */
	const struct port_map *reserved; /* never chosen, only taken as preferred; or NULL */
};

/* Take a port for @wish. 0 and @ret_port, or -EADDRNOTAVAIL, or -ENOMEM (too many addresses). */
MUST_USE int ports_take(struct ports *ports, const struct ports_wish *wish, uint16_t *ret_port);
/* Take just this port. 0, -EADDRINUSE or -ENOMEM. */
MUST_USE int ports_take_exact(struct ports *ports, ip4 addr, uint8_t proto, uint16_t port);
/* The same, though it is taken at address zero, or (when @addr is that) at single ones: for several
 * sockets that have agreed to it (SO_REUSEADDR). */
MUST_USE int ports_take_beside(struct ports *ports, ip4 addr, uint8_t proto, uint16_t port);
void ports_give_back(struct ports *ports, ip4 addr, uint8_t proto, uint16_t port);
bool ports_is_taken(const struct ports *ports, ip4 addr, uint8_t proto, uint16_t port);
/* At how many addresses is it taken, address zero counted as one of them? */
unsigned ports_takers(const struct ports *ports, uint8_t proto, uint16_t port);
/* The map of @addr, or NULL: none of its ports is taken there. */
const struct port_map *ports_map(const struct ports *ports, ip4 addr, uint8_t proto);
uint64_t ports_used(const struct ports *ports);

#endif
