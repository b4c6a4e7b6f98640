#include "menu/lookup.h"

#include <string.h>

#include "core/fib.h"
#include "menu/interface.h"
#include "menu/menus.h"

iface_id lookup_iface(struct router *router, const struct conf_state *state, uint32_t id)
{
	const struct menu *menu;
	const struct row *row = conf_state_ref(state, "interface", id, &menu);
	const struct interface_row *body;
	const struct iface *iface;

	if (row == NULL)
		return IFACE_NONE;
	if (menu != &menu_interface) { /* a bridge, a VLAN: made for its row */
		iface = iface_by_row(&router->net, id);
	} else {
		body = (const void *)row->body;
		iface = iface_by_default_name(&router->net, body->default_name);
	}
	return iface != NULL ? iface->id : IFACE_NONE;
}

uint32_t lookup_iface_row(const struct router *router, const struct conf_state *state, iface_id id)
{
	const struct iface *iface = iface_get_const(&router->net, id);
	struct rows rows = conf_state_rows(state, "/interface");

	if (iface != NULL && iface->row != 0)
		return iface->row;
	for (size_t i = 0; iface != NULL && i < rows.n; i++) {
		const struct interface_row *body = (const void *)rows.at[i]->body;

		if (strcmp(body->default_name, iface->default_name) == 0)
			return rows.at[i]->id;
	}
	return 0;
}

int lookup_list(const struct conf_state *state, uint32_t id)
{
	struct rows rows = conf_state_rows(state, "/interface/list");

	/* The row's place is its bit: `all` is the first of the built-in lists. */
	for (size_t i = 0; i < rows.n && i < IFACE_LIST_MAX; i++) {
		if (rows.at[i]->id == id)
			return (int)i;
	}
	return -1;
}

struct row *lookup_row(void *storage, size_t size, uint32_t id, uint32_t flags)
{
	struct row *row = storage;

	memset(storage, 0, LOOKUP_ROW_BYTES(size));
	row->id = id;
	row->flags = flags;
	row->comment = "";
	return row;
}

static iface_id rule_iface(void *arg, uint32_t id)
{
	const struct rule_lookup *lookup = arg;

	return lookup_iface(lookup->router, lookup->state, id);
}

static int rule_list(void *arg, uint32_t id)
{
	const struct rule_lookup *lookup = arg;

	return lookup_list(lookup->state, id);
}

static uint32_t rule_mark(void *arg, const char *name)
{
	const struct rule_lookup *lookup = arg;

	return mark_number(lookup->router->marks, name);
}

static uint32_t rule_table(void *arg, const char *name)
{
	const struct rule_lookup *lookup = arg;

	return strcmp(name, "main") == 0 ? TABLE_MAIN : mark_number(lookup->router->marks, name);
}

static const char *rule_iface_name(void *arg, uint32_t id)
{
	const struct rule_lookup *lookup = arg;
	const struct menu *menu;
	const struct row *row = conf_state_ref(lookup->state, "interface", id, &menu);

	return row != NULL ? menu_row_name(menu, row) : NULL;
}

static const char *rule_list_name(void *arg, uint32_t id)
{
	const struct rule_lookup *lookup = arg;
	const struct menu *menu;
	const struct row *row = conf_state_ref(lookup->state, "/interface/list", id, &menu);

	return row != NULL ? menu_row_name(menu, row) : NULL;
}

struct rule_names lookup_rule_names(struct rule_lookup *lookup)
{
	return (struct rule_names){
		.arg = lookup,
		.iface = rule_iface,
		.list = rule_list,
		.mark = rule_mark,
		.table = rule_table,
		.address_lists = lookup->router->fw.lists,
		.iface_name = rule_iface_name,
		.list_name = rule_list_name,
	};
}
