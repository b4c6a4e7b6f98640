#include "conf/refs.h"

#include "conf/diag.h"
#include "conf/name.h"
#include "conf/row.h"
#include "conf/state.h"
#include "conf/type.h"

static bool can_name(const struct field *field, const struct menu *menu)
{
	return (field->flags & F_HOLDS) != 0 && field->type->refers != NULL &&
	       name_ref_means(field->ref, menu);
}

static bool names(const struct menu *other, const struct row *at, const struct menu *menu,
                  uint32_t id)
{
	for (size_t i = 0; i < other->nfields; i++)
		if (can_name(&other->fields[i], menu) &&
		    other->fields[i].type->refers(&other->fields[i],
		                                  row_at_const(at, &other->fields[i])) == id)
			return true;
	return false;
}

/* Can any row of @other name one of @menu at all? Most menus are named by none. */
static bool menu_can_name(const struct menu *other, const struct menu *menu)
{
	for (size_t i = 0; i < other->nfields; i++)
		if (can_name(&other->fields[i], menu))
			return true;
	return false;
}

bool refs_none(const struct conf_state *state, size_t m, const struct row *row, struct diag *diag)
{
	const struct menu *menu = state->menus[m];
	char buffer[DIAG_TEXT_BYTES / 2];
	struct text list = text_into(buffer, sizeof buffer);

	for (size_t k = 0; k < state->nmenus; k++) {
		const struct menu *other = state->menus[k];
		struct rows rows = state_all(state, k);
		size_t n = 0;

		if (!menu_can_name(other, menu))
			continue;
		for (size_t i = 0; i < rows.n; i++)
			n += names(other, rows.at[i], menu, row->id);
		if (n > 0)
			text_printf(&list, "%s%zu in %s", list.len > 0 ? ", " : "", n, other->path);
	}
	if (list.len == 0)
		return true;
	return diag_fail(diag, NULL,
	                 "failure: %s is in use: items name it (%s); remove or change those first",
	                 menu_row_name(menu, row), text_str(&list));
}
