/*
 * fib.h -- the routing tables.
 *
 * Route specs (static ones from configuration; connected ones come from addresses by themselves)
 * are resolved into tables whenever specs, addresses or links change: a route whose gateway is
 * reached by no connected network, or by an interface that is down, is kept but inactive, with its
 * reason. A table is a trie by prefix; of several routes to one prefix the one with the lowest
 * distance is active.
 *
 * Memory: rebuilt aside and swapped; the old one is freed.
 */
#ifndef CORE_FIB_H
#define CORE_FIB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/route.h"

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
/* Every entry, active or not, sorted by table, prefix, distance. Good until the next rebuild. */
size_t fib_entries(const struct net *net, const struct route_entry **ret_entries);
/*
 * The entry for @key's destination in its table: the longest prefix, of that the best entry; only
 * such as leave by key->bound where that is given. NULL: none. @ret_matches: how many prefixes of
 * the table hold the destination. For route_lookup(), which everybody else asks.
 */
const struct route_entry *fib_find(const struct net *net, const struct route_key *key,
                                   unsigned *ret_matches);
/* A sentence for @reason with the repair: "no connected network holds the gateway; add an address
 * in its network to the interface it is on". */
const char *route_reason_sentence(enum route_reason reason);

#endif
