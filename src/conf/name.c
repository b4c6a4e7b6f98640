#include "conf/name.h"

#include <stdlib.h>
#include <string.h>

#include "conf/diag.h"
#include "conf/row.h"
#include "conf/state.h"
#include "lib/mem.h"

bool name_ref_means(const char *ref, const struct menu *menu)
{
	return strcmp(ref, menu->path) == 0 ||
	       (menu->key_space != NULL && strcmp(ref, menu->key_space) == 0);
}

int name_field(const struct menu *menu)
{
	for (size_t i = 0; i < menu->nfields; i++) {
		if ((menu->fields[i].flags & F_KEY) != 0)
			return (int)i;
	}
	return -1;
}

const char *menu_row_name(const struct menu *menu, const struct row *row)
{
	int i = name_field(menu);

	return i >= 0 ? row_at_const(row, &menu->fields[i]) : "";
}

int menu_field(const struct menu *menu, const char *name)
{
	for (size_t i = 0; i < menu->nfields; i++) {
		const struct field *field = &menu->fields[i];

		if (strcmp(field->name, name) == 0 ||
		    (field->alias != NULL && strcmp(field->alias, name) == 0))
			return (int)i;
	}
	return -1;
}

uint32_t name_id(const char *text)
{
	size_t len = strlen(text);
	uint32_t id = 0;

	if (text[0] != '*' || len < 2 || len > 9)
		return 0;
	for (const char *p = text + 1; *p != '\0'; p++) {
		const char *digits = "0123456789ABCDEF0123456789abcdef";
		const char *digit = strchr(digits, *p);

		if (digit == NULL)
			return 0;
		id = id << 4 | (uint32_t)((digit - digits) & 15);
	}
	return id;
}

const struct row *conf_state_named(const struct conf_state *state, const char *ref,
                                   const char *name, const struct menu **ret_menu)
{
	for (size_t m = 0; m < state->nmenus; m++) {
		const struct menu *menu = state->menus[m];
		struct rows rows = state_rows(state, m);

		if (!name_ref_means(ref, menu) || name_field(menu) < 0)
			continue;
		for (size_t i = 0; i < rows.n; i++) {
			if (strcmp(menu_row_name(menu, rows.at[i]), name) != 0)
				continue;
			if (ret_menu != NULL)
				*ret_menu = menu;
			return rows.at[i];
		}
	}
	return NULL;
}

const struct row *conf_state_ref(const struct conf_state *state, const char *ref, uint32_t id,
                                 const struct menu **ret_menu)
{
	for (size_t m = 0; m < state->nmenus; m++) {
		const struct row *row;

		if (!name_ref_means(ref, state->menus[m]))
			continue;
		row = state_find(state, m, id);
		if (row == NULL || (row->flags & ROW_ABSENT) != 0)
			continue;
		if (ret_menu != NULL)
			*ret_menu = state->menus[m];
		return row;
	}
	return NULL;
}

bool name_fits(const struct menu *menu, const struct row *row, struct diag *diag)
{
	int key = name_field(menu);
	const char *name = key >= 0 ? menu_row_name(menu, row) : "";
	const char *field = key >= 0 ? menu->fields[key].name : "";

	if (*name == '*' || *name == '!')
		return diag_fail(diag, field,
		                 "invalid value for argument %s: %c in front of a name means "
		                 "something else wherever it is used; leave it out",
		                 field, *name);
	if (strpbrk(name, ",;") != NULL)
		return diag_fail(diag, field,
		                 "invalid value for argument %s: names in a list have commas and "
		                 "semicolons between them, so that none can be in a name",
		                 field);
	return true;
}

struct named {
	const char *name;
	const struct row *row;
};

static int named_order(const void *a, const void *b)
{
	const struct named *left = a;
	const struct named *right = b;

	return strcmp(left->name, right->name);
}

static bool name_taken(const struct menu *menu, const struct named *twins, struct diag *diag)
{
	const char *field = menu->fields[name_field(menu)].name;
	bool absent = ((twins[0].row->flags | twins[1].row->flags) & ROW_ABSENT) != 0;
	const char *why =
		absent ? " (of an item that is not there now and keeps its settings)" : "";

	if (menu->key_space != NULL)
		return diag_fail(diag, field,
		                 "failure: already have %s with such name: choose another one than "
		                 "%s%s",
		                 menu->key_space, twins->name, why);
	return diag_fail(diag, field,
	                 "failure: already have such entry: choose another %s than %s%s", field,
	                 twins->name, why);
}

bool name_unique(const struct conf_state *state, size_t m, struct diag *diag)
{
	const struct menu *menu = state->menus[m];
	const char *space = menu->key_space != NULL ? menu->key_space : menu->path;
	struct named *all = NULL;
	size_t n = 0;
	bool ok = true;

	for (size_t k = 0; k < state->nmenus; k++) {
		struct rows rows = state_all(state, k);

		if (!name_ref_means(space, state->menus[k]) || name_field(state->menus[k]) < 0 ||
		    rows.n == 0)
			continue;
		all = mem_resize(all, n + rows.n, sizeof *all);
		for (size_t i = 0; i < rows.n; i++)
			all[n++] = (struct named){ menu_row_name(state->menus[k], rows.at[i]),
				                   rows.at[i] };
	}
	if (n > 1)
		qsort(all, n, sizeof *all, named_order);
	for (size_t i = 1; i < n && ok; i++) {
		if (named_order(&all[i - 1], &all[i]) == 0)
			ok = name_taken(menu, &all[i - 1], diag);
	}
	mem_free(all);
	return ok;
}
