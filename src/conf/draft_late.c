/* What a draft does besides changing what is stored. */
#include "conf/commit.h"
#include "conf/diag.h"
#include "conf/draft_inside.h"
#include "conf/forget.h"
#include "conf/row.h"
#include "conf/txn.h"

static struct draft_late *append(struct conf_draft *draft, const struct menu *menu)
{
	struct draft_late *late = arena_new(&draft->arena, 1, sizeof *late);

	late->menu = menu;
	*draft->late_end = late;
	draft->late_end = &late->next;
	return late;
}

/* A row with an F_PASSING field, typed and checked as if it were stored. */
static bool note_passing(struct conf_draft *draft, struct conf_state *trial,
                         struct request *request, const struct field *passing, struct diag *diag)
{
	struct conf_state *scratch;
	uint32_t id;
	bool ok;

	if (request->verb != VERB_ADD)
		return diag_fail(diag, passing->name,
		                 "invalid value for argument %s: what is stored can't get one; "
		                 "remove it and add it with %s=",
		                 passing->name, passing->name);
	scratch = state_draft(trial);
	ok = txn_apply(scratch, request, &id, diag) && txn_check(trial, scratch, diag);
	if (ok) {
		const struct row *row = conf_state_row(scratch, request->menu->path, id);

		append(draft, request->menu)->row = row_copy(request->menu, row);
	}
	state_free(scratch);
	request->added = 0;
	return ok;
}

static bool seen(struct row_sink *sink, const struct row *row)
{
	return false;
}

static bool note_ends(struct conf_draft *draft, struct conf_state *trial, struct request *request,
                      bool *ret_all, struct diag *diag)
{
	uint32_t *ids = arena_new(&draft->arena, request->nids, sizeof *ids);
	size_t n = forget_take(trial, request, ids);
	struct draft_late *late;

	for (size_t i = 0; i < n; i++) {
		struct row_sink sink = { seen };

		if (!conf_row_show(draft->conf, trial, request->menu, ids[i], &sink))
			return diag_fail(diag, NULL, "no such item: *%X is not in %s (any more)",
			                 ids[i], request->menu->path);
	}
	if (n == 0)
		return true;
	late = append(draft, request->menu);
	late->ids = ids;
	late->n = n;
	*ret_all = request->nids == 0;
	return true;
}

bool draft_late_note(struct conf_draft *draft, struct conf_state *trial, struct request *request,
                     bool *ret_all, struct diag *diag)
{
	const struct field *passing = commit_passing_field(request);

	*ret_all = passing != NULL;
	if (passing != NULL)
		return note_passing(draft, trial, request, passing, diag);
	return !forget_is_asked(request) || note_ends(draft, trial, request, ret_all, diag);
}

bool draft_late_make(const struct conf_draft *draft, struct diag *diag)
{
	struct router *router = conf_router(draft->conf);
	uint32_t id;

	for (const struct draft_late *late = draft->late; late != NULL; late = late->next) {
		if (late->row != NULL && !late->menu->take(router, late->row, &id, diag))
			return false;
		if (late->row == NULL)
			forget_ids(draft->conf, late->menu, late->ids, late->n);
	}
	return true;
}

void draft_late_drop(struct conf_draft *draft, struct draft_late **from)
{
	for (struct draft_late *late = *from; late != NULL; late = late->next) {
		if (late->row != NULL)
			row_release(late->row);
	}
	*from = NULL;
	draft->late_end = from;
}
