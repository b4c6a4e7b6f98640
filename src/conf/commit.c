#include "conf/commit.h"

#include <stdlib.h>
#include <string.h>

#include "conf/diff.h"
#include "conf/row.h"
#include "conf/store_words.h"
#include "conf/txn.h"
#include "lib/mem.h"
#include "lib/must.h"

void commit_discard(struct conf *conf, struct prepared *prepared)
{
	for (size_t m = 0; prepared->ready != NULL && m < conf->current->nmenus; m++) {
		const struct menu *menu = conf->setup.menus[m];

		if (prepared->ready[m] && menu->discard != NULL)
			menu->discard(prepared->at[m]);
	}
	mem_free(prepared->touched);
	mem_free(prepared->ready);
	mem_free(prepared->at);
	*prepared = (struct prepared){ 0 };
}

bool commit_prepare(struct conf *conf, const struct conf_state *draft, struct prepared *prepared,
                    struct diag *diag)
{
	size_t n = draft->nmenus;

	must(prepared->ready == NULL);
	prepared->ready = mem_new(n, sizeof *prepared->ready);
	prepared->at = mem_new(n, sizeof *prepared->at);
	if (prepared->touched == NULL) {
		prepared->touched = mem_new(n, sizeof *prepared->touched);
		txn_touched(conf->current, draft, prepared->touched);
	}
	for (size_t m = 0; m < n; m++) {
		const struct menu *menu = draft->menus[m];

		if (!prepared->touched[m] || menu->prepare == NULL)
			continue;
		if (!menu->prepare(conf->setup.router, draft, &prepared->at[m], diag)) {
			must(diag->failed);
			commit_discard(conf, prepared);
			return false;
		}
		prepared->ready[m] = true;
	}
	return true;
}

void commit_publish(struct conf *conf, struct conf_state *draft, struct prepared *prepared)
{
	const struct conf_state *old = conf->current;

	draft->next = conf->states;
	conf->states = draft;
	conf->current = draft;
	for (size_t m = 0; m < draft->nmenus; m++) {
		if (prepared->ready[m] && draft->menus[m]->publish != NULL)
			draft->menus[m]->publish(conf->setup.router, prepared->at[m]);
		prepared->ready[m] = false;
	}
	commit_discard(conf, prepared);
	conf_release(conf, old);
}

/* The change is over: free what it had, then tell whoever asked. */
static void answer(struct conf *conf, bool ok)
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
	commit.pending->done(commit.pending->arg, &result);
	mem_free(commit.pending);
}

static void publish_and_answer(struct conf *conf)
{
	struct commit *commit = &conf->commit;
	struct conf_state *draft = commit->draft;

	commit->draft = NULL;
	commit_publish(conf, draft, &commit->prepared);
	answer(conf, true);
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

	if (write->result == 0)
		publish_and_answer(conf);
	else
		answer(conf, write_failed(write, &conf->commit.diag));
	conf_pump(conf);
}

static void write_submit(struct conf *conf)
{
	struct commit *commit = &conf->commit;
	const struct request *request = commit->pending->requests[0];
	const struct journal_origin origin = {
		.at = clock_wall(conf->setup.clock),
		.who = request->who,
		.door = request->door,
		.line = request->line,
	};

	commit->write = journal_write_new(conf->journal, conf->current, commit->draft, &origin);
	conf->job = (struct commit_job){ .job = { .work = write_work, .done = write_done },
		                         .conf = conf,
		                         .journal = conf->journal,
		                         .write = commit->write };
	background_submit(conf->setup.background, &conf->job.job);
}

/* Catches observed rows by their ids, in one walk. */
struct catch_sink {
	struct row_sink sink;
	const struct menu *menu;
	const uint32_t *ids; /* in ascending order */
	size_t n, caught;
	struct row **rows; /* copies, [i] is the one with ids[i]; NULL: not there */
};

static int id_order(const void *a, const void *b)
{
	const uint32_t *left = a, *right = b;

	return *left < *right ? -1 : *left > *right;
}

static bool catch_row(struct row_sink *sink, const struct row *row)
{
	struct catch_sink *mine = (struct catch_sink *)sink;
	const uint32_t *found = bsearch(&row->id, mine->ids, mine->n, sizeof *mine->ids, id_order);

	if (found == NULL || mine->rows[found - mine->ids] != NULL)
		return true;
	mine->rows[found - mine->ids] = row_copy(mine->menu, row);
	return ++mine->caught < mine->n;
}

static bool forget_caught(struct conf *conf, const struct catch_sink *sink, struct diag *diag)
{
	for (size_t i = 0; i < sink->n; i++) {
		if (sink->rows[i] == NULL)
			return diag_fail(diag, NULL, "no such item: *%X is not in %s (any more)",
			                 sink->ids[i], sink->menu->path);
		if (!sink->menu->forget(conf->setup.router, sink->rows[i], diag))
			return false;
	}
	return true;
}

static bool forget_all(struct conf *conf, const struct menu *menu, uint32_t *ids, size_t n,
                       struct diag *diag)
{
	struct catch_sink sink = { .sink = { .row = catch_row }, .menu = menu, .ids = ids, .n = n };
	bool ok;

	qsort(ids, sink.n, sizeof *ids, id_order);
	sink.rows = mem_new(sink.n, sizeof(struct row *));
	if (menu->observe_some != NULL) {
		for (size_t i = 0; i < n; i++)
			(void)conf_row_show(conf, conf->current, menu, ids[i], &sink.sink);
	} else {
		menu->observe(conf->setup.router, conf->current, &sink.sink);
	}
	ok = forget_caught(conf, &sink, diag);
	for (size_t i = 0; i < sink.n; i++) {
		if (sink.rows[i] != NULL)
			row_release(sink.rows[i]);
	}
	mem_free(sink.rows);
	return ok;
}

/* Leaves the stored items in @request; the others go to @ret_observed. Returns their number. */
static size_t observed_take(const struct conf *conf, struct request *request,
                            uint32_t *ret_observed)
{
	size_t stored = 0, observed = 0;

	for (size_t i = 0; i < request->nids; i++) {
		uint32_t id = request->ids[i];

		if (conf_state_row(conf->current, request->menu->path, id) != NULL)
			request->ids[stored++] = id;
		else
			ret_observed[observed++] = id;
	}
	request->nids = stored;
	return observed;
}

/*
 * Observed rows are known to no transaction: those of a request to remove end at once, and the
 * request is left with the stored ones. @ret_all: there were no stored ones.
 */
static bool forget_observed(struct conf *conf, const struct pending *pending, bool *ret_all,
                            struct diag *diag)
{
	struct request *request = pending->requests[0];
	uint32_t *ids;
	size_t n;
	bool ok;

	*ret_all = false;
	if (pending->n != 1 || request->verb != VERB_REMOVE || request->nids == 0 ||
	    request->menu->forget == NULL ||
	    (request->menu->observe == NULL && request->menu->observe_some == NULL))
		return true;
	ids = mem_new(request->nids, sizeof *ids);
	n = observed_take(conf, request, ids);
	ok = n == 0 || forget_all(conf, request->menu, ids, n, diag);
	*ret_all = ok && request->nids == 0;
	mem_free(ids);
	return ok;
}

/* The field of @request that says "not to be stored", or NULL. */
static const struct field *passing_field(const struct request *request)
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
		const struct field *field = passing_field(pending->requests[i]);

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
		uint32_t id;

		if (!txn_apply(commit->draft, commit->pending->requests[i], &id, &commit->diag))
			return false;
		commit->pending->requests[i]->added = id;
		if (id != 0)
			commit->id = id;
	}
	return passing_allowed(commit->pending, &commit->diag) &&
	       txn_check(conf->current, commit->draft, &commit->diag);
}

static bool changes_something(const struct conf_state *old, const struct conf_state *new)
{
	struct diff diff = { 0 };
	bool changes;

	diff_states(&diff, old, new);
	changes = diff.n > 0;
	diff_free(&diff);
	return changes;
}

/* Carry out the first change of the queue, up to where it waits for the disk. */
static void start(struct conf *conf)
{
	struct commit *commit = &conf->commit;
	bool all; /* that was asked is done */

	*commit = (struct commit){ .pending = conf->first };
	conf->busy = true;
	conf->first = commit->pending->next;
	if (conf->first == NULL)
		conf->last = &conf->first;

	if (!forget_observed(conf, commit->pending, &all, &commit->diag) || all) {
		answer(conf, all);
		return;
	}
	commit->draft = state_draft(conf->current);
	if (!apply_all(conf, commit)) {
		answer(conf, false);
		return;
	}
	if (passing_field(commit->pending->requests[0]) != NULL) {
		answer(conf, take_passing(conf, commit));
		return;
	}
	if (!changes_something(conf->current, commit->draft)) {
		answer(conf, true);
		return;
	}
	commit->draft->revision++;
	if (!commit_prepare(conf, commit->draft, &commit->prepared, &commit->diag))
		answer(conf, false);
	else if (conf->journal != NULL)
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

void conf_change_all(struct conf *conf, struct request *const *requests, size_t n, conf_done *done,
                     void *arg)
{
	struct pending *pending = mem_new(1, sizeof *pending + n * sizeof(struct request *));

	must(n > 0 && conf->current != NULL);
	pending->done = done;
	pending->arg = arg;
	pending->n = n;
	memcpy(pending->requests, requests, n * sizeof(struct request *));
	*conf->last = pending;
	conf->last = &pending->next;
	conf_pump(conf);
}

void conf_change(struct conf *conf, struct request *request, conf_done *done, void *arg)
{
	conf_change_all(conf, &request, 1, done, arg);
}
