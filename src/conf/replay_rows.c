#include "conf/replay_rows.h"

#include <string.h>

#include "conf/diag.h"
#include "conf/refs.h"
#include "conf/row.h"
#include "conf/state.h"
#include "conf/type.h"
#include "lib/mem.h"

/* One row on its way from how a revision left it to how it is wanted. */
struct step {
	struct conf_state *draft;
	size_t m;
	const struct menu *menu;
	const struct row *now;               /* NULL: it is not there */
	const struct journal_row *from, *to; /* NULL: not there */
	uint32_t id;
};

static bool step_begin(struct conf_state *draft, const struct journal_delta *delta, bool back,
                       struct step *step, struct diag *diag)
{
	const struct journal_row *old = delta->was ? &delta->old : NULL;
	const struct journal_row *new = delta->is ? &delta->new : NULL;
	const struct journal_row *any = new != NULL ? new : old;
	int m = any != NULL ? state_menu(draft, any->menu) : -1;

	if (m < 0)
		return diag_fail(diag, NULL,
		                 "failure: the history holds an item of %s, which this version "
		                 "does not know",
		                 any != NULL ? any->menu : "nothing");
	*step = (struct step){ .draft = draft,
		               .m = (size_t)m,
		               .menu = draft->menus[m],
		               .now = state_find(draft, (size_t)m, any->id),
		               .from = back ? new : old,
		               .to = back ? old : new,
		               .id = any->id };
	return true;
}

/* Is the row as it was stored then, wherever it stands? */
static bool is_as(const struct step *step, const struct journal_row *stored)
{
	struct text fields = { 0 };
	bool same;

	if (step->now == NULL || stored == NULL)
		return step->now == NULL && stored == NULL;
	if ((step->now->flags & ROW_STORED_FLAGS) != stored->flags ||
	    strcmp(step->now->comment, stored->comment) != 0)
		return false;
	row_encode(step->menu, step->now, &fields);
	same = strcmp(text_str(&fields), stored->fields) == 0;
	text_free(&fields);
	return same;
}

/* A place that others have given it since is kept, unless it was given one here, too. */
static int64_t place(const struct step *step)
{
	int64_t now = row_position(step->now);

	if (now == step->from->position || step->from->position != step->to->position)
		return step->to->position;
	return now;
}

static bool step_take(const struct step *step, struct diag *diag)
{
	struct row *row;

	if (step->to == NULL) {
		state_remove(step->draft, step->m, step->id);
		return true;
	}
	row = journal_row_new(step->to, step->menu, step->draft, diag);
	if (row == NULL)
		return false;
	if (step->now != NULL)
		row_position_set(row, place(step));
	state_put(step->draft, step->m, row);
	return true;
}

static void row_name(const struct step *step, struct text *out)
{
	const char *name = step->now != NULL ? menu_row_name(step->menu, step->now) : "";

	text_printf(out, "%s *%X", step->menu->path, step->id);
	if (name[0] != '\0')
		text_printf(out, " (%s)", name);
}

bool replay_rows_exact(struct conf_state *draft, const struct journal_delta *deltas, size_t n,
                       bool back, struct diag *diag)
{
	for (size_t i = 0; i < n; i++) {
		char buffer[DIAG_TEXT_BYTES / 2];
		struct text name = text_into(buffer, sizeof buffer);
		struct step step;

		if (!step_begin(draft, &deltas[i], back, &step, diag))
			return false;
		if (is_as(&step, step.from)) {
			if (!step_take(&step, diag))
				return false;
			continue;
		}
		row_name(&step, &name);
		return diag_fail(
			diag, NULL,
			"failure: %s is not as the history left it, so nothing was changed",
			text_str(&name));
	}
	return true;
}

/* Does the row name another one that is not there (any more)? */
static bool has_lost(const struct conf_state *state, size_t m, const struct row *row)
{
	const struct menu *menu = state->menus[m];

	for (size_t i = 0; i < menu->nfields; i++) {
		const struct field *field = &menu->fields[i];
		uint32_t id;

		if (field->ref == NULL || field->type->refers == NULL)
			continue;
		id = field->type->refers(field, row_at_const(row, field));
		if (id != 0 && state_menu_of(state, id) < 0)
			return true;
	}
	return false;
}

static void stays(const struct step *step, const char *why, struct text *left)
{
	row_name(step, left);
	text_printf(left, ": %s\n", why);
}

/*
 * Put back as it was before what can't stay taken back now that all of it is: removed, although
 * others name it; there again, although what it names is gone.
 */
static size_t mend(struct conf_state *draft, const struct step *steps, size_t n, struct text *left)
{
	size_t mended = 0;

	for (size_t i = 0; i < n; i++) {
		const struct step *step = &steps[i];
		const struct row *is = state_find(draft, step->m, step->id);
		struct diag diag = { 0 };

		if (step->to == NULL && is == NULL &&
		    !refs_none(draft, step->m, step->now, &diag)) {
			struct row *row = row_copy(step->menu, step->now);

			row_position_set(row, row_position(step->now));
			state_put(draft, step->m, row);
			stays(step, "others name it", left);
		} else if (step->from == NULL && is != NULL && has_lost(draft, step->m, is)) {
			state_remove(draft, step->m, step->id);
			stays(step, "it is not brought back: what it names is gone", left);
		} else {
			continue;
		}
		mended++;
	}
	return mended;
}

size_t replay_rows_own(struct conf_state *draft, const struct journal_delta *deltas, size_t n,
                       struct text *left)
{
	struct step *taken = mem_new(n, sizeof *taken);
	size_t ntaken = 0, mended;

	for (size_t i = 0; i < n; i++) {
		struct step step;
		struct diag diag = { 0 };

		if (!step_begin(draft, &deltas[i], true, &step, &diag)) {
			text_printf(left, "%s\n", diag.text);
		} else if (is_as(&step, step.from)) {
			if (step.now != NULL)
				row_hold(step.now);
			if (step_take(&step, &diag)) {
				taken[ntaken++] = step;
				continue;
			}
			if (step.now != NULL)
				row_release(step.now);
			stays(&step, diag.text, left);
		} else if (!is_as(&step, step.to)) {
			stays(&step, "others have changed it since", left);
		}
	}
	mended = mend(draft, taken, ntaken, left);
	for (size_t i = 0; i < ntaken; i++) {
		if (taken[i].now != NULL)
			row_release(taken[i].now);
	}
	mem_free(taken);
	return ntaken - mended;
}
