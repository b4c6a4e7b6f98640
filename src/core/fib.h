/*
 * fib.h -- the routing tables.
 *
 * Route specs (static ones from configuration; connected ones come from addresses by themselves)
 * stand in tables (core/fib_table.h); their ways out are shared (core/fib_hop.h) and resolved again
 * whenever addresses or links change: a route whose gateway is reached by no connected network, or
 * by an interface that is down, is kept but inactive, with its reason. Of several routes to one
 * prefix the one with the lowest distance is active.
 *
 * What is published is compared with what is there: only what differs is touched, so that a change
 * costs the same with ten routes and with a million.
 *
 * Memory: mem.h; see core/fib_table.h.
 */
#ifndef CORE_FIB_H
#define CORE_FIB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/route.h"

struct fib_hop;
struct net;

#define DISTANCE_CONNECTED 0
#define DISTANCE_STATIC    1
#define TABLE_MAIN         0

enum route_action {
	ROUTE_VIA,         /* by gateway or interface */
	ROUTE_BLACKHOLE,   /* drop silently */
	ROUTE_UNREACHABLE, /* ICMP host unreachable */
	ROUTE_PROHIBIT,    /* ICMP administratively prohibited */
};

struct route_spec {
	struct ip_prefix dst;   /* host bits clear */
	struct ip_addr gateway; /* family IP_NONE: by interface only */
	iface_id iface;         /* gateway's interface when given; IFACE_NONE: found by address */
	uint8_t action;         /* enum route_action */
	uint8_t distance;       /* lower wins among routes to the same network */
	uint16_t metric;        /* second key, for Windows's route */
	uint32_t table;         /* TABLE_MAIN, ... */
	ip4 pref_src;           /* zero: chosen by the way out */
	uint32_t id;            /* of the configuration's row; 0: made by the router */
	bool disabled;
};

enum route_reason { /* why a route is not in use */
	ROUTE_ACTIVE,
	ROUTE_DISABLED,
	ROUTE_GATEWAY_NOT_ON_LINK, /* no connected network holds the gateway */
	ROUTE_GATEWAY_IS_OURS,     /* the gateway is the router's own address */
	ROUTE_LINK_DOWN,           /* its interface is down or disabled */
	ROUTE_BETTER,              /* another route to the same network has a lower distance */
};

/* One entry as it stands, for print and explain. */
struct route_entry {
	struct route_spec spec;
	bool connected; /* from an address */
	uint8_t reason; /* enum route_reason */
	iface_id out;   /* resolved; IFACE_NONE when inactive for want of one */
	ip4 next_hop;   /* zero: the destination itself */
	ip4 src;
};

MUST_USE struct fib *fib_new(void);
void fib_free(struct fib *fib);

/* Take a copy of the static specs; rebuilds, moves the generation. */
void fib_publish(struct net *net, const struct route_spec *specs, size_t n);
/* Resolve again: addresses or links have changed. */
void fib_rebuild(struct net *net);
/* Are the ways of @specs few enough (FIB_WAYS_MAX different ones)? Ask before publishing. */
#define FIB_WAYS_MAX 32000
bool fib_specs_fit(const struct route_spec *specs, size_t n);

/* Add one static route, or take it away again (the one with @spec's prefix, table, id and way);
 * fib_settle() puts it into use. False: FIB_HOPS_MAX ways are in use, or there is no such route. */
bool fib_add(struct net *net, const struct route_spec *spec);
bool fib_remove(struct net *net, const struct route_spec *spec);
/* Let look-ups see what was added and removed. The caller moves the generation. */
void fib_settle(struct net *net);

/* Walk all entries, active or not, in an order that does not depend on how they came (of a few
 * routes: by prefix and preference). @at begins as zeroes; false at the end. */
struct fib_cursor {
	uint32_t table, list, at;
};
bool fib_next(const struct net *net, struct fib_cursor *at, struct route_entry *ret_entry);
/* Only those that come from addresses, by prefix. @at begins as 0; false at the end. */
bool fib_next_connected(struct net *net, size_t *at, struct route_entry *ret_entry);
/* The entry of the configuration's row @id. Quick when asked in the order of the rows. */
bool fib_entry_of(struct net *net, uint32_t id, struct route_entry *ret_entry);

/*
 * The way to @dst in table @table: of the longest prefix that holds it the best route's. NULL:
 * none. For route_lookup(), which everybody else asks.
 */
const struct fib_hop *fib_lookup(const struct net *net, uint32_t table, ip4 dst);
/*
 * The same told in full: the entry itself; only such as leave by key->bound where that is given.
 * @ret_matches: how many prefixes of the table hold the destination.
 */
const struct fib_hop *fib_find(const struct net *net, const struct route_key *key,
                               struct route_entry *ret_entry, unsigned *ret_matches);
/* Bytes that the tables take. */
size_t fib_bytes(const struct net *net);
/* A sentence for @reason with the repair: "no connected network holds the gateway; add an address
 * in its network to the interface it is on". */
const char *route_reason_sentence(enum route_reason reason);

#endif
