#include "conf/replay.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "conf/commit.h"
#include "conf/replay_rows.h"
#include "conf/revision.h"
#include "conf/state.h"
#include "conf/store_words.h"
#include "conf/trial_inside.h"
#include "conf/txn.h"
#include "lib/mem.h"

#define TOLD_MOST 16 /* revisions that a person is told of by what they were */

struct replay *replay_new(struct conf *conf, enum replay_what what,
                          const struct journal_trial *trial)
{
	struct replay *replay = mem_new(1, sizeof *replay);

	replay->conf = conf;
	replay->what = what;
	replay->count = 1;
	if (trial == NULL)
		return replay;
	replay->trial = *trial;
	replay->trial.who = arena_strdup(&replay->arena, trial->who);
	replay->trial.door = arena_strdup(&replay->arena, trial->door);
	return replay;
}

void replay_free(struct replay *replay)
{
	text_free(&replay->left);
	arena_free(&replay->arena);
	mem_free(replay);
}

void replay_submit(struct replay *replay, const struct journal_origin *origin, conf_done *done,
                   void *arg)
{
	struct pending *pending = mem_new(1, sizeof *pending);
	struct arena *arena = &replay->arena;

	pending->replay = replay;
	pending->origin = *origin;
	pending->origin.who = arena_strdup(arena, origin->who != NULL ? origin->who : "");
	pending->origin.door = arena_strdup(arena, origin->door != NULL ? origin->door : "");
	pending->origin.line = arena_strdup(arena, origin->line != NULL ? origin->line : "");
	commit_enqueue(replay->conf, pending, done, arg);
}

static enum journal_state state_wanted(const struct replay *replay)
{
	return replay->what == REPLAY_REDO ? JOURNAL_REDOABLE : JOURNAL_UNDOABLE;
}

/* The revisions that are meant, in the order in which they are taken. */
static int marks_read(struct replay *replay, struct journal_mark **ret_marks, size_t *ret_n)
{
	if (replay->what == REPLAY_ROLLBACK)
		return journal_floating(replay->journal, replay->trial.id, &replay->arena,
		                        ret_marks, ret_n);
	return journal_marks(replay->journal, state_wanted(replay), replay->until,
	                     replay->until != 0 ? SIZE_MAX : replay->count, &replay->arena,
	                     ret_marks, ret_n);
}

static int told_read(struct replay *replay, const struct journal_mark *marks, size_t n)
{
	int error = 0;

	n = n < TOLD_MOST ? n : TOLD_MOST;
	replay->entries = arena_new(&replay->arena, n, sizeof *replay->entries);
	for (size_t i = 0; error == 0 && i < n; i++) {
		struct journal_entry *entry;
		size_t found;

		error = journal_entries(replay->journal, marks[i].revision, 1, &replay->arena,
		                        &entry, &found);
		if (error == 0 && found == 1)
			replay->entries[replay->nentries++] = *entry;
	}
	return error;
}

int replay_read(struct replay *replay)
{
	struct journal_mark *marks;
	size_t n;
	int error = marks_read(replay, &marks, &n);

	if (error != 0)
		return error;
	replay->steps = arena_new(&replay->arena, n, sizeof *replay->steps);
	for (size_t i = 0; error == 0 && i < n; i++) {
		struct replay_step *step = &replay->steps[replay->nsteps++];

		step->mark = marks[i];
		error = journal_deltas(replay->journal, marks[i].revision, &replay->arena,
		                       &step->deltas, &step->ndeltas);
	}
	return error == 0 && replay->what != REPLAY_ROLLBACK ? told_read(replay, marks, n) : error;
}

static void read_work(struct background_job *job)
{
	struct replay *replay = (struct replay *)job;

	replay->error = replay_read(replay);
}

static bool read_failed(int error, struct diag *diag)
{
	if (error == -EUCLEAN)
		return diag_fail(diag, NULL,
		                 "failure: the history is damaged there, so nothing was changed");
	return diag_fail(diag, NULL, "failure: the history can't be read (%s); %s",
	                 strerror(-error), store_words_advice(error));
}

static bool steps_found(const struct replay *replay, struct diag *diag)
{
	const char *word = replay->what == REPLAY_REDO ? "redo" : "undo";
	size_t n = replay->nsteps;

	if (n > 0 && (replay->until == 0 || replay->steps[n - 1].mark.revision == replay->until))
		return true;
	if (replay->until == 0)
		return diag_fail(diag, NULL, "failure: nothing to %s", word);
	return diag_fail(diag, "revision",
	                 "failure: there is nothing to %s in revision %" PRIu64
	                 "\n/system/history/print shows with %s what can be",
	                 word, replay->until, replay->what == REPLAY_REDO ? "R" : "U");
}

static struct conf_state *exact_draft(struct conf *conf, const struct replay *replay,
                                      struct diag *diag)
{
	struct conf_state *draft = state_draft(conf->current);
	bool back = replay->what == REPLAY_UNDO, ok = true;

	for (size_t i = 0; ok && i < replay->nsteps; i++)
		ok = replay_rows_exact(draft, replay->steps[i].deltas, replay->steps[i].ndeltas,
		                       back, diag);
	if (ok && txn_check(conf->current, draft, diag))
		return draft;
	state_free(draft);
	return NULL;
}

static bool make_draft(struct conf *conf, struct replay *replay)
{
	struct commit *commit = &conf->commit;

	if (replay->error != 0)
		return read_failed(replay->error, &commit->diag);
	if (replay->what != REPLAY_ROLLBACK) {
		if (steps_found(replay, &commit->diag))
			commit->draft = exact_draft(conf, replay, &commit->diag);
		return commit->draft != NULL;
	}
	commit->draft = replay_own(conf->current, replay);
	commit->pending->origin.line = replay_own_line(replay);
	return true;
}

static void read_done(struct background_job *job)
{
	struct replay *replay = (struct replay *)job;
	struct conf *conf = replay->conf;

	if (make_draft(conf, replay))
		commit_go_on(conf);
	else
		commit_answer(conf, false);
	conf_pump(conf);
}

void replay_start(struct conf *conf, struct replay *replay)
{
	bool about_trial = replay->what != REPLAY_UNDO && replay->what != REPLAY_REDO;

	replay->journal = conf->journal;
	if (conf->journal == NULL) {
		(void)diag_fail(&conf->commit.diag, NULL,
		                "failure: nothing is kept here, so there is no history");
		commit_answer(conf, false);
	} else if (about_trial && trial_find(conf, replay->trial.id) == NULL) {
		(void)diag_fail(&conf->commit.diag, NULL, "no such item\nit is over already");
		commit_answer(conf, false);
	} else if (replay->what == REPLAY_KEEP || replay->what == REPLAY_BEGIN) {
		conf->commit.id = replay->trial.id;
		commit_go_on(conf);
	} else {
		replay->job = (struct background_job){ .work = read_work, .done = read_done };
		background_submit(conf->setup.background, &replay->job);
	}
}

static void fill_marks(const struct replay *replay, struct journal_write *write)
{
	bool undo = replay->what == REPLAY_UNDO;
	uint64_t of = 0;

	write->marks = arena_new(&write->arena, replay->nsteps, sizeof *write->marks);
	for (size_t i = 0; i < replay->nsteps; i++) {
		struct journal_mark mark = replay->steps[i].mark;

		mark.state = undo ? JOURNAL_REDOABLE : JOURNAL_UNDOABLE;
		write->marks[write->nmarks++] = mark;
		if (of == 0 || mark.revision < of)
			of = mark.revision;
	}
	write->mark.kind = undo ? JOURNAL_UNDO : JOURNAL_REDO;
	write->mark.state = JOURNAL_SETTLED;
	write->mark.of = of;
}

static void settle(const struct replay *replay, struct journal_write *write)
{
	write->settled = &replay->trial.id;
	write->nsettled = 1;
}

void replay_fill(const struct replay *replay, struct journal_write *write)
{
	switch (replay->what) {
	case REPLAY_UNDO:
	case REPLAY_REDO:
		fill_marks(replay, write);
		break;
	case REPLAY_BEGIN:
		write->trial = replay->trial;
		break;
	case REPLAY_ROLLBACK:
		write->mark.kind = JOURNAL_ROLLBACK;
		settle(replay, write);
		break;
	case REPLAY_KEEP:
		settle(replay, write);
		break;
	}
}

static void tell_steps(const struct replay *replay)
{
	for (size_t i = 0; replay->notice != NULL && i < replay->nentries; i++) {
		const struct journal_entry *entry = &replay->entries[i];

		text_printf(replay->notice, "%s: revision %" PRIu64 ", ",
		            replay->what == REPLAY_UNDO ? "undone" : "redone",
		            entry->mark.revision);
		revision_action(entry, replay->notice);
		text_printf(replay->notice, " by %s\n", entry->origin.who);
	}
	if (replay->notice != NULL && replay->nsteps > replay->nentries)
		text_printf(replay->notice, "and %zu more\n", replay->nsteps - replay->nentries);
}

void replay_answered(struct conf *conf, struct replay *replay, bool ok)
{
	if (replay->what == REPLAY_UNDO || replay->what == REPLAY_REDO) {
		if (ok)
			tell_steps(replay);
	} else {
		trial_answered(conf, replay, ok);
	}
	replay_free(replay);
}
