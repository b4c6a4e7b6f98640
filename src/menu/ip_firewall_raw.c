/*
 * ip_firewall_raw.c -- /ip/firewall/raw: what comes before connections.
 *
 * A packet that is dropped here costs no look-up, and one that is not tracked leaves no trace in
 * the connection table: it is routed and filtered by itself, each time anew, and never translated.
 */
#include "conf/diag.h"
#include "menu/menus.h"
#include "menu/rule_row.h"
#include "router/router.h"

static const char *const chains[] = { "prerouting", "output", NULL };

static const struct field fields[] = {
	RULE_FIELDS_CHAIN(
		FACILITY_RAW, chains,
		"prerouting (what comes in), output (the router's own), or a chain of one's own"),
	RULE_FIELDS_MATCH_ENDS,
	RULE_FIELDS_MATCH_HEADER,
	RULE_FIELDS_MATCH_RATE,
	RULE_FIELDS_MATCH_TCP,
	RULE_FIELDS_ACTION,
};

static bool raw_prepare(struct router *router, const struct conf_state *state, void **ret_prepared,
                        struct diag *diag)
{
	return rule_row_prepare(router, state, FACILITY_RAW, ret_prepared, diag);
}

static void raw_publish(struct router *router, void *prepared)
{
	router_publish_rules(router, FACILITY_RAW, prepared);
}

static void raw_status(struct router *router, const struct conf_state *state, struct row *row)
{
	rule_row_status(router, state, FACILITY_RAW, row);
}

static bool raw_warn(struct router *router, const struct conf_state *state, const struct row *row,
                     struct text *out)
{
	return rule_row_warn(router, state, FACILITY_RAW, row, out);
}

static void raw_reset(struct router *router, const uint32_t *ids, size_t n)
{
	rule_row_reset(router, FACILITY_RAW, ids, n);
}

static bool raw_reset_all(struct router *router, const void *args, void *state, struct text *out,
                          struct diag *diag)
{
	rule_row_reset_all(router, FACILITY_RAW);
	return true;
}

static const struct action actions[] = { RULE_ROW_ACTIONS(raw_reset, raw_reset_all) };

const struct menu menu_ip_firewall_raw = {
	.path = "/ip/firewall/raw",
	.title = "What is dropped, or not tracked, before connections are looked up",
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
	.refused = rule_row_refused_raw,
	.prepare = raw_prepare,
	.publish = raw_publish,
	.discard = rule_row_discard,
	.status = raw_status,
	.warn = raw_warn,
};
