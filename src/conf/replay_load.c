#include "conf/replay.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "conf/commit.h"
#include "conf/diag.h"
#include "conf/trial_inside.h"

/* The trials that have ended, and all that was on them as if it were one. */
struct ended {
	struct conf *conf;
	struct replay **each;
	uint32_t *ids;
	size_t n;
	struct replay *all;
};

/* What is written: a revision, or, where nothing is left to take back, the end of the trials. */
static struct journal_write *write_new(const struct ended *ended, const struct conf_state *loaded,
                                       struct conf_state *draft)
{
	const struct journal_origin origin = {
		.at = clock_wall(ended->conf->setup.clock),
		.who = ended->n == 1 ? ended->all->trial.who : "system",
		.door = "start",
		.line = replay_own_line(ended->all),
	};

	if (!commit_changes(loaded, draft))
		return journal_write_aside(origin.at);
	draft->revision++;
	return journal_write_new(ended->conf->journal, loaded, draft, &origin);
}

/* Each user is told of their own. */
static void tell_each(const struct ended *ended)
{
	for (size_t i = 0; i < ended->n; i++) {
		struct replay *mine = ended->each[i];

		for (size_t k = 0; k < ended->all->nsteps; k++) {
			if (ended->all->steps[k].mark.trial == mine->trial.id)
				mine->nmade += ended->all->steps[k].made;
		}
		text_add(&mine->left, text_str(&ended->all->left));
		trial_tell(ended->conf, mine);
	}
}

static int take_back(const struct ended *ended, struct conf_state **loaded, struct diag *diag)
{
	struct conf_state *draft = replay_own(*loaded, ended->all);
	struct journal_write *write = write_new(ended, *loaded, draft);
	int result;

	write->mark.kind = JOURNAL_ROLLBACK;
	write->settled = ended->ids;
	write->nsettled = ended->n;
	journal_write_run(ended->conf->journal, write);
	result = write->result;
	journal_write_free(write);
	if (result != 0) {
		state_free(draft);
		(void)diag_fail(diag, NULL,
		                "%s could not be written (%s), to take back what was on trial; is "
		                "the disk full or read-only?",
		                CONF_FILE, strerror(-result));
		return result;
	}
	state_free(*loaded);
	*loaded = draft;
	tell_each(ended);
	return 0;
}

static void tell_damage(struct conf *conf, const char *who, int error)
{
	if (conf->setup.log == NULL)
		return;
	log_write(conf->setup.log, LOG_ERROR, "system",
	          "what %s had on trial can't be taken back: the history %s", who,
	          error == -EUCLEAN ? "is damaged" : "can't be read");
}

static void ended_add(struct ended *ended, const struct journal_trial *trial)
{
	struct replay *replay;
	int error;

	if (trial->until.ns > clock_wall(ended->conf->setup.clock).ns) {
		trial_restore(ended->conf, trial);
		return;
	}
	replay = replay_new(ended->conf, REPLAY_ROLLBACK, trial);
	replay->journal = ended->conf->journal;
	error = replay_read(replay);
	if (error != 0) {
		tell_damage(ended->conf, trial->who, error);
		replay_free(replay);
		return;
	}
	ended->ids[ended->n] = trial->id;
	ended->each[ended->n++] = replay;
}

static int step_order(const void *a, const void *b)
{
	const struct replay_step *left = a, *right = b;

	return left->mark.revision > right->mark.revision ? -1 : 1;
}

/* The newest first, whoever's it is: so each revision finds its rows as it left them. */
static void ended_join(struct ended *ended)
{
	struct replay *all = replay_new(ended->conf, REPLAY_ROLLBACK, &ended->each[0]->trial);
	size_t n = 0;

	for (size_t i = 0; i < ended->n; i++)
		n += ended->each[i]->nsteps;
	all->steps = arena_new(&all->arena, n, sizeof *all->steps);
	for (size_t i = 0; i < ended->n; i++) {
		for (size_t k = 0; k < ended->each[i]->nsteps; k++)
			all->steps[all->nsteps++] = ended->each[i]->steps[k];
	}
	if (n > 1)
		qsort(all->steps, n, sizeof *all->steps, step_order);
	ended->all = all;
}

static int ended_take_back(struct ended *ended, struct conf_state **loaded, struct diag *diag)
{
	int error = 0;

	if (ended->n > 0) {
		ended_join(ended);
		error = take_back(ended, loaded, diag);
		replay_free(ended->all);
	}
	for (size_t i = 0; i < ended->n; i++)
		replay_free(ended->each[i]);
	return error;
}

int replay_load(struct conf *conf, struct conf_state **loaded, struct diag *diag)
{
	struct ended ended = { .conf = conf };
	struct arena arena = { 0 };
	struct journal_trial *trials;
	size_t n;
	int error = journal_trials(conf->journal, &arena, &trials, &n);

	if (error == -EUCLEAN) {
		tell_damage(conf, "somebody", error);
		error = 0;
	} else if (error != 0) {
		(void)diag_fail(diag, NULL, "%s can't be read: %s", CONF_FILE, strerror(-error));
	} else {
		ended.each = arena_new(&arena, n, sizeof *ended.each);
		ended.ids = arena_new(&arena, n, sizeof *ended.ids);
		for (size_t i = 0; i < n; i++)
			ended_add(&ended, &trials[i]);
		error = ended_take_back(&ended, loaded, diag);
	}
	arena_free(&arena);
	return error;
}
