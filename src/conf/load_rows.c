/*
 * load_rows.c -- the rows that are there by themselves: of things, of settings, of a fresh store.
 */
#include "conf/load.h"

#include <string.h>

#include "conf/commit.h"
#include "conf/name.h"
#include "conf/row.h"
#include "conf/txn.h"
#include "conf/type.h"
#include "lib/mem.h"
#include "lib/must.h"

#define NAME_BYTES 64

struct load {
	struct conf *conf;
	struct conf_state *draft;
	const struct menu *menu;
	size_t m;
	bool no_defaults; /* of a fresh store only what comes with the router */
	struct diag *diag;
	bool only_fixed; /* of the rows a fresh store gets, those that come with the router */
};

/* The field that says which thing a row of a MENU_FIXED is for. */
static int fixed_field(const struct menu *menu)
{
	for (size_t i = 0; i < menu->nfields; i++) {
		if ((menu->fields[i].flags & F_DEFAULT_NAME) != 0)
			return (int)i;
	}
	return name_field(menu);
}

static const char *fixed_name(const struct menu *menu, const struct row *row)
{
	return row_at_const(row, &menu->fields[fixed_field(menu)]);
}

static bool thing_exists(const struct load *load, const char *name)
{
	char thing[NAME_BYTES];

	for (size_t n = 0; load->menu->fixed(load->conf->setup.router, n, thing, sizeof thing);
	     n++) {
		if (strcmp(thing, name) == 0)
			return true;
	}
	return false;
}

static bool thing_has_row(const struct load *load, const char *name)
{
	struct rows rows = state_all(load->draft, load->m);

	for (size_t i = 0; i < rows.n; i++) {
		if (strcmp(fixed_name(load->menu, rows.at[i]), name) == 0)
			return true;
	}
	return false;
}

static bool name_in_use(const struct load *load, const char *name)
{
	const char *space =
		load->menu->key_space != NULL ? load->menu->key_space : load->menu->path;

	for (size_t m = 0; m < load->draft->nmenus; m++) {
		struct rows rows = state_all(load->draft, m);

		if (!name_ref_means(space, load->draft->menus[m]))
			continue;
		for (size_t i = 0; i < rows.n; i++) {
			if (strcmp(menu_row_name(load->draft->menus[m], rows.at[i]), name) == 0)
				return true;
		}
	}
	return false;
}

/* A new thing is called as by default, unless a person has given that name to another one. */
static bool thing_name(const struct load *load, struct row *row, const char *thing)
{
	int key = name_field(load->menu);
	char name[NAME_BYTES];
	struct text out = text_into(name, sizeof name);

	if (key < 0 || key == fixed_field(load->menu))
		return true;
	text_add(&out, thing);
	for (unsigned i = 2; name_in_use(load, name); i++) {
		text_clear(&out);
		text_printf(&out, "%s-%u", thing, i);
	}
	return row_put(load->menu, row, (size_t)key, name, load->draft, load->diag);
}

static bool thing_add(const struct load *load, const char *thing)
{
	struct row *row = row_new(load->menu, load->draft, load->diag);

	if (row == NULL)
		return false;
	if (!row_put(load->menu, row, (size_t)fixed_field(load->menu), thing, load->draft,
	             load->diag) ||
	    !thing_name(load, row, thing)) {
		row_release(row);
		return false;
	}
	row->flags = ROW_FIXED;
	row->id = load->draft->next_id++;
	state_add(load->draft, load->m, row, 0);
	return true;
}

static void absent_mark(const struct load *load)
{
	struct rows rows = state_all(load->draft, load->m);

	for (size_t i = 0; i < rows.n; i++) {
		if (thing_exists(load, fixed_name(load->menu, rows.at[i])))
			continue;

		struct row *row = row_copy(load->menu, rows.at[i]);

		row->flags |= ROW_ABSENT;
		state_replace(load->draft, load->m, row);
		rows = state_all(load->draft, load->m);
	}
	state_hide_absent(load->draft, load->m);
}

static bool things_load(const struct load *load)
{
	char thing[NAME_BYTES];

	must(fixed_field(load->menu) >= 0);
	for (size_t n = 0; load->menu->fixed(load->conf->setup.router, n, thing, sizeof thing);
	     n++) {
		if (!thing_has_row(load, thing) && !thing_add(load, thing))
			return false;
	}
	absent_mark(load);
	return true;
}

static bool settings_load(const struct load *load)
{
	struct row *row;

	if (state_rows(load->draft, load->m).n > 0)
		return true;
	row = row_new(load->menu, load->draft, load->diag);
	if (row == NULL)
		return false;
	row->id = load->draft->next_id++;
	row->flags = ROW_FIXED;
	state_add(load->draft, load->m, row, 0);
	return true;
}

struct fresh_load {
	struct fresh_sink sink;
	const struct load *load;
};

/* Rows that come with the router get their mark. */
static void flags_set(const struct load *load, uint32_t id, uint32_t flags)
{
	struct row *row = row_copy(load->menu, state_find(load->draft, load->m, id));

	row->flags |= flags;
	state_replace(load->draft, load->m, row);
}

/* What comes with the router is there already when a store is made fresh again. */
static const struct row *fixed_there(const struct load *load, uint32_t flags,
                                     const struct fresh_field *fields, size_t n)
{
	const struct row *row = NULL;
	int key = name_field(load->menu);

	for (size_t i = 0; i < n && (flags & ROW_FIXED) != 0 && key >= 0; i++) {
		if (strcmp(fields[i].name, load->menu->fields[key].name) == 0)
			row = conf_state_named(load->draft, load->menu->path, fields[i].value,
			                       NULL);
	}
	return row;
}

static void fresh_row(struct fresh_sink *sink, uint32_t flags, const struct fresh_field *fields,
                      size_t n)
{
	const struct load *load = ((struct fresh_load *)sink)->load;
	struct arena arena = { 0 };
	struct request request = { .menu = load->menu, .verb = VERB_ADD, .arena = &arena };
	const struct row *row = fixed_there(load, flags, fields, n);
	size_t first = 0;
	uint32_t id = row != NULL ? row->id : 0;

	if (load->menu->begins_with != NULL && state_all(load->draft, load->m).n > 0)
		return; /* it has begun already */
	if ((load->no_defaults || load->only_fixed) && (flags & ROW_FIXED) == 0 &&
	    load->menu->begins_with == NULL)
		return;
	if (load->menu->kind == MENU_FIXED) {
		must(n > 0);
		row = conf_state_named(load->draft, load->menu->path, fields[0].value, NULL);
		if (row == NULL)
			return; /* this machine has no such thing */
		id = row->id;
		first = 1;
	}
	if (row != NULL || load->menu->kind == MENU_SETTINGS)
		request.verb = VERB_SET;
	request.ids = &id;
	request.nids = row != NULL;
	for (size_t i = first; i < n; i++)
		request_put(&request, fields[i].name, fields[i].value);

	uint32_t added;

	if (!load->diag->failed && txn_apply(load->draft, &request, &added, load->diag) &&
	    added != 0)
		flags_set(load, added, flags);
	arena_free(&arena);
}

static bool menu_fresh(const struct load *load)
{
	struct fresh_load fresh = { .sink = { .row = fresh_row }, .load = load };

	load->menu->fresh(load->conf->setup.router, &fresh.sink);
	return !load->diag->failed;
}

/* Everything but what comes with the router. */
static void rows_remove(struct conf_state *draft, size_t m)
{
	struct rows rows = state_all(draft, m);
	uint32_t *ids = mem_new(rows.n, sizeof *ids);
	size_t n = 0;

	if (draft->menus[m]->kind != MENU_SETTINGS)
		for (size_t i = rows.n; i-- > 0;)
			if ((rows.at[i]->flags & ROW_FIXED) == 0)
				ids[n++] = rows.at[i]->id;
	for (size_t i = 0; i < n; i++)
		state_remove(draft, m, ids[i]);
	mem_free(ids);
}

/* The row as it came with the router; its thing keeps its name. */
static bool row_renew(const struct load *load, const struct row *old)
{
	struct row *row = row_new(load->menu, load->draft, load->diag);
	int name = fixed_field(load->menu), key = name_field(load->menu);

	if (row == NULL)
		return false;
	row->id = old->id;
	row->flags = old->flags & (uint32_t)(ROW_FIXED | ROW_ABSENT);
	for (int pass = 0; pass < 2; pass++) {
		int field = pass == 0 ? name : key;

		if (field >= 0 && load->menu->kind != MENU_SETTINGS &&
		    !row_put(load->menu, row, (size_t)field, fixed_name(load->menu, old),
		             load->draft, load->diag)) {
			row_release(row);
			return false;
		}
	}
	state_replace(load->draft, load->m, row);
	return true;
}

static bool rows_renew(const struct load *load)
{
	size_t n = state_all(load->draft, load->m).n;

	for (size_t i = 0; i < n; i++) {
		if (!row_renew(load, state_all(load->draft, load->m).at[i]))
			return false;
	}
	return true;
}

bool load_fresh(struct conf *conf, struct conf_state *draft, const bool *keep, bool no_defaults,
                struct diag *diag)
{
	struct load load = {
		.conf = conf, .draft = draft, .no_defaults = no_defaults, .diag = diag
	};

	for (size_t m = draft->nmenus; m-- > 0;) {
		if (!keep[m])
			rows_remove(draft, m);
	}
	for (load.m = 0; load.m < draft->nmenus; load.m++) {
		load.menu = draft->menus[load.m];
		if (keep[load.m])
			continue;
		if (!rows_renew(&load))
			return false;
		if (load.menu->fresh != NULL && !menu_fresh(&load))
			return false;
	}
	return true;
}

/* What comes with the router can't be removed: a menu without it is newer than the store. */
static bool menu_is_newer(const struct load *load)
{
	struct rows rows = state_all(load->draft, load->m);

	if (load->menu->kind != MENU_LIST && load->menu->kind != MENU_ORDERED)
		return false;
	for (size_t i = 0; i < rows.n; i++) {
		if ((rows.at[i]->flags & ROW_FIXED) != 0)
			return false;
	}
	return true;
}

static bool menus_fill(struct load *load, bool fresh)
{
	load->only_fixed = !fresh || load->conf->setup.no_defaults;
	for (size_t m = 0; m < load->draft->nmenus; m++) {
		load->m = m;
		load->menu = load->draft->menus[m];
		if (load->menu->kind == MENU_SETTINGS && !settings_load(load))
			return false;
		if (load->menu->kind == MENU_FIXED && load->menu->fixed != NULL &&
		    !things_load(load))
			return false;
		if (load->menu->fresh != NULL && (fresh || menu_is_newer(load)) &&
		    !menu_fresh(load))
			return false;
	}
	return true;
}

bool load_fill(struct conf *conf, struct conf_state *draft, bool fresh, struct diag *diag)
{
	struct load load = { .conf = conf, .draft = draft, .diag = diag };

	return menus_fill(&load, fresh);
}
