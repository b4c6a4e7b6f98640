#include "core/fib.h"

#include <stdlib.h>
#include <string.h>

#include "core/addr.h"
#include "core/net.h"
#include "core/trie.h"
#include "lib/mem.h"

struct fib_table {
	uint32_t table;
	struct trie trie; /* a prefix's value: the place of the first entry for it */
};

struct fib {
	struct route_spec *specs; /* the static ones, as published */
	size_t specs_n;
	struct route_entry *entries; /* sorted; those for one prefix stand together */
	size_t n;
	struct fib_table *tables; /* sorted by number */
	size_t tables_n;
};

static void tables_free(struct fib *fib)
{
	for (size_t i = 0; i < fib->tables_n; i++)
		trie_free(&fib->tables[i].trie);
	mem_free(fib->tables);
	fib->tables = NULL;
	fib->tables_n = 0;
}

struct fib *fib_new(void)
{
	return mem_new(1, sizeof(struct fib));
}

void fib_free(struct fib *fib)
{
	if (fib == NULL)
		return;
	tables_free(fib);
	mem_free(fib->entries);
	mem_free(fib->specs);
	mem_free(fib);
}

static int order(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static int order_by_prefix(const struct route_entry *a, const struct route_entry *b)
{
	int by = order(a->spec.table, b->spec.table);

	if (by == 0)
		by = order(a->spec.dst.addr.v4.v, b->spec.dst.addr.v4.v);
	if (by == 0)
		by = order(a->spec.dst.bits, b->spec.dst.bits);
	return by;
}

/* For qsort(): table, prefix, then what is preferred; the row's number last, so that the order
 * never depends on qsort(). */
static int order_of_entries(const void *left, const void *right)
{
	const struct route_entry *a = left, *b = right;
	int by = order_by_prefix(a, b);

	if (by == 0)
		by = order(a->spec.distance, b->spec.distance);
	if (by == 0)
		by = order(a->spec.metric, b->spec.metric);
	if (by == 0)
		by = order(!a->connected, !b->connected);
	if (by == 0)
		by = order(a->spec.id, b->spec.id);
	if (by == 0)
		by = order(a->src.v, b->src.v);
	return by;
}

static bool same_prefix(const struct route_entry *a, const struct route_entry *b)
{
	return order_by_prefix(a, b) == 0;
}

static bool is_running(const struct net *net, iface_id id)
{
	const struct iface *iface = iface_get_const(net, id);

	return iface != NULL && iface_is_running(iface);
}

/* The network of each address; a /32 that names no peer leads nowhere but to the router. */
static size_t add_connected(const struct net *net, struct route_entry *entries)
{
	const struct addr_spec *specs;
	size_t specs_n = addr_all(net, &specs), n = 0;

	for (size_t i = 0; i < specs_n; i++) {
		const struct addr_spec *s = &specs[i];

		if (s->bits == 32 && ip4_equal(s->network, s->addr))
			continue;
		entries[n++] = (struct route_entry){
			.spec = { .dst = { ip_addr_v4(s->network), s->bits, { 0 } },
			          .iface = s->iface,
			          .action = ROUTE_VIA,
			          .distance = DISTANCE_CONNECTED,
			          .table = TABLE_MAIN },
			.connected = true,
			.reason = is_running(net, s->iface) ? ROUTE_ACTIVE : ROUTE_LINK_DOWN,
			.out = s->iface,
			.src = s->addr,
		};
	}
	qsort(entries, n, sizeof entries[0], order_of_entries);
	return n;
}

/* What a static route is resolved against: the connected ones, sorted, and a trie of them. */
struct connected {
	const struct route_entry *entries;
	size_t n;
	struct trie trie;
};

/* Set each prefix's value to the place of its first entry, where @active_only allows it. */
static void trie_fill(struct trie *trie, const struct route_entry *entries, size_t n,
                      bool active_only)
{
	trie_init(trie, n);
	for (size_t i = 0; i < n; i++) {
		const struct ip_prefix *dst = &entries[i].spec.dst;

		if (active_only ? entries[i].reason != ROUTE_ACTIVE
		                : i > 0 && same_prefix(&entries[i], &entries[i - 1]))
			continue;
		trie_set(trie, dst->addr.v4, dst->bits, (uint32_t)i);
	}
}

/* Find the interface whose connected network holds @e's gateway. */
static enum route_reason find_gateway(const struct connected *connected, struct route_entry *e)
{
	uint32_t values[TRIE_MATCHES_MAX];
	unsigned n = trie_match(&connected->trie, e->spec.gateway.v4, values);
	enum route_reason reason = ROUTE_GATEWAY_NOT_ON_LINK;

	while (n-- > 0) {
		for (size_t i = values[n]; i < connected->n; i++) {
			const struct route_entry *c = &connected->entries[i];

			if (!same_prefix(c, &connected->entries[values[n]]))
				break;
			e->out = c->out;
			if (c->reason == ROUTE_ACTIVE)
				return ROUTE_ACTIVE;
			reason = (enum route_reason)c->reason;
		}
	}
	return reason;
}

static enum route_reason resolve_via(const struct net *net, const struct connected *connected,
                                     struct route_entry *e)
{
	const struct route_spec *spec = &e->spec;
	bool has_gateway = spec->gateway.family == IP_V4;

	if (has_gateway && addr_find(net, spec->gateway.v4) != NULL)
		return ROUTE_GATEWAY_IS_OURS;
	if (has_gateway)
		e->next_hop = spec->gateway.v4;
	/* A named interface is believed: some providers' gateways lie in no network of ours. */
	e->out = spec->iface;
	if (spec->iface != IFACE_NONE)
		return is_running(net, spec->iface) ? ROUTE_ACTIVE : ROUTE_LINK_DOWN;
	return has_gateway ? find_gateway(connected, e) : ROUTE_GATEWAY_NOT_ON_LINK;
}

static ip4 choose_src(const struct net *net, const struct route_entry *e)
{
	ip4 toward = ip4_is_zero(e->next_hop) ? e->spec.dst.addr.v4 : e->next_hop;
	const struct addr_spec *spec;

	if (!ip4_is_zero(e->spec.pref_src) && addr_find(net, e->spec.pref_src) != NULL)
		return e->spec.pref_src;
	if (e->out == IFACE_NONE)
		return (ip4){ 0 };
	spec = addr_toward(net, e->out, toward);
	return spec != NULL ? spec->addr : (ip4){ 0 };
}

static void resolve(const struct net *net, const struct connected *connected, struct route_entry *e)
{
	if (e->spec.disabled)
		e->reason = ROUTE_DISABLED;
	else if (e->spec.action == ROUTE_VIA)
		e->reason = (uint8_t)resolve_via(net, connected, e);
	e->src = choose_src(net, e);
}

static size_t add_static(const struct net *net, struct route_entry *entries, size_t n)
{
	const struct fib *fib = net->fib;
	struct connected connected = { .entries = entries, .n = n };
	size_t all = n;

	trie_fill(&connected.trie, entries, n, false);
	for (size_t i = 0; i < fib->specs_n; i++) {
		if (fib->specs[i].dst.addr.family != IP_V4)
			continue;
		entries[all] = (struct route_entry){ .spec = fib->specs[i] };
		resolve(net, &connected, &entries[all]);
		all++;
	}
	trie_free(&connected.trie);
	return all;
}

/* Of the usable entries for one prefix the first is active. */
static void mark_better(struct route_entry *entries, size_t n)
{
	bool have = false;

	for (size_t i = 0; i < n; i++) {
		if (i == 0 || !same_prefix(&entries[i], &entries[i - 1]))
			have = false;
		if (entries[i].reason != ROUTE_ACTIVE)
			continue;
		if (have)
			entries[i].reason = ROUTE_BETTER;
		have = true;
	}
}

/* The tries' values are places in the whole of fib->entries, hence the offset. */
static void table_build(struct fib *fib, size_t from, size_t to)
{
	struct fib_table *t = &fib->tables[fib->tables_n++];

	t->table = fib->entries[from].spec.table;
	trie_init(&t->trie, to - from);
	for (size_t i = from; i < to; i++) {
		const struct route_entry *e = &fib->entries[i];

		if (e->reason == ROUTE_ACTIVE)
			trie_set(&t->trie, e->spec.dst.addr.v4, e->spec.dst.bits, (uint32_t)i);
	}
}

static void tables_build(struct fib *fib)
{
	size_t tables = 0, from = 0;

	for (size_t i = 0; i < fib->n; i++)
		tables += i == 0 || fib->entries[i].spec.table != fib->entries[i - 1].spec.table;
	fib->tables = mem_new(tables, sizeof fib->tables[0]);
	for (size_t i = 1; i <= fib->n; i++) {
		if (i == fib->n || fib->entries[i].spec.table != fib->entries[from].spec.table) {
			table_build(fib, from, i);
			from = i;
		}
	}
}

void fib_rebuild(struct net *net)
{
	struct fib *fib = net->fib;
	const struct addr_spec *addrs;
	size_t max = addr_all(net, &addrs) + fib->specs_n;
	struct route_entry *entries = mem_new(max, sizeof entries[0]);
	size_t n = add_connected(net, entries);

	n = add_static(net, entries, n);
	qsort(entries, n, sizeof entries[0], order_of_entries);
	mark_better(entries, n);
	tables_free(fib);
	mem_free(fib->entries);
	fib->entries = entries;
	fib->n = n;
	tables_build(fib);
}

void fib_publish(struct net *net, const struct route_spec *specs, size_t n)
{
	struct fib *fib = net->fib;

	mem_free(fib->specs);
	fib->specs = mem_new(n, sizeof fib->specs[0]);
	fib->specs_n = n;
	for (size_t i = 0; i < n; i++) {
		fib->specs[i] = specs[i];
		if (specs[i].dst.addr.family == IP_V4)
			fib->specs[i].dst.addr.v4 =
				ip4_network(specs[i].dst.addr.v4, specs[i].dst.bits);
	}
	fib_rebuild(net);
	net_generation_next(net);
}

size_t fib_entries(const struct net *net, const struct route_entry **ret_entries)
{
	*ret_entries = net->fib->entries;
	return net->fib->n;
}

static const struct fib_table *table_find(const struct fib *fib, uint32_t table)
{
	size_t low = 0, high = fib->tables_n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (fib->tables[middle].table < table)
			low = middle + 1;
		else
			high = middle;
	}
	return low < fib->tables_n && fib->tables[low].table == table ? &fib->tables[low] : NULL;
}

/* The best of the entries for the prefix of @first that may leave by @bound. What has no way out
 * (a blackhole) holds for every way. */
static const struct route_entry *bound_entry(const struct fib *fib, size_t first, iface_id bound)
{
	for (size_t i = first; i < fib->n && same_prefix(&fib->entries[i], &fib->entries[first]);
	     i++) {
		const struct route_entry *e = &fib->entries[i];

		if (e->reason != ROUTE_ACTIVE && e->reason != ROUTE_BETTER)
			continue;
		if (bound == IFACE_NONE || e->spec.action != ROUTE_VIA || e->out == bound)
			return e;
	}
	return NULL;
}

const struct route_entry *fib_find(const struct net *net, const struct route_key *key,
                                   unsigned *ret_matches)
{
	const struct fib_table *table = table_find(net->fib, key->table);
	uint32_t values[TRIE_MATCHES_MAX];
	unsigned n = table != NULL ? trie_match(&table->trie, key->dst, values) : 0;

	*ret_matches = n;
	while (n-- > 0) {
		const struct route_entry *e = bound_entry(net->fib, values[n], key->bound);

		if (e != NULL)
			return e;
	}
	return NULL;
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
