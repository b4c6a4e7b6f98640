#include "core/fib_table.h"

#include "core/lpm.h"
#include "lib/mem.h"

#define END 0 /* of a list; links are places + 1 */

/* Lists of a large table: one a chunk, then those of prefixes of up to 16 bits by length and first
 * byte. */
#define LISTS_SHORT (LPM_CHUNKS)
#define LISTS       (LPM_CHUNKS + (LPM_CHUNK_BITS + 1) * 256)

struct prefix {
	ip4 network;
	uint8_t bits;
};

struct fib_table {
	uint32_t number;
	const struct fib_hops *hops;
	struct fib_route *routes;
	uint32_t n, max; /* places that were ever used, and there are */
	uint32_t free;
	uint32_t used;

	uint32_t *lists; /* one, or LISTS */
	struct lpm *lpm; /* NULL: the table is small */

	/* What fib_table_settle() is to look at, each chunk once; nothing for a small table. */
	struct prefix *dirty;
	uint32_t dirty_n, dirty_max;
	uint64_t *dirty_chunks;   /* one bit each */
	struct lpm_range *ranges; /* room to flatten a chunk */
};

struct fib_table *fib_table_new(uint32_t number, const struct fib_hops *hops)
{
	struct fib_table *table = mem_new(1, sizeof *table);

	table->number = number;
	table->hops = hops;
	table->lists = mem_new(1, sizeof table->lists[0]);
	return table;
}

void fib_table_free(struct fib_table *table)
{
	lpm_free(table->lpm);
	mem_free(table->lists);
	mem_free(table->routes);
	mem_free(table->dirty_chunks);
	mem_free(table->dirty);
	mem_free(table->ranges);
	mem_free(table);
}

uint32_t fib_table_number(const struct fib_table *table)
{
	return table->number;
}

static uint32_t *list_of(const struct fib_table *table, ip4 network, unsigned bits)
{
	if (table->lpm == NULL)
		return &table->lists[0];
	if (bits > LPM_CHUNK_BITS)
		return &table->lists[network.v >> LPM_CHUNK_BITS];
	return &table->lists[LISTS_SHORT + bits * 256 + (network.v >> 24)];
}

static int order(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

/* By prefix, shorter ones before those within them. */
static int order_by_prefix(const struct fib_route *a, const struct fib_route *b)
{
	int by = order(a->network.v, b->network.v);

	return by != 0 ? by : order(a->bits, b->bits);
}

/* Of one prefix: what is preferred first, the row's number or address last, so that the order never
 * depends on the order of coming. */
static int order_of_routes(const struct fib_table *table, const struct fib_route *a,
                           const struct fib_route *b)
{
	int by = order_by_prefix(a, b);

	if (by == 0)
		by = order(a->distance, b->distance);
	if (by == 0)
		by = order(a->metric, b->metric);
	if (by == 0)
		by = order((a->flags & FIB_ROUTE_CONNECTED) == 0,
		           (b->flags & FIB_ROUTE_CONNECTED) == 0);
	if (by == 0)
		by = order(a->id, b->id);
	return by != 0 ? by
	               : order(fib_hop_at(table->hops, a->hop)->pref_src.v,
	                       fib_hop_at(table->hops, b->hop)->pref_src.v);
}

struct fib_route *fib_table_at(struct fib_table *table, uint32_t place)
{
	must(place < table->n);
	return &table->routes[place];
}

const struct fib_route *fib_table_at_const(const struct fib_table *table, uint32_t place)
{
	must(place < table->n);
	return &table->routes[place];
}

uint32_t fib_table_places(const struct fib_table *table)
{
	return table->n;
}

/* @at: the link to the next of list @list - 1, or END: begin list @list. */
uint32_t fib_table_next(const struct fib_table *table, uint32_t *list, uint32_t *at)
{
	uint32_t lists = table->lpm != NULL ? LISTS : 1, place;

	while (*at == END) {
		if (*list == lists)
			return FIB_PLACE_NONE;
		*at = table->lists[(*list)++];
	}
	place = *at - 1;
	*at = table->routes[place].next;
	return place;
}

static void list_add(struct fib_table *table, uint32_t place)
{
	struct fib_route *route = &table->routes[place];
	uint32_t *link = list_of(table, route->network, route->bits);

	while (*link != END && order_of_routes(table, &table->routes[*link - 1], route) < 0)
		link = &table->routes[*link - 1].next;
	route->next = *link;
	*link = place + 1;
}

/* The table has grown: lists and chunks for all. */
static void become_large(struct fib_table *table)
{
	table->lpm = lpm_new();
	mem_free(table->lists);
	table->lists = mem_new(LISTS, sizeof table->lists[0]);
	table->dirty_chunks = mem_new(LPM_CHUNKS / 64, sizeof table->dirty_chunks[0]);
	table->ranges = mem_new(LPM_CHUNKS + 1, sizeof table->ranges[0]);
	for (uint32_t place = 0; place < table->n; place++) {
		if ((table->routes[place].flags & FIB_ROUTE_USED) == 0)
			continue;
		list_add(table, place);
		fib_table_touch(table, &table->routes[place]);
	}
}

static bool same_prefix(const struct fib_route *a, const struct fib_route *b)
{
	return order_by_prefix(a, b) == 0;
}

/* Beside the prefix: are they the same one? */
static bool same_way(const struct fib_route *a, const struct fib_route *b)
{
	return a->id == b->id && a->hop == b->hop &&
	       ((a->flags ^ b->flags) & FIB_ROUTE_CONNECTED) == 0;
}

uint32_t fib_table_find(const struct fib_table *table, const struct fib_route *route)
{
	uint32_t at = *list_of(table, route->network, route->bits);

	for (; at != END; at = table->routes[at - 1].next) {
		const struct fib_route *r = &table->routes[at - 1];
		int by = order_by_prefix(r, route);

		if (by > 0)
			break;
		if (by == 0 && same_way(r, route))
			return at - 1;
	}
	return FIB_PLACE_NONE;
}

uint32_t fib_table_find_near(const struct fib_table *table, const struct fib_route *route,
                             uint32_t place)
{
	if (place < fib_table_places(table)) {
		const struct fib_route *r = fib_table_at_const(table, place);

		if ((r->flags & FIB_ROUTE_USED) != 0 && same_prefix(r, route) && same_way(r, route))
			return place;
	}
	return fib_table_find(table, route);
}

static uint32_t place_take(struct fib_table *table)
{
	uint32_t place = table->free;

	if (place != END) {
		table->free = table->routes[place - 1].next;
		return place - 1;
	}
	if (table->n == table->max) {
		/* By an eighth: a million routes are not to lie in twice the room they need. */
		table->max += table->max / 8 + 16;
		table->routes = mem_resize(table->routes, table->max, sizeof table->routes[0]);
	}
	return table->n++;
}

uint32_t fib_table_add(struct fib_table *table, const struct fib_route *route)
{
	uint32_t place = place_take(table);

	table->routes[place] = *route;
	table->routes[place].flags |= FIB_ROUTE_USED;
	table->used++;
	if (table->lpm == NULL && table->used > FIB_TABLE_SMALL) {
		become_large(table);
		return place;
	}
	list_add(table, place);
	fib_table_touch(table, route);
	return place;
}

void fib_table_remove(struct fib_table *table, uint32_t place)
{
	struct fib_route *route = fib_table_at(table, place);
	uint32_t *link = list_of(table, route->network, route->bits);

	while (*link != place + 1) {
		must(*link != END);
		link = &table->routes[*link - 1].next;
	}
	*link = route->next;
	fib_table_touch(table, route);
	route->flags = 0;
	route->next = table->free;
	table->free = place + 1;
	table->used--;
}

bool fib_route_usable(const struct fib_table *table, const struct fib_route *route)
{
	return (route->flags & FIB_ROUTE_DISABLED) == 0 &&
	       fib_hop_at(table->hops, route->hop)->reason == ROUTE_ACTIVE;
}

bool fib_table_is_best(const struct fib_table *table, uint32_t place)
{
	const struct fib_route *route = fib_table_at_const(table, place);
	uint32_t at = *list_of(table, route->network, route->bits);

	for (; at != END; at = table->routes[at - 1].next) {
		const struct fib_route *r = &table->routes[at - 1];

		if (same_prefix(r, route) && fib_route_usable(table, r))
			return at - 1 == place;
	}
	return false;
}

static bool chunk_is_dirty(const struct fib_table *table, uint32_t chunk)
{
	return (table->dirty_chunks[chunk / 64] >> (chunk % 64) & 1) != 0;
}

void fib_table_touch(struct fib_table *table, const struct fib_route *route)
{
	uint32_t chunk = route->network.v >> LPM_CHUNK_BITS;

	if (table->lpm == NULL)
		return;
	if (route->bits > LPM_CHUNK_BITS) {
		if (chunk_is_dirty(table, chunk))
			return;
		table->dirty_chunks[chunk / 64] |= 1ULL << (chunk % 64);
	}
	if (table->dirty_n == table->dirty_max) {
		table->dirty_max += table->dirty_max + 16;
		table->dirty = mem_resize(table->dirty, table->dirty_max, sizeof table->dirty[0]);
	}
	table->dirty[table->dirty_n++] = (struct prefix){ route->network, route->bits };
}

/* The first usable route of @network/@bits: place + 1, or END. */
static uint32_t best_of(const struct fib_table *table, ip4 network, unsigned bits)
{
	uint32_t at = *list_of(table, network, bits);

	for (; at != END; at = table->routes[at - 1].next) {
		const struct fib_route *r = &table->routes[at - 1];

		if (r->bits == bits && ip4_equal(r->network, network) && fib_route_usable(table, r))
			return at;
	}
	return END;
}

static void settle_short(struct fib_table *table, struct prefix prefix)
{
	uint32_t best = best_of(table, prefix.network, prefix.bits), parent = END;
	unsigned bits = prefix.bits;

	if (best != END) {
		lpm_cover(table->lpm, prefix.network, bits, table->routes[best - 1].hop);
		return;
	}
	while (parent == END && bits > 0) {
		bits--;
		parent = best_of(table, ip4_network(prefix.network, bits), bits);
	}
	lpm_uncover(table->lpm, prefix.network, prefix.bits,
	            parent != END ? table->routes[parent - 1].hop : FIB_HOP_NONE, bits);
}

/* Prefixes of a chunk that hold the place at hand, the longest last. */
struct nest {
	struct {
		uint32_t end;
		uint16_t value;
	} at[32 - LPM_CHUNK_BITS + 1];
	unsigned n;
};

static uint16_t nest_value(const struct nest *nest)
{
	return nest->n > 0 ? nest->at[nest->n - 1].value : FIB_HOP_NONE;
}

static size_t range_add(struct lpm_range *ranges, size_t n, uint32_t start, uint16_t value)
{
	if (n > 0 && ranges[n - 1].start == start)
		n--;
	if (n > 0 && ranges[n - 1].value == value)
		return n;
	ranges[n] = (struct lpm_range){ (uint16_t)start, value };
	return n + 1;
}

static size_t nest_leave(struct nest *nest, uint32_t until, struct lpm_range *ranges, size_t n)
{
	while (nest->n > 0 && nest->at[nest->n - 1].end <= until) {
		uint32_t end = nest->at[--nest->n].end;

		if (end < LPM_CHUNKS)
			n = range_add(ranges, n, end, nest_value(nest));
	}
	return n;
}

/* Sweep over a chunk's prefixes, sorted and nested, from its first address to its last. */
static size_t flatten(const struct fib_table *table, uint32_t chunk, struct lpm_range *ranges)
{
	const struct fib_route *last = NULL;
	struct nest nest = { .n = 0 };
	size_t n = range_add(ranges, 0, 0, FIB_HOP_NONE);

	for (uint32_t at = table->lists[chunk]; at != END; at = table->routes[at - 1].next) {
		const struct fib_route *r = &table->routes[at - 1];
		uint32_t start = r->network.v & (LPM_CHUNKS - 1);

		if (!fib_route_usable(table, r) || (last != NULL && same_prefix(last, r)))
			continue;
		last = r;
		n = nest_leave(&nest, start, ranges, n);
		nest.at[nest.n].end = start + (1U << (32 - r->bits));
		nest.at[nest.n++].value = r->hop;
		n = range_add(ranges, n, start, r->hop);
	}
	n = nest_leave(&nest, LPM_CHUNKS, ranges, n);
	return n == 1 && ranges[0].value == FIB_HOP_NONE ? 0 : n;
}

static void settle_chunk(struct fib_table *table, uint32_t chunk)
{
	table->dirty_chunks[chunk / 64] &= ~(1ULL << (chunk % 64));
	lpm_set_chunk(table->lpm, chunk, table->ranges, flatten(table, chunk, table->ranges));
}

void fib_table_settle(struct fib_table *table)
{
	for (uint32_t i = 0; i < table->dirty_n; i++) {
		if (table->dirty[i].bits > LPM_CHUNK_BITS)
			settle_chunk(table, table->dirty[i].network.v >> LPM_CHUNK_BITS);
		else
			settle_short(table, table->dirty[i]);
	}
	table->dirty_n = 0;
}

/* A search over lists: the best so far. */
struct search {
	const struct fib_table *table;
	ip4 dst;
	iface_id bound;
	uint32_t place;
	int bits;         /* of the best; -1: none */
	uint64_t matches; /* a bit for each length that holds @dst; 33 of them */
};

static void search_list(struct search *search, uint32_t at)
{
	const struct fib_table *table = search->table;

	for (; at != END; at = table->routes[at - 1].next) {
		const struct fib_route *r = &table->routes[at - 1];
		const struct fib_hop *hop = fib_hop_at(table->hops, r->hop);

		if (!ip4_within(search->dst, r->network, r->bits) || !fib_route_usable(table, r))
			continue;
		search->matches |= 1ULL << r->bits;
		if ((int)r->bits <= search->bits)
			continue;
		if (search->bound != IFACE_NONE && hop->action == ROUTE_VIA &&
		    hop->out != search->bound)
			continue;
		search->bits = r->bits;
		search->place = at - 1;
	}
}

uint32_t fib_table_search(const struct fib_table *table, ip4 dst, iface_id bound,
                          unsigned *ret_matches)
{
	struct search search = {
		.table = table, .dst = dst, .bound = bound, .place = FIB_PLACE_NONE, .bits = -1
	};

	search_list(&search, *list_of(table, dst, 32));
	for (unsigned bits = 0; table->lpm != NULL && bits <= LPM_CHUNK_BITS; bits++)
		search_list(&search, *list_of(table, ip4_network(dst, bits), bits));
	*ret_matches = (unsigned)__builtin_popcountll(search.matches);
	return search.place;
}

uint16_t fib_table_lookup(const struct fib_table *table, ip4 dst)
{
	unsigned matches;
	uint32_t place;

	if (table->lpm != NULL)
		return lpm_find(table->lpm, dst);
	place = fib_table_search(table, dst, IFACE_NONE, &matches);
	return place != FIB_PLACE_NONE ? table->routes[place].hop : FIB_HOP_NONE;
}

size_t fib_table_bytes(const struct fib_table *table)
{
	size_t bytes = sizeof *table + table->max * sizeof table->routes[0];

	if (table->lpm == NULL)
		return bytes + sizeof table->lists[0];
	return bytes + lpm_bytes(table->lpm) + LISTS * sizeof table->lists[0] + LPM_CHUNKS / 8 +
	       (LPM_CHUNKS + 1) * sizeof table->ranges[0] +
	       table->dirty_max * sizeof table->dirty[0];
}
