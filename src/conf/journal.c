#include "conf/journal.h"

#include <errno.h>
#include <inttypes.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <string.h>

#include "conf/conf.h"
#include "conf/diag.h"
#include "conf/line.h"
#include "conf/row.h"
#include "conf/store_vfs.h"
#include "lib/hash.h"
#include "lib/mem.h"

#define APPLICATION_ID 0x546f7770 /* "Towp" */
#define SCHEMA_VERSION 1
/* How many changes the history goes back. */
#define HISTORY_KEPT 10000
/* Once a configuration was stored this file is there; without it an emptied store looks fresh. */
#define MARK_FILE "config.kept"

struct journal {
	struct store *store;
	struct store_vfs *vfs;
	sqlite3 *db;
	uint64_t digest; /* of all stored rows */
	bool marked;     /* MARK_FILE is there */
	bool doubtful;   /* a failed write is perhaps stored: cut the log before the next one */
};

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
	"PRAGMA application_id=1416591216;"
	"PRAGMA user_version=1;"
	"COMMIT;";

/* A checksum against lost bits, not against people: the key is no secret. */
static uint64_t sum_text(const struct text *text)
{
	static const struct hash_key key = { 0x746f777061746830, 0x636f6e66726f7773 };

	return hash_bytes(&key, text_str(text), text->len);
}

/* Each piece with its length, so that bytes can't wander from one to the next. */
static void sum_piece(struct text *text, const char *bytes, size_t len)
{
	text_printf(text, "%zu:", len);
	text_bytes(text, bytes, len);
}

static uint64_t row_sum(const struct journal_row *row, const size_t lens[3])
{
	struct text text = { 0 };
	uint64_t sum;

	text_printf(&text, "%u %u %" PRId64 " ", row->id, row->flags, row->position);
	sum_piece(&text, row->menu, lens[0]);
	sum_piece(&text, row->fields, lens[1]);
	sum_piece(&text, row->comment, lens[2]);
	sum = sum_text(&text);
	text_free(&text);
	return sum;
}

static uint64_t seal_sum(uint64_t revision, uint32_t next_id, uint64_t digest)
{
	char buffer[80];
	struct text text = text_into(buffer, sizeof buffer);

	text_printf(&text, "%" PRIu64 " %u %" PRIu64, revision, next_id, digest);
	return sum_text(&text);
}

static uint64_t log_sum(const struct journal_write *write)
{
	const struct journal_origin *origin = &write->origin;
	const char *const pieces[] = { origin->who, origin->door, origin->line, write->redo,
		                       write->undo };
	struct text text = { 0 };
	uint64_t sum;

	text_printf(&text, "%" PRIu64 " %" PRId64 " ", write->revision, origin->at.ns);
	for (size_t i = 0; i < ARRAY_LEN(pieces); i++)
		sum_piece(&text, pieces[i], strlen(pieces[i]));
	sum = sum_text(&text);
	text_free(&text);
	return sum;
}

/* SQLite's code and the store's error as -errno. */
static int error_of(struct journal *journal, int code)
{
	int error = store_vfs_error(journal->vfs);

	switch (code & 0xff) {
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return -EUCLEAN;
	case SQLITE_FULL:
		return error != 0 ? error : -ENOSPC;
	case SQLITE_NOMEM:
		return -ENOMEM;
	case SQLITE_READONLY:
		return -EROFS;
	default:
		return error != 0 ? error : -EIO;
	}
}

static int run(struct journal *journal, const char *sql)
{
	int code = sqlite3_exec(journal->db, sql, NULL, NULL, NULL);

	return code == SQLITE_OK ? 0 : error_of(journal, code);
}

static int damaged(struct diag *diag, const char *what)
{
	(void)diag_fail(diag, NULL,
	                "%s is damaged (%s). Put a copy of it back, or, to start with a fresh "
	                "configuration, remove it and %s",
	                CONF_FILE, what, MARK_FILE);
	return -EUCLEAN;
}

static int open_failed(struct journal *journal, int error, struct diag *diag)
{
	if (error == -EUCLEAN)
		return damaged(diag, sqlite3_errmsg(journal->db));
	(void)diag_fail(diag, NULL, "%s can't be opened: %s", CONF_FILE, strerror(-error));
	return error;
}

/* The number that @sql yields, in its first row and column. */
static int number_get(struct journal *journal, const char *sql, int64_t *ret_number)
{
	sqlite3_stmt *statement = NULL;
	int code = sqlite3_prepare_v2(journal->db, sql, -1, &statement, NULL);

	if (code == SQLITE_OK)
		code = sqlite3_step(statement);
	if (code == SQLITE_ROW)
		*ret_number = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	return code == SQLITE_ROW ? 0 : error_of(journal, code);
}

/* Fold the write-ahead log into the file and cut it. */
static int fold(struct journal *journal)
{
	int64_t busy;
	int error = number_get(journal, "PRAGMA wal_checkpoint(TRUNCATE)", &busy);

	return error == 0 && busy != 0 ? -EBUSY : error;
}

static void mark(struct journal *journal)
{
	struct store_file *file;

	if (journal->marked)
		return;
	if (journal->store->open(journal->store, MARK_FILE, true, &file) != 0)
		return; /* tried again with the next change */
	journal->marked =
		journal->store->sync(file) == 0 && journal->store->sync_names(journal->store) == 0;
	journal->store->close(file);
}

/* Is it ours, and of a version that we can read? An empty one becomes ours. */
static int schema_check(struct journal *journal, bool *ret_fresh, struct diag *diag)
{
	int64_t application, version, tables, seals = 0;
	int error = number_get(journal, "PRAGMA application_id", &application);

	if (error == 0)
		error = number_get(journal, "PRAGMA user_version", &version);
	if (error == 0)
		error = number_get(journal, "SELECT count(*) FROM sqlite_schema", &tables);
	if (error == 0 && tables == 0 && application == 0 && !journal->marked) {
		*ret_fresh = true;
		error = run(journal, schema);
		return error == 0 ? 0 : open_failed(journal, error, diag);
	}
	if (error != 0)
		return open_failed(journal, error, diag);
	if (tables == 0)
		return damaged(diag, "it is empty, although it once held a configuration");
	if (application != APPLICATION_ID)
		return damaged(diag, "it is not a configuration of Towpath");
	if (version != SCHEMA_VERSION) {
		(void)diag_fail(diag, NULL,
		                "%s was written by another version of Towpath (its format is %lld, "
		                "this version reads %d): start that version instead",
		                CONF_FILE, (long long)version, SCHEMA_VERSION);
		return -EINVAL;
	}
	error = number_get(journal, "SELECT count(*) FROM seal", &seals);
	if (error != 0)
		return open_failed(journal, error, diag);
	*ret_fresh = seals == 0;
	return seals == 0 && journal->marked ? damaged(diag, "its seal is missing") : 0;
}

static int database_open(struct journal *journal, struct diag *diag)
{
	/* Exclusive before anything is read: so the log needs no shared memory. */
	static const char settings[] = "PRAGMA locking_mode=EXCLUSIVE;"
				       "PRAGMA temp_store=MEMORY;"
				       "PRAGMA mmap_size=0;"
				       "PRAGMA trusted_schema=OFF;"
				       "PRAGMA cell_size_check=ON;"
				       "PRAGMA foreign_keys=ON;"
				       "PRAGMA journal_mode=WAL;"
				       "PRAGMA synchronous=EXTRA;"
				       "PRAGMA wal_autocheckpoint=0;";
	int code =
		sqlite3_open_v2(CONF_FILE, &journal->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
	                        store_vfs_name(journal->vfs));
	int error = code == SQLITE_OK ? 0 : error_of(journal, code);

	if (error == 0)
		error = run(journal, settings);
	return error == 0 ? 0 : open_failed(journal, error, diag);
}

int journal_open(struct store *store, struct random *random, struct journal **ret_journal,
                 bool *ret_fresh, struct diag *diag)
{
	struct journal *journal = mem_new(1, sizeof *journal);
	int error;

	journal->store = store;
	journal->marked = store->exists(store, MARK_FILE);
	journal->vfs = store_vfs_new(store, random);
	if (journal->vfs == NULL) {
		mem_free(journal);
		(void)diag_fail(diag, NULL, "%s can't be opened: out of memory", CONF_FILE);
		return -ENOMEM;
	}
	error = database_open(journal, diag);
	if (error == 0)
		error = schema_check(journal, ret_fresh, diag);
	if (error != 0) {
		journal_close(journal);
		return error;
	}
	if (!*ret_fresh)
		mark(journal);
	*ret_journal = journal;
	return 0;
}

void journal_close(struct journal *journal)
{
	if (journal == NULL)
		return;
	/* Closing folds what is left of the log; should that fail, the log is read at the start. */
	(void)sqlite3_close(journal->db);
	store_vfs_free(journal->vfs);
	mem_free(journal);
}

/* Columns as they lie in the statement; good until its next step. */
static void row_read(sqlite3_stmt *statement, struct journal_row *ret_row, size_t lens[3])
{
	const char *text[3];

	for (int i = 0; i < 3; i++) {
		text[i] = (const char *)sqlite3_column_text(statement, 4 + i);
		lens[i] = text[i] != NULL ? (size_t)sqlite3_column_bytes(statement, 4 + i) : 0;
		if (text[i] == NULL)
			text[i] = "";
	}
	*ret_row = (struct journal_row){
		.id = (uint32_t)sqlite3_column_int64(statement, 0),
		.flags = (uint32_t)sqlite3_column_int64(statement, 1),
		.position = sqlite3_column_int64(statement, 2),
		.checksum = (uint64_t)sqlite3_column_int64(statement, 3),
		.menu = text[0],
		.fields = text[1],
		.comment = text[2],
	};
}

#define SELECT_ROWS "SELECT id, flags, position, checksum, menu, fields, comment FROM rows "

static int load_failed(struct journal *journal, int code, struct diag *diag)
{
	return open_failed(journal, error_of(journal, code), diag);
}

/* First pass: every row is as it was written. */
static int rows_verify(struct journal *journal, const struct conf_state *state, struct log *log,
                       struct diag *diag)
{
	sqlite3_stmt *statement = NULL;
	int code = sqlite3_prepare_v2(journal->db, SELECT_ROWS, -1, &statement, NULL);
	int error = 0;

	while (error == 0 && code == SQLITE_OK) {
		struct journal_row row;
		size_t lens[3];

		code = sqlite3_step(statement);
		if (code != SQLITE_ROW)
			break;
		code = SQLITE_OK;
		row_read(statement, &row, lens);
		journal->digest += row.checksum;
		if (row_sum(&row, lens) != row.checksum)
			error = damaged(diag, "a row's checksum is wrong");
		else if (state_menu(state, row.menu) < 0 && log != NULL)
			log_write(log, LOG_WARNING, "system",
			          "%s holds a row of %s, which this version does not know",
			          CONF_FILE, row.menu);
	}
	sqlite3_finalize(statement);
	if (error == 0 && code != SQLITE_DONE)
		error = load_failed(journal, code, diag);
	return error;
}

static int seal_verify(struct journal *journal, struct conf_state *state, struct diag *diag)
{
	sqlite3_stmt *statement = NULL;
	int code = sqlite3_prepare_v2(journal->db,
	                              "SELECT revision, next_id, digest, checksum FROM seal", -1,
	                              &statement, NULL);
	uint64_t digest = 0, checksum = 0;

	if (code == SQLITE_OK)
		code = sqlite3_step(statement);
	if (code == SQLITE_ROW) {
		state->revision = (uint64_t)sqlite3_column_int64(statement, 0);
		state->next_id = (uint32_t)sqlite3_column_int64(statement, 1);
		digest = (uint64_t)sqlite3_column_int64(statement, 2);
		checksum = (uint64_t)sqlite3_column_int64(statement, 3);
	}
	sqlite3_finalize(statement);
	if (code != SQLITE_ROW)
		return load_failed(journal, code, diag);
	if (seal_sum(state->revision, state->next_id, digest) != checksum)
		return damaged(diag, "the seal's checksum is wrong");
	if (digest != journal->digest)
		return damaged(diag, "rows are missing");
	return 0;
}

static int row_take(const struct journal_row *from, struct conf_state *state, size_t m,
                    struct diag *diag)
{
	const struct menu *menu = state->menus[m];
	struct row *row = row_blank(menu);
	struct diag why = { 0 };

	row->id = from->id;
	row->flags = from->flags & ROW_STORED_FLAGS;
	row_position_set(row, from->position);
	row_comment_set(row, from->comment);
	if (!row_decode(menu, from->fields, row, state, &why)) {
		row_release(row);
		(void)diag_fail(diag, why.field,
		                "%s: item *%X of %s can't be read by this version: %s", CONF_FILE,
		                from->id, menu->path, why.text);
		return -EINVAL;
	}
	state_load(state, m, row);
	return 0;
}

/* Second pass, menu by menu: what is needed for another menu's defaults is there before it. */
static int menu_load(struct journal *journal, struct conf_state *state, size_t m, struct diag *diag)
{
	sqlite3_stmt *statement = NULL;
	int code =
		sqlite3_prepare_v2(journal->db, SELECT_ROWS "WHERE menu = ?1 ORDER BY position, id",
	                           -1, &statement, NULL);
	int error = 0;

	if (code == SQLITE_OK)
		code = sqlite3_bind_text(statement, 1, state->menus[m]->path, -1, SQLITE_STATIC);
	while (error == 0 && code == SQLITE_OK) {
		struct journal_row row;
		size_t lens[3];

		code = sqlite3_step(statement);
		if (code != SQLITE_ROW)
			break;
		code = SQLITE_OK;
		row_read(statement, &row, lens);
		error = row_take(&row, state, m, diag);
	}
	sqlite3_finalize(statement);
	if (error == 0 && code != SQLITE_DONE)
		error = load_failed(journal, code, diag);
	return error;
}

int journal_load(struct journal *journal, struct conf_state *state, struct log *log,
                 struct diag *diag)
{
	int error;

	journal->digest = 0;
	error = rows_verify(journal, state, log, diag);
	if (error == 0)
		error = seal_verify(journal, state, diag);
	for (size_t m = 0; error == 0 && m < state->nmenus; m++)
		error = menu_load(journal, state, m, diag);
	return error;
}

/* @row as it is stored, its text in @arena. */
static struct journal_row row_stored(struct arena *arena, const struct menu *menu,
                                     const struct row *row)
{
	struct text fields = { 0 };
	struct journal_row stored = {
		.id = row->id,
		.flags = row->flags & ROW_STORED_FLAGS,
		.position = row_position(row),
		.menu = menu->path,
		.comment = arena_strdup(arena, row->comment),
	};

	row_encode(menu, row, &fields);
	stored.fields = arena_strdup(arena, text_str(&fields));

	const size_t lens[3] = { strlen(stored.menu), fields.len, strlen(stored.comment) };

	text_free(&fields);
	stored.checksum = row_sum(&stored, lens);
	return stored;
}

/* A row that is set as well as moved is written once. */
static bool is_written(const struct change *change)
{
	if (change->kind == CHANGE_MOVE || change->kind == CHANGE_PLACE)
		return row_same(change->menu, change->old, change->new);
	return true;
}

static void write_add(struct journal_write *write, const struct change *change)
{
	struct journal_row *row = &write->rows[write->nrows];

	if (!is_written(change))
		return;
	if (change->old != NULL)
		write->digest -= row_stored(&write->arena, change->menu, change->old).checksum;
	if (change->new != NULL) {
		*row = row_stored(&write->arena, change->menu, change->new);
		write->digest += row->checksum;
	} else {
		*row = (struct journal_row){ .id = change->old->id };
	}
	write->nrows++;
}

static const char *lines_keep(struct arena *arena, const struct diff *diff,
                              const struct conf_state *state)
{
	struct text text = { 0 };
	const char *kept;

	line_diff(diff, state, &text);
	kept = arena_strdup(arena, text_str(&text));
	text_free(&text);
	return kept;
}

static const char *word_keep(struct arena *arena, const char *word)
{
	return word != NULL ? arena_strdup(arena, word) : "";
}

struct journal_write *journal_write_new(const struct journal *journal, const struct conf_state *old,
                                        const struct conf_state *new,
                                        const struct journal_origin *origin)
{
	struct journal_write *write = mem_new(1, sizeof *write);
	struct arena *arena = &write->arena;
	struct diff there = { 0 }, back = { 0 };

	diff_states(&there, old, new);
	diff_states(&back, new, old);
	write->revision = new->revision;
	write->next_id = new->next_id;
	write->digest = journal->digest;
	write->origin = (struct journal_origin){ .at = origin->at,
		                                 .who = word_keep(arena, origin->who),
		                                 .door = word_keep(arena, origin->door),
		                                 .line = word_keep(arena, origin->line) };
	write->redo = lines_keep(arena, &there, new);
	write->undo = lines_keep(arena, &back, old);
	write->rows = arena_new(arena, there.n, sizeof *write->rows);
	for (size_t i = 0; i < there.n; i++)
		write_add(write, &there.at[i]);
	diff_free(&there);
	diff_free(&back);
	return write;
}

void journal_write_free(struct journal_write *write)
{
	if (write == NULL)
		return;
	arena_free(&write->arena);
	mem_free(write);
}

/* One statement, its parameters bound as @kinds says: i = int64_t, s = const char *. */
static int put(struct journal *journal, const char *sql, const char *kinds, ...)
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
	return code == SQLITE_DONE ? 0 : error_of(journal, code);
}

static int row_put_stored(struct journal *journal, const struct journal_row *row)
{
	if (row->menu == NULL)
		return put(journal, "DELETE FROM rows WHERE id = ?1", "i", (int64_t)row->id);
	return put(journal,
	           "INSERT OR REPLACE INTO rows(id, flags, position, checksum, menu, fields,"
	           " comment) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)",
	           "iiiisss", (int64_t)row->id, (int64_t)row->flags, row->position,
	           (int64_t)row->checksum, row->menu, row->fields, row->comment);
}

static int log_put(struct journal *journal, const struct journal_write *write)
{
	const struct journal_origin *origin = &write->origin;
	int error =
		put(journal,
	            "INSERT INTO log(revision, wall_ns, checksum, who, door, line, redo, undo)"
	            " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
	            "iiisssss", (int64_t)write->revision, origin->at.ns, (int64_t)log_sum(write),
	            origin->who, origin->door, origin->line, write->redo, write->undo);

	if (error == 0)
		error = put(journal, "DELETE FROM log WHERE revision <= ?1", "i",
		            (int64_t)write->revision - HISTORY_KEPT);
	return error;
}

static int write_all(struct journal *journal, const struct journal_write *write)
{
	int error = run(journal, "BEGIN IMMEDIATE");

	for (size_t i = 0; error == 0 && i < write->nrows; i++)
		error = row_put_stored(journal, &write->rows[i]);
	if (error == 0)
		error = log_put(journal, write);
	if (error == 0)
		error = put(journal,
		            "INSERT OR REPLACE INTO seal(one, revision, next_id, digest, checksum)"
		            " VALUES(1, ?1, ?2, ?3, ?4)",
		            "iiii", (int64_t)write->revision, (int64_t)write->next_id,
		            (int64_t)write->digest,
		            (int64_t)seal_sum(write->revision, write->next_id, write->digest));
	if (error == 0)
		error = run(journal, "COMMIT");
	return error;
}

/*
 * A commit whose sync failed lies complete in the log and would be taken for good at the next
 * start. Rolled back in memory, it is cut off the log as well.
 */
static void take_back(struct journal *journal, struct journal_write *write)
{
	if (sqlite3_get_autocommit(journal->db) == 0)
		(void)run(journal, "ROLLBACK");
	journal->doubtful = fold(journal) != 0;
	write->doubtful = journal->doubtful;
}

void journal_write_run(struct journal *journal, struct journal_write *write)
{
	store_vfs_time(journal->vfs, write->origin.at);
	if (journal->doubtful) {
		write->result = fold(journal);
		if (write->result != 0) {
			write->doubtful = true;
			return;
		}
		journal->doubtful = false;
	}
	write->result = write_all(journal, write);
	if (write->result != 0) {
		take_back(journal, write);
		return;
	}
	journal->digest = write->digest;
	/* The change is lasting already; folding only keeps the log short and checked. */
	(void)fold(journal);
	mark(journal);
}
