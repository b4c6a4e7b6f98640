#include "conf/replay.h"

#include <errno.h>
#include <string.h>

#include "conf/commit.h"
#include "conf/diag.h"
#include "conf/trial_inside.h"
#include "lib/mem.h"

/* What is written of @replay: a revision, or, where nothing is left to take back, its end only. */
static struct journal_write *write_new(struct conf *conf, const struct conf_state *loaded,
                                       struct conf_state *draft, struct replay *replay)
{
	const struct journal_origin origin = {
		.at = clock_wall(conf->setup.clock),
		.who = replay->trial.who,
		.door = "start",
		.line = replay_own_line(replay),
	};

	if (!commit_changes(loaded, draft))
		return journal_write_aside(origin.at);
	draft->revision++;
	return journal_write_new(conf->journal, loaded, draft, &origin);
}

static int take_back(struct conf *conf, struct conf_state **loaded, struct replay *replay,
                     struct diag *diag)
{
	struct conf_state *draft = replay_own(*loaded, replay);
	struct journal_write *write = write_new(conf, *loaded, draft, replay);
	int result;

	replay_fill(replay, write);
	journal_write_run(conf->journal, write);
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
	trial_tell(conf, replay);
	return 0;
}

static void tell_damage(struct conf *conf, const struct journal_trial *trial, int error)
{
	if (conf->setup.log == NULL)
		return;
	log_write(conf->setup.log, LOG_ERROR, "system",
	          "what %s had on trial can't be taken back: the history %s", trial->who,
	          error == -EUCLEAN ? "is damaged" : "can't be read");
}

static int trial_load(struct conf *conf, struct conf_state **loaded,
                      const struct journal_trial *trial, struct diag *diag)
{
	struct replay *replay;
	int error;

	if (trial->until.ns > clock_wall(conf->setup.clock).ns) {
		trial_restore(conf, trial);
		return 0;
	}
	replay = replay_new(conf, REPLAY_ROLLBACK, trial);
	replay->journal = conf->journal;
	error = replay_read(replay);
	if (error != 0) {
		tell_damage(conf, trial, error);
		error = 0;
	} else {
		error = take_back(conf, loaded, replay, diag);
	}
	replay_free(replay);
	return error;
}

int replay_load(struct conf *conf, struct conf_state **loaded, struct diag *diag)
{
	struct arena arena = { 0 };
	struct journal_trial *trials;
	size_t n;
	int error = journal_trials(conf->journal, &arena, &trials, &n);

	if (error == -EUCLEAN)
		tell_damage(conf, &(struct journal_trial){ .who = "somebody" }, error);
	else if (error != 0)
		(void)diag_fail(diag, NULL, "%s can't be read: %s", CONF_FILE, strerror(-error));
	/* The newest first: so each finds its rows as it left them. */
	for (size_t i = n; error == 0 && i-- > 0;)
		error = trial_load(conf, loaded, &trials[i], diag);
	arena_free(&arena);
	return error == -EUCLEAN ? 0 : error;
}
