/*
 * journal_inside.h -- the inside of a journal, which its files share.
 *
 *   journal.c         opened and closed
 *   journal_schema.c  the tables, and whose they are
 *   journal_load.c    what is stored becomes a state
 *   journal_write.c   a change becomes what is stored
 *   journal_log.c     the history: what was changed, and what takes it back
 *   journal_mark.c    what may still become of it: undo, redo, trials
 *   journal_verify.c  is a file whole? without loading it
 *   journal_sum.c     checksums
 *   journal_sql.c     statements, and what their errors mean
 *
 * Threads: as journal.h says; nothing here is called while a job of the background runs.
 */
#ifndef CONF_JOURNAL_INSIDE_H
#define CONF_JOURNAL_INSIDE_H

#include <sqlite3.h>

#include "conf/journal.h"

/* Once a configuration was stored this file is there; without it an emptied store looks fresh. */
#define MARK_FILE "config.kept"

struct journal {
	struct store *store;
	struct store_vfs *vfs;
	sqlite3 *db;
	uint64_t digest; /* of all stored rows */
	bool marked;     /* MARK_FILE is there */
	bool read_only;  /* it was opened to be looked at */
	bool doubtful;   /* a failed write is perhaps stored: cut the log before the next one */
};

/* What the last commit says of all of them. */
struct journal_seal {
	uint64_t revision;
	uint32_t next_id;
	uint64_t digest;
};

/* --- journal.c --- */

/* A configuration is stored now: say so in MARK_FILE. */
void journal_keep_mark(struct journal *journal);

/* --- journal_schema.c --- */

/* Is it ours, and of a version that we can read? An empty one becomes ours. */
MUST_USE int journal_schema_check(struct journal *journal, bool *ret_fresh, struct diag *diag);
/* Are tables and indexes defined as we define them? */
MUST_USE int journal_schema_same(struct journal *journal, struct diag *diag);
/* Both say in @diag what is wrong with the file, and return the error. */
int journal_damaged(struct diag *diag, const char *what);
int journal_open_failed(struct journal *journal, int error, struct diag *diag);

/* --- journal_load.c --- */

/* Every row is as it was written. @log is told of rows that no menu of @state wants; or NULL. */
MUST_USE int journal_rows_verify(struct journal *journal, const struct conf_state *state,
                                 struct log *log, struct diag *diag);
MUST_USE int journal_seal_verify(struct journal *journal, struct journal_seal *ret_seal,
                                 struct diag *diag);
/* After these two: no row is missing. */
MUST_USE int journal_rows_there(const struct journal *journal, const struct journal_seal *seal,
                                struct diag *diag);

/* --- journal_log.c --- */

/* The line of history of @write, with its deltas and its mark. */
MUST_USE int journal_log_put(struct journal *journal, const struct journal_write *write);
/* The step of @statement: false at its end or (then *ret_error is set) when it failed. */
bool journal_log_step(struct journal *journal, sqlite3_stmt *statement, int *ret_error);
/* Text of column @i in @arena, "" for NULL. */
const char *journal_log_text(sqlite3_stmt *statement, int i, struct arena *arena);

/* --- journal_mark.c --- */

/* Marks and trials of @write. */
MUST_USE int journal_mark_put(struct journal *journal, const struct journal_write *write);
/* Teach the database to add up a mark, so that many can be changed by one statement. */
MUST_USE int journal_mark_function(struct journal *journal);

/* --- journal_sum.c --- */

/* @lens: of menu, fields and comment. */
uint64_t journal_row_sum(const struct journal_row *row, const size_t lens[3]);
uint64_t journal_seal_sum(uint64_t revision, uint32_t next_id, uint64_t digest);
uint64_t journal_log_sum(uint64_t revision, const struct journal_origin *origin, const char *redo,
                         const char *undo);
uint64_t journal_delta_sum(uint64_t revision, const struct journal_delta *delta);
uint64_t journal_mark_sum(const struct journal_mark *mark);
uint64_t journal_trial_sum(const struct journal_trial *trial);

/* --- journal_sql.c --- */

/* SQLite's code and the store's error as -errno. */
int journal_error(struct journal *journal, int code);
int journal_exec(struct journal *journal, const char *sql);
/* The number that @sql yields, in its first row and column. */
MUST_USE int journal_number(struct journal *journal, const char *sql, int64_t *ret_number);
/* One statement, its parameters bound as @kinds says: i = int64_t, s = const char *. */
MUST_USE int journal_put(struct journal *journal, const char *sql, const char *kinds, ...);
/* Fold the write-ahead log into the file and cut it. */
int journal_fold(struct journal *journal);

#endif
