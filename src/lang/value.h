/*
 * value.h -- what a command yields: the machine's stack holds these.
 *
 * Memory: in the arena of whoever made the value.
 */
#ifndef LANG_VALUE_H
#define LANG_VALUE_H

#include "lang/items.h"

struct field;
struct text;

enum value_kind {
	VALUE_NIL,
	VALUE_TEXT,
	VALUE_IDS, /* of items */
};

struct value {
	enum value_kind kind;
	const char *text;
	struct id_list ids;
};

struct value value_text(struct arena *arena, const char *text);
struct value value_id(struct arena *arena, uint32_t id);
/* As :put shows it and as an argument takes it; ids as "*1;*2". */
const char *value_str(const struct value *value, struct arena *arena);

/* A whole row as an array: ".id=*1;name=x;...". */
void value_row(const struct menu *menu, const struct conf_state *state, const struct row *row,
               struct text *out);
/* One property, flag, comment or .id of it by its name; false: there is none of that name. */
bool value_property(const struct menu *menu, const struct conf_state *state, const struct row *row,
                    const char *name, struct text *out);

#endif
