#include "conf/revision_diff.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "conf/commit.h"
#include "conf/line.h"
#include "conf/replay_rows.h"
#include "conf/secret.h"
#include "lib/mem.h"

#define REVISIONS_PER_JOB 200

struct revision_diff {
	struct background_job job; /* first: the job is cast back to this */
	struct background *background;
	struct journal *journal;
	const struct menu *const *menus;
	uint64_t from, to;
	struct conf_state *state; /* on its way down; NULL: nothing is read yet */
	struct conf_state *upper; /* as it was at the later one of both */
	struct text lines;
	struct diag diag;
	bool over, orphan;
};

static uint64_t upper_of(const struct revision_diff *diff)
{
	return diff->from > diff->to ? diff->from : diff->to;
}

static uint64_t lower_of(const struct revision_diff *diff)
{
	return diff->from > diff->to ? diff->to : diff->from;
}

static bool read_failed(struct revision_diff *diff, int error)
{
	return diag_fail(&diff->diag, NULL, "failure: the history can't be read: %s",
	                 error == -EUCLEAN ? "it is damaged" : strerror(-error));
}

static bool state_begin(struct revision_diff *diff)
{
	diff->state = state_new(diff->menus);
	return journal_read(diff->journal, diff->state, &diff->diag) == 0;
}

/* One revision back. */
static bool step_back(struct revision_diff *diff)
{
	struct arena arena = { 0 };
	struct journal_delta *deltas;
	size_t n;
	int error = journal_deltas(diff->journal, diff->state->revision, &arena, &deltas, &n);
	bool ok;

	if (error != 0)
		ok = read_failed(diff, error);
	else if (n == 0)
		ok = diag_fail(&diff->diag, NULL,
		               "failure: revision %" PRIu64 " was written by a version that did "
		               "not keep what it takes to go back behind it",
		               diff->state->revision);
	else
		ok = replay_rows_exact(diff->state, deltas, n, true, &diff->diag);
	arena_free(&arena);
	diff->state->revision--;
	return ok;
}

static void lines_make(struct revision_diff *diff)
{
	bool forwards = diff->from <= diff->to;
	const struct conf_state *old = forwards ? diff->state : diff->upper;
	const struct conf_state *new = forwards ? diff->upper : diff->state;
	struct diff changes = { 0 };
	struct text lines = { 0 };

	diff_states(&changes, old, new);
	line_diff(&changes, new, &lines);
	secret_hide(diff->menus, text_str(&lines), &diff->lines);
	text_free(&lines);
	diff_free(&changes);
}

static void go_down(struct revision_diff *diff)
{
	for (unsigned i = 0; i < REVISIONS_PER_JOB; i++) {
		if (diff->upper == NULL && diff->state->revision == upper_of(diff))
			diff->upper = state_draft(diff->state);
		if (diff->state->revision == lower_of(diff)) {
			lines_make(diff);
			diff->over = true;
			return;
		}
		if (!step_back(diff)) {
			diff->over = true;
			return;
		}
	}
}

static void work(struct background_job *job)
{
	struct revision_diff *diff = (struct revision_diff *)job;

	if (diff->state == NULL && !state_begin(diff))
		diff->over = true;
	else
		go_down(diff);
	if (!diff->over)
		return;
	if (diff->state != NULL)
		state_free(diff->state);
	if (diff->upper != NULL)
		state_free(diff->upper);
	diff->state = NULL;
	diff->upper = NULL;
}

static void diff_end(struct revision_diff *diff)
{
	if (diff->state != NULL)
		state_free(diff->state);
	if (diff->upper != NULL)
		state_free(diff->upper);
	text_free(&diff->lines);
	mem_free(diff);
}

/* The next portion goes behind what others have asked for meanwhile. */
static void done(struct background_job *job)
{
	struct revision_diff *diff = (struct revision_diff *)job;

	diff->job.work = NULL;
	if (diff->orphan) {
		diff_end(diff);
	} else if (!diff->over) {
		diff->job = (struct background_job){ .work = work, .done = done };
		background_submit(diff->background, &diff->job);
	}
}

static bool is_there(const struct conf *conf, uint64_t from, uint64_t to, struct diag *diag)
{
	uint64_t newest = conf->current->revision;

	if (conf->journal == NULL)
		return diag_fail(diag, NULL,
		                 "failure: nothing is kept here, so there is no history");
	if (from > newest || to > newest)
		return diag_fail(diag, to > newest ? "to" : "from",
		                 "value of %s out of range (0..%" PRIu64
		                 ")\nthat is the newest revision",
		                 to > newest ? "to" : "from", newest);
	return true;
}

struct revision_diff *revision_diff_new(struct conf *conf, uint64_t from, uint64_t to,
                                        struct diag *diag)
{
	struct revision_diff *diff;

	if (to == 0)
		to = conf->current->revision;
	if (from == UINT64_MAX)
		from = to > 0 ? to - 1 : 0;
	if (!is_there(conf, from, to, diag))
		return NULL;
	diff = mem_new(1, sizeof *diff);
	diff->background = conf->setup.background;
	diff->journal = conf->journal;
	diff->menus = conf->setup.menus;
	diff->from = from;
	diff->to = to;
	diff->job = (struct background_job){ .work = work, .done = done };
	background_submit(diff->background, &diff->job);
	return diff;
}

bool revision_diff_ready(struct revision_diff *diff, struct text *out)
{
	if (diff->job.work != NULL)
		return false;
	if (diff->diag.failed)
		text_printf(out, "%s\n", diff->diag.text);
	else
		text_add(out, text_str(&diff->lines));
	return true;
}

void revision_diff_free(struct revision_diff *diff)
{
	if (diff == NULL)
		return;
	if (diff->job.work != NULL)
		diff->orphan = true;
	else
		diff_end(diff);
}
