#include "conf/journal_inside.h"

#include <errno.h>

#include "conf/conf.h"
#include "conf/diag.h"
#include "conf/row.h"

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
	return journal_open_failed(journal, journal_error(journal, code), diag);
}

/*
 * A lost bit can make bytes of a text: they read the same, so that the checksum holds, but they are
 * equal to no text, and the row would be found under no menu.
 */
static bool row_is_typed(sqlite3_stmt *statement)
{
	for (int i = 0; i < 7; i++) {
		if (sqlite3_column_type(statement, i) != (i < 4 ? SQLITE_INTEGER : SQLITE_TEXT))
			return false;
	}
	return true;
}

int journal_rows_verify(struct journal *journal, const struct conf_state *state, struct log *log,
                        struct diag *diag)
{
	sqlite3_stmt *statement = NULL;
	int code = sqlite3_prepare_v2(journal->db, SELECT_ROWS, -1, &statement, NULL);
	int error = 0;

	journal->digest = 0;
	while (error == 0 && code == SQLITE_OK) {
		struct journal_row row;
		size_t lens[3];

		code = sqlite3_step(statement);
		if (code != SQLITE_ROW)
			break;
		code = SQLITE_OK;
		if (!row_is_typed(statement)) {
			error = journal_damaged(diag, "a value is of another type");
			break;
		}
		row_read(statement, &row, lens);
		journal->digest += row.checksum;
		if (journal_row_sum(&row, lens) != row.checksum)
			error = journal_damaged(diag, "a row's checksum is wrong");
		else if (log != NULL && state_menu(state, row.menu) < 0)
			log_write(log, LOG_WARNING, "system",
			          "%s holds a row of %s, which this version does not know",
			          CONF_FILE, row.menu);
	}
	sqlite3_finalize(statement);
	if (error == 0 && code != SQLITE_DONE)
		error = load_failed(journal, code, diag);
	return error;
}

static int seal_read(struct journal *journal, struct journal_seal *ret_seal, uint64_t *ret_checksum)
{
	sqlite3_stmt *statement = NULL;
	int code = sqlite3_prepare_v2(journal->db,
	                              "SELECT revision, next_id, digest, checksum FROM seal", -1,
	                              &statement, NULL);

	if (code == SQLITE_OK)
		code = sqlite3_step(statement);
	if (code == SQLITE_ROW) {
		ret_seal->revision = (uint64_t)sqlite3_column_int64(statement, 0);
		ret_seal->next_id = (uint32_t)sqlite3_column_int64(statement, 1);
		ret_seal->digest = (uint64_t)sqlite3_column_int64(statement, 2);
		*ret_checksum = (uint64_t)sqlite3_column_int64(statement, 3);
	}
	sqlite3_finalize(statement);
	return code;
}

int journal_seal_verify(struct journal *journal, struct journal_seal *ret_seal, struct diag *diag)
{
	uint64_t checksum = 0;
	int code = seal_read(journal, ret_seal, &checksum);

	if (code != SQLITE_ROW)
		return load_failed(journal, code, diag);
	if (journal_seal_sum(ret_seal->revision, ret_seal->next_id, ret_seal->digest) != checksum)
		return journal_damaged(diag, "the seal's checksum is wrong");
	return 0;
}

int journal_rows_there(const struct journal *journal, const struct journal_seal *seal,
                       struct diag *diag)
{
	return seal->digest == journal->digest ? 0 : journal_damaged(diag, "rows are missing");
}

struct row *journal_row_new(const struct journal_row *from, const struct menu *menu,
                            const struct conf_state *state, struct diag *diag)
{
	struct row *row = row_blank(menu);
	struct diag why = { 0 };

	row->id = from->id;
	row->flags = from->flags & ROW_STORED_FLAGS;
	row_position_set(row, from->position);
	row_comment_set(row, from->comment);
	if (row_decode(menu, from->fields, row, state, &why))
		return row;
	row_release(row);
	(void)diag_fail(diag, why.field, "%s: item *%X of %s can't be read by this version: %s",
	                CONF_FILE, from->id, menu->path, why.text);
	return NULL;
}

static int row_take(const struct journal_row *from, struct conf_state *state, size_t m,
                    struct diag *diag)
{
	struct row *row = journal_row_new(from, state->menus[m], state, diag);

	if (row == NULL)
		return -EINVAL;
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
	struct journal_seal seal = { .next_id = state->next_id };
	int error;

	error = journal_rows_verify(journal, state, log, diag);
	if (error == 0)
		error = journal_seal_verify(journal, &seal, diag);
	if (error == 0)
		error = journal_rows_there(journal, &seal, diag);
	state->revision = seal.revision;
	state->next_id = seal.next_id;
	for (size_t m = 0; error == 0 && m < state->nmenus; m++)
		error = menu_load(journal, state, m, diag);
	return error;
}

int journal_read(struct journal *journal, struct conf_state *state, struct diag *diag)
{
	int64_t revision = 0;
	int error = journal_number(journal, "SELECT revision FROM seal", &revision);

	if (error != 0)
		return journal_open_failed(journal, error, diag);
	state->revision = (uint64_t)revision;
	for (size_t m = 0; error == 0 && m < state->nmenus; m++)
		error = menu_load(journal, state, m, diag);
	return error;
}
