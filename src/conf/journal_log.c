#include "conf/journal_inside.h"

#include <errno.h>
#include <string.h>

/* One side of a delta, its parameters from ?@first on; a row that is not there is NULL. */
static int side_bind(sqlite3_stmt *statement, int first, bool there, const struct journal_row *row)
{
	int code;

	if (!there)
		return SQLITE_OK;
	code = sqlite3_bind_int64(statement, first, (int64_t)row->flags);
	if (code == SQLITE_OK)
		code = sqlite3_bind_int64(statement, first + 1, row->position);
	if (code == SQLITE_OK)
		code = sqlite3_bind_text(statement, first + 2, row->fields, -1, SQLITE_STATIC);
	if (code == SQLITE_OK)
		code = sqlite3_bind_text(statement, first + 3, row->comment, -1, SQLITE_STATIC);
	return code;
}

static int delta_put(struct journal *journal, uint64_t revision, const struct journal_delta *delta,
                     sqlite3_stmt *statement)
{
	const struct journal_row *any = delta->is ? &delta->new : &delta->old;
	int code = sqlite3_bind_int64(statement, 1, (int64_t)revision);

	if (code == SQLITE_OK)
		code = sqlite3_bind_int64(statement, 2, (int64_t)any->id);
	if (code == SQLITE_OK)
		code = sqlite3_bind_text(statement, 3, any->menu, -1, SQLITE_STATIC);
	if (code == SQLITE_OK)
		code = side_bind(statement, 4, delta->was, &delta->old);
	if (code == SQLITE_OK)
		code = side_bind(statement, 8, delta->is, &delta->new);
	if (code == SQLITE_OK)
		code = sqlite3_bind_int64(statement, 12,
		                          (int64_t)journal_delta_sum(revision, delta));
	if (code == SQLITE_OK)
		code = sqlite3_step(statement);
	(void)sqlite3_reset(statement);
	(void)sqlite3_clear_bindings(statement);
	return code == SQLITE_DONE ? 0 : journal_error(journal, code);
}

static int deltas_put(struct journal *journal, const struct journal_write *write)
{
	static const char sql[] = "INSERT INTO delta(revision, id, menu, old_flags, old_position,"
				  " old_fields, old_comment, new_flags, new_position, new_fields,"
				  " new_comment, checksum)"
				  " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
	sqlite3_stmt *statement = NULL;
	int code = sqlite3_prepare_v2(journal->db, sql, -1, &statement, NULL);
	int error = code == SQLITE_OK ? 0 : journal_error(journal, code);

	for (size_t i = 0; error == 0 && i < write->ndeltas; i++)
		error = delta_put(journal, write->revision, &write->deltas[i], statement);
	sqlite3_finalize(statement);
	return error;
}

int journal_log_put(struct journal *journal, const struct journal_write *write)
{
	const struct journal_origin *origin = &write->origin;
	uint64_t sum = journal_log_sum(write->revision, origin, write->redo, write->undo);
	int error = journal_put(
		journal,
		"INSERT INTO log(revision, wall_ns, checksum, who, door, line, redo, undo)"
		" VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
		"iiisssss", (int64_t)write->revision, origin->at.ns, (int64_t)sum, origin->who,
		origin->door, origin->line, write->redo, write->undo);

	return error == 0 ? deltas_put(journal, write) : error;
}

bool journal_log_step(struct journal *journal, sqlite3_stmt *statement, int *ret_error)
{
	int code = sqlite3_step(statement);

	if (code != SQLITE_ROW && code != SQLITE_DONE)
		*ret_error = journal_error(journal, code);
	return code == SQLITE_ROW;
}

const char *journal_log_text(sqlite3_stmt *statement, int i, struct arena *arena)
{
	const char *text = (const char *)sqlite3_column_text(statement, i);

	return text != NULL ? arena_strdup(arena, text) : "";
}

static int entry_read(sqlite3_stmt *statement, struct arena *arena, struct journal_entry *entry)
{
	*entry = (struct journal_entry){
		.mark = { .revision = (uint64_t)sqlite3_column_int64(statement, 0),
		          .kind = (enum journal_kind)sqlite3_column_int(statement, 8),
		          .state = (enum journal_state)sqlite3_column_int(statement, 9),
		          .trial = (uint32_t)sqlite3_column_int64(statement, 10),
		          .of = (uint64_t)sqlite3_column_int64(statement, 11) },
		.origin = { .at.ns = sqlite3_column_int64(statement, 1),
		            .who = journal_log_text(statement, 3, arena),
		            .door = journal_log_text(statement, 4, arena),
		            .line = journal_log_text(statement, 5, arena) },
		.redo = journal_log_text(statement, 6, arena),
		.undo = journal_log_text(statement, 7, arena),
	};
	entry->origin.trial = entry->mark.trial;
	return journal_log_sum(entry->mark.revision, &entry->origin, entry->redo, entry->undo) ==
	                       (uint64_t)sqlite3_column_int64(statement, 2)
	               ? 0
	               : -EUCLEAN;
}

int journal_entries(struct journal *journal, uint64_t from, size_t most, struct arena *arena,
                    struct journal_entry **ret_entries, size_t *ret_n)
{
	static const char sql[] = "SELECT log.revision, wall_ns, log.checksum, who, door, line,"
				  " redo, undo, ifnull(kind, 0), ifnull(state, 0),"
				  " ifnull(trial, 0), ifnull(of, 0) FROM log"
				  " LEFT JOIN mark ON mark.revision = log.revision"
				  " WHERE log.revision <= ?1 ORDER BY log.revision DESC LIMIT ?2";
	sqlite3_stmt *statement = NULL;
	int code = sqlite3_prepare_v2(journal->db, sql, -1, &statement, NULL);
	int error = code == SQLITE_OK ? 0 : journal_error(journal, code);
	size_t n = 0;

	*ret_entries = arena_new(arena, most, sizeof **ret_entries);
	if (error == 0) {
		(void)sqlite3_bind_int64(statement, 1, (int64_t)from);
		(void)sqlite3_bind_int64(statement, 2, (int64_t)most);
	}
	while (error == 0 && n < most && journal_log_step(journal, statement, &error))
		error = entry_read(statement, arena, &(*ret_entries)[n++]);
	sqlite3_finalize(statement);
	*ret_n = n;
	return error;
}

static bool side_read(sqlite3_stmt *statement, int first, struct arena *arena,
                      struct journal_row *row)
{
	if (sqlite3_column_type(statement, first) == SQLITE_NULL)
		return false;
	row->id = (uint32_t)sqlite3_column_int64(statement, 0);
	row->menu = journal_log_text(statement, 1, arena);
	row->flags = (uint32_t)sqlite3_column_int64(statement, first);
	row->position = sqlite3_column_int64(statement, first + 1);
	row->fields = journal_log_text(statement, first + 2, arena);
	row->comment = journal_log_text(statement, first + 3, arena);
	return true;
}

static int delta_read(sqlite3_stmt *statement, uint64_t revision, struct arena *arena,
                      struct journal_delta *delta)
{
	*delta = (struct journal_delta){ 0 };
	delta->was = side_read(statement, 2, arena, &delta->old);
	delta->is = side_read(statement, 6, arena, &delta->new);
	return journal_delta_sum(revision, delta) == (uint64_t)sqlite3_column_int64(statement, 10)
	               ? 0
	               : -EUCLEAN;
}

int journal_deltas(struct journal *journal, uint64_t revision, struct arena *arena,
                   struct journal_delta **ret_deltas, size_t *ret_n)
{
	static const char sql[] = "SELECT id, menu, old_flags, old_position, old_fields,"
				  " old_comment, new_flags, new_position, new_fields, new_comment,"
				  " checksum, count(*) OVER () FROM delta WHERE revision = ?1";
	sqlite3_stmt *statement = NULL;
	int code = sqlite3_prepare_v2(journal->db, sql, -1, &statement, NULL);
	int error = code == SQLITE_OK ? 0 : journal_error(journal, code);
	size_t n = 0, size = 0;

	*ret_deltas = NULL;
	if (error == 0)
		(void)sqlite3_bind_int64(statement, 1, (int64_t)revision);
	while (error == 0 && journal_log_step(journal, statement, &error)) {
		if (n == 0) {
			size = (size_t)sqlite3_column_int64(statement, 11);
			*ret_deltas = arena_new(arena, size, sizeof **ret_deltas);
		}
		if (n == size)
			error = -EUCLEAN;
		else
			error = delta_read(statement, revision, arena, &(*ret_deltas)[n++]);
	}
	sqlite3_finalize(statement);
	*ret_n = n;
	return error;
}
