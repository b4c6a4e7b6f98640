/*
 * type_ref.c -- references to rows, typed by name and kept by id, so that a rename changes nothing.
 */
#include <string.h>

#include "conf/diag.h"
#include "conf/name.h"
#include "conf/row.h"
#include "conf/state.h"
#include "conf/type.h"
#include "lib/text.h"

/* What a name on the console may mean: the whole name, or the beginning of only one. */
struct match {
	uint32_t id;
	bool exact, ambiguous;
	struct text names; /* all that begin with it; without a match, all there are */
};

static void match_menu(struct match *match, const struct conf_state *state, size_t m,
                       const char *name)
{
	struct rows rows = state_rows(state, m);
	size_t len = strlen(name);

	for (size_t i = 0; i < rows.n && !match->exact; i++) {
		const char *key = menu_row_name(state->menus[m], rows.at[i]);

		if (strncmp(key, name, len) != 0)
			continue;
		match->ambiguous = match->id != 0;
		match->id = rows.at[i]->id;
		match->exact = key[len] == '\0';
		text_printf(&match->names, "%s%s", match->names.len > 0 ? ", " : "", key);
	}
}

static void match_all(struct match *match, const struct field *field,
                      const struct conf_state *state, const char *name)
{
	for (size_t m = 0; m < state->nmenus && !match->exact; m++) {
		if (name_ref_means(field->ref, state->menus[m]) && name_field(state->menus[m]) >= 0)
			match_menu(match, state, m, name);
	}
	if (match->exact)
		match->ambiguous = false;
}

static bool ref_unknown(const struct field *field, const struct conf_state *state, const char *text,
                        struct diag *diag)
{
	char buffer[DIAG_TEXT_BYTES / 2];
	struct match all = { .names = text_into(buffer, sizeof buffer) };

	match_all(&all, field, state, "");
	if (all.names.len == 0)
		return diag_fail(diag, field->name,
		                 "input does not match any value of %s: there is no %s, nor any "
		                 "other; add one in %s first",
		                 field->name, text, field->ref);
	return diag_fail(diag, field->name,
	                 "input does not match any value of %s: there is no %s; there are %s",
	                 field->name, text[0] == '\0' ? "item without a name" : text,
	                 text_str(&all.names));
}

static bool ref_by_id(const struct field *field, const struct conf_state *state, const char *text,
                      void *at, struct diag *diag)
{
	uint32_t id = name_id(text);

	if (id == 0 || (state != NULL && conf_state_ref(state, field->ref, id, NULL) == NULL))
		return diag_fail(diag, field->name,
		                 "input does not match any value of %s: there is no item %s",
		                 field->name, text);
	type_number_put(at, field->bytes, id);
	return true;
}

static bool ref_parse(const struct field *field, const struct conf_state *state, const char *text,
                      void *at, struct diag *diag)
{
	char buffer[DIAG_TEXT_BYTES / 2];
	struct match match = { .names = text_into(buffer, sizeof buffer) };

	if (text[0] == '\0' && (field->flags & F_REQUIRED) == 0)
		return true; /* nothing is meant */
	if (text[0] == '*' || state == NULL)
		return ref_by_id(field, state, text, at, diag);
	if (text[0] != '\0')
		match_all(&match, field, state, text);
	if (match.ambiguous)
		return diag_fail(diag, field->name,
		                 "ambiguous value of %s, more than one possible value matches "
		                 "input: %s could be %s",
		                 field->name, text, text_str(&match.names));
	if (match.id == 0)
		return ref_unknown(field, state, text, diag);
	type_number_put(at, field->bytes, match.id);
	return true;
}

static void ref_print(const struct field *field, const struct conf_state *state, const void *at,
                      struct text *out)
{
	uint32_t id = (uint32_t)type_number(at, field->bytes);
	const struct menu *menu = NULL;
	const struct row *row = NULL;

	if (id == 0)
		return;
	if (state != NULL)
		row = conf_state_ref(state, field->ref, id, &menu);
	if (row != NULL && name_field(menu) >= 0)
		text_add(out, menu_row_name(menu, row));
	else
		text_printf(out, "*%X", id);
}

static void ref_choices(const struct field *field, const struct conf_state *state,
                        struct choice_sink *sink)
{
	for (size_t m = 0; m < state->nmenus; m++) {
		struct rows rows = state_rows(state, m);

		if (!name_ref_means(field->ref, state->menus[m]) || name_field(state->menus[m]) < 0)
			continue;
		for (size_t i = 0; i < rows.n; i++)
			sink->choice(sink, menu_row_name(state->menus[m], rows.at[i]), NULL);
	}
}

static uint32_t ref_refers(const struct field *field, const void *at)
{
	return (uint32_t)type_number(at, field->bytes);
}

const struct type type_ref = {
	.name = "item",
	.parse = ref_parse,
	.print = ref_print,
	.choices = ref_choices,
	.refers = ref_refers,
};
