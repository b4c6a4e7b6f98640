/*
 * journal.h -- rows and history in SQLite.
 *
 * One file (CONF_FILE) in the store. A commit is one SQLite transaction: the rows that changed,
 * a line of history, and the seal: revision, next id and a sum over all rows' checksums, so that a
 * bit that was lost is noticed at load. After the commit the write-ahead log is folded into the
 * file at once, because damage at the end of a log can't be told from a log that ends there.
 *
 * The history is kept as long as the disk has room. Beside its lines, for people, each revision has
 * its deltas: every row that it touched, as it was and as it became. They take it back exactly.
 *
 * Threads: journal_open() and journal_close() on the router's; everything else in between runs in
 *          background jobs, one at a time (journal_write_run), and touches only journal and write.
 * Memory:  a write holds copies of all it needs.
 */
#ifndef CONF_JOURNAL_H
#define CONF_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "conf/diff.h"
#include "conf/state.h"
#include "lib/arena.h"
#include "lib/log.h"
#include "lib/mono.h"
#include "lib/must.h"
#include "lib/random.h"
#include "lib/store.h"

struct diag;
struct journal;

/* Who did it, for the history. */
struct journal_origin {
	wall at;
	const char *who, *door, *line; /* NULL: "" */
	uint32_t trial;                /* the change is on trial (conf/trial.h); 0: it is not */
	uint32_t lacks; /* policies that they do not have (conf/policy.h); not kept */
};

/* One row to be written (or deleted, when its menu is NULL). */
struct journal_row {
	uint32_t id;
	uint32_t flags;
	int64_t position;
	const char *menu;
	const char *fields; /* row_encode() */
	const char *comment;
	uint64_t checksum;
};

/* A row that a revision touched. */
struct journal_delta {
	bool was, is; /* there before, there after */
	struct journal_row old, new;
};

/* What a revision came from. */
enum journal_kind {
	JOURNAL_CHANGE,
	JOURNAL_UNDO,
	JOURNAL_REDO,
	JOURNAL_ROLLBACK, /* a trial was not confirmed */
};

enum journal_state {
	JOURNAL_SETTLED, /* undo and redo pass it by */
	JOURNAL_UNDOABLE,
	JOURNAL_REDOABLE, /* taken back, and nothing has changed since */
};

/* What may still become of a revision. */
struct journal_mark {
	uint64_t revision;
	enum journal_kind kind;
	enum journal_state state;
	uint32_t trial; /* 0: it is no longer on trial, or never was */
	uint64_t of;    /* undo and redo: the (lowest) revision that was meant */
};

/* Somebody's changes that are kept only if they say so. */
struct journal_trial {
	uint32_t id;
	const char *who, *door;
	wall since, until; /* until.ns 0: as long as its login lives */
};

/* A revision as people see it. */
struct journal_entry {
	struct journal_mark mark; /* mark.revision, too */
	struct journal_origin origin;
	const char *redo, *undo; /* lines, secrets in them */
};

struct journal_write {
	struct arena arena;
	struct journal_row *rows;
	size_t nrows;
	struct journal_delta *deltas;
	size_t ndeltas;
	bool aside;                 /* no revision: only what follows here is written */
	struct journal_mark mark;   /* of this revision */
	struct journal_mark *marks; /* of older ones, to be replaced */
	size_t nmarks;
	struct journal_trial trial; /* one that begins; id 0: none does */
	const uint32_t *settled;    /* trials that are over: nothing is on them any more */
	size_t nsettled;
	uint64_t revision;
	uint32_t next_id;
	uint64_t digest; /* of all rows, after this write */
	struct journal_origin origin;
	const char *redo, *undo;
	int result;    /* 0 or -errno */
	bool doubtful; /* failed, and not even undoing it worked: what is stored is not known */
};

/*
 * Open the store's journal, making it when there is none. *ret_fresh: it holds no configuration
 * yet. A file that is damaged or not ours is -EUCLEAN or -EINVAL with @diag in words.
 */
MUST_USE int journal_open(struct store *store, struct random *random, struct journal **ret_journal,
                          bool *ret_fresh, struct diag *diag);
/* One in the file @name, which there must not be yet; it becomes the store's by being renamed. */
MUST_USE int journal_create(struct store *store, struct random *random, const char *name,
                            struct journal **ret_journal, struct diag *diag);
void journal_close(struct journal *journal);

/* The row that is stored as @from; NULL and @diag when this version can't read it. */
MUST_USE struct row *journal_row_new(const struct journal_row *from, const struct menu *menu,
                                     const struct conf_state *state, struct diag *diag);
/* Fill @state (fresh) with what is stored, and check every checksum. */
MUST_USE int journal_load(struct journal *journal, struct conf_state *state, struct log *log,
                          struct diag *diag);

/* What is stored, as bytes, the caller's. In a background job. */
MUST_USE int journal_image(struct journal *journal, uint8_t **ret_bytes, size_t *ret_len);
/* Fill @state (fresh) with what such bytes hold. Any thread. */
MUST_USE int journal_image_load(const uint8_t *bytes, size_t len, struct conf_state *state,
                                struct diag *diag);
/* Fill @state (fresh) with the rows that are stored, and its revision; in background jobs. */
MUST_USE int journal_read(struct journal *journal, struct conf_state *state, struct diag *diag);

/* Fold what is perhaps left in the log into the file. In a background job. */
MUST_USE int journal_settle(struct journal *journal);

/* Beyond the rows: are the file's pages, tables and indexes what SQLite left? 0 or -EUCLEAN. */
MUST_USE int journal_sound(struct journal *journal, struct diag *diag);

enum journal_part {
	JOURNAL_WHOLE,
	JOURNAL_ROWS, /* the history may be damaged */
	JOURNAL_SEAL, /* only its word of the last revision */
};

/*
 * Is that part of the file @name of @store in order, and of which revision is it? 0, or -errno;
 * -EUCLEAN: it is damaged. It is only read, and nobody may be writing it. Any thread.
 */
MUST_USE int journal_verify(struct store *store, const char *name, enum journal_part part,
                            uint64_t *ret_revision);

/* Make ready what writes the way from @old to @new. The caller's; journal_write_free() it. */
struct journal_write *journal_write_new(const struct journal *journal, const struct conf_state *old,
                                        const struct conf_state *new,
                                        const struct journal_origin *origin);
/* One that makes no revision: trials begin and end by it. */
struct journal_write *journal_write_aside(wall at);
/* Write it. In a background job. Sets write->result. */
void journal_write_run(struct journal *journal, struct journal_write *write);
void journal_write_free(struct journal_write *write);

/*
 * Reading the history; in background jobs, or before the first one. What is found lies in @arena.
 * Returns 0 or -errno; -EUCLEAN when a checksum is wrong.
 *
 * journal_entries: up to @most, from revision @from on downwards.
 * journal_deltas: of one revision; none for what an older version wrote.
 * journal_marks: up to @most in @state: those that can be undone from the newest down to @until,
 *   those that can be redone from the oldest up to it; @until 0: however far.
 * journal_floating: all that are on trial @trial, the newest first.
 */
MUST_USE int journal_entries(struct journal *journal, uint64_t from, size_t most,
                             struct arena *arena, struct journal_entry **ret_entries,
                             size_t *ret_n);
MUST_USE int journal_deltas(struct journal *journal, uint64_t revision, struct arena *arena,
                            struct journal_delta **ret_deltas, size_t *ret_n);
MUST_USE int journal_marks(struct journal *journal, enum journal_state state, uint64_t until,
                           size_t most, struct arena *arena, struct journal_mark **ret_marks,
                           size_t *ret_n);
MUST_USE int journal_floating(struct journal *journal, uint32_t trial, struct arena *arena,
                              struct journal_mark **ret_marks, size_t *ret_n);
/* Every trial that is begun, or has a change on it (its until is 0 then), by id. */
MUST_USE int journal_trials(struct journal *journal, struct arena *arena,
                            struct journal_trial **ret_trials, size_t *ret_n);

#endif
