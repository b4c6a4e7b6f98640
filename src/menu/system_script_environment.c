/*
 * system_script_environment.c -- /system/script/environment: the global variables of scripts.
 */
#include <stdio.h>
#include <string.h>

#include "conf/diag.h"
#include "conf/type.h"
#include "lang/variables.h"
#include "lib/hash.h"
#include "manage/manage.h"
#include "menu/lookup.h"
#include "menu/menus.h"
#include "router/router.h"

#define VALUE_BYTES 2048 /* a longer one is shown from its beginning */

struct environment_row {
	char name[128];
	char type[12];
	char value[VALUE_BYTES];
};

static const struct field fields[] = {
	{ "name", &type_string, AT(struct environment_row, name), .flags = F_READ_ONLY | F_BRIEF,
	  .help = "what :global calls the variable" },
	{ "type", &type_string, AT(struct environment_row, type), .flags = F_READ_ONLY,
	  .help = "what :typeof says of its value" },
	{ "value", &type_string, AT(struct environment_row, value), .flags = F_READ_ONLY | F_BRIEF,
	  .help = "its value, or the beginning of it" },
};

/* Of the name, so that it stays however the others come and go. */
static uint32_t id_of(const char *name)
{
	const struct hash_key key = { 0 };

	return 0x80000000U | (uint32_t)hash_bytes(&key, name, strlen(name));
}

static void environment_fill(struct environment_row *body, const char *name,
                             const struct value *value)
{
	struct text text = text_into(body->value, sizeof body->value);

	snprintf(body->name, sizeof body->name, "%s", name);
	snprintf(body->type, sizeof body->type, "%s", value_kind_word(value));
	value_print(value, &text);
}

static void environment_observe(struct router *router, const struct conf_state *state,
                                struct row_sink *sink)
{
	_Alignas(8) uint8_t storage[LOOKUP_ROW_BYTES(sizeof(struct environment_row))];
	const struct variables *globals = router->manage->globals;
	const char *name;

	for (size_t i = 0; (name = variables_name(globals, i)) != NULL; i++) {
		struct row *row =
			lookup_row(storage, sizeof(struct environment_row), id_of(name), 0);
		struct value value = variables_get(globals, name);

		environment_fill((void *)row->body, name, &value);
		row->given = (1ULL << ARRAY_LEN(fields)) - 1;
		if (!sink->row(sink, row))
			return;
	}
}

static bool environment_forget(struct router *router, const struct row *row, struct diag *diag)
{
	struct variables *globals = router->manage->globals;
	const struct value nothing = value_nil();
	const char *name;

	for (size_t i = 0; (name = variables_name(globals, i)) != NULL; i++)
		if (id_of(name) == row->id)
			return variables_set(globals, name, &nothing, diag);
	return diag_fail(diag, NULL, "no such item: there is no such variable any more");
}

const struct menu menu_system_script_environment = {
	.path = "/system/script/environment",
	.title = "The global variables of scripts",
	.kind = MENU_OBSERVED,
	.fields = fields,
	.nfields = ARRAY_LEN(fields),
	.row_size = sizeof(struct environment_row),
	.observe = environment_observe,
	.forget = environment_forget,
};
