/*
 * ip_firewall_nat.c -- /ip/firewall/nat: translation of addresses and ports.
 */
#include <string.h>

#include "conf/diag.h"
#include "core/fib.h"
#include "fw/rules.h"
#include "menu/lookup.h"
#include "menu/menus.h"
#include "menu/rule_row.h"
#include "router/router.h"

static const char *const chains[] = { "srcnat", "dstnat", NULL };

static const struct field fields[] = {
	RULE_FIELDS_CHAIN(
		FACILITY_NAT, chains,
		"srcnat (sources, on the way out), dstnat (destinations, on the way in), or "
		"a chain of one's own"),
	RULE_FIELDS_MATCH,
	RULE_FIELDS_ACTION,
	{ "to-addresses", &type_range, RULE_AT(to_addresses),
	  .help = "the new address, or a range to choose from" },
	{ "to-ports", &type_to_ports, .offset = offsetof(struct rule_row, spec.to_port_low),
	  .bytes = 2 * sizeof(uint16_t), .help = "the new port, or a range to choose from" },
	{ "strict", &type_bool, RULE_AT(strict), .dflt = "no", .flags = F_QUIET,
	  .help = "a new outer port for each UDP connection, as Linux does; programs inside are "
	          "then "
	          "found by nobody they have not called" },
	{ "randomise-ports", &type_bool, RULE_AT(randomise_ports), .dflt = "no", .flags = F_QUIET,
	  .help = "outer ports at random, even when that of the host inside is free" },
	{ "same-not-by-dst", &type_bool, RULE_AT(same_not_by_dst), .dflt = "no", .flags = F_QUIET,
	  .help = "action=same: one address for a client, whatever it talks to" },
	{ "hairpin", &type_bool, RULE_AT(hairpin), .dflt = "yes", .flags = F_QUIET,
	  .help = "hosts behind the target's own interface reach it by the outer address, too" },
};

static bool nat_prepare(struct router *router, const struct conf_state *state, void **ret_prepared,
                        struct diag *diag)
{
	return rule_row_prepare(router, state, FACILITY_NAT, ret_prepared, diag);
}

static void nat_publish(struct router *router, void *prepared)
{
	router_publish_rules(router, FACILITY_NAT, prepared);
}

static void nat_status(struct router *router, const struct conf_state *state, struct row *row)
{
	rule_row_status(router, state, FACILITY_NAT, row);
}

/* A port that is mapped to a host which no route reaches, or only the one to everywhere else. */
static bool target_unreached(struct router *router, const struct rule_spec *spec, struct text *out)
{
	ip4 target = spec->to_addresses.low;
	struct route_key key = { .dst = target };
	struct route_entry entry = { 0 };
	char text[IP4_TEXT_BYTES];
	unsigned matches;

	if (spec->action != ACTION_DST_NAT || ip4_is_zero(target))
		return false;
	if (fib_find(&router->net, &key, &entry, &matches) == NULL) {
		text_printf(out,
		            "no route reaches %s: give the router an address in its network "
		            "(/ip/address/add) or a route to it (/ip/route/add)",
		            ip4_str(target, text));
		return true;
	}
	if (entry.spec.dst.bits != 0 || !ip4_is_private(target))
		return false;
	text_printf(out,
	            "only the default route leads to %s, which is a private address: give the "
	            "router an address in its network (/ip/address/add) or a route to it",
	            ip4_str(target, text));
	return true;
}

static bool nat_warn(struct router *router, const struct conf_state *state, const struct row *row,
                     struct text *out)
{
	const struct rule_spec *spec = &((const struct rule_row *)(const void *)row->body)->spec;

	if (rule_row_warn(router, state, FACILITY_NAT, row, out))
		return true;
	if ((row->flags & ROW_DISABLED) == 0 && target_unreached(router, spec, out))
		return true;
	if (spec->action != ACTION_MASQUERADE || spec->out_interface.on ||
	    spec->out_interface_list.on)
		return false;
	text_add(out, "masquerades every forwarded connection, also those from outside to inside; "
	              "out-interface-list=WAN keeps it to what leaves by WAN");
	return true;
}

static void nat_reset(struct router *router, const uint32_t *ids, size_t n)
{
	rule_row_reset(router, FACILITY_NAT, ids, n);
}

static bool nat_reset_all(struct router *router, const void *args, void *state, struct text *out,
                          struct diag *diag)
{
	rule_row_reset_all(router, FACILITY_NAT);
	return true;
}

static const struct action actions[] = { RULE_ROW_ACTIONS(nat_reset, nat_reset_all) };

/* What the made rule shows: the fields that a person would have to write. */
static uint64_t hairpin_given(const struct rule_spec *spec)
{
	static const char *const names[] = { "chain", "action", "packets", "bytes" };
	uint64_t given = 0;

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		given |= 1ULL << menu_field(&menu_ip_firewall_nat, names[i]);
	given |= spec->protocol.on ? 1ULL << menu_field(&menu_ip_firewall_nat, "protocol") : 0;
	given |=
		spec->dst_address.on ? 1ULL << menu_field(&menu_ip_firewall_nat, "dst-address") : 0;
	given |= spec->dst_port.on ? 1ULL << menu_field(&menu_ip_firewall_nat, "dst-port") : 0;
	given |= !ip4_is_zero(spec->to_addresses.high)
	                 ? 1ULL << menu_field(&menu_ip_firewall_nat, "to-addresses")
	                 : 0;
	return given;
}

/*
 * The rule that hairpin=yes of @spec makes: who calls from behind the target's own interface gets
 * the address that it called as its source. It stands before all others of srcnat.
 */
static struct rule_spec hairpin_of(const struct rule_spec *spec)
{
	struct rule_spec made = { .action = ACTION_SRC_NAT, .chain = "srcnat" };

	made.protocol = spec->protocol;
	if (!ip4_is_zero(spec->to_addresses.high)) {
		made.dst_address.on = true;
		made.dst_address.range = spec->to_addresses;
	} else {
		made.dst_address = spec->dst_address;
	}
	made.dst_port = spec->dst_port;
	if (spec->to_port_high != 0) {
		made.dst_port = (struct match_ports){ .on = true, .n = 1 };
		made.dst_port.ranges[0].low = spec->to_port_low;
		made.dst_port.ranges[0].high = spec->to_port_high;
	}
	if (spec->dst_address.on && !spec->dst_address.negate)
		made.to_addresses = spec->dst_address.range;
	return made;
}

/* Rules that hairpin=yes makes, so that nothing is translated that no rule shows. */
static void nat_observe(struct router *router, const struct conf_state *state,
                        struct row_sink *sink)
{
	_Alignas(8) uint8_t storage[LOOKUP_ROW_BYTES(sizeof(struct rule_row))];
	struct rows rows = conf_state_rows(state, "/ip/firewall/nat");

	for (size_t i = 0; i < rows.n; i++) {
		const struct rule_row *of = (const void *)rows.at[i]->body;
		uint32_t id = rows.at[i]->id;
		struct rule_counters counters;
		struct rule_row *body;
		struct row *row;

		if (of->spec.action != ACTION_DST_NAT || !of->spec.hairpin ||
		    (rows.at[i]->flags & ROW_DISABLED) != 0)
			continue;
		counters = rules_hairpin_counters(router->fw.rules[FACILITY_NAT], id);
		row = lookup_row(storage, sizeof *body, ROW_MADE_OF | id, ROW_DYNAMIC);
		body = (void *)row->body;
		body->spec = hairpin_of(&of->spec);
		body->packets = counters.packets;
		body->bytes = counters.bytes;
		row->given = hairpin_given(&body->spec);
		row->comment = "made by hairpin=yes";
		if (!sink->row(sink, row))
			return;
	}
}

const struct menu menu_ip_firewall_nat = {
	.path = "/ip/firewall/nat",
	.title = "Translation of addresses and ports",
	.kind = MENU_ORDERED,
	.fields = fields,
	.nfields = ARRAY_LEN(fields),
	.row_size = sizeof(struct rule_row),
	.flags = rule_row_flags,
	.nflags = ARRAY_LEN(rule_row_flags),
	.detail = true,
	.depends = rule_row_depends,
	.actions = actions,
	.nactions = ARRAY_LEN(actions),
	.refused = rule_row_refused,
	.prepare = nat_prepare,
	.publish = nat_publish,
	.discard = rule_row_discard,
	.status = nat_status,
	.observe = nat_observe,
	.warn = nat_warn,
};
