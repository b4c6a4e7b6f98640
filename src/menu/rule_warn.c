/* What a person should be told about a rule that can be, but does perhaps nothing. */
#include "menu/rule_row.h"

#include <string.h>

#include "conf/state.h"
#include "fw/rule_cover.h"
#include "fw/rules.h"
#include "menu/lookup.h"

/* A jump to a chain without rules does nothing. */
static bool leads_nowhere(struct rows rows, const struct rule_spec *spec, struct text *out)
{
	if (spec->action != ACTION_JUMP)
		return false;
	for (size_t i = 0; i < rows.n; i++) {
		const struct rule_row *other = (const void *)rows.at[i]->body;

		if (strcmp(other->spec.chain, spec->jump_target) == 0)
			return false;
	}
	text_printf(out, "there is no rule with chain=%s yet; until then the jump leads nowhere\n",
	            spec->jump_target);
	return true;
}

static bool is_unmet(struct router *router, enum facility facility, const struct rule_spec *spec,
                     struct text *out)
{
	char buffer[64];
	struct text builtin = text_into(buffer, sizeof buffer);

	if (rules_chain_reached(router->fw.rules[facility], spec->chain, &builtin))
		return false;
	text_printf(out,
	            "no packet meets this rule: no rule jumps to its chain %s; the built-in chains "
	            "are %s\n",
	            spec->chain, text_str(&builtin));
	return true;
}

/* "*1F", or with its comment: "*1F (defconf: drop invalid)". */
static const char *name_of(const struct row *row, char buffer[96])
{
	struct text text = text_into(buffer, 96);

	text_printf(&text, "*%X", row->id);
	if (row->comment[0] != '\0')
		text_printf(&text, " (%.80s)", row->comment);
	return buffer;
}

static bool covers(const struct row *first, const struct row *second)
{
	const struct rule_row *a = (const void *)first->body, *b = (const void *)second->body;

	return ((first->flags | second->flags) & ROW_DISABLED) == 0 &&
	       rule_covers(&a->spec, &b->spec);
}

/* Rules before it that take all it would match, and rules behind it of which it takes all. */
static bool is_shadowed(struct rows rows, const char *path, const struct row *row, struct text *out)
{
	char name[96];
	size_t at = 0;

	for (; at < rows.n && rows.at[at]->id != row->id; at++) {
		if (!covers(rows.at[at], row))
			continue;
		text_printf(out,
		            "this rule is never met: %s before it takes every packet that it would "
		            "match; %s/move *%X *%X puts it first\n",
		            name_of(rows.at[at], name), path, row->id, rows.at[at]->id);
		return true;
	}
	while (++at < rows.n) {
		if (!covers(row, rows.at[at]))
			continue;
		text_printf(
			out,
			"%s behind this rule is never met any more: this one takes every packet "
			"that it would match; %s/move *%X *%X puts it first\n",
			name_of(rows.at[at], name), path, rows.at[at]->id, row->id);
		return true;
	}
	return false;
}

/* The row of an interface that is not there is still kept, for when it is back. */
static const char *name_of_missing(const struct conf_state *state, uint32_t id)
{
	int m = state_menu_of(state, id);
	const struct row *row = m >= 0 ? state_find(state, (size_t)m, id) : NULL;

	return row != NULL ? menu_row_name(state->menus[m], row) : "of that name";
}

static bool iface_missing(struct router *router, const struct conf_state *state,
                          const struct match_iface *match, const char *field, struct text *out)
{
	if (!match->on || lookup_iface(router, state, match->id) != IFACE_NONE)
		return false;
	text_printf(out,
	            "%s: there is no interface %s now; the rule matches nothing until it is back\n",
	            field, name_of_missing(state, match->id));
	return true;
}

bool rule_row_warn(struct router *router, const struct conf_state *state, enum facility facility,
                   const struct row *row, struct text *out)
{
	const struct rule_spec *spec = &((const struct rule_row *)(const void *)row->body)->spec;
	const char *path = rule_row_paths[facility];
	struct rows rows = conf_state_rows(state, path);

	if ((row->flags & ROW_DISABLED) != 0 || router->fw.rules[facility] == NULL)
		return false;
	return leads_nowhere(rows, spec, out) || is_unmet(router, facility, spec, out) ||
	       iface_missing(router, state, &spec->in_interface, "in-interface", out) ||
	       iface_missing(router, state, &spec->out_interface, "out-interface", out) ||
	       is_shadowed(rows, path, row, out);
}
