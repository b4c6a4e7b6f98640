#include "menu/rule_row.h"

#include <string.h>

#include "conf/diag.h"
#include "fw/rules.h"
#include "lib/mem.h"
#include "menu/lookup.h"

#define ERROR_BYTES  384
#define FLAG_INVALID (ROW_MENU_FIRST << 0)

const char *const rule_row_depends[] = {
	"/interface",      "/interface/bridge",      "/interface/vlan",
	"/interface/list", "/interface/list/member", NULL
};

const char *const rule_row_paths[FACILITY_COUNT] = {
	[FACILITY_FILTER] = "/ip/firewall/filter",
	[FACILITY_NAT] = "/ip/firewall/nat",
	[FACILITY_MANGLE] = "/ip/firewall/mangle",
	[FACILITY_RAW] = "/ip/firewall/raw",
};

const struct menu_flag rule_row_flags[1] = { { 'I', "invalid" } };

static struct rule_spec spec_of(const struct row *row)
{
	const struct rule_row *body = (const void *)row->body;
	struct rule_spec spec = body->spec;
	const char *mark = "";

	spec.id = row->id;
	spec.disabled = (row->flags & ROW_DISABLED) != 0;
	if (spec.action == ACTION_MARK_CONNECTION)
		mark = body->new_connection_mark;
	else if (spec.action == ACTION_MARK_PACKET)
		mark = body->new_packet_mark;
	else if (spec.action == ACTION_MARK_ROUTING)
		mark = body->new_routing_mark;
	memcpy(spec.new_mark, mark, strlen(mark) + 1);
	return spec;
}

bool rule_row_prepare(struct router *router, const struct conf_state *state, enum facility facility,
                      void **ret_prepared, struct diag *diag)
{
	struct rows rows = conf_state_rows(state, rule_row_paths[facility]);
	struct rule_spec *specs = mem_new(rows.n, sizeof *specs);
	struct rule_lookup lookup = { router, state };
	struct rule_names names = lookup_rule_names(&lookup);
	char error[ERROR_BYTES] = "";

	for (size_t i = 0; i < rows.n; i++)
		specs[i] = spec_of(rows.at[i]);
	*ret_prepared = rules_build(facility, specs, rows.n, &names, router->fw.rules[facility],
	                            error, sizeof error);
	mem_free(specs);
	if (*ret_prepared == NULL)
		return diag_fail(diag, NULL, "failure: %s", error);
	return true;
}

void rule_row_discard(void *prepared)
{
	rules_free(prepared);
}

static bool iface_is_gone(struct router *router, const struct conf_state *state,
                          const struct match_iface *match)
{
	return match->on && lookup_iface(router, state, match->id) == IFACE_NONE;
}

static bool list_is_gone(const struct conf_state *state, const struct match_list *match)
{
	return match->on && lookup_list(state, match->id) < 0;
}

void rule_row_status(struct router *router, const struct conf_state *state, enum facility facility,
                     struct row *row)
{
	struct rule_row *body = (void *)row->body;
	const struct rule_spec *spec = &body->spec;
	struct rule_counters counters = rules_counters(router->fw.rules[facility], row->id);

	body->packets = counters.packets;
	body->bytes = counters.bytes;
	if (iface_is_gone(router, state, &spec->in_interface) ||
	    iface_is_gone(router, state, &spec->out_interface) ||
	    list_is_gone(state, &spec->in_interface_list) ||
	    list_is_gone(state, &spec->out_interface_list))
		row->flags |= FLAG_INVALID;
}

void rule_row_reset(struct router *router, enum facility facility, const uint32_t *ids, size_t n)
{
	for (size_t i = 0; i < n; i++)
		rules_reset_counters(router->fw.rules[facility], ids[i]);
}

void rule_row_reset_all(struct router *router, enum facility facility)
{
	rules_reset_counters_all(router->fw.rules[facility]);
}

/* The action that @text is the beginning of, alone or exactly; ACTION_COUNT: none; *@ret_many. */
static enum rule_action action_read(enum facility facility, const char *text, bool *ret_many)
{
	enum rule_action found = ACTION_COUNT;
	size_t len = strlen(text);

	*ret_many = false;
	for (unsigned i = 0; i < ACTION_COUNT; i++) {
		if (!rule_action_known(facility, (enum rule_action)i) ||
		    strncmp(rule_action_words[i], text, len) != 0)
			continue;
		if (rule_action_words[i][len] == '\0') {
			*ret_many = false;
			return (enum rule_action)i;
		}
		*ret_many = found != ACTION_COUNT;
		found = (enum rule_action)i;
	}
	return found;
}

static const struct refused refused_actions[] = {
	{ "set-priority", "packets carry no priority of their own here; use mark-packet or "
	                  "change-dscp" },
	{ "route", "a rule can't choose a gateway; use mark-routing and a routing table" },
	{ "sniff-tzsp", "rules send no copies of packets; towpathd --pcap records them" },
	{ "sniff-pc", "rules send no copies of packets; towpathd --pcap records them" },
	{ "socksify", "there is no SOCKS client in this router" },
	{ "endpoint-independent-nat",
	  "masquerade and src-nat are endpoint-independent for UDP by themselves; use one of them, "
	  "and "
	  "for strangers to be let in /ip/firewall/connection/tracking set "
	  "filtering=endpoint-independent" },
	{ NULL, NULL },
};

/* Why there is no action called @text; NULL: nobody expects one. */
static const char *action_why(const char *text)
{
	const struct refused *refused = refused_actions;

	while (refused->name != NULL && strcmp(refused->name, text) != 0)
		refused++;
	return refused->why;
}

static void actions_list(enum facility facility, struct text *out)
{
	for (unsigned i = 0; i < ACTION_COUNT; i++) {
		if (rule_action_known(facility, (enum rule_action)i))
			text_printf(out, "%s%s", out->len > 0 ? ", " : "", rule_action_words[i]);
	}
}

static bool action_parse(const struct field *field, const struct conf_state *state,
                         const char *text, void *at, struct diag *diag)
{
	enum facility facility = (enum facility)field->min;
	bool many;
	enum rule_action action = action_read(facility, text, &many);
	char buffer[256];
	struct text all = text_into(buffer, sizeof buffer);
	uint32_t value = (uint32_t)action;

	if (action == ACTION_COUNT && action_why(text) != NULL)
		return diag_fail(diag, field->name,
		                 "input does not match any value of %s: %s is not supported: %s",
		                 field->name, text, action_why(text));
	actions_list(facility, &all);
	if (text[0] == '\0' || action == ACTION_COUNT)
		return diag_fail(
			diag, field->name,
			"input does not match any value of %s: there is no %s; there are %s",
			field->name, text[0] == '\0' ? "action without a name" : text,
			text_str(&all));
	if (many)
		return diag_fail(diag, field->name,
		                 "ambiguous value of %s, more than one possible value matches "
		                 "input: %s; there are %s",
		                 field->name, text, text_str(&all));
	memcpy(at, &value, sizeof value);
	return true;
}

static void action_print(const struct field *field, const struct conf_state *state, const void *at,
                         struct text *out)
{
	uint32_t value;

	memcpy(&value, at, sizeof value);
	text_add(out, rule_action_words[value]);
}

static void action_choices(const struct field *field, const struct conf_state *state,
                           struct choice_sink *sink)
{
	for (unsigned i = 0; i < ACTION_COUNT; i++) {
		if (rule_action_known((enum facility)field->min, (enum rule_action)i))
			sink->choice(sink, rule_action_words[i], NULL);
	}
}

const struct type type_rule_action = {
	.name = "action",
	.parse = action_parse,
	.print = action_print,
	.choices = action_choices,
};
