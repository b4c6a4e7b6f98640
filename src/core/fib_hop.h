/*
 * fib_hop.h -- the ways out that routes share.
 *
 * Thousands of routes lead to a handful of gateways. What a route says of its way (gateway,
 * interface, action, preferred source) is kept once, as a hop with a number; resolving it against
 * the connected networks and links is done once for all its routes. So a link that goes down costs
 * a look at the hops, and only routes of those that changed are looked at again.
 *
 * Memory: mem.h; grows with different ways, FIB_HOPS_MAX of them. Threads: the router's.
 */
#ifndef CORE_FIB_HOP_H
#define CORE_FIB_HOP_H

#include "core/fib.h"

#define FIB_HOPS_MAX 65535
#define FIB_HOP_NONE 0

struct fib_hop {
	/* What was asked for. */
	struct ip_addr gateway;
	ip4 pref_src; /* of a connected hop: the address itself */
	iface_id iface;
	uint8_t action;
	bool connected;
	/* What it comes to. */
	uint8_t reason; /* enum route_reason */
	iface_id out;
	ip4 next_hop; /* zero: the destination itself */
	ip4 src;      /* zero: chosen for each destination */

	uint32_t users; /* routes; 0: the number is free */
	uint32_t next;  /* in its bucket, or free */
};

struct fib_hops;

MUST_USE struct fib_hops *fib_hops_new(void);
void fib_hops_free(struct fib_hops *hops);

/* The number of the hop with the wishes of @wish, one user more; FIB_HOP_NONE when FIB_HOPS_MAX
 * different ones are in use. A new one has reason ROUTE_DISABLED until it is resolved. */
MUST_USE uint16_t fib_hop_take(struct fib_hops *hops, const struct fib_hop *wish);
void fib_hop_give_back(struct fib_hops *hops, uint16_t number);

const struct fib_hop *fib_hop_at(const struct fib_hops *hops, uint16_t number);

/* Resolve hop @number as things are; true when routes may use it now and could not, or the other
 * way round. @connected: the connected entries, sorted by prefix. */
bool fib_hop_resolve(struct fib_hops *hops, uint16_t number, const struct net *net,
                     const struct route_entry *connected, size_t n);
/* The highest number that is or was in use. */
uint16_t fib_hops_last(const struct fib_hops *hops);
size_t fib_hops_bytes(const struct fib_hops *hops);

#endif
