#include "conf/txn.h"

#include <string.h>

#include "conf/diag.h"
#include "conf/line.h"
#include "conf/name.h"
#include "conf/refs.h"
#include "conf/row.h"
#include "lib/mem.h"
#include "lib/text.h"

/* What one request works on. */
struct step {
	struct conf_state *draft;
	struct request *request;
	const struct menu *menu;
	size_t m;
	struct diag *diag;
};

static bool has_items(const struct menu *menu)
{
	return menu->kind == MENU_LIST || menu->kind == MENU_ORDERED || menu->kind == MENU_FIXED;
}

static bool can_grow(const struct menu *menu)
{
	return menu->kind == MENU_LIST || menu->kind == MENU_ORDERED;
}

/* One of the names every menu with items knows, which the menu does not use itself. */
static bool is_common(const struct menu *menu, const char *name, const char *common)
{
	return strcmp(name, common) == 0 && has_items(menu) && menu_field(menu, name) < 0;
}

static bool field_unknown(const struct step *step, const char *name)
{
	char buffer[DIAG_TEXT_BYTES / 2];
	struct text list = text_into(buffer, sizeof buffer);

	for (size_t i = 0; i < step->menu->nfields; i++) {
		if (field_settable(&step->menu->fields[i]))
			text_printf(&list, "%s%s", list.len > 0 ? ", " : "",
			            step->menu->fields[i].name);
	}
	return diag_fail(step->diag, name, "unknown parameter %s: %s has %s", name,
	                 step->menu->path, list.len > 0 ? text_str(&list) : "none");
}

static bool disabled_put(struct row *row, const char *value, struct diag *diag)
{
	bool yes = value != NULL && (strcmp(value, "yes") == 0 || strcmp(value, "true") == 0);

	if (value != NULL && !yes && strcmp(value, "no") != 0 && strcmp(value, "false") != 0)
		return diag_fail(diag, "disabled",
		                 "invalid value for argument disabled: %s is neither yes nor no",
		                 value);
	row->flags = yes ? row->flags | ROW_DISABLED : row->flags & ~(uint32_t)ROW_DISABLED;
	return true;
}

static bool comment_put(struct row *row, const char *value, struct diag *diag)
{
	if (value != NULL && strlen(value) > COMMENT_MAX)
		return diag_fail(diag, "comment",
		                 "invalid value for argument comment: it may have up to %d "
		                 "characters and has %zu",
		                 COMMENT_MAX, strlen(value));
	row_comment_set(row, value != NULL ? value : "");
	return true;
}

/* One name=value of the request into @row. */
static bool value_put(const struct step *step, struct row *row, const struct request_field *field)
{
	int i = menu_field(step->menu, field->name);

	if (is_common(step->menu, field->name, "disabled"))
		return disabled_put(row, field->value, step->diag);
	if (is_common(step->menu, field->name, "comment"))
		return comment_put(row, field->value, step->diag);
	if (i < 0)
		return field_unknown(step, field->name);
	if (!field_settable(&step->menu->fields[i]))
		return diag_fail(step->diag, field->name,
		                 "unknown parameter %s: it is shown, and can't be set",
		                 field->name);
	if (field->value == NULL)
		return row_clear(step->menu, row, (size_t)i, step->draft, step->diag);
	return row_put(step->menu, row, (size_t)i, field->value, step->draft, step->diag);
}

/* Names that say something about the row's making, not about its values. */
static bool about_add(const struct step *step, const char *name)
{
	return step->request->verb == VERB_ADD &&
	       (is_common(step->menu, name, ".id") || is_common(step->menu, name, "copy-from") ||
	        is_common(step->menu, name, "place-before"));
}

static bool values_put(const struct step *step, struct row *row)
{
	for (const struct request_field *f = step->request->fields; f != NULL; f = f->next) {
		if (about_add(step, f->name))
			continue;
		if (!value_put(step, row, f)) {
			step->diag->line = f->line;
			step->diag->column = f->value_column != 0 ? f->value_column : f->column;
			return false;
		}
	}
	return true;
}

/* Every required field must be given; all that are missing are named at once. */
static bool required_given(const struct step *step, const struct row *row)
{
	char buffer[DIAG_TEXT_BYTES / 2];
	char help_buffer[DIAG_TEXT_BYTES / 2];
	struct text list = text_into(buffer, sizeof buffer);
	struct text help = text_into(help_buffer, sizeof help_buffer);
	const char *first = NULL;

	for (size_t i = 0; i < step->menu->nfields; i++) {
		const struct field *field = &step->menu->fields[i];

		if ((field->flags & F_REQUIRED) == 0 || row_has(step->menu, row, i))
			continue;
		text_printf(&list, "%s%s", first != NULL ? ", " : "", field->name);
		if (field->help != NULL)
			text_printf(&help, "%s%s: %s", help.len == 0 ? "\n" : "; ", field->name,
			            field->help);
		if (first == NULL)
			first = field->name;
	}
	if (first == NULL)
		return true;
	return diag_fail(step->diag, first, "missing value(s) of argument(s) %s%s", text_str(&list),
	                 text_str(&help));
}

/* The item that a parameter of add names; 0 and @diag when there is none. */
static uint32_t item_named(const struct step *step, const char *value)
{
	uint32_t id = value != NULL ? name_id(value) : 0;
	const struct row *row = NULL;

	if (id != 0)
		row = conf_state_row(step->draft, step->menu->path, id);
	else if (value != NULL && value[0] != '\0' && name_field(step->menu) >= 0)
		row = conf_state_named(step->draft, step->menu->path, value, NULL);
	if (row != NULL)
		return row->id;
	(void)diag_fail(step->diag, NULL, "no such item: %s has no %s", step->menu->path,
	                value != NULL && value[0] != '\0' ? value : "item without a name");
	return 0;
}

static const struct request_field *add_field(const struct step *step, const char *name)
{
	return is_common(step->menu, name, name) ? request_field(step->request, name) : NULL;
}

static struct row *add_base(const struct step *step)
{
	const struct request_field *from = add_field(step, "copy-from");
	uint32_t id;

	if (from == NULL)
		return row_new(step->menu, step->draft, step->diag);
	id = item_named(step, from->value);
	if (id == 0)
		return NULL;

	struct row *row = row_copy(step->menu, state_find(step->draft, step->m, id));

	row->flags &= ROW_DISABLED;
	return row;
}

/* The id an added row gets: the next one, or that of a removed row which comes back. */
static bool add_id(const struct step *step, struct row *row)
{
	const struct request_field *field = add_field(step, ".id");

	if (field == NULL) {
		row->id = step->draft->next_id++;
		return true;
	}
	row->id = field->value != NULL ? name_id(field->value) : 0;
	if (row->id == 0 || row->id >= step->draft->next_id ||
	    state_menu_of(step->draft, row->id) >= 0)
		return diag_fail(step->diag, ".id",
		                 "invalid value for argument .id: only the id of an item that was "
		                 "removed can be given, such as *1A");
	return true;
}

static bool add_place(const struct step *step, uint32_t *ret_before)
{
	const struct request_field *field = add_field(step, "place-before");
	uint32_t before = step->request->place_before;

	if (field != NULL) {
		before = item_named(step, field->value);
		if (before == 0)
			return false;
	}
	/* What comes back from history goes where it was, even where that means nothing. */
	if (before != 0 && step->menu->kind != MENU_ORDERED && add_field(step, ".id") == NULL)
		return diag_fail(step->diag, "place-before",
		                 "unknown parameter place-before: order means nothing in %s",
		                 step->menu->path);
	if (before != 0 && state_find(step->draft, step->m, before) == NULL)
		return diag_fail(step->diag, NULL, "no such item: *%X", before);
	*ret_before = before;
	return true;
}

static bool add(const struct step *step, uint32_t *ret_id)
{
	uint32_t before = 0;
	struct row *row;

	if (!can_grow(step->menu))
		return diag_fail(step->diag, NULL,
		                 "no such command: items can't be added to %s, only set",
		                 step->menu->path);
	if (!add_place(step, &before))
		return false;
	row = add_base(step);
	if (row == NULL)
		return false;
	if (!values_put(step, row) || !required_given(step, row) || !add_id(step, row)) {
		row_release(row);
		return false;
	}
	*ret_id = row->id;
	state_add(step->draft, step->m, row, before);
	return true;
}

static const struct row *item(const struct step *step, uint32_t id)
{
	const struct row *row = conf_state_row(step->draft, step->menu->path, id);

	if (row == NULL && row_is_made_of(id) &&
	    conf_state_row(step->draft, step->menu->path, id & ~ROW_MADE_OF) != NULL)
		(void)diag_fail(
			step->diag, NULL,
			"failure: the router makes this item of *%X; change that one instead",
			id & ~ROW_MADE_OF);
	else if (row == NULL)
		(void)diag_fail(step->diag, NULL, "no such item: *%X is not in %s (any more)", id,
		                step->menu->path);
	return row;
}

/* What comes with the router is known by its name, unless a default name stays with it. */
static bool may_be_called(const struct step *step, const struct row *old, const struct row *row)
{
	const char *name = menu_row_name(step->menu, old);

	for (size_t i = 0; i < step->menu->nfields; i++) {
		if ((step->menu->fields[i].flags & F_DEFAULT_NAME) != 0)
			return true;
	}
	if ((old->flags & ROW_FIXED) == 0 || strcmp(name, menu_row_name(step->menu, row)) == 0)
		return true;
	return diag_fail(step->diag, step->menu->fields[name_field(step->menu)].name,
	                 "failure: can not rename builtin: %s comes with the router", name);
}

static bool set_one(const struct step *step, uint32_t id)
{
	const struct row *old = item(step, id);
	struct row *row;

	if (old == NULL)
		return false;
	row = row_copy(step->menu, old);
	if (!values_put(step, row) || !required_given(step, row) ||
	    !may_be_called(step, old, row)) {
		row_release(row);
		return false;
	}
	if (row_same(step->menu, old, row))
		row_release(row);
	else
		state_replace(step->draft, step->m, row);
	return true;
}

static bool set_all(const struct step *step)
{
	if (step->menu->kind == MENU_SETTINGS) {
		struct rows rows = state_rows(step->draft, step->m);

		must(rows.n == 1);
		return set_one(step, rows.at[0]->id);
	}
	for (size_t i = 0; i < step->request->nids; i++) {
		if (!set_one(step, step->request->ids[i]))
			return false;
	}
	return true;
}

static bool toggle_all(const struct step *step, bool disable)
{
	if (!has_items(step->menu))
		return diag_fail(step->diag, NULL,
		                 "no such command: %s has no items to enable or disable",
		                 step->menu->path);
	for (size_t i = 0; i < step->request->nids; i++) {
		const struct row *old = item(step, step->request->ids[i]);

		if (old == NULL)
			return false;
		if (((old->flags & ROW_DISABLED) != 0) == disable)
			continue;

		struct row *row = row_copy(step->menu, old);

		row->flags ^= ROW_DISABLED;
		state_replace(step->draft, step->m, row);
	}
	return true;
}

static bool remove_all(const struct step *step)
{
	if (!can_grow(step->menu))
		return diag_fail(step->diag, NULL,
		                 "no such command: items of %s can't be removed, only disabled",
		                 step->menu->path);
	for (size_t i = 0; i < step->request->nids; i++) {
		const struct row *row = item(step, step->request->ids[i]);

		if (row == NULL)
			return false;
		if ((row->flags & ROW_FIXED) != 0)
			return diag_fail(step->diag, NULL,
			                 "failure: can not remove builtin: %s comes with the "
			                 "router",
			                 menu_row_name(step->menu, row));
		if (!refs_none(step->draft, step->m, row, step->diag))
			return false;
		state_remove(step->draft, step->m, row->id);
	}
	return true;
}

static bool is_moved(const struct request *request, uint32_t id)
{
	for (size_t i = 0; i < request->nids; i++) {
		if (request->ids[i] == id)
			return true;
	}
	return false;
}

/* The first row from @before on which is not itself among those moved; 0: the end. */
static uint32_t move_target(const struct step *step, uint32_t before)
{
	struct rows rows = state_rows(step->draft, step->m);
	size_t i = 0;

	while (before != 0 && i < rows.n && rows.at[i]->id != before)
		i++;
	while (before != 0 && i < rows.n && is_moved(step->request, rows.at[i]->id))
		i++;
	return before != 0 && i < rows.n ? rows.at[i]->id : 0;
}

static uint32_t next_id(const struct step *step, uint32_t id)
{
	struct rows rows = state_rows(step->draft, step->m);

	for (size_t i = 0; i + 1 < rows.n; i++) {
		if (rows.at[i]->id == id)
			return rows.at[i + 1]->id;
	}
	return 0;
}

static bool move_all(const struct step *step)
{
	uint32_t before = step->request->place_before;

	if (step->menu->kind != MENU_ORDERED)
		return diag_fail(step->diag, NULL, "no such command: order means nothing in %s",
		                 step->menu->path);
	if (before != 0 && item(step, before) == NULL)
		return false;
	for (size_t i = 0; i < step->request->nids; i++) {
		if (item(step, step->request->ids[i]) == NULL)
			return false;
	}
	before = move_target(step, before);
	for (size_t i = 0; i < step->request->nids; i++) {
		uint32_t id = step->request->ids[i];

		if (next_id(step, id) != before || before == 0)
			state_move(step->draft, step->m, id, before);
	}
	return true;
}

static bool comment_all(const struct step *step)
{
	for (const struct request_field *f = step->request->fields; f != NULL; f = f->next) {
		if (strcmp(f->name, "comment") != 0)
			return field_unknown(step, f->name);
	}
	return set_all(step);
}

/*
 * A request in an older spelling, of an older menu or in one of today's, becomes today's, and the
 * person is shown how it reads today when it has changed.
 */
static bool translate(struct step *step)
{
	struct request *request = step->request;
	const struct menu *menu = request->menu;
	struct text before = { 0 }, after = { 0 };

	if (menu->translate == NULL || request->verb < VERB_ADD || request->verb > VERB_UNSET)
		return true;
	line_request(request, &before);

	bool ok = menu->translate(request, step->diag);

	if (ok && menu->target != NULL) {
		int m = state_menu(step->draft, menu->target);

		must(m >= 0);
		request->menu = step->draft->menus[m];
	}
	if (ok)
		line_request(request, &after);
	if (ok && request->notice != NULL && strcmp(text_str(&before), text_str(&after)) != 0)
		text_add(request->notice, text_str(&after));
	text_free(&before);
	text_free(&after);
	return ok;
}

static bool carry_out(const struct step *step, uint32_t *ret_id)
{
	switch (step->request->verb) {
	case VERB_ADD:
		return add(step, ret_id);
	case VERB_SET:
	case VERB_UNSET:
		return set_all(step);
	case VERB_COMMENT:
		return comment_all(step);
	case VERB_REMOVE:
		return remove_all(step);
	case VERB_ENABLE:
	case VERB_DISABLE:
		return toggle_all(step, step->request->verb == VERB_DISABLE);
	case VERB_MOVE:
		return move_all(step);
	default:
		return diag_fail(step->diag, NULL, "no such command: it changes nothing");
	}
}

bool txn_apply(struct conf_state *draft, struct request *request, uint32_t *ret_id,
               struct diag *diag)
{
	struct step step = { .draft = draft, .request = request, .diag = diag };
	int m;

	*ret_id = 0;
	if (!translate(&step))
		return false;
	m = state_menu(draft, request->menu->path);
	must(m >= 0);
	step.m = (size_t)m;
	step.menu = request->menu;
	if (step.menu->kind == MENU_FOLDER || step.menu->kind == MENU_OBSERVED)
		return diag_fail(diag, NULL, "no such command: nothing can be changed in %s",
		                 step.menu->path);
	return carry_out(&step, ret_id);
}

static bool depends_on(const struct menu *menu, const char *path)
{
	for (size_t i = 0; menu->depends != NULL && menu->depends[i] != NULL; i++) {
		if (strcmp(menu->depends[i], path) == 0)
			return true;
	}
	return false;
}

void txn_touched(const struct conf_state *old, const struct conf_state *draft, bool *touched)
{
	bool more = true;

	for (size_t m = 0; m < draft->nmenus; m++)
		touched[m] = !state_shares(old, draft, m);
	while (more) {
		more = false;
		for (size_t m = 0; m < draft->nmenus; m++) {
			for (size_t k = 0; k < draft->nmenus && !touched[m]; k++) {
				if (!touched[k] ||
				    !depends_on(draft->menus[m], draft->menus[k]->path))
					continue;
				touched[m] = true;
				more = true;
			}
		}
	}
}

static bool rows_check(const struct conf_state *old, const struct conf_state *draft, size_t m,
                       struct diag *diag)
{
	const struct menu *menu = draft->menus[m];
	struct rows rows = state_rows(draft, m), before = state_rows(old, m);

	for (size_t i = 0; i < rows.n; i++) {
		if ((i < before.n && before.at[i] == rows.at[i]) ||
		    state_find(old, m, rows.at[i]->id) == rows.at[i])
			continue;
		if (!name_fits(menu, rows.at[i], diag))
			return false;
		if (menu->check != NULL && !menu->check(rows.at[i], diag)) {
			must(diag->failed);
			return false;
		}
	}
	return name_field(menu) < 0 || name_unique(draft, m, diag);
}

bool txn_check(const struct conf_state *old, const struct conf_state *draft, struct diag *diag)
{
	bool *touched = mem_new(draft->nmenus, sizeof *touched);
	bool ok = true;

	txn_touched(old, draft, touched);
	for (size_t m = 0; m < draft->nmenus && ok; m++) {
		if (!state_shares(old, draft, m))
			ok = rows_check(old, draft, m, diag);
	}
	for (size_t m = 0; m < draft->nmenus && ok; m++) {
		const struct menu *menu = draft->menus[m];

		if (touched[m] && menu->check_all != NULL)
			ok = menu->check_all(draft, state_rows(draft, m), diag);
	}
	must(ok || diag->failed);
	mem_free(touched);
	return ok;
}
