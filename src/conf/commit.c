#include "conf/commit.h"

#include <string.h>

#include "conf/diff.h"
#include "conf/draft_inside.h"
#include "conf/forget.h"
#include "conf/replay.h"
#include "conf/store_words.h"
#include "conf/txn.h"
#include "lib/mem.h"
#include "lib/must.h"

void commit_ids_begin(const struct conf *conf, struct conf_state *draft)
{
	if (draft->next_id < conf->next_id)
		draft->next_id = conf->next_id;
}

void commit_ids_end(struct conf *conf, const struct conf_state *draft)
{
	if (conf->drafts > 0 && conf->next_id < draft->next_id)
		conf->next_id = draft->next_id;
}

/* The change is over: free what it had, then tell whoever asked. */
void commit_answer(struct conf *conf, bool ok)
{
	struct commit commit = conf->commit;
	const struct conf_answer result = {
		.ok = ok,
		.diag = ok ? NULL : &commit.diag,
		.id = ok ? commit.id : 0,
		.revision = conf->current->revision,
	};

	if (commit.draft != NULL)
		state_free(commit.draft);
	commit_discard(conf, &commit.prepared);
	journal_write_free(commit.write);
	conf->commit = (struct commit){ 0 };
	conf->busy = false;
	if (commit.pending->replay != NULL)
		replay_answered(conf, commit.pending->replay, ok);
	if (commit.pending->done != NULL)
		commit.pending->done(commit.pending->arg, &result);
	if (commit.pending->draft != NULL)
		draft_answered(commit.pending->draft);
	mem_free(commit.pending);
}

static void publish_and_answer(struct conf *conf)
{
	struct commit *commit = &conf->commit;
	struct conf_state *draft = commit->draft;

	commit->draft = NULL;
	if (draft != NULL)
		commit_publish(conf, draft, &commit->prepared);
	commit_answer(conf, true);
}

static void write_work(struct background_job *job)
{
	struct commit_job *mine = (struct commit_job *)job;

	journal_write_run(mine->journal, mine->write);
}

static bool write_failed(const struct journal_write *write, struct diag *diag)
{
	const char *stored = write->doubtful
	                             ? "; whether it is stored all the same is not known until the "
	                               "store can be written again"
	                             : "";

	return diag_fail(diag, NULL,
	                 "failure: the change could not be stored (%s), so it was not made%s; %s",
	                 strerror(-write->result), stored, store_words_advice(write->result));
}

static void write_done(struct background_job *job)
{
	struct conf *conf = ((struct commit_job *)job)->conf;
	struct journal_write *write = conf->commit.write;

	conf->writes += write->result == 0;
	if (write->result == 0)
		publish_and_answer(conf);
	else
		commit_answer(conf, write_failed(write, &conf->commit.diag));
	conf_pump(conf);
}

static void write_submit(struct conf *conf)
{
	struct commit *commit = &conf->commit;
	struct journal_origin origin = commit->pending->origin;

	origin.at = clock_wall(conf->setup.clock);
	if (!trial_is_live(&conf->trials, origin.trial))
		origin.trial = 0;
	if (commit->draft != NULL)
		commit->write =
			journal_write_new(conf->journal, conf->current, commit->draft, &origin);
	else
		commit->write = journal_write_aside(origin.at);
	if (commit->pending->replay != NULL)
		replay_fill(commit->pending->replay, commit->write);
	conf->job = (struct commit_job){ .job = { .work = write_work, .done = write_done },
		                         .conf = conf,
		                         .journal = conf->journal,
		                         .write = commit->write };
	background_submit(conf->setup.background, &conf->job.job);
}

const struct field *commit_passing_field(const struct request *request)
{
	for (const struct request_field *f = request->fields; f != NULL; f = f->next) {
		int i = menu_field(request->menu, f->name);

		if (i >= 0 && f->value != NULL && (request->menu->fields[i].flags & F_PASSING) != 0)
			return &request->menu->fields[i];
	}
	return NULL;
}

/* Such a row can be added, alone; nothing that is stored becomes one. */
static bool passing_allowed(const struct pending *pending, struct diag *diag)
{
	for (size_t i = 0; i < pending->n; i++) {
		const struct field *field = commit_passing_field(pending->requests[i]);

		if (field == NULL || (pending->n == 1 && pending->requests[i]->verb == VERB_ADD))
			continue;
		return diag_fail(diag, field->name,
		                 "invalid value for argument %s: what has one is not stored, and "
		                 "what is stored can't get one; remove it and add it with %s=",
		                 field->name, field->name);
	}
	return true;
}

/* The row that was added goes to the menu instead of into the store. */
static bool take_passing(struct conf *conf, struct commit *commit)
{
	const struct menu *menu = commit->pending->requests[0]->menu;
	const struct row *row = conf_state_row(commit->draft, menu->path, commit->id);

	must(row != NULL);
	return menu->take(conf->setup.router, row, &commit->id, &commit->diag);
}

static bool apply_all(struct conf *conf, struct commit *commit)
{
	for (size_t i = 0; i < commit->pending->n; i++) {
		struct request *request = commit->pending->requests[i];
		uint32_t id;

		if (request->verb == VERB_ADD && request->menu->adding != NULL)
			request->menu->adding(conf->setup.router, request);
		if (!txn_apply(commit->draft, request, &id, &commit->diag))
			return false;
		request->added = id;
		if (id != 0)
			commit->id = id;
	}
	return passing_allowed(commit->pending, &commit->diag) &&
	       txn_check(conf->current, commit->draft, &commit->diag);
}

bool commit_changes(const struct conf_state *old, const struct conf_state *new)
{
	struct diff diff = { 0 };
	bool changes;

	diff_states(&diff, old, new);
	changes = diff.n > 0;
	diff_free(&diff);
	return changes;
}

/* The requests, one after another. @ret_all: that was all there is to be done. */
static bool apply_requests(struct conf *conf, struct commit *commit, bool *ret_all)
{
	const struct pending *pending = commit->pending;
	struct request *first = pending->requests[0];

	if (pending->n == 1 && forget_is_asked(first)) {
		if (!forget_observed(conf, first, &commit->diag))
			return false;
		*ret_all = first->nids == 0;
		if (*ret_all)
			return true;
	}
	commit->draft = state_draft(conf->current);
	commit_ids_begin(conf, commit->draft);
	if (!apply_all(conf, commit))
		return false;
	commit_ids_end(conf, commit->draft);
	*ret_all = commit_passing_field(first) != NULL;
	return !*ret_all || take_passing(conf, commit);
}

static bool apply(struct conf *conf, struct commit *commit, bool *ret_all)
{
	*ret_all = false;
	if (commit->pending->draft == NULL)
		return apply_requests(conf, commit, ret_all);
	commit->draft = draft_merge(commit->pending->draft, &commit->diag);
	return commit->draft != NULL;
}

/* What a draft has gathered that is not stored. */
static bool late(struct commit *commit)
{
	return commit->pending->draft == NULL ||
	       draft_late_make(commit->pending->draft, &commit->diag);
}

/* Carry out the first change of the queue, up to where it waits for the disk. */
static void start(struct conf *conf)
{
	struct commit *commit = &conf->commit;
	bool ok, all; /* all: what was asked is done */

	*commit = (struct commit){ .pending = conf->first };
	conf->busy = true;
	conf->first = commit->pending->next;
	if (conf->first == NULL)
		conf->last = &conf->first;

	if (commit->pending->replay != NULL) {
		replay_start(conf, commit->pending->replay);
		return;
	}
	ok = apply(conf, commit, &all);
	if (!ok || all)
		commit_answer(conf, ok);
	else if (!commit_digest(conf))
		commit_go_on(conf);
}

void commit_go_on(struct conf *conf)
{
	struct commit *commit = &conf->commit;

	if (commit->draft != NULL && !commit_changes(conf->current, commit->draft)) {
		state_free(commit->draft);
		commit->draft = NULL;
	}
	if (commit->draft == NULL && commit->pending->replay == NULL) {
		commit_answer(conf, late(commit));
		return;
	}
	if (commit->draft != NULL) {
		commit->draft->revision++;
		if (!commit_allowed(conf, &commit->diag) ||
		    !commit_prepare(conf, commit->draft, &commit->prepared, &commit->diag) ||
		    !late(commit)) {
			commit_answer(conf, false);
			return;
		}
	}
	if (conf->journal != NULL)
		write_submit(conf);
	else
		publish_and_answer(conf);
}

void conf_pump(struct conf *conf)
{
	if (conf->pumping)
		return;
	conf->pumping = true;
	while (!conf->busy && conf->first != NULL)
		start(conf);
	conf->pumping = false;
}

void commit_enqueue(struct conf *conf, struct pending *pending, conf_done *done, void *arg)
{
	must(conf->current != NULL);
	pending->done = done;
	pending->arg = arg;
	*conf->last = pending;
	conf->last = &pending->next;
	conf_pump(conf);
}

void commit_queue_draft(struct conf *conf, struct conf_draft *draft,
                        const struct journal_origin *origin, conf_done *done, void *arg)
{
	struct pending *pending = mem_new(1, sizeof *pending);

	pending->draft = draft;
	pending->origin = *origin;
	commit_enqueue(conf, pending, done, arg);
}

void conf_change_all(struct conf *conf, struct request *const *requests, size_t n, conf_done *done,
                     void *arg)
{
	struct pending *pending = mem_new(1, sizeof *pending + n * sizeof(struct request *));

	must(n > 0);
	pending->origin = (struct journal_origin){ .who = requests[0]->who,
		                                   .door = requests[0]->door,
		                                   .line = requests[0]->line,
		                                   .trial = requests[0]->trial,
		                                   .lacks = requests[0]->lacks };
	pending->n = n;
	memcpy(pending->requests, requests, n * sizeof(struct request *));
	commit_enqueue(conf, pending, done, arg);
}

void conf_change(struct conf *conf, struct request *request, conf_done *done, void *arg)
{
	conf_change_all(conf, &request, 1, done, arg);
}
