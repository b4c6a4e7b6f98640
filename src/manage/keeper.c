#include "manage/keeper.h"

#include <errno.h>
#include <string.h>

#include "conf/conf.h"
#include "conf/readable.h"
#include "conf/spare.h"
#include "conf/state.h"
#include "conf/store_words.h"

static uint64_t revision_now(struct conf *conf)
{
	const struct conf_state *state = conf_hold(conf);
	uint64_t revision = state->revision;

	conf_release(conf, state);
	return revision;
}

void keeper_start(struct keeper *keeper, struct conf *conf, struct log *log, uint64_t text,
                  uint64_t spare)
{
	*keeper = (struct keeper){
		.conf = conf,
		.log = log,
		.text = { .revision = text, .due = mono_never() },
		.spare = { .revision = spare, .due = mono_never() },
	};
}

static void written(struct keeper *keeper, struct keeper_file *file, const char *name, int error,
                    uint64_t revision)
{
	keeper->busy = false;
	if (error == 0) {
		file->revision = revision;
		file->since = keeper->now;
		file->told = false;
		return;
	}
	file->due = mono_add_s(keeper->now, KEEPER_RETRY_S);
	if (file->told)
		return;
	file->told = true;
	if (error == -EUCLEAN)
		log_write(keeper->log, LOG_CRITICAL, "system",
		          CONF_FILE " is damaged; the router goes on with what it has read, %s "
		                    "is kept: see to the disk, then start towpathd again",
		          name);
	else
		log_write(keeper->log, LOG_ERROR, "system", "%s can't be written (%s); %s", name,
		          strerror(-error), store_words_advice(error));
}

static void text_written(void *arg, int error, uint64_t revision)
{
	struct keeper *keeper = arg;

	written(keeper, &keeper->text, READABLE_FILE, error, revision);
}

static void spare_written(void *arg, int error, uint64_t revision)
{
	struct keeper *keeper = arg;

	written(keeper, &keeper->spare, SPARE_FILE, error, revision);
}

static void text_write(struct keeper *keeper)
{
	keeper->text.due = mono_never();
	keeper->busy = true;
	readable_write(keeper->conf, text_written, keeper);
}

static void spare_write(struct keeper *keeper)
{
	keeper->spare.due = mono_never();
	keeper->busy = true;
	spare_make(keeper->conf, spare_written, keeper);
}

/* A file that is behind becomes due: after the first change, and not too often. */
static void look(const struct keeper *keeper, struct keeper_file *file, uint64_t revision,
                 uint64_t every_s)
{
	mono earliest = mono_add_s(keeper->now, KEEPER_TEXT_S);

	if (file->revision == revision || file->due.ns != mono_never().ns)
		return;
	file->due = earliest;
	if (file->since.ns != 0 && mono_before(earliest, mono_add_s(file->since, every_s)))
		file->due = mono_add_s(file->since, every_s);
}

void keeper_turn(struct keeper *keeper, mono now)
{
	uint64_t revision;

	keeper->now = now;
	if (keeper->conf == NULL || keeper->busy)
		return;
	revision = revision_now(keeper->conf);
	look(keeper, &keeper->text, revision, KEEPER_TEXT_S);
	look(keeper, &keeper->spare, revision, KEEPER_SPARE_S);
	if (mono_due(keeper->text.due, now))
		text_write(keeper);
	else if (mono_due(keeper->spare.due, now))
		spare_write(keeper);
}

mono keeper_next(const struct keeper *keeper)
{
	if (keeper->conf == NULL || keeper->busy)
		return mono_never();
	return mono_min(keeper->text.due, keeper->spare.due);
}

void keeper_stop(struct keeper *keeper)
{
	uint64_t revision;

	if (keeper->conf == NULL)
		return;
	revision = revision_now(keeper->conf);
	if (keeper->text.revision != revision)
		text_write(keeper);
	if (keeper->spare.revision != revision)
		spare_write(keeper);
	keeper->conf = NULL;
}
