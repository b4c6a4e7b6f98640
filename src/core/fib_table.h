/*
 * fib_table.h -- one routing table: its routes, and which of them is in use for each prefix.
 *
 * A route is 24 bytes; what it says of its way is a hop's number (core/fib_hop.h). Routes hang in
 * lists, sorted by prefix and preference: one for each 65,536th of all addresses, those of up to
 * 16 bits by length and first byte. A change of one route looks at its list and flattens one chunk
 * of core/lpm.h again, whatever the table's size. A table of a few routes has one list and no lpm.
 *
 * Memory: mem.h, 24 bytes a route and 4 to 8 for ranges; 1 MiB more from FIB_TABLE_SMALL routes on.
 * Threads: the router's.
 */
#ifndef CORE_FIB_TABLE_H
#define CORE_FIB_TABLE_H

#include "core/fib.h"
#include "core/fib_hop.h"

#define FIB_TABLE_SMALL 64

enum fib_route_flags {
	FIB_ROUTE_USED = 1 << 0,
	FIB_ROUTE_CONNECTED = 1 << 1,
	FIB_ROUTE_DISABLED = 1 << 2,
	FIB_ROUTE_SEEN = 1 << 3, /* by the publishing at hand */
};

struct fib_route {
	ip4 network;
	uint32_t next; /* in its list: place + 1; 0 ends it */
	uint32_t id;   /* of the configuration's row */
	uint16_t hop, metric;
	uint8_t bits, distance;
	uint8_t flags; /* enum fib_route_flags */
	uint8_t zero;
};

struct fib_table;

MUST_USE struct fib_table *fib_table_new(uint32_t number, const struct fib_hops *hops);
void fib_table_free(struct fib_table *table);
uint32_t fib_table_number(const struct fib_table *table);

/*
 * The place of the route like @route (prefix, id, hop, connected), or FIB_PLACE_NONE. Its distance,
 * metric and flags may differ.
 */
#define FIB_PLACE_NONE UINT32_MAX
uint32_t fib_table_find(const struct fib_table *table, const struct fib_route *route);
/* The same; it is probably at @place (any number). */
uint32_t fib_table_find_near(const struct fib_table *table, const struct fib_route *route,
                             uint32_t place);
/* Add a copy of @route; returns its place. fib_table_settle() puts it into use. */
uint32_t fib_table_add(struct fib_table *table, const struct fib_route *route);
void fib_table_remove(struct fib_table *table, uint32_t place);
/* The route at @place, from 0 to fib_table_places() - 1; some are not in use (FIB_ROUTE_USED). */
struct fib_route *fib_table_at(struct fib_table *table, uint32_t place);
const struct fib_route *fib_table_at_const(const struct fib_table *table, uint32_t place);
uint32_t fib_table_places(const struct fib_table *table);

/* Walk the routes of all lists in an order that does not depend on how they came; @list and @at
 * begin as 0. FIB_PLACE_NONE: that was all. */
uint32_t fib_table_next(const struct fib_table *table, uint32_t *list, uint32_t *at);

/* The hop or the flags of @route changed: its prefix is looked at again by fib_table_settle(). */
void fib_table_touch(struct fib_table *table, const struct fib_route *route);
/* Let look-ups see what was added, removed and touched. */
void fib_table_settle(struct fib_table *table);

/* Is it enabled, and its hop usable? */
bool fib_route_usable(const struct fib_table *table, const struct fib_route *route);
/* Is @place the one in use among those of its prefix? */
bool fib_table_is_best(const struct fib_table *table, uint32_t place);

/* The hop that packets to @dst take; FIB_HOP_NONE: no route leads there. */
uint16_t fib_table_lookup(const struct fib_table *table, ip4 dst);
/*
 * The same told in full, by walking lists: the place of the best usable route of the longest prefix
 * that holds @dst and, where @bound is given, leaves by it (what has no way out holds for every
 * way). @ret_matches: how many prefixes with a usable route hold @dst.
 */
uint32_t fib_table_search(const struct fib_table *table, ip4 dst, iface_id bound,
                          unsigned *ret_matches);
size_t fib_table_bytes(const struct fib_table *table);

#endif
