/*
 * journal.h -- rows and history in SQLite.
 *
 * One file (CONF_FILE) in the store. A commit is one SQLite transaction: the rows that changed,
 * a line of history, and the seal: revision, next id and a sum over all rows' checksums, so that a
 * bit that was lost is noticed at load. After the commit the write-ahead log is folded into the
 * file at once, because damage at the end of a log can't be told from a log that ends there.
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

struct journal_write {
	struct arena arena;
	struct journal_row *rows;
	size_t nrows;
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
void journal_close(struct journal *journal);

/* Fill @state (fresh) with what is stored, and check every checksum. */
MUST_USE int journal_load(struct journal *journal, struct conf_state *state, struct log *log,
                          struct diag *diag);

/* Make ready what writes the way from @old to @new. The caller's; journal_write_free() it. */
struct journal_write *journal_write_new(const struct journal *journal, const struct conf_state *old,
                                        const struct conf_state *new,
                                        const struct journal_origin *origin);
/* Write it. In a background job. Sets write->result. */
void journal_write_run(struct journal *journal, struct journal_write *write);
void journal_write_free(struct journal_write *write);

#endif
