/*
 * commit.h -- the inside of struct conf, and the way of a change through it.
 *
 *   queue -> type and check -> prepare -> durable -> publish -> answer
 *            (router's thread)            (background)  (router's thread)
 *
 * Until publish everything can be thrown away, and is, when a step fails.
 *
 * Threads: the router's; between submit and done the journal belongs to the background.
 */
#ifndef CONF_COMMIT_H
#define CONF_COMMIT_H

#include "conf/conf.h"
#include "conf/diag.h"
#include "conf/journal.h"
#include "conf/state.h"
#include "conf/trial.h"

struct conf_draft;
struct revisions;
struct replay;

/* A change that waits for its turn: requests, what a draft has gathered, or something of the
 * history that is done once more or taken back. */
struct pending {
	struct pending *next;
	conf_done *done;
	void *arg;
	struct journal_origin origin; /* its time is that of the commit */
	struct conf_draft *draft;     /* NULL: requests, or a replay */
	struct replay *replay;        /* what the history says; NULL: requests, or a draft */
	size_t n;
	struct request *requests[];
};

/* What the menus have prepared for a state, one per touched menu. */
struct prepared {
	bool *touched;
	bool *ready; /* prepare() has succeeded: publish or discard is owed */
	void **at;
};

/* The one change that is being carried out. */
struct commit {
	struct pending *pending;
	struct conf_state *draft;
	struct prepared prepared;
	struct journal_write *write;
	uint32_t id;
	struct diag diag;
};

struct commit_job {
	struct background_job job; /* first: the job is cast back to this */
	struct conf *conf;
	struct journal *journal; /* the background's until it is done, as is write */
	struct journal_write *write;
};

/* Who watches what is published (watch.h), and the transactions that not all of them have seen. */
struct feed {
	struct watch *watches;
	struct watch_step *first, **last;
	size_t n;
	uint64_t number; /* of the next transaction */
};

struct conf {
	struct conf_setup setup;
	struct conf_state *current; /* published */
	struct conf_state *states;  /* all that are held, linked by next */
	struct journal *journal;    /* NULL: nothing is kept */
	struct pending *first;      /* the queue */
	struct pending **last;
	struct commit commit;
	struct commit_job job;
	struct feed feed;
	struct trials trials;
	struct revisions *revisions; /* the page of it that is at hand; NULL: none was asked for */
	struct files *files;         /* NULL: nobody has asked for them */
	uint64_t writes;             /* to the store, that went well */
	unsigned drafts;             /* that are not freed yet */
	uint32_t next_id;            /* while there are any: no id below it is given out again */
	bool busy;                   /* a change is between its start and its answer */
	bool pumping;                /* conf_pump is further up on the stack */
};

/* Queue what @draft has gathered; the words of @origin live until the answer. */
void commit_queue_draft(struct conf *conf, struct conf_draft *draft,
                        const struct journal_origin *origin, conf_done *done, void *arg);

/*
 * Rows are added to @draft, which is not published yet: not with ids that a draft has given to rows
 * of its own, so that these keep theirs when they are published. Begin before, end when it is
 * certain that they are wanted.
 */
void commit_ids_begin(const struct conf *conf, struct conf_state *draft);
void commit_ids_end(struct conf *conf, const struct conf_state *draft);

/* The field of @request that says "not to be stored", or NULL. */
const struct field *commit_passing_field(const struct request *request);

/*
 * Values of the change at hand that must not be kept as they were typed: true when there are any.
 * Then they are worked on elsewhere, and commit_go_on() is called after that.
 */
MUST_USE bool commit_digest(struct conf *conf);
/* May whoever asked for the change at hand make it? */
MUST_USE bool commit_allowed(const struct conf *conf, struct diag *diag);

/* Is there any difference? */
bool commit_changes(const struct conf_state *old, const struct conf_state *new);

/* Put @pending (made by mem_new) at the end of the queue. @done may be NULL. */
void commit_enqueue(struct conf *conf, struct pending *pending, conf_done *done, void *arg);
/* The draft of the change at hand is made: check it and carry it on. Without a draft, or when it
 * changes nothing, only what stands beside the rows is written. */
void commit_go_on(struct conf *conf);
/* The change at hand is over; commit.diag says why when not @ok. */
void commit_answer(struct conf *conf, bool ok);

/* Start waiting changes, one after another, until one has to wait for the disk. */
void conf_pump(struct conf *conf);

/*
 * Have every touched menu prepare for @draft: those in prepared->touched, or, when that is NULL,
 * those that differ from what is published. On failure nothing stays prepared.
 */
MUST_USE bool commit_prepare(struct conf *conf, const struct conf_state *draft,
                             struct prepared *prepared, struct diag *diag);
/* Swap in what was prepared, and @draft (which becomes the conf's) with it. */
void commit_publish(struct conf *conf, struct conf_state *draft, struct prepared *prepared);
void commit_discard(struct conf *conf, struct prepared *prepared);

#endif
