/* A row of a menu, whole or by property, as a script reads it. */
#include <string.h>

#include "conf/type.h"
#include "lang/expr.h"
#include "lang/grammar.h"
#include "lang/value.h"
#include "lib/text.h"

static const char *yes_no(bool yes)
{
	return yes ? "true" : "false";
}

/* Booleans are yes and no to a person, true and false to a script. */
static void put_field(const struct menu *menu, const struct field *field,
                      const struct conf_state *state, const struct row *row, struct text *out)
{
	size_t from = out->len;

	row_field_text(menu, field, state, row, out);
	if (field->type != &type_bool || out->len == from)
		return;

	bool yes = strcmp(text_str(out) + from, "yes") == 0;

	out->len = from;
	text_add(out, yes_no(yes));
}

void value_row(const struct menu *menu, const struct conf_state *state, const struct row *row,
               struct text *out)
{
	const char *separator = "";

	if (menu->kind != MENU_SETTINGS) {
		text_printf(out, ".id=*%X", row->id);
		separator = ";";
	}
	if (row->comment != NULL && *row->comment != '\0')
		text_printf(out, ";comment=%s", row->comment);
	for (size_t i = 0; i < menu->nfields; i++) {
		if (!row_shows(menu, &menu->fields[i], row))
			continue;
		text_printf(out, "%s%s=", separator, menu->fields[i].name);
		put_field(menu, &menu->fields[i], state, row, out);
		separator = ";";
	}
	if (menu->kind == MENU_SETTINGS)
		return;
	text_printf(out, ";disabled=%s", yes_no((row->flags & ROW_DISABLED) != 0));
	if ((row->flags & ROW_DYNAMIC) != 0)
		text_add(out, ";dynamic=true");
	for (size_t i = 0; i < menu->nflags; i++)
		if ((row->flags & (uint32_t)ROW_MENU_FIRST << i) != 0)
			text_printf(out, ";%s=true", menu->flags[i].word);
}

bool value_property(const struct menu *menu, const struct conf_state *state, const struct row *row,
                    const char *name, struct text *out)
{
	int exact = menu_field(menu, name);
	uint32_t flag = menu_flag_find(menu, name);
	const struct field *field = menu_field_find(menu, name);

	if (exact < 0 && flag != 0) {
		text_add(out, yes_no((row->flags & flag) != 0));
		return true;
	}
	if (exact < 0 && strcmp(name, "comment") == 0) {
		text_add(out, row->comment != NULL ? row->comment : "");
		return true;
	}
	if (strcmp(name, ".id") == 0) {
		text_printf(out, "*%X", row->id);
		return true;
	}
	if (field == NULL)
		return false;
	put_field(menu, field, state, row, out);
	return true;
}
