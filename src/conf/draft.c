#include "conf/draft.h"

#include "conf/commit.h"
#include "conf/draft_inside.h"
#include "conf/load.h"
#include "conf/rebase.h"
#include "conf/txn.h"
#include "lib/mem.h"
#include "lib/must.h"

struct conf_draft *conf_draft_new(struct conf *conf)
{
	struct conf_draft *draft = mem_new(1, sizeof *draft);

	draft->conf = conf;
	draft->base = conf_hold(conf);
	draft->work = state_draft(draft->base);
	draft->late_end = &draft->late;
	conf->drafts++;
	return draft;
}

void conf_draft_free(struct conf_draft *draft)
{
	if (draft == NULL)
		return;
	draft->freed = true;
	if (draft->committing)
		return;
	draft_late_drop(draft, &draft->late);
	state_free(draft->work);
	conf_release(draft->conf, draft->base);
	if (--draft->conf->drafts == 0)
		draft->conf->next_id = 0;
	arena_free(&draft->arena);
	mem_free(draft);
}

void draft_answered(struct conf_draft *draft)
{
	draft->committing = false;
	if (draft->freed)
		conf_draft_free(draft);
}

const struct conf_state *conf_draft_state(const struct conf_draft *draft)
{
	return draft->work;
}

/* All that would be found wrong with @trial when it was made, but for what others do meanwhile. */
static bool judge(const struct conf_draft *draft, const struct conf_state *trial, struct diag *diag)
{
	struct prepared prepared = { 0 };
	bool ok = txn_check(draft->work, trial, diag);

	if (!ok)
		return false;
	prepared.touched = mem_new(trial->nmenus, sizeof *prepared.touched);
	txn_touched(draft->work, trial, prepared.touched);
	ok = commit_prepare(draft->conf, trial, &prepared, diag);
	commit_discard(draft->conf, &prepared);
	return ok;
}

static bool apply(struct conf_draft *draft, struct conf_state *trial,
                  struct request *const *requests, size_t n, struct diag *diag)
{
	for (size_t i = 0; i < n; i++) {
		bool all;

		if (!draft_late_note(draft, trial, requests[i], &all, diag))
			return false;
		if (!all && !txn_apply(trial, requests[i], &requests[i]->added, diag))
			return false;
	}
	return judge(draft, trial, diag);
}

static void take_trial(struct conf_draft *draft, struct conf_state *trial)
{
	state_free(draft->work);
	draft->work = trial;
	commit_ids_end(draft->conf, trial);
}

bool conf_draft_change_all(struct conf_draft *draft, struct request *const *requests, size_t n,
                           struct diag *diag)
{
	struct conf_state *trial = state_draft(draft->work);
	struct draft_late **late_end = draft->late_end;

	must(!draft->committing);
	commit_ids_begin(draft->conf, trial);
	if (!apply(draft, trial, requests, n, diag)) {
		draft_late_drop(draft, late_end);
		state_free(trial);
		return false;
	}
	take_trial(draft, trial);
	return true;
}

bool conf_draft_change(struct conf_draft *draft, struct request *request, uint32_t *ret_id,
                       struct diag *diag)
{
	bool ok = conf_draft_change_all(draft, &request, 1, diag);

	*ret_id = ok ? request->added : 0;
	return ok;
}

/* Which of the menus stay as they are. The caller's. */
static bool *kept_menus(const struct conf_state *state, const char *const *keep)
{
	bool *kept = mem_new(state->nmenus, sizeof *kept);

	for (size_t i = 0; keep != NULL && keep[i] != NULL; i++) {
		int m = state_menu(state, keep[i]);

		must(m >= 0);
		kept[m] = true;
	}
	return kept;
}

bool conf_draft_reset(struct conf_draft *draft, const char *const *keep, bool no_defaults,
                      struct diag *diag)
{
	struct conf_state *trial = state_draft(draft->work);
	bool *kept = kept_menus(trial, keep);
	bool ok;

	must(!draft->committing);
	commit_ids_begin(draft->conf, trial);
	draft_late_drop(draft, &draft->late);
	ok = load_fresh(draft->conf, trial, kept, no_defaults, diag) && judge(draft, trial, diag);
	mem_free(kept);
	if (!ok) {
		state_free(trial);
		return false;
	}
	take_trial(draft, trial);
	return true;
}

bool conf_draft_replace(struct conf_draft *draft, struct conf_state *loaded, struct diag *diag)
{
	must(!draft->committing);
	if (loaded->next_id < draft->work->next_id)
		loaded->next_id = draft->work->next_id;
	loaded->revision = draft->work->revision;
	commit_ids_begin(draft->conf, loaded);
	draft_late_drop(draft, &draft->late);
	if (!load_fill(draft->conf, loaded, false, diag) || !judge(draft, loaded, diag)) {
		state_free(loaded);
		return false;
	}
	take_trial(draft, loaded);
	return true;
}

bool conf_draft_changes(const struct conf_draft *draft)
{
	return draft->late != NULL || commit_changes(draft->base, draft->work);
}

struct conf_state *draft_merge(const struct conf_draft *draft, struct diag *diag)
{
	const struct conf_state *current = draft->conf->current;
	struct conf_state *merged;

	if (current == draft->base) {
		merged = state_draft(draft->work);
	} else {
		merged = state_draft(current);
		if (merged->next_id < draft->work->next_id)
			merged->next_id = draft->work->next_id;
		if (!rebase_apply(draft->base, draft->work, merged, diag)) {
			state_free(merged);
			return NULL;
		}
	}
	if (txn_check(current, merged, diag))
		return merged;
	state_free(merged);
	return NULL;
}

bool conf_draft_try(struct conf_draft *draft, struct diag *diag)
{
	struct conf_state *merged = draft_merge(draft, diag);
	struct prepared prepared = { 0 };
	bool ok;

	if (merged == NULL)
		return false;
	ok = commit_prepare(draft->conf, merged, &prepared, diag);
	commit_discard(draft->conf, &prepared);
	state_free(merged);
	return ok;
}

static const char *word_keep(struct arena *arena, const char *word)
{
	return arena_strdup(arena, word != NULL ? word : "");
}

void conf_draft_commit(struct conf_draft *draft, const struct journal_origin *origin,
                       conf_done *done, void *arg)
{
	const struct journal_origin kept = {
		.who = word_keep(&draft->arena, origin->who),
		.door = word_keep(&draft->arena, origin->door),
		.line = word_keep(&draft->arena, origin->line),
		.trial = origin->trial,
		.lacks = origin->lacks,
	};

	must(!draft->committing && !draft->freed);
	draft->committing = true;
	commit_queue_draft(draft->conf, draft, &kept, done, arg);
}
