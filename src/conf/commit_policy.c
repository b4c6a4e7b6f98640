/*
 * May whoever asks change this? Commands were judged before they got here (lang/permission.h); here
 * it is what they lead to: an undo may reach users, a script may be given what its author lacks.
 */
#include "conf/commit.h"
#include "conf/policy.h"

static bool lacks(uint32_t needed, uint32_t lacking, const char *path, struct diag *diag)
{
	for (unsigned i = 0; i < POLICY_N; i++)
		if ((needed & lacking & 1U << i) != 0)
			return diag_fail(diag, NULL,
			                 "not enough permissions (9)\n%s: to change it needs the "
			                 "policy %s",
			                 path, policy_words[i]);
	return true;
}

static bool row_allowed(const struct menu *menu, const struct row *row, uint32_t lacking,
                        struct diag *diag)
{
	return row == NULL || lacks(menu->row_needs(row), lacking, menu->path, diag);
}

/* What a row needs that is added, changed or removed: as it was, and as it is to be. */
static bool rows_allowed(const struct conf *conf, size_t m, uint32_t lacking, struct diag *diag)
{
	const struct conf_state *draft = conf->commit.draft;
	const struct menu *menu = draft->menus[m];
	struct rows was = state_rows(conf->current, m), is = state_rows(draft, m);
	bool ok = true;

	for (size_t i = 0; i < is.n && ok; i++) {
		const struct row *old = state_find(conf->current, m, is.at[i]->id);

		if (old != is.at[i])
			ok = row_allowed(menu, old, lacking, diag) &&
			     row_allowed(menu, is.at[i], lacking, diag);
	}
	for (size_t i = 0; i < was.n && ok; i++)
		if (state_find(draft, m, was.at[i]->id) == NULL)
			ok = row_allowed(menu, was.at[i], lacking, diag);
	return ok;
}

bool commit_allowed(const struct conf *conf, struct diag *diag)
{
	const struct conf_state *draft = conf->commit.draft;
	uint32_t lacking = conf->commit.pending->origin.lacks;
	bool ok = true;

	for (size_t m = 0; draft != NULL && lacking != 0 && m < draft->nmenus && ok; m++) {
		const struct menu *menu = draft->menus[m];

		if (state_shares(conf->current, draft, m))
			continue;
		ok = lacks(menu->policy, lacking, menu->path, diag) &&
		     (menu->row_needs == NULL || rows_allowed(conf, m, lacking, diag));
	}
	return ok;
}
