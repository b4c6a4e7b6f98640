#include "conf/journal_inside.h"

#include <errno.h>
#include <string.h>

#include "conf/conf.h"
#include "conf/diag.h"
#include "lib/text.h"

#define APPLICATION_ID 0x546f7770 /* "Towp" */
#define SCHEMA_VERSION 2
/* No version of Towpath will ever write a format of that number: a bit was lost. */
#define SCHEMA_ABSURD 1000

#define HISTORY_TABLES                                                                             \
	"CREATE TABLE delta(revision INTEGER NOT NULL, id INTEGER NOT NULL, menu TEXT NOT NULL,"   \
	" old_flags INTEGER, old_position INTEGER, old_fields TEXT, old_comment TEXT,"             \
	" new_flags INTEGER, new_position INTEGER, new_fields TEXT, new_comment TEXT,"             \
	" checksum INTEGER NOT NULL, PRIMARY KEY(revision, id)) STRICT, WITHOUT ROWID;"            \
	"CREATE TABLE mark(revision INTEGER PRIMARY KEY, kind INTEGER NOT NULL,"                   \
	" state INTEGER NOT NULL, trial INTEGER NOT NULL, of INTEGER NOT NULL,"                    \
	" checksum INTEGER NOT NULL) STRICT;"                                                      \
	"CREATE INDEX mark_state ON mark(state, revision) WHERE state > 0;"                        \
	"CREATE INDEX mark_trial ON mark(trial, revision) WHERE trial > 0;"                        \
	"CREATE TABLE trial(id INTEGER PRIMARY KEY, who TEXT NOT NULL, door TEXT NOT NULL,"        \
	" since_ns INTEGER NOT NULL, until_ns INTEGER NOT NULL, checksum INTEGER NOT NULL) "       \
	"STRICT;"                                                                                  \
	"PRAGMA user_version=2;"

static const char schema[] =
	"BEGIN IMMEDIATE;"
	"CREATE TABLE rows(id INTEGER PRIMARY KEY, menu TEXT NOT NULL, position INTEGER NOT NULL,"
	" flags INTEGER NOT NULL, fields TEXT NOT NULL, comment TEXT NOT NULL,"
	" checksum INTEGER NOT NULL) STRICT;"
	"CREATE TABLE log(revision INTEGER PRIMARY KEY, wall_ns INTEGER NOT NULL,"
	" who TEXT NOT NULL, door TEXT NOT NULL, line TEXT NOT NULL, redo TEXT NOT NULL,"
	" undo TEXT NOT NULL, checksum INTEGER NOT NULL) STRICT;"
	"CREATE TABLE seal(one INTEGER PRIMARY KEY CHECK(one = 1), revision INTEGER NOT NULL,"
	" next_id INTEGER NOT NULL, digest INTEGER NOT NULL, checksum INTEGER NOT NULL) STRICT;"
	"PRAGMA application_id=1416591216;" HISTORY_TABLES "COMMIT;";

/* Format 1 had no deltas: what it wrote is shown, and can't be undone. */
static const char from_1[] = "BEGIN IMMEDIATE;" HISTORY_TABLES "COMMIT;";

int journal_damaged(struct diag *diag, const char *what)
{
	(void)diag_fail(diag, NULL,
	                "%s is damaged (%s). Put a copy of it back, or, to start with a fresh "
	                "configuration, remove it and %s",
	                CONF_FILE, what, MARK_FILE);
	return -EUCLEAN;
}

int journal_open_failed(struct journal *journal, int error, struct diag *diag)
{
	if (error == -EUCLEAN)
		return journal_damaged(diag, sqlite3_errmsg(journal->db));
	(void)diag_fail(diag, NULL, "%s can't be opened: %s", CONF_FILE, strerror(-error));
	return error;
}

int journal_schema_check(struct journal *journal, bool *ret_fresh, struct diag *diag)
{
	int64_t application, version, tables, seals = 0;
	int error = journal_number(journal, "PRAGMA application_id", &application);

	if (error == 0)
		error = journal_number(journal, "PRAGMA user_version", &version);
	if (error == 0)
		error = journal_number(journal, "SELECT count(*) FROM sqlite_schema", &tables);
	if (error == 0 && tables == 0 && application == 0 && !journal->marked) {
		*ret_fresh = true;
		error = journal_exec(journal, schema);
		return error == 0 ? 0 : journal_open_failed(journal, error, diag);
	}
	if (error != 0)
		return journal_open_failed(journal, error, diag);
	if (tables == 0)
		return journal_damaged(diag, "it is empty, although it once held a configuration");
	if (application != APPLICATION_ID)
		return journal_damaged(diag, "it is not a configuration of Towpath");
	if (version < 1 || version >= SCHEMA_ABSURD)
		return journal_damaged(diag, "its format is one that there is not");
	if (version == 1) {
		error = journal_exec(journal, from_1);
		if (error != 0)
			return journal_open_failed(journal, error, diag);
		version = SCHEMA_VERSION;
	}
	if (version != SCHEMA_VERSION) {
		(void)diag_fail(diag, NULL,
		                "%s was written by another version of Towpath (its format is %lld, "
		                "this version reads %d): start that version instead",
		                CONF_FILE, (long long)version, SCHEMA_VERSION);
		return -EINVAL;
	}
	error = journal_number(journal, "SELECT count(*) FROM seal", &seals);
	if (error != 0)
		return journal_open_failed(journal, error, diag);
	*ret_fresh = seals == 0;
	return seals == 0 && journal->marked ? journal_damaged(diag, "its seal is missing") : 0;
}

/* The definitions of all tables and indexes. */
static int definitions(sqlite3 *db, struct text *out)
{
	static const char sql[] = "SELECT type, name, tbl_name, sql FROM sqlite_schema"
				  " WHERE sql IS NOT NULL ORDER BY name";
	sqlite3_stmt *statement = NULL;
	int code = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);

	while (code == SQLITE_OK || code == SQLITE_ROW) {
		code = sqlite3_step(statement);
		for (int i = 0; code == SQLITE_ROW && i < 4; i++) {
			const char *text = (const char *)sqlite3_column_text(statement, i);

			text_printf(out, "%s\n", text != NULL ? text : "");
		}
	}
	sqlite3_finalize(statement);
	return code;
}

int journal_schema_same(struct journal *journal, struct diag *diag)
{
	struct text ours = { 0 }, right = { 0 };
	sqlite3 *db = NULL;
	int error = 0;

	if (sqlite3_open_v2(":memory:", &db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK ||
	    sqlite3_exec(db, schema, NULL, NULL, NULL) != SQLITE_OK ||
	    definitions(db, &right) != SQLITE_DONE)
		error = -ENOMEM;
	else if (definitions(journal->db, &ours) != SQLITE_DONE ||
	         strcmp(text_str(&ours), text_str(&right)) != 0)
		error = journal_damaged(diag, "its tables are not as they were made");
	(void)sqlite3_close(db);
	text_free(&ours);
	text_free(&right);
	return error;
}
