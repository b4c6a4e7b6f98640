/*
 * ip_firewall_nat.c -- /ip/firewall/nat: translation of addresses and ports.
 */
#include "conf/diag.h"
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

static bool nat_warn(struct router *router, const struct conf_state *state, const struct row *row,
                     struct text *out)
{
	const struct rule_spec *spec = &((const struct rule_row *)(const void *)row->body)->spec;

	if (rule_row_warn(router, state, FACILITY_NAT, row, out))
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
	.warn = nat_warn,
};
