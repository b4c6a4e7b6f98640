#include "conf/rebase.h"

#include <string.h>

#include "conf/diag.h"
#include "conf/diff.h"
#include "conf/refs.h"
#include "conf/row.h"
#include "conf/type.h"

/* One change on its way over. */
struct step {
	const struct conf_state *work;
	struct conf_state *onto;
	const struct change *change;
	size_t m;
	struct diag *diag;
};

/* "/ip/address *5 (lan)" */
static void row_name(const struct menu *menu, const struct row *row, struct text *out)
{
	const char *name = menu_row_name(menu, row);

	text_printf(out, "%s *%X", menu->path, row->id);
	if (name[0] != '\0')
		text_printf(out, " (%s)", name);
}

static bool fail_gone(const struct step *step, const struct row *row)
{
	char buffer[DIAG_TEXT_BYTES / 2];
	struct text name = text_into(buffer, sizeof buffer);

	row_name(step->change->menu, row, &name);
	return diag_fail(step->diag, NULL,
	                 "no such item\n%s was removed by somebody else meanwhile; nothing was "
	                 "changed",
	                 text_str(&name));
}

static void field_copy(const struct menu *menu, size_t i, const struct row *from, struct row *to)
{
	const struct field *field = &menu->fields[i];
	uint64_t bit = 1ULL << i;

	memcpy(row_at(to, field), row_at_const(from, field), field->bytes);
	to->given = (to->given & ~bit) | (from->given & bit);
}

/* What makes change->old into change->new, done to the row as others have left it. */
static struct row *merged(const struct change *change, const struct row *now)
{
	const struct menu *menu = change->menu;
	const struct row *old = change->old, *new = change->new;
	struct row *row;

	if (row_same(menu, old, now))
		return row_copy(menu, new);
	row = row_copy(menu, now);
	for (size_t i = 0; i < menu->nfields; i++) {
		const struct field *field = &menu->fields[i];

		if (row_given(old, i) != row_given(new, i) ||
		    memcmp(row_at_const(old, field), row_at_const(new, field), field->bytes) != 0)
			field_copy(menu, i, new, row);
	}
	if (strcmp(old->comment, new->comment) != 0)
		row_comment_set(row, new->comment);
	row->flags ^= (old->flags ^ new->flags) & ROW_STORED_FLAGS;
	return row;
}

static bool set(const struct step *step)
{
	const struct row *now = state_find(step->onto, step->m, step->change->old->id);

	if (now == NULL)
		return fail_gone(step, step->change->old);
	state_replace(step->onto, step->m, merged(step->change, now));
	return true;
}

/* The nearest row behind the changed one, in its own order, that is still there; 0: none. */
static uint32_t place(const struct step *step)
{
	struct rows rows = state_all(step->work, step->m);
	uint32_t before = step->change->before;
	size_t i = 0;

	if (before == 0 || state_find(step->onto, step->m, before) != NULL)
		return before;
	while (i < rows.n && rows.at[i]->id != before)
		i++;
	while (i < rows.n && state_find(step->onto, step->m, rows.at[i]->id) == NULL)
		i++;
	return i < rows.n ? rows.at[i]->id : 0;
}

static bool add(const struct step *step)
{
	const struct change *change = step->change;

	if (state_menu_of(step->onto, change->new->id) >= 0)
		return diag_fail(step->diag, NULL,
		                 "already have such item\n*%X of %s was brought back by somebody "
		                 "else meanwhile; nothing was changed",
		                 change->new->id, change->menu->path);
	state_add(step->onto, step->m, row_copy(change->menu, change->new), place(step));
	return true;
}

static bool move(const struct step *step)
{
	uint32_t id = step->change->old->id, before = place(step);

	if (state_find(step->onto, step->m, id) == NULL)
		return fail_gone(step, step->change->old);
	if (before != id)
		state_move(step->onto, step->m, id, before);
	return true;
}

static bool change_apply(const struct step *step)
{
	switch (step->change->kind) {
	case CHANGE_REMOVE: /* what is gone already is as it was meant to be */
		if (state_find(step->onto, step->m, step->change->old->id) != NULL)
			state_remove(step->onto, step->m, step->change->old->id);
		return true;
	case CHANGE_SET:
		return set(step);
	case CHANGE_ADD:
		return add(step);
	case CHANGE_MOVE:
		return move(step);
	case CHANGE_PLACE:
		break;
	}
	return true;
}

/* What the row refers to by field @i was there when it was written, and is not any more. */
static bool has_lost(const struct step *step, size_t i)
{
	const struct field *field = &step->change->menu->fields[i];
	uint32_t id;

	if (field->ref == NULL || field->type->refers == NULL)
		return false;
	id = field->type->refers(field, row_at_const(step->change->new, field));
	return id != 0 && conf_state_ref(step->work, field->ref, id, NULL) != NULL &&
	       conf_state_ref(step->onto, field->ref, id, NULL) == NULL;
}

static bool refers_to_what_is(const struct step *step)
{
	const struct menu *menu = step->change->menu;
	char buffer[DIAG_TEXT_BYTES / 4], gone_buffer[DIAG_TEXT_BYTES / 4];
	struct text name = text_into(buffer, sizeof buffer);
	struct text gone = text_into(gone_buffer, sizeof gone_buffer);

	for (size_t i = 0; i < menu->nfields; i++) {
		const struct field *field = &menu->fields[i];

		if (!has_lost(step, i))
			continue;
		row_name(menu, step->change->new, &name);
		field->type->print(field, step->work, row_at_const(step->change->new, field),
		                   &gone);
		return diag_fail(step->diag, field->name,
		                 "input does not match any value of %s\n%s names %s, which "
		                 "somebody else has removed meanwhile; nothing was changed",
		                 field->name, text_str(&name), text_str(&gone));
	}
	return true;
}

/* When all is done: nothing that was removed is needed, nothing that was written lacks anything. */
static bool still_fits(const struct step *step)
{
	if (step->change->kind == CHANGE_REMOVE)
		return refs_none(step->onto, step->m, step->change->old, step->diag);
	if (step->change->kind == CHANGE_SET || step->change->kind == CHANGE_ADD)
		return refers_to_what_is(step);
	return true;
}

bool rebase_apply(const struct conf_state *base, const struct conf_state *work,
                  struct conf_state *onto, struct diag *diag)
{
	struct step step = { .work = work, .onto = onto, .diag = diag };
	struct diff diff = { 0 };
	bool ok = true;

	diff_states(&diff, base, work);
	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < diff.n && ok; i++) {
			step.change = &diff.at[i];
			step.m = (size_t)state_menu(onto, step.change->menu->path);
			ok = pass == 0 ? change_apply(&step) : still_fits(&step);
		}
	}
	diff_free(&diff);
	return ok;
}
