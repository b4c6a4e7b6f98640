#include <stdlib.h>

#include "core/addr.h"
#include "core/fib_inside.h"
#include "core/net.h"
#include "lib/mem.h"

struct fib *fib_new(void)
{
	struct fib *fib = mem_new(1, sizeof *fib);

	fib->hops = fib_hops_new();
	fib->tables = mem_new(1, sizeof fib->tables[0]);
	fib->tables[0] = fib_table_new(TABLE_MAIN, fib->hops);
	fib->tables_n = 1;
	return fib;
}

void fib_free(struct fib *fib)
{
	if (fib == NULL)
		return;
	for (uint32_t i = 0; i < fib->tables_n; i++)
		fib_table_free(fib->tables[i]);
	fib_hops_free(fib->hops);
	mem_free(fib->tables);
	mem_free(fib->connected);
	mem_free(fib);
}

static struct fib_table *table_get(struct fib *fib, uint32_t number)
{
	struct fib_table *table = fib_table_numbered(fib, number);
	uint32_t at;

	if (table != NULL)
		return table;
	fib->tables = mem_resize(fib->tables, fib->tables_n + 1, sizeof fib->tables[0]);
	for (at = fib->tables_n++; at > 0 && fib_table_number(fib->tables[at - 1]) > number; at--)
		fib->tables[at] = fib->tables[at - 1];
	fib->tables[at] = fib_table_new(number, fib->hops);
	return fib->tables[at];
}

static struct fib_hop hop_of(const struct route_spec *spec)
{
	return (struct fib_hop){
		.gateway = spec->gateway,
		.pref_src = spec->pref_src,
		.iface = spec->iface,
		.action = spec->action,
	};
}

/* The route that @spec asks for; it uses its hop from now on. False: no more hops. */
static bool route_of(struct fib *fib, const struct route_spec *spec, struct fib_route *ret_route)
{
	struct fib_hop wish = hop_of(spec);

	*ret_route = (struct fib_route){
		.network = ip4_network(spec->dst.addr.v4, spec->dst.bits),
		.id = spec->id,
		.hop = fib_hop_take(fib->hops, &wish),
		.metric = spec->metric,
		.bits = spec->dst.bits,
		.distance = spec->distance,
		.flags = spec->disabled ? FIB_ROUTE_DISABLED : 0,
	};
	return ret_route->hop != FIB_HOP_NONE;
}

static void route_remove(struct fib *fib, struct fib_table *table, uint32_t place)
{
	uint16_t hop = fib_table_at(table, place)->hop;

	fib_table_remove(table, place);
	fib_hop_give_back(fib->hops, hop);
}

/* @route, which has its hop, is in @table from now on, and seen; the same one may be there. */
static void route_put(struct fib *fib, struct fib_table *table, const struct fib_route *route)
{
	uint32_t place = fib_table_find(table, route);

	if (place != FIB_PLACE_NONE) {
		struct fib_route *old = fib_table_at(table, place);

		if (old->distance == route->distance && old->metric == route->metric &&
		    ((old->flags ^ route->flags) & FIB_ROUTE_DISABLED) == 0) {
			fib_hop_give_back(fib->hops, route->hop);
			old->flags |= FIB_ROUTE_SEEN;
			return;
		}
		route_remove(fib, table, place);
	}
	place = fib_table_add(table, route);
	fib_table_at(table, place)->flags |= FIB_ROUTE_SEEN;
}

bool fib_add(struct net *net, const struct route_spec *spec)
{
	struct fib *fib = net->fib;
	struct fib_route route;

	if (!route_of(fib, spec, &route))
		return false;
	if (fib_hop_at(fib->hops, route.hop)->users == 1)
		fib_hop_resolve(fib->hops, route.hop, net, fib->connected, fib->connected_n);
	route_put(fib, table_get(fib, spec->table), &route);
	return true;
}

bool fib_remove(struct net *net, const struct route_spec *spec)
{
	struct fib_table *table = fib_table_numbered(net->fib, spec->table);
	struct fib_route route;
	uint32_t place;

	if (table == NULL || !route_of(net->fib, spec, &route))
		return false;
	place = fib_table_find(table, &route);
	fib_hop_give_back(net->fib->hops, route.hop);
	if (place != FIB_PLACE_NONE)
		route_remove(net->fib, table, place);
	return place != FIB_PLACE_NONE;
}

void fib_settle(struct net *net)
{
	for (uint32_t i = 0; i < net->fib->tables_n; i++)
		fib_table_settle(net->fib->tables[i]);
}

/* Forget what was seen / remove what was not: static or connected routes, as @flags says. */
static void unsee(struct fib *fib, uint8_t flags)
{
	for (uint32_t i = 0; i < fib->tables_n; i++) {
		struct fib_table *table = fib->tables[i];

		for (uint32_t at = 0; at < fib_table_places(table); at++) {
			struct fib_route *r = fib_table_at(table, at);

			if ((r->flags & FIB_ROUTE_CONNECTED) == flags)
				r->flags &= (uint8_t)~FIB_ROUTE_SEEN;
		}
	}
}

static void remove_unseen(struct fib *fib, uint8_t flags)
{
	for (uint32_t i = 0; i < fib->tables_n; i++) {
		struct fib_table *table = fib->tables[i];

		for (uint32_t at = 0; at < fib_table_places(table); at++) {
			uint8_t has = fib_table_at(table, at)->flags;

			if ((has & FIB_ROUTE_USED) != 0 && (has & FIB_ROUTE_CONNECTED) == flags &&
			    (has & FIB_ROUTE_SEEN) == 0)
				route_remove(fib, table, at);
		}
	}
}

static int order_of_specs(const void *left, const void *right)
{
	const struct route_spec *a = *(const struct route_spec *const *)left;
	const struct route_spec *b = *(const struct route_spec *const *)right;
	ip4 x = a->dst.addr.v4, y = b->dst.addr.v4;

	if (x.v != y.v)
		return x.v < y.v ? 1 : -1;
	if (a->dst.bits != b->dst.bits)
		return a->dst.bits < b->dst.bits ? 1 : -1;
	return a->id < b->id ? 1 : a->id > b->id ? -1 : 0;
}

void fib_publish(struct net *net, const struct route_spec *specs, size_t n)
{
	const struct route_spec **sorted = mem_new(n, sizeof sorted[0]);
	size_t wanted = 0;

	for (size_t i = 0; i < n; i++) {
		if (specs[i].dst.addr.family == IP_V4)
			sorted[wanted++] = &specs[i];
	}
	/* From the last prefix to the first: each goes to the front of its list. */
	qsort(sorted, wanted, sizeof sorted[0], order_of_specs);
	unsee(net->fib, 0);
	for (size_t i = 0; i < wanted; i++)
		must(fib_add(net, sorted[i])); /* fib_specs_fit() */
	remove_unseen(net->fib, 0);
	mem_free(sorted);
	fib_settle(net);
	net_generation_next(net);
}

bool fib_specs_fit(const struct route_spec *specs, size_t n)
{
	struct fib_hops *hops;
	bool fit = true;

	if (n <= FIB_WAYS_MAX)
		return true;
	hops = fib_hops_new();
	for (size_t i = 0; i < n && fit; i++) {
		struct fib_hop wish = hop_of(&specs[i]);

		fit = fib_hop_take(hops, &wish) != FIB_HOP_NONE &&
		      fib_hops_last(hops) <= FIB_WAYS_MAX;
	}
	fib_hops_free(hops);
	return fit;
}

static int order_of_connected(const void *left, const void *right)
{
	const struct route_entry *a = left, *b = right;

	if (a->spec.dst.addr.v4.v != b->spec.dst.addr.v4.v)
		return a->spec.dst.addr.v4.v < b->spec.dst.addr.v4.v ? -1 : 1;
	if (a->spec.dst.bits != b->spec.dst.bits)
		return a->spec.dst.bits < b->spec.dst.bits ? -1 : 1;
	return a->src.v < b->src.v ? -1 : a->src.v > b->src.v;
}

/* The network of each address; a /32 that names no peer leads nowhere but to the router. */
static size_t find_connected(const struct net *net, struct route_entry *entries)
{
	const struct addr_spec *specs;
	size_t specs_n = addr_all(net, &specs), n = 0;

	for (size_t i = 0; i < specs_n; i++) {
		const struct addr_spec *s = &specs[i];
		const struct iface *iface = iface_get_const(net, s->iface);
		bool running = iface != NULL && iface_is_running(iface);

		if (s->bits == 32 && ip4_equal(s->network, s->addr))
			continue;
		entries[n++] = (struct route_entry){
			.spec = { .dst = { ip_addr_v4(s->network), s->bits, { 0 } },
			          .iface = s->iface,
			          .action = ROUTE_VIA,
			          .distance = DISTANCE_CONNECTED,
			          .table = TABLE_MAIN },
			.connected = true,
			.reason = running ? ROUTE_ACTIVE : ROUTE_LINK_DOWN,
			.out = s->iface,
			.src = s->addr,
		};
	}
	qsort(entries, n, sizeof entries[0], order_of_connected);
	return n;
}

/* Connected networks are many addresses, not many ways: their hops always fit. */
static struct fib_route connected_route(struct fib *fib, const struct route_entry *e)
{
	struct fib_hop wish = hop_of(&e->spec);
	struct fib_route route = {
		.network = e->spec.dst.addr.v4,
		.bits = e->spec.dst.bits,
		.distance = e->spec.distance,
		.flags = FIB_ROUTE_CONNECTED,
	};

	wish.connected = true;
	wish.pref_src = e->src;
	route.hop = fib_hop_take(fib->hops, &wish);
	must(route.hop != FIB_HOP_NONE);
	return route;
}

static void put_connected(struct fib *fib, const struct route_entry *e)
{
	struct fib_route route = connected_route(fib, e);

	route_put(fib, fib->tables[0], &route);
}

uint32_t fib_connected_place(struct fib *fib, size_t n)
{
	struct fib_route route = connected_route(fib, &fib->connected[n]);

	fib_hop_give_back(fib->hops, route.hop);
	return fib_table_find(fib->tables[0], &route);
}

/* Routes by hops that became usable, or are so no longer. */
static void touch_changed(struct fib *fib, const bool *changed)
{
	for (uint32_t i = 0; i < fib->tables_n; i++) {
		struct fib_table *table = fib->tables[i];

		for (uint32_t at = 0; at < fib_table_places(table); at++) {
			const struct fib_route *r = fib_table_at(table, at);

			if ((r->flags & FIB_ROUTE_USED) != 0 && changed[r->hop])
				fib_table_touch(table, r);
		}
	}
}

static void resolve_all(struct net *net)
{
	struct fib *fib = net->fib;
	uint16_t last = fib_hops_last(fib->hops);
	bool *changed = mem_new((size_t)last + 1, sizeof *changed);
	bool any = false;

	for (uint32_t hop = 1; hop <= last; hop++) {
		changed[hop] = fib_hop_resolve(fib->hops, (uint16_t)hop, net, fib->connected,
		                               fib->connected_n);
		any = any || changed[hop];
	}
	if (any)
		touch_changed(fib, changed);
	mem_free(changed);
}

void fib_rebuild(struct net *net)
{
	struct fib *fib = net->fib;
	const struct addr_spec *addrs;
	size_t max = addr_all(net, &addrs);

	mem_free(fib->connected);
	fib->connected = mem_new(max, sizeof fib->connected[0]);
	fib->connected_n = find_connected(net, fib->connected);
	unsee(fib, FIB_ROUTE_CONNECTED);
	for (size_t i = 0; i < fib->connected_n; i++)
		put_connected(fib, &fib->connected[i]);
	remove_unseen(fib, FIB_ROUTE_CONNECTED);
	resolve_all(net);
	fib_settle(net);
}
