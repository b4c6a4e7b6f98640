/* A row of a menu, whole or by property, as a script reads it. */
#include <string.h>

#include "conf/type.h"
#include "lang/expr.h"
#include "lang/grammar.h"
#include "lang/value.h"
#include "lib/text.h"

/* A number stays one where it looks the same again; a name is a text, whatever it looks like. */
static struct value field_value(const struct menu *menu, const struct field *field,
                                const struct conf_state *state, const struct row *row,
                                struct arena *arena)
{
	struct text text = { 0 };
	struct value read, plain;

	row_field_text(menu, field, state, row, &text);
	plain = value_text(arena, text_str(&text));
	text_free(&text);
	if (field->type == &type_string || field->type == &type_enum || *plain.text == '\0')
		return plain;
	if (field->type == &type_bool)
		return value_bool(strcmp(plain.text, "yes") == 0);
	read = value_guess(arena, plain.text);
	return strcmp(value_str(&read, arena), plain.text) == 0 ? read : plain;
}

struct pairs {
	struct arena *arena;
	struct pair *at;
	size_t n;
};

static void put(struct pairs *pairs, const char *name, struct value value)
{
	pairs->at[pairs->n++] = (struct pair){ value_text(pairs->arena, name), value };
}

static void put_flags(struct pairs *pairs, const struct menu *menu, const struct row *row)
{
	put(pairs, "disabled", value_bool((row->flags & ROW_DISABLED) != 0));
	if ((row->flags & ROW_DYNAMIC) != 0)
		put(pairs, "dynamic", value_bool(true));
	for (size_t i = 0; i < menu->nflags; i++)
		if ((row->flags & (uint32_t)ROW_MENU_FIRST << i) != 0)
			put(pairs, menu->flags[i].word, value_bool(true));
}

struct value value_row(const struct menu *menu, const struct conf_state *state,
                       const struct row *row, struct arena *arena)
{
	struct pairs pairs = { .arena = arena };

	pairs.at = arena_new(arena, menu->nfields + menu->nflags + 4, sizeof pairs.at[0]);
	if (menu->kind != MENU_SETTINGS)
		put(&pairs, ".id", value_id(arena, row->id));
	if (row->comment != NULL && *row->comment != '\0')
		put(&pairs, "comment", value_text(arena, row->comment));
	for (size_t i = 0; i < menu->nfields; i++)
		if (row_shows(menu, &menu->fields[i], row))
			put(&pairs, menu->fields[i].name,
			    field_value(menu, &menu->fields[i], state, row, arena));
	if (menu->kind != MENU_SETTINGS)
		put_flags(&pairs, menu, row);
	return value_array(arena, pairs.at, pairs.n);
}

bool value_property(const struct menu *menu, const struct conf_state *state, const struct row *row,
                    const char *name, struct arena *arena, struct value *ret_value)
{
	int exact = menu_field(menu, name);
	uint32_t flag = menu_flag_find(menu, name);
	const struct field *field = menu_field_find(menu, name);

	if (exact < 0 && flag != 0)
		*ret_value = value_bool((row->flags & flag) != 0);
	else if (exact < 0 && strcmp(name, "comment") == 0)
		*ret_value = value_text(arena, row->comment != NULL ? row->comment : "");
	else if (strcmp(name, ".id") == 0)
		*ret_value = value_id(arena, row->id);
	else if (field != NULL)
		*ret_value = field_value(menu, field, state, row, arena);
	else
		return false;
	return true;
}
