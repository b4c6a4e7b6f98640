/*
 * ip_firewall_mangle.c -- /ip/firewall/mangle: marks, and the MSS option of SYNs.
 *
 * The older spelling names neither chain nor action: `add protocol tcp tcp-options syn-only tcp-mss
 * 1448`. There tcp-mss is the value to set; today it is a matcher (ROUTEROS.md, 7).
 */
#include <string.h>

#include "conf/diag.h"
#include "conf/request.h"
#include "menu/menus.h"
#include "menu/rule_row.h"
#include "router/router.h"

static const char *const chains[] = { "prerouting", "input",       "forward",
	                              "output",     "postrouting", NULL };

static const struct field fields[] = {
	RULE_FIELDS_CHAIN(
		FACILITY_MANGLE, chains,
		"prerouting, input, forward, output, postrouting, or a chain of one's own"),
	RULE_FIELDS_MATCH,
	RULE_FIELDS_MATCH_STATE,
	{ "routing-mark", &type_match_mark, RULE_AT(routing_mark), .max = MARK_NAME_BYTES - 1,
	  .flags = F_NEGATE, .help = "mark that chose its routing table" },
	RULE_FIELDS_ACTION,
	{ "new-mss", &type_new_mss, RULE_AT(new_mss), .min = 88, .max = 65495,
	  .help = "what the MSS option is lowered to; for action=change-mss" },
	{ "new-ttl", &type_new_ttl, RULE_AT(new_ttl),
	  .help = "set:n, increment:n or decrement:n; for action=change-ttl" },
	{ "new-dscp", &type_uint, RULE_AT(new_dscp), .min = 0, .max = 63,
	  .help = "differentiated services code point; for action=change-dscp" },
	{ "new-connection-mark", &type_string, AT(struct rule_row, new_connection_mark), .min = 1,
	  .max = MARK_NAME_BYTES - 1, .help = "for action=mark-connection" },
	{ "new-packet-mark", &type_string, AT(struct rule_row, new_packet_mark), .min = 1,
	  .max = MARK_NAME_BYTES - 1, .help = "for action=mark-packet" },
	{ "new-routing-mark", &type_string, AT(struct rule_row, new_routing_mark), .min = 1,
	  .max = MARK_NAME_BYTES - 1, .help = "a routing table; for action=mark-routing" },
	{ "passthrough", &type_bool, RULE_AT(passthrough), .dflt = "yes", .flags = F_QUIET,
	  .help = "go on with the next rule after a mark or a change" },
	{ "tcp-options", &type_string, AT(struct rule_row, tcp_options), .max = 15,
	  .help = "older spelling: syn-only; today it is tcp-flags=syn" },
};

static bool is_given(const struct row *row, const char *field)
{
	return row_given(row, (size_t)menu_field(&menu_ip_firewall_mangle, field));
}

static bool mangle_check(const struct row *row, struct diag *diag)
{
	const struct rule_row *body = (const void *)row->body;
	const struct {
		uint32_t action;
		bool missing;
		const char *field;
	} wants[] = {
		{ ACTION_CHANGE_MSS, body->spec.new_mss == 0, "new-mss" },
		{ ACTION_CHANGE_TTL, body->spec.new_ttl.how == TTL_CHANGE_NONE, "new-ttl" },
		{ ACTION_CHANGE_DSCP, !is_given(row, "new-dscp"), "new-dscp" },
		{ ACTION_MARK_CONNECTION, body->new_connection_mark[0] == '\0',
		  "new-connection-mark" },
		{ ACTION_MARK_PACKET, body->new_packet_mark[0] == '\0', "new-packet-mark" },
		{ ACTION_MARK_ROUTING, body->new_routing_mark[0] == '\0', "new-routing-mark" },
	};

	for (size_t i = 0; i < ARRAY_LEN(wants); i++) {
		if (body->spec.action == wants[i].action && wants[i].missing)
			return diag_fail(diag, wants[i].field,
			                 "missing value(s) of argument(s) %s: action=%s needs it",
			                 wants[i].field, rule_action_words[wants[i].action]);
	}
	return true;
}

static bool is_old(const struct request *request)
{
	return request->verb == VERB_ADD && request_field(request, "chain") == NULL &&
	       request_field(request, "action") == NULL &&
	       (request_field(request, "tcp-options") != NULL ||
	        request_field(request, "tcp-mss") != NULL);
}

static bool value_is(const struct request_field *field, const char *value)
{
	return field != NULL && field->value != NULL && strcmp(field->value, value) == 0;
}

static bool old_is_sound(const struct request *request, struct diag *diag)
{
	const struct request_field *options = request_field(request, "tcp-options");
	const struct request_field *mss = request_field(request, "tcp-mss");
	const struct request_field *protocol = request_field(request, "protocol");

	if (options != NULL && !value_is(options, "syn-only") && !value_is(options, "any"))
		return diag_fail(diag, "tcp-options",
		                 "input does not match any value of tcp-options: the MSS option "
		                 "stands in SYNs only; write tcp-options=syn-only");
	if (mss == NULL || value_is(mss, "dont-change"))
		return diag_fail(
			diag, "tcp-mss",
			"missing value(s) of argument(s) tcp-mss: say what the MSS is to be "
			"lowered to, such as tcp-mss=1448");
	if (protocol != NULL && !value_is(protocol, "tcp"))
		return diag_fail(diag, "protocol",
		                 "input does not match any value of protocol: only TCP has an MSS; "
		                 "write protocol=tcp");
	return true;
}

static bool mangle_translate(struct request *request, struct diag *diag)
{
	const char *mss;

	if (!is_old(request)) {
		if (request_field(request, "tcp-options") == NULL)
			return true;
		return diag_fail(diag, "tcp-options",
		                 "bad parameter tcp-options: beside chain= or action= write "
		                 "tcp-flags=syn");
	}
	if (!old_is_sound(request, diag))
		return false;
	mss = request_field(request, "tcp-mss")->value;
	request_drop(request, "tcp-mss");
	request_drop(request, "tcp-options");
	request_drop(request, "protocol");
	request_put(request, "chain", "forward");
	request_put(request, "protocol", "tcp");
	request_put(request, "tcp-flags", "syn");
	request_put(request, "action", "change-mss");
	request_put(request, "new-mss", mss);
	return true;
}

static bool mangle_prepare(struct router *router, const struct conf_state *state,
                           void **ret_prepared, struct diag *diag)
{
	return rule_row_prepare(router, state, FACILITY_MANGLE, ret_prepared, diag);
}

static void mangle_publish(struct router *router, void *prepared)
{
	router_publish_rules(router, FACILITY_MANGLE, prepared);
}

static void mangle_status(struct router *router, const struct conf_state *state, struct row *row)
{
	rule_row_status(router, state, FACILITY_MANGLE, row);
}

static bool mangle_warn(struct router *router, const struct conf_state *state,
                        const struct row *row, struct text *out)
{
	return rule_row_warn(router, state, FACILITY_MANGLE, row, out);
}

static void mangle_reset(struct router *router, const uint32_t *ids, size_t n)
{
	rule_row_reset(router, FACILITY_MANGLE, ids, n);
}

static bool mangle_reset_all(struct router *router, const void *args, void *state, struct text *out,
                             struct diag *diag)
{
	rule_row_reset_all(router, FACILITY_MANGLE);
	return true;
}

static const struct action actions[] = { RULE_ROW_ACTIONS(mangle_reset, mangle_reset_all) };

const struct menu menu_ip_firewall_mangle = {
	.path = "/ip/firewall/mangle",
	.title = "Marks, and the MSS option of SYNs",
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
	.check = mangle_check,
	.prepare = mangle_prepare,
	.publish = mangle_publish,
	.discard = rule_row_discard,
	.status = mangle_status,
	.warn = mangle_warn,
	.translate = mangle_translate,
};
