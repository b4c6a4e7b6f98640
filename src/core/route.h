/*
 * route.h -- which way out, and with which source address?
 *
 * A flow goes in; interface, next hop, source address and MTU come out. Within a table the longest
 * prefix wins (RFC 1812, 5.2.4.3), then the lowest distance. An empty source is filled in from the
 * route: its preferred source, then an address of the way out whose network holds the next hop,
 * then any address of the way out (RFC 1122, 3.3.4.3). For what the router itself sends,
 * 127.0.0.0/8 is the router itself (ROUTE_LOCAL, with no interface).
 *
 * Threads: the router's. Memory: allocates nothing; a struct route is a value with a generation.
 */
#ifndef CORE_ROUTE_H
#define CORE_ROUTE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/ip.h"

struct explain;
struct net;

typedef uint16_t iface_id;
#define IFACE_NONE ((iface_id)0)

/* What a route may depend on. Host byte order; zero means "not known yet". */
struct route_key {
	ip4 src, dst;
	uint16_t sport, dport;
	uint8_t proto;  /* IPPROTO_* */
	uint8_t tos;    /* DSCP and ECN bits, as on the wire */
	iface_id in;    /* where it came in; IFACE_NONE: from this router */
	iface_id bound; /* where it must leave; IFACE_NONE: anywhere */
	bool on_link;   /* to bound's link, if no route leads by it (SO_BINDTODEVICE) */
	uint32_t table; /* routing mark; 0: main */
};

enum route_kind {
	ROUTE_UNICAST,   /* to next_hop by out */
	ROUTE_LOCAL,     /* to this router */
	ROUTE_BROADCAST, /* 255.255.255.255, or a connected network's broadcast address */
	ROUTE_MULTICAST,
};

struct route {
	ip4 next_hop; /* the destination itself when it is on-link */
	ip4 src;      /* the router's address for this way; zero only when it has none at all */
	uint32_t mtu_bytes;  /* largest IP packet, header included */
	uint32_t generation; /* stale once net->generation has moved on */
	iface_id out;        /* for ROUTE_LOCAL: the interface that has the address, or none */
	uint8_t kind;        /* enum route_kind */
};

/*
 * Find the way for @key. @why may be NULL; else it is told each decision, in order.
 *
 * Returns 0 and fills @ret_route, or leaves it untouched and returns
 *   -ENETUNREACH   nothing matches
 *   -EHOSTUNREACH  the best match is an unreachable route
 *   -EACCES        a prohibit route
 *   -EINVAL        a blackhole
 */
MUST_USE int route_lookup(const struct net *net, const struct route_key *key,
                          struct route *ret_route, struct explain *why);

#endif
