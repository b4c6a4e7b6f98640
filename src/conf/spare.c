#include "conf/spare.h"

#include <errno.h>

#include "conf/commit.h"
#include "lib/mem.h"

#define PIECE_BYTES 65536u
#define UNDER_WAY   SPARE_FILE ".new"

struct spare_job {
	struct background_job job; /* first: the job is cast back to this */
	struct store *store;
	struct journal *journal;
	spare_done *done;
	void *arg;
	int error;
	uint64_t revision;
};

static int copy_pieces(struct store *store, struct store_file *from, struct store_file *to)
{
	uint8_t *piece = mem_new(PIECE_BYTES, 1);
	uint64_t at = 0;
	int error = store->truncate(to, 0);

	while (error == 0) {
		int64_t got = store->pread(from, piece, PIECE_BYTES, at);

		if (got < 0)
			error = (int)got;
		if (got <= 0)
			break;
		error = store->pwrite(to, piece, (size_t)got, at);
		at += (uint64_t)got;
	}
	mem_free(piece);
	return error != 0 ? error : store->sync(to);
}

int spare_copy(struct store *store, const char *from, const char *to)
{
	struct store_file *source, *target;
	int error = store->open(store, from, false, &source);

	if (error != 0)
		return error;
	error = store->open(store, to, true, &target);
	if (error == 0) {
		error = copy_pieces(store, source, target);
		store->close(target);
	}
	store->close(source);
	return error;
}

int spare_check(struct store *store, uint64_t *ret_revision)
{
	return journal_verify(store, SPARE_FILE, JOURNAL_WHOLE, ret_revision);
}

/* The log is folded first, so that the one file is all there is. */
static int make(const struct spare_job *job, uint64_t *ret_revision)
{
	struct store *store = job->store;
	int error = journal_settle(job->journal);

	if (error == 0)
		error = spare_copy(store, CONF_FILE, UNDER_WAY);
	if (error == 0)
		error = journal_verify(store, UNDER_WAY, JOURNAL_WHOLE, ret_revision);
	if (error == 0)
		error = store->rename(store, UNDER_WAY, SPARE_FILE);
	if (error == 0)
		error = store->sync_names(store);
	return error;
}

static void make_work(struct background_job *base)
{
	struct spare_job *job = (struct spare_job *)base;

	job->error = make(job, &job->revision);
}

static void make_done(struct background_job *base)
{
	struct spare_job *job = (struct spare_job *)base;

	job->done(job->arg, job->error, job->revision);
	mem_free(job);
}

void spare_make(struct conf *conf, spare_done *done, void *arg)
{
	struct spare_job *job = mem_new(1, sizeof *job);

	must(conf->journal != NULL);
	*job = (struct spare_job){
		.job = { .work = make_work, .done = make_done },
		.store = conf->setup.store,
		.journal = conf->journal,
		.done = done,
		.arg = arg,
	};
	background_submit(conf->setup.background, &job->job);
}
