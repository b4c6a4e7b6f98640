/*
 * ip_route.c -- /ip/route: static routes as configured, all routes as they stand, and why.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "conf/diag.h"
#include "conf/type.h"
#include "core/explain.h"
#include "core/fib.h"
#include "lib/mem.h"
#include "menu/lookup.h"
#include "menu/menus.h"
#include "menu/type_gateway.h"

#define FLAG_INACTIVE  (ROW_MENU_FIRST << 0)
#define FLAG_ACTIVE    (ROW_MENU_FIRST << 1)
#define FLAG_CONNECT   (ROW_MENU_FIRST << 2)
#define FLAG_STATIC    (ROW_MENU_FIRST << 3)
#define TABLE_BYTES    32
#define HOP_TEXT_BYTES 64

struct route_row {
	struct ip_prefix dst;
	struct gateway gateway;
	char table[TABLE_BYTES];
	uint8_t distance;
	ip4 pref_src;
	bool blackhole;
	/* Observed. */
	char immediate_gw[HOP_TEXT_BYTES];
	ip4 local_address;
};

static const struct field fields[] = {
	{ "dst-address", &type_network, AT(struct route_row, dst), .alias = "dst",
	  .dflt = "0.0.0.0/0", .flags = F_BRIEF, .help = "network this route leads to" },
	{ "gateway", &type_gateway, AT(struct route_row, gateway), .flags = F_BRIEF,
	  .help = "next hop: an address, an interface, or address%interface" },
	{ "routing-table", &type_word, AT(struct route_row, table), .min = 1,
	  .max = TABLE_BYTES - 1, .dflt = "main", .help = "the table it stands in" },
	{ "distance", &type_uint, AT(struct route_row, distance), .min = 1, .max = 255, .dflt = "1",
	  .flags = F_BRIEF | F_RIGHT, .help = "lower wins among routes to the same network" },
	{ "pref-src", &type_ip4, AT(struct route_row, pref_src), .alias = "preferred-source",
	  .help = "source address of connections the router itself opens" },
	{ "blackhole", &type_bool, AT(struct route_row, blackhole), .dflt = "no", .flags = F_BARE,
	  .help = "packets to this network end here without a word" },
	{ "immediate-gw", &type_word, AT(struct route_row, immediate_gw), .flags = F_READ_ONLY,
	  .help = "the next hop and its interface, as resolved" },
	{ "local-address", &type_ip4, AT(struct route_row, local_address), .flags = F_READ_ONLY,
	  .help = "the router's address for this way" },
};

/* What a connected route says of itself: the first four fields. */
#define CONNECTED_GIVEN 0xfULL

static const struct menu_flag flags[] = {
	{ 'I', "inactive" },
	{ 'A', "active" },
	{ 'c', "connect" },
	{ 's', "static" },
};

static bool route_check(const struct row *row, struct diag *diag)
{
	const struct route_row *body = (const void *)row->body;
	ip4 addr = body->gateway.addr.v4;
	bool has_addr = body->gateway.addr.family != IP_NONE;
	bool has_gateway = has_addr || body->gateway.iface != 0;
	char text[IP4_TEXT_BYTES];

	if (has_addr && (addr.v >> 24 == 0 || addr.v >= 0xe0000000 || ip4_is_loopback(addr)))
		return diag_fail(diag, "gateway",
		                 "invalid value for argument gateway: %s is no host's address",
		                 ip4_str(addr, text));
	if (!has_gateway && !body->blackhole)
		return diag_fail(
			diag, "gateway",
			"missing value(s) of argument(s) gateway: say where the network is "
			"reached, or blackhole=yes");
	if (has_gateway && body->blackhole)
		return diag_fail(diag, "blackhole",
		                 "failure: a blackhole has no gateway; leave one of them out");
	return true;
}

static struct route_spec spec_of(struct rule_names *names, const struct row *row,
                                 struct rule_lookup *lookup)
{
	const struct route_row *body = (const void *)row->body;
	iface_id iface = IFACE_NONE;

	if (body->gateway.iface != 0)
		iface = lookup_iface(lookup->router, lookup->state, body->gateway.iface);
	return (struct route_spec){
		.dst = body->dst,
		.gateway = body->gateway.addr,
		.iface = iface,
		.action = body->blackhole ? ROUTE_BLACKHOLE : ROUTE_VIA,
		.distance = body->distance,
		.table = names->table(lookup, body->table),
		.pref_src = body->pref_src,
		.id = row->id,
		/* A route by an interface that is gone leads nowhere. */
		.disabled = (row->flags & ROW_DISABLED) != 0 ||
		            (body->gateway.iface != 0 && iface == IFACE_NONE),
	};
}

struct prepared {
	size_t n;
	struct route_spec at[];
};

static bool route_prepare(struct router *router, const struct conf_state *state,
                          void **ret_prepared, struct diag *diag)
{
	struct rows rows = conf_state_rows(state, "/ip/route");
	struct prepared *prepared = mem_new(1, sizeof *prepared + rows.n * sizeof prepared->at[0]);
	struct rule_lookup lookup = { router, state };
	struct rule_names names = lookup_rule_names(&lookup);

	for (size_t i = 0; i < rows.n; i++) {
		const struct route_row *body = (const void *)rows.at[i]->body;
		const struct route_spec spec = spec_of(&names, rows.at[i], &lookup);

		if (spec.table == TABLE_MAIN && strcmp(body->table, "main") != 0) {
			mem_free(prepared);
			return diag_fail(diag, "routing-table",
			                 "failure: there are too many names of tables and marks to "
			                 "add %s; use one that exists",
			                 body->table);
		}
		prepared->at[prepared->n++] = spec;
	}
	if (!fib_specs_fit(prepared->at, prepared->n)) {
		mem_free(prepared);
		return diag_fail(diag, "gateway",
		                 "failure: the routes have more than %u different gateways; use "
		                 "fewer",
		                 FIB_WAYS_MAX);
	}
	*ret_prepared = prepared;
	return true;
}

static void route_publish(struct router *router, void *arg)
{
	struct prepared *prepared = arg;

	fib_publish(&router->net, prepared->at, prepared->n);
	mem_free(prepared);
}

static uint32_t flags_of(const struct route_entry *entry)
{
	uint32_t origin = entry->connected ? FLAG_CONNECT : FLAG_STATIC;

	if (entry->reason == ROUTE_ACTIVE)
		return origin | FLAG_ACTIVE;
	return entry->reason == ROUTE_DISABLED ? origin : origin | FLAG_INACTIVE;
}

static void fill_observed(const struct router *router, const struct route_entry *entry,
                          struct route_row *body)
{
	const struct iface *out = iface_get_const(&router->net, entry->out);
	struct text hop = text_into(body->immediate_gw, sizeof body->immediate_gw);

	if (out == NULL)
		return;
	if (!ip4_is_zero(entry->next_hop)) {
		ip4_print(entry->next_hop, &hop);
		text_char(&hop, '%');
	}
	text_add(&hop, out->name);
	body->local_address = entry->src;
}

static void route_status(struct router *router, const struct conf_state *state, struct row *row)
{
	struct route_entry entry;

	if (!fib_entry_of(&router->net, row->id, &entry)) {
		row->flags |= FLAG_STATIC | FLAG_INACTIVE;
		return;
	}
	row->flags |= flags_of(&entry);
	fill_observed(router, &entry, (void *)row->body);
}

/* Connected routes come from addresses. */
static void route_observe(struct router *router, const struct conf_state *state,
                          struct row_sink *sink)
{
	struct route_entry entry;
	size_t at = 0;
	_Alignas(8) uint8_t storage[LOOKUP_ROW_BYTES(sizeof(struct route_row))];

	while (fib_next_connected(&router->net, &at, &entry)) {
		struct row *row;
		struct route_row *body;

		row = lookup_row(storage, sizeof *body, 0, ROW_DYNAMIC | flags_of(&entry));
		body = (void *)row->body;
		body->dst = entry.spec.dst;
		body->distance = entry.spec.distance;
		body->gateway.iface = lookup_iface_row(router, state, entry.spec.iface);
		snprintf(body->table, sizeof body->table, "main");
		fill_observed(router, &entry, body);
		row->given = CONNECTED_GIVEN;
		if (!sink->row(sink, row))
			return;
	}
}

/*
 * Two default routes of one distance by different links: one of them waits, and which is not what
 * anybody chose.
 */
static bool equal_default(struct router *router, const struct conf_state *state,
                          const struct row *row, const struct route_entry *mine, struct text *out)
{
	struct rows rows = conf_state_rows(state, "/ip/route");

	for (size_t i = 0; mine->spec.dst.bits == 0 && i < rows.n; i++) {
		struct route_entry other;
		uint32_t id = rows.at[i]->id;

		if (id == row->id || !fib_entry_of(&router->net, id, &other) ||
		    other.spec.dst.bits != 0 || other.spec.disabled || other.out == mine->out ||
		    other.out == IFACE_NONE || other.spec.distance != mine->spec.distance ||
		    other.spec.table != mine->spec.table)
			continue;
		text_printf(
			out,
			"there are two default routes of distance %u: by %s (*%X, in use) and "
			"by %s (*%X, waits); choose which one waits: "
			"/ip/route/set *%X distance=%u",
			mine->spec.distance,
			iface_get_const(&router->net, id < row->id ? other.out : mine->out)->name,
			id < row->id ? id : row->id,
			iface_get_const(&router->net, id < row->id ? mine->out : other.out)->name,
			id < row->id ? row->id : id, id < row->id ? row->id : id,
			mine->spec.distance < 255 ? mine->spec.distance + 1u : 255u);
		return true;
	}
	return false;
}

static bool route_warn(struct router *router, const struct conf_state *state, const struct row *row,
                       struct text *out)
{
	struct route_entry entry;

	if (!fib_entry_of(&router->net, row->id, &entry) || entry.reason == ROUTE_DISABLED)
		return false;
	if (entry.out != IFACE_NONE && equal_default(router, state, row, &entry, out))
		return true;
	if (entry.reason == ROUTE_ACTIVE)
		return false;
	text_printf(out, "inactive: %s", route_reason_sentence((enum route_reason)entry.reason));
	return true;
}

/* /ip/route/explain dst-address=...: the look-up itself tells what it decides. */
struct explain_args {
	ip4 dst, src;
	char table[TABLE_BYTES];
};

static const struct field explain_fields[] = {
	{ "dst-address", &type_ip4, AT(struct explain_args, dst), .flags = F_REQUIRED | F_UNNAMED,
	  .help = "where a packet would go" },
	{ "src-address", &type_ip4, AT(struct explain_args, src),
	  .help = "where it would come from; without it, the router itself" },
	{ "routing-table", &type_string, AT(struct explain_args, table), .min = 1,
	  .max = TABLE_BYTES - 1, .dflt = "main", .help = "the table to look in" },
};

static void print_steps(const struct explain *why, struct text *out)
{
	for (unsigned i = 0; i < why->n; i++)
		text_printf(out, "  %s: %s\n", why->steps[i].stage, why->steps[i].text);
}

static void print_route(const struct router *router, const struct route *route, ip4 dst,
                        struct text *out)
{
	const struct iface *iface = iface_get_const(&router->net, route->out);
	static const char *const kinds[] = { "unicast", "local", "broadcast", "multicast" };
	char hop[IP4_TEXT_BYTES], src[IP4_TEXT_BYTES], to[IP4_TEXT_BYTES];

	text_printf(out, "%s: %s", ip4_str(dst, to), kinds[route->kind]);
	if (route->kind == ROUTE_UNICAST)
		text_printf(out, " via %s", ip4_str(route->next_hop, hop));
	if (iface != NULL)
		text_printf(out, " on %s", iface->name);
	if (!ip4_is_zero(route->src))
		text_printf(out, ", source %s", ip4_str(route->src, src));
	text_printf(out, ", mtu %u\n", route->mtu_bytes);
}

static bool explain_start(struct router *router, const void *args, void *state, struct text *out,
                          struct diag *diag)
{
	const struct explain_args *asked = args;
	struct explain *why;
	struct route_key key = { .dst = asked->dst, .src = asked->src };
	struct route route;
	int error;

	if (strcmp(asked->table, "main") != 0) {
		key.table = mark_find(router->marks, asked->table);
		if (key.table == 0)
			return diag_fail(
				diag, "routing-table",
				"input does not match any value of routing-table: no route "
				"or rule names %s",
				asked->table);
	}
	why = mem_new(1, sizeof *why);
	error = route_lookup(&router->net, &key, &route, why);
	if (error == 0)
		print_route(router, &route, asked->dst, out);
	else
		text_printf(out, "no way: %s\n",
		            error == -ENETUNREACH ? "no route matches"
		            : error == -EINVAL    ? "the route is a blackhole"
		                                  : "the route forbids it");
	print_steps(why, out);
	mem_free(why);
	return true;
}

static bool explain_turn(struct router *router, void *state, struct text *out, mono now)
{
	return true;
}

static const struct action actions[] = {
	{ .name = "explain",
	  .help = "which way would a packet go, and why",
	  .fields = explain_fields,
	  .nfields = ARRAY_LEN(explain_fields),
	  .args_size = sizeof(struct explain_args),
	  .start = explain_start,
	  .turn = explain_turn },
};

static const char *const depends[] = { "/interface", "/interface/bridge", "/interface/vlan",
	                               "/ip/address", NULL };

const struct menu menu_ip_route = {
	.path = "/ip/route",
	.title = "Routes",
	.kind = MENU_LIST,
	.fields = fields,
	.nfields = ARRAY_LEN(fields),
	.row_size = sizeof(struct route_row),
	.flags = flags,
	.nflags = ARRAY_LEN(flags),
	.depends = depends,
	.actions = actions,
	.nactions = ARRAY_LEN(actions),
	.check = route_check,
	.prepare = route_prepare,
	.publish = route_publish,
	.discard = mem_free,
	.status = route_status,
	.observe = route_observe,
	.warn = route_warn,
};
