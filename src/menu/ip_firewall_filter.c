/*
 * ip_firewall_filter.c -- /ip/firewall/filter: who may pass, and who is answered.
 *
 * A fresh router keeps the members of WAN out: nothing answers there that nobody inside asked for.
 */
#include "conf/diag.h"
#include "menu/menus.h"
#include "menu/rule_row.h"
#include "router/router.h"

static const char *const chains[] = { "input", "forward", "output", NULL };

static const struct field fields[] = {
	RULE_FIELDS_CHAIN(FACILITY_FILTER, chains,
	                  "input (for the router), forward (through it), output (from it), or a "
	                  "chain of one's own"),
	RULE_FIELDS_MATCH,
	RULE_FIELDS_MATCH_STATE,
	RULE_FIELDS_ACTION,
	{ "hw-offload", &type_bool, AT(struct rule_row, hw_offload), .dflt = "no", .flags = F_QUIET,
	  .help = "for action=fasttrack-connection, as RouterOS has it; there is no switch chip" },
	{ "reject-with", &type_enum, RULE_AT(reject_with), .words = rule_reject_words,
	  .dflt = "icmp-network-unreachable", .flags = F_QUIET,
	  .help = "how a rejected sender is told" },
};

static bool filter_check(const struct row *row, struct diag *diag)
{
	const struct rule_row *body = (const void *)row->body;

	if (!body->hw_offload || body->spec.action == ACTION_FASTTRACK)
		return true;
	return diag_fail(diag, "hw-offload",
	                 "bad parameter hw-offload: it belongs to action=fasttrack-connection");
}

static bool filter_prepare(struct router *router, const struct conf_state *state,
                           void **ret_prepared, struct diag *diag)
{
	return rule_row_prepare(router, state, FACILITY_FILTER, ret_prepared, diag);
}

static void filter_publish(struct router *router, void *prepared)
{
	router_publish_rules(router, FACILITY_FILTER, prepared);
}

static void filter_status(struct router *router, const struct conf_state *state, struct row *row)
{
	rule_row_status(router, state, FACILITY_FILTER, row);
}

static void filter_fresh(struct router *router, struct fresh_sink *sink)
{
	static const struct fresh_field rules[][5] = {
		{ { "chain", "input" },
		  { "connection-state", "established,related,untracked" },
		  { "action", "accept" },
		  { "comment", "defconf: accept established,related,untracked" } },
		{ { "chain", "input" },
		  { "connection-state", "invalid" },
		  { "action", "drop" },
		  { "comment", "defconf: drop invalid" } },
		{ { "chain", "input" },
		  { "in-interface-list", "!LAN" },
		  { "action", "drop" },
		  { "comment", "defconf: drop all not coming from LAN" } },
		{ { "chain", "forward" },
		  { "connection-state", "established,related,untracked" },
		  { "action", "accept" },
		  { "comment", "defconf: accept established,related,untracked" } },
		{ { "chain", "forward" },
		  { "connection-state", "invalid" },
		  { "action", "drop" },
		  { "comment", "defconf: drop invalid" } },
		{ { "chain", "forward" },
		  { "in-interface-list", "WAN" },
		  { "connection-nat-state", "!dstnat" },
		  { "action", "drop" },
		  { "comment", "defconf: drop all from WAN not DSTNATed" } },
	};

	for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
		size_t n = 0;

		while (n < ARRAY_LEN(rules[i]) && rules[i][n].name != NULL)
			n++;
		sink->row(sink, 0, rules[i], n);
	}
}

static bool filter_warn(struct router *router, const struct conf_state *state,
                        const struct row *row, struct text *out)
{
	const struct rule_row *body = (const void *)row->body;

	if (rule_row_warn(router, state, FACILITY_FILTER, row, out))
		return true;
	if (body->spec.action != ACTION_FASTTRACK)
		return false;
	text_add(out, "fasttrack-connection accepts, and does no more: every connection takes the "
	              "short way here once it is established, rules and marks included");
	return true;
}

static void filter_reset(struct router *router, const uint32_t *ids, size_t n)
{
	rule_row_reset(router, FACILITY_FILTER, ids, n);
}

static bool filter_reset_all(struct router *router, const void *args, void *state, struct text *out,
                             struct diag *diag)
{
	rule_row_reset_all(router, FACILITY_FILTER);
	return true;
}

static const struct action actions[] = { RULE_ROW_ACTIONS(filter_reset, filter_reset_all) };

const struct menu menu_ip_firewall_filter = {
	.path = "/ip/firewall/filter",
	.title = "Who may pass, and who is answered",
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
	.check = filter_check,
	.prepare = filter_prepare,
	.publish = filter_publish,
	.discard = rule_row_discard,
	.status = filter_status,
	.warn = filter_warn,
	.fresh = filter_fresh,
};
