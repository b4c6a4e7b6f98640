#include "conf/journal_inside.h"

#include <errno.h>
#include <stdarg.h>

#include "conf/store_vfs.h"

int journal_error(struct journal *journal, int code)
{
	int error = journal->vfs != NULL ? store_vfs_error(journal->vfs) : 0;

	switch (code & 0xff) {
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return -EUCLEAN;
	case SQLITE_FULL:
		return error != 0 ? error : -ENOSPC;
	case SQLITE_NOMEM:
		return -ENOMEM;
	default:
		/* The store did what it was asked, and the statements are ours: what is left is a
		 * file that ends too early, lacks a table, or says that it is read-only. */
		return error != 0 ? error : -EUCLEAN;
	}
}

int journal_exec(struct journal *journal, const char *sql)
{
	int code = sqlite3_exec(journal->db, sql, NULL, NULL, NULL);

	return code == SQLITE_OK ? 0 : journal_error(journal, code);
}

int journal_number(struct journal *journal, const char *sql, int64_t *ret_number)
{
	sqlite3_stmt *statement = NULL;
	int code = sqlite3_prepare_v2(journal->db, sql, -1, &statement, NULL);

	if (code == SQLITE_OK)
		code = sqlite3_step(statement);
	if (code == SQLITE_ROW)
		*ret_number = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	return code == SQLITE_ROW ? 0 : journal_error(journal, code);
}

int journal_put(struct journal *journal, const char *sql, const char *kinds, ...)
{
	sqlite3_stmt *statement = NULL;
	int code = sqlite3_prepare_v2(journal->db, sql, -1, &statement, NULL);
	va_list args;

	va_start(args, kinds);
	for (int i = 0; code == SQLITE_OK && kinds[i] != '\0'; i++) {
		if (kinds[i] == 'i')
			code = sqlite3_bind_int64(statement, i + 1, va_arg(args, int64_t));
		else
			code = sqlite3_bind_text(statement, i + 1, va_arg(args, const char *), -1,
			                         SQLITE_STATIC);
	}
	va_end(args);
	if (code == SQLITE_OK)
		code = sqlite3_step(statement);
	sqlite3_finalize(statement);
	return code == SQLITE_DONE ? 0 : journal_error(journal, code);
}

int journal_fold(struct journal *journal)
{
	int64_t busy;
	int error = journal_number(journal, "PRAGMA wal_checkpoint(TRUNCATE)", &busy);

	return error == 0 && busy != 0 ? -EBUSY : error;
}
