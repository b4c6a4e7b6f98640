/*
 * trial_inside.h -- what the inside of conf asks of trials.
 */
#ifndef CONF_TRIAL_INSIDE_H
#define CONF_TRIAL_INSIDE_H

#include <stdbool.h>

#include "conf/replay.h"
#include "conf/trial.h"

/* @replay, which was about one, is over. */
void trial_answered(struct conf *conf, struct replay *replay, bool ok);
/* One that the store knows goes on. */
void trial_restore(struct conf *conf, const struct journal_trial *trial);
/* Tell the log and @replay's user what was taken back and what was not. */
void trial_tell(struct conf *conf, const struct replay *replay);
void trials_free(struct trials *trials);

#endif
