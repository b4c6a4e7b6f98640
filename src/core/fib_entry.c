/*
 * fib_entry.c -- the routing tables as others see them: entries, look-ups, reasons.
 */
#include "core/addr.h"
#include "core/fib_inside.h"
#include "core/net.h"

static uint8_t reason_of(const struct fib_table *table, uint32_t place,
                         const struct fib_route *route, const struct fib_hop *hop)
{
	if ((route->flags & FIB_ROUTE_DISABLED) != 0)
		return ROUTE_DISABLED;
	if (hop->reason != ROUTE_ACTIVE)
		return hop->reason;
	return fib_table_is_best(table, place) ? ROUTE_ACTIVE : ROUTE_BETTER;
}

static void entry_fill(const struct net *net, const struct fib_table *table, uint32_t place,
                       struct route_entry *e)
{
	const struct fib_route *route = fib_table_at_const(table, place);
	const struct fib_hop *hop = fib_hop_at(net->fib->hops, route->hop);
	const struct addr_spec *spec;

	*e = (struct route_entry){
		.spec = { .dst = { ip_addr_v4(route->network), route->bits, { 0 } },
		          .gateway = hop->gateway,
		          .iface = hop->iface,
		          .action = hop->action,
		          .distance = route->distance,
		          .metric = route->metric,
		          .table = fib_table_number(table),
		          .pref_src = hop->connected ? (ip4){ 0 } : hop->pref_src,
		          .id = route->id,
		          .disabled = (route->flags & FIB_ROUTE_DISABLED) != 0 },
		.connected = hop->connected,
		.reason = reason_of(table, place, route, hop),
	};
	if (e->spec.disabled)
		return;
	e->out = hop->out;
	e->next_hop = hop->next_hop;
	e->src = hop->src;
	if (ip4_is_zero(e->src) && e->out != IFACE_NONE) {
		spec = addr_toward(net, e->out, route->network);
		e->src = spec != NULL ? spec->addr : (ip4){ 0 };
	}
}

bool fib_next(const struct net *net, struct fib_cursor *at, struct route_entry *ret_entry)
{
	const struct fib *fib = net->fib;

	for (; at->table < fib->tables_n; at->table++, at->list = at->at = 0) {
		const struct fib_table *table = fib->tables[at->table];
		uint32_t place = fib_table_next(table, &at->list, &at->at);

		if (place == FIB_PLACE_NONE)
			continue;
		entry_fill(net, table, place, ret_entry);
		return true;
	}
	return false;
}

bool fib_next_connected(struct net *net, size_t *at, struct route_entry *ret_entry)
{
	struct fib *fib = net->fib;

	while (*at < fib->connected_n) {
		uint32_t place = fib_connected_place(fib, (*at)++);

		if (place == FIB_PLACE_NONE)
			continue;
		entry_fill(net, fib->tables[0], place, ret_entry);
		return true;
	}
	return false;
}

static bool route_is_row(const struct fib *fib, uint32_t table, uint32_t place, uint32_t id)
{
	const struct fib_route *r = fib_table_at_const(fib->tables[table], place);

	return r->id == id && (r->flags & (FIB_ROUTE_USED | FIB_ROUTE_CONNECTED)) == FIB_ROUTE_USED;
}

static bool asked_is(struct fib *fib, uint32_t table, uint32_t place, uint32_t id)
{
	if (table >= fib->tables_n || place >= fib_table_places(fib->tables[table]) ||
	    !route_is_row(fib, table, place, id))
		return false;
	fib->asked.table = table;
	fib->asked.place = place;
	return true;
}

/* Rows are asked for in their order, and routes lie in that order or against it: look around the
 * last one first. */
static bool find_near(struct fib *fib, uint32_t id)
{
	uint32_t table = fib->asked.table, place = fib->asked.place;

	return asked_is(fib, table, place, id) || asked_is(fib, table, place + 1, id) ||
	       asked_is(fib, table, place - 1, id);
}

/* From both ends: a list begins at the one or the other. */
static bool find_anywhere(struct fib *fib, uint32_t id)
{
	for (uint32_t table = 0; table < fib->tables_n; table++) {
		uint32_t places = fib_table_places(fib->tables[table]);

		for (uint32_t at = 0; at < (places + 1) / 2; at++) {
			if (asked_is(fib, table, at, id) ||
			    asked_is(fib, table, places - 1 - at, id))
				return true;
		}
	}
	return false;
}

bool fib_entry_of(struct net *net, uint32_t id, struct route_entry *ret_entry)
{
	struct fib *fib = net->fib;

	if (!find_near(fib, id) && !find_anywhere(fib, id))
		return false;
	entry_fill(net, fib->tables[fib->asked.table], fib->asked.place, ret_entry);
	return true;
}

const struct fib_hop *fib_lookup(const struct net *net, uint32_t number, ip4 dst)
{
	const struct fib_table *table = fib_table_numbered(net->fib, number);
	uint16_t hop = table != NULL ? fib_table_lookup(table, dst) : FIB_HOP_NONE;

	return hop != FIB_HOP_NONE ? fib_hop_at(net->fib->hops, hop) : NULL;
}

const struct fib_hop *fib_find(const struct net *net, const struct route_key *key,
                               struct route_entry *ret_entry, unsigned *ret_matches)
{
	const struct fib_table *table = fib_table_numbered(net->fib, key->table);
	uint32_t place = FIB_PLACE_NONE;

	*ret_matches = 0;
	if (table != NULL)
		place = fib_table_search(table, key->dst, key->bound, ret_matches);
	if (place == FIB_PLACE_NONE)
		return NULL;
	entry_fill(net, table, place, ret_entry);
	return fib_hop_at(net->fib->hops, fib_table_at_const(table, place)->hop);
}

size_t fib_bytes(const struct net *net)
{
	size_t bytes = sizeof *net->fib + fib_hops_bytes(net->fib->hops) +
	               net->fib->connected_n * sizeof net->fib->connected[0];

	for (uint32_t i = 0; i < net->fib->tables_n; i++)
		bytes += fib_table_bytes(net->fib->tables[i]);
	return bytes;
}

const char *route_reason_sentence(enum route_reason reason)
{
	static const char *const sentences[] = {
		[ROUTE_ACTIVE] = "in use",
		[ROUTE_DISABLED] = "the route is disabled; enable it",
		[ROUTE_GATEWAY_NOT_ON_LINK] =
			"no connected network holds the gateway; add an address in its network to "
			"the interface it is on",
		[ROUTE_GATEWAY_IS_OURS] =
			"the gateway is this router's own address; give the address of the router "
			"at the other end of the link",
		[ROUTE_LINK_DOWN] =
			"its interface is disabled or has no link; enable it or check the cable",
		[ROUTE_BETTER] =
			"another route to the same network has a lower distance or metric; it "
			"steps in when that one fails",
	};

	must(reason < ARRAY_LEN(sentences));
	return sentences[reason];
}
