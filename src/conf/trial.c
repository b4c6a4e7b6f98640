#include "conf/trial.h"

#include <stdio.h>
#include <string.h>

#include "conf/commit.h"
#include "conf/diag.h"
#include "conf/trial_inside.h"
#include "lib/mem.h"

#define RETRY_S 5

static struct trial **place_of(struct trials *trials, uint32_t id)
{
	struct trial **at = &trials->first;

	while (*at != NULL && (*at)->id < id)
		at = &(*at)->next;
	return at;
}

static struct trial *find(struct trials *trials, uint32_t id)
{
	struct trial *trial = *place_of(trials, id);

	return trial != NULL && trial->id == id ? trial : NULL;
}

static struct trial *add(struct conf *conf, uint32_t id, const char *who, const char *door)
{
	struct trial *trial = mem_new(1, sizeof *trial);
	struct trial **at = place_of(&conf->trials, id);

	trial->id = id;
	snprintf(trial->who, sizeof trial->who, "%s", who);
	snprintf(trial->door, sizeof trial->door, "%s", door);
	trial->since = clock_wall(conf->setup.clock);
	trial->due = mono_never();
	trial->next = *at;
	*at = trial;
	if (conf->trials.last_id < id)
		conf->trials.last_id = id;
	return trial;
}

static void drop(struct conf *conf, uint32_t id)
{
	struct trial **at = place_of(&conf->trials, id), *trial = *at;

	if (trial == NULL || trial->id != id)
		return;
	*at = trial->next;
	mem_free(trial);
}

void trials_free(struct trials *trials)
{
	while (trials->first != NULL) {
		struct trial *next = trials->first->next;

		mem_free(trials->first);
		trials->first = next;
	}
	while (trials->notices != NULL) {
		struct trial_notice *next = trials->notices->next;

		mem_free(trials->notices->text);
		mem_free(trials->notices);
		trials->notices = next;
	}
}

uint32_t trial_take(struct conf *conf, const char *who, const char *door, struct diag *diag)
{
	if (conf->journal == NULL) {
		(void)diag_fail(diag, NULL,
		                "failure: nothing is kept here, so nothing could be taken back");
		return 0;
	}
	return add(conf, conf->trials.last_id + 1, who, door)->id;
}

static struct journal_trial stored(const struct trial *trial)
{
	return (struct journal_trial){ .id = trial->id,
		                       .who = trial->who,
		                       .door = trial->door,
		                       .since = trial->since,
		                       .until = trial->until };
}

void trial_begin(struct conf *conf, uint64_t ms, const struct journal_origin *origin,
                 uint32_t *ret_id, conf_done *done, void *arg)
{
	struct trial *trial = add(conf, conf->trials.last_id + 1, origin->who, origin->door);

	trial->until.ns = trial->since.ns + (int64_t)(ms * NS_PER_MS);
	trial->due = mono_add_ms(clock_mono(conf->setup.clock), ms);

	*ret_id = trial->id;

	struct journal_trial kept = stored(trial);

	replay_submit(replay_new(conf, REPLAY_BEGIN, &kept), origin, done, arg);
}

void trial_restore(struct conf *conf, const struct journal_trial *from)
{
	struct trial *trial = add(conf, from->id, from->who, from->door);
	int64_t left = from->until.ns - trial->since.ns;

	/* A clock that starts in 1970 must not make five minutes of it that last for years. */
	if (left > from->until.ns - from->since.ns)
		left = from->until.ns - from->since.ns;
	trial->since = from->since;
	trial->until = from->until;
	trial->due = mono_add_ns(clock_mono(conf->setup.clock), (uint64_t)left);
}

static void end(struct conf *conf, uint32_t id, enum replay_what what, struct text *notice,
                conf_done *done, void *arg)
{
	struct replay *replay;
	struct trial *trial = find(&conf->trials, id);
	struct journal_trial kept = { .id = id, .who = "", .door = "" };
	struct journal_origin origin = { 0 };

	if (trial != NULL) {
		kept = stored(trial);
		trial->ends = what == REPLAY_ROLLBACK;
		origin.who = trial->who;
		origin.door = trial->until.ns == 0 ? "safe-mode" : "commit-confirm";
	}
	replay = replay_new(conf, what, &kept);
	replay->notice = notice;
	replay_submit(replay, &origin, done, arg);
}

void trial_keep(struct conf *conf, uint32_t id, conf_done *done, void *arg)
{
	end(conf, id, REPLAY_KEEP, NULL, done, arg);
}

void trial_unroll(struct conf *conf, uint32_t id, struct text *notice, conf_done *done, void *arg)
{
	end(conf, id, REPLAY_ROLLBACK, notice, done, arg);
}

void trial_lost(struct conf *conf, uint32_t id)
{
	struct trial *trial = find(&conf->trials, id);

	if (trial == NULL || trial->ends || trial->until.ns != 0)
		return;
	trial->due = clock_mono(conf->setup.clock);
	end(conf, id, REPLAY_ROLLBACK, NULL, NULL, NULL);
}

const struct trial *trial_find(const struct conf *conf, uint32_t id)
{
	const struct trial *trial = conf->trials.first;

	while (trial != NULL && trial->id != id)
		trial = trial->next;
	return trial;
}

const struct trial *trial_first(const struct conf *conf)
{
	return conf->trials.first;
}

/* One that is being taken back, too: what was queued before that is still caught by it. */
bool trial_is_live(const struct trials *trials, uint32_t id)
{
	const struct trial *trial = trials->first;

	while (trial != NULL && trial->id != id)
		trial = trial->next;
	return trial != NULL;
}

static struct trial *due_one(struct conf *conf, mono now)
{
	for (struct trial *trial = conf->trials.first; trial != NULL; trial = trial->next) {
		if (!trial->ends && mono_due(trial->due, now))
			return trial;
	}
	return NULL;
}

void trial_turn(struct conf *conf, mono now)
{
	struct trial *trial;

	while ((trial = due_one(conf, now)) != NULL)
		end(conf, trial->id, REPLAY_ROLLBACK, NULL, NULL, NULL);
}

mono trial_due(const struct conf *conf)
{
	mono due = mono_never();

	for (const struct trial *trial = conf->trials.first; trial != NULL; trial = trial->next) {
		if (!trial->ends)
			due = mono_min(due, trial->due);
	}
	return due;
}

static void notice_add(struct trials *trials, const char *who, const char *text)
{
	struct trial_notice **at = &trials->notices;
	struct trial_notice *notice = mem_new(1, sizeof *notice);

	while (*at != NULL)
		at = &(*at)->next;
	snprintf(notice->who, sizeof notice->who, "%s", who);
	notice->text = mem_strdup(text);
	*at = notice;
}

void trial_notices(struct conf *conf, const char *who, struct text *out)
{
	struct trial_notice **at = &conf->trials.notices;

	while (*at != NULL) {
		struct trial_notice *notice = *at;

		if (strcmp(notice->who, who) != 0) {
			at = &notice->next;
			continue;
		}
		text_add(out, notice->text);
		*at = notice->next;
		mem_free(notice->text);
		mem_free(notice);
	}
}

static void log_lines(struct log *log, const char *text)
{
	while (log != NULL && *text != '\0') {
		size_t len = strcspn(text, "\n");

		log_write(log, LOG_WARNING, "system", "%.*s", (int)len, text);
		text += len + (text[len] == '\n');
	}
}

void trial_tell(struct conf *conf, const struct replay *replay)
{
	const struct journal_trial *trial = &replay->trial;
	bool safe = trial->until.ns == 0;
	struct text text = { 0 };

	if (replay->nsteps == 0)
		return;
	text_printf(&text, "%s of %s (%s) %s: %zu items of %zu changes taken back\n",
	            safe ? "safe mode" : "commit-confirm", trial->who, trial->door,
	            replay->notice != NULL ? "was unrolled"
	            : safe                 ? "ended without release"
	                                   : "was not confirmed",
	            replay->nmade, replay->nsteps);
	for (const char *at = text_str(&replay->left); *at != '\0';) {
		size_t len = strcspn(at, "\n");

		text_printf(&text, "not taken back: %.*s\n", (int)len, at);
		at += len + (at[len] == '\n');
	}
	log_lines(conf->setup.log, text_str(&text));
	if (replay->notice != NULL)
		text_add(replay->notice, text_str(&text));
	else
		notice_add(&conf->trials, trial->who, text_str(&text));
	text_free(&text);
}

static void rollback_failed(struct conf *conf, uint32_t id)
{
	struct trial *trial = find(&conf->trials, id);
	mono now = clock_mono(conf->setup.clock);

	if (trial == NULL)
		return;
	trial->ends = false;
	if (!mono_due(trial->due, now))
		return; /* its login goes on */
	trial->due = mono_add_s(now, RETRY_S);
	if (conf->setup.log != NULL)
		log_write(conf->setup.log, LOG_ERROR, "system",
		          "what %s had on trial could not be taken back; it is tried again",
		          trial->who);
}

void trial_answered(struct conf *conf, struct replay *replay, bool ok)
{
	uint32_t id = replay->trial.id;

	switch (replay->what) {
	case REPLAY_ROLLBACK:
		if (ok) {
			trial_tell(conf, replay);
			drop(conf, id);
		} else {
			rollback_failed(conf, id);
		}
		break;
	case REPLAY_KEEP:
		if (ok)
			drop(conf, id);
		break;
	case REPLAY_BEGIN:
		if (!ok)
			drop(conf, id);
		break;
	default:
		break;
	}
}
