#include "conf/journal_inside.h"

#include <errno.h>
#include <string.h>

/* mark_sum(revision, kind, state, trial, of) */
static void sum_call(sqlite3_context *context, int n, sqlite3_value **values)
{
	const struct journal_mark mark = {
		.revision = (uint64_t)sqlite3_value_int64(values[0]),
		.kind = (enum journal_kind)sqlite3_value_int(values[1]),
		.state = (enum journal_state)sqlite3_value_int(values[2]),
		.trial = (uint32_t)sqlite3_value_int64(values[3]),
		.of = (uint64_t)sqlite3_value_int64(values[4]),
	};

	sqlite3_result_int64(context, (int64_t)journal_mark_sum(&mark));
}

int journal_mark_function(struct journal *journal)
{
	int code = sqlite3_create_function_v2(journal->db, "mark_sum", 5,
	                                      SQLITE_UTF8 | SQLITE_DETERMINISTIC, NULL, sum_call,
	                                      NULL, NULL, NULL);

	return code == SQLITE_OK ? 0 : journal_error(journal, code);
}

static int mark_put(struct journal *journal, const struct journal_mark *mark)
{
	return journal_put(journal,
	                   "INSERT OR REPLACE INTO mark(revision, kind, state, trial, of, checksum)"
	                   " VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
	                   "iiiiii", (int64_t)mark->revision, (int64_t)mark->kind,
	                   (int64_t)mark->state, (int64_t)mark->trial, (int64_t)mark->of,
	                   (int64_t)journal_mark_sum(mark));
}

/* What was taken back before a new change can't be done again: it would not fit any more. */
static int redo_forget(struct journal *journal)
{
	return journal_put(journal,
	                   "UPDATE mark SET state = 0, checksum = mark_sum(revision, kind, 0,"
	                   " trial, of) WHERE state = ?1",
	                   "i", (int64_t)JOURNAL_REDOABLE);
}

static int trial_begin(struct journal *journal, const struct journal_trial *trial)
{
	return journal_put(journal,
	                   "INSERT INTO trial(id, since_ns, until_ns, checksum, who, door)"
	                   " VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
	                   "iiiiss", (int64_t)trial->id, trial->since.ns, trial->until.ns,
	                   (int64_t)journal_trial_sum(trial), trial->who, trial->door);
}

static int trial_settle(struct journal *journal, uint32_t trial)
{
	int error = journal_put(journal,
	                        "UPDATE mark SET trial = 0, checksum = mark_sum(revision, kind,"
	                        " state, 0, of) WHERE trial = ?1",
	                        "i", (int64_t)trial);

	if (error == 0)
		error = journal_put(journal, "DELETE FROM trial WHERE id = ?1", "i",
		                    (int64_t)trial);
	return error;
}

int journal_mark_put(struct journal *journal, const struct journal_write *write)
{
	int error = 0;

	if (!write->aside && write->mark.state == JOURNAL_UNDOABLE)
		error = redo_forget(journal);
	for (size_t i = 0; error == 0 && i < write->nmarks; i++)
		error = mark_put(journal, &write->marks[i]);
	if (error == 0 && !write->aside)
		error = mark_put(journal, &write->mark);
	if (error == 0 && write->trial.id != 0)
		error = trial_begin(journal, &write->trial);
	for (size_t i = 0; error == 0 && i < write->nsettled; i++)
		error = trial_settle(journal, write->settled[i]);
	return error;
}

static int mark_read(sqlite3_stmt *statement, struct journal_mark *mark)
{
	*mark = (struct journal_mark){
		.revision = (uint64_t)sqlite3_column_int64(statement, 0),
		.kind = (enum journal_kind)sqlite3_column_int(statement, 1),
		.state = (enum journal_state)sqlite3_column_int(statement, 2),
		.trial = (uint32_t)sqlite3_column_int64(statement, 3),
		.of = (uint64_t)sqlite3_column_int64(statement, 4),
	};
	return journal_mark_sum(mark) == (uint64_t)sqlite3_column_int64(statement, 5) ? 0
	                                                                              : -EUCLEAN;
}

/* @sql has three parameters. */
static int marks_read(struct journal *journal, const char *sql, const int64_t params[3],
                      struct arena *arena, struct journal_mark **ret_marks, size_t *ret_n)
{
	sqlite3_stmt *statement = NULL;
	int code = sqlite3_prepare_v2(journal->db, sql, -1, &statement, NULL);
	int error = code == SQLITE_OK ? 0 : journal_error(journal, code);
	size_t n = 0, size = 0;

	*ret_marks = NULL;
	for (int i = 0; error == 0 && i < 3; i++)
		(void)sqlite3_bind_int64(statement, i + 1, params[i]);
	while (error == 0 && journal_log_step(journal, statement, &error)) {
		if (n == size) {
			struct journal_mark *more = arena_new(arena, size * 2 + 16, sizeof *more);

			if (n > 0)
				memcpy(more, *ret_marks, n * sizeof *more);
			*ret_marks = more;
			size = size * 2 + 16;
		}
		error = mark_read(statement, &(*ret_marks)[n++]);
	}
	sqlite3_finalize(statement);
	*ret_n = n;
	return error;
}

#define SELECT_MARKS "SELECT revision, kind, state, trial, of, checksum FROM mark "

int journal_marks(struct journal *journal, enum journal_state state, uint64_t until, size_t most,
                  struct arena *arena, struct journal_mark **ret_marks, size_t *ret_n)
{
	bool undo = state == JOURNAL_UNDOABLE;
	const int64_t params[3] = { (int64_t)state, undo || until != 0 ? (int64_t)until : INT64_MAX,
		                    most < INT64_MAX ? (int64_t)most : INT64_MAX };

	return marks_read(journal,
	                  undo ? SELECT_MARKS "WHERE state > 0 AND state = ?1 AND revision >= ?2"
	                                      " ORDER BY revision DESC LIMIT ?3"
	                       : SELECT_MARKS "WHERE state > 0 AND state = ?1 AND revision <= ?2"
	                                      " ORDER BY revision LIMIT ?3",
	                  params, arena, ret_marks, ret_n);
}

int journal_floating(struct journal *journal, uint32_t trial, struct arena *arena,
                     struct journal_mark **ret_marks, size_t *ret_n)
{
	const int64_t params[3] = { (int64_t)trial, 0, INT64_MAX };

	return marks_read(journal,
	                  SELECT_MARKS "WHERE trial > 0 AND trial = ?1 AND revision >= ?2"
	                               " ORDER BY revision DESC LIMIT ?3",
	                  params, arena, ret_marks, ret_n);
}

static int trial_read(sqlite3_stmt *statement, struct arena *arena, struct journal_trial *trial)
{
	*trial = (struct journal_trial){
		.id = (uint32_t)sqlite3_column_int64(statement, 0),
		.since.ns = sqlite3_column_int64(statement, 1),
		.until.ns = sqlite3_column_int64(statement, 2),
		.who = journal_log_text(statement, 3, arena),
		.door = journal_log_text(statement, 4, arena),
	};
	if (trial->until.ns == 0) /* no row of its own: made up from its changes */
		return 0;
	return journal_trial_sum(trial) == (uint64_t)sqlite3_column_int64(statement, 5) ? 0
	                                                                                : -EUCLEAN;
}

int journal_trials(struct journal *journal, struct arena *arena, struct journal_trial **ret_trials,
                   size_t *ret_n)
{
	static const char sql[] =
		"SELECT id, since_ns, until_ns, who, door, checksum, 1 FROM trial UNION ALL"
		" SELECT mark.trial, min(wall_ns), 0, who, door, 0, 1 FROM mark JOIN log"
		" ON log.revision = mark.revision WHERE mark.trial > 0 AND mark.trial NOT IN"
		" (SELECT id FROM trial) GROUP BY mark.trial ORDER BY 1";
	sqlite3_stmt *statement = NULL;
	int64_t size = 0;
	int error = journal_number(journal,
	                           "SELECT (SELECT count(*) FROM trial) +"
	                           " (SELECT count(DISTINCT trial) FROM mark WHERE trial > 0)",
	                           &size);
	size_t n = 0;

	*ret_trials = arena_new(arena, (size_t)size, sizeof **ret_trials);
	if (error == 0) {
		int code = sqlite3_prepare_v2(journal->db, sql, -1, &statement, NULL);

		error = code == SQLITE_OK ? 0 : journal_error(journal, code);
	}
	while (error == 0 && n < (size_t)size && journal_log_step(journal, statement, &error))
		error = trial_read(statement, arena, &(*ret_trials)[n++]);
	sqlite3_finalize(statement);
	*ret_n = n;
	return error;
}
