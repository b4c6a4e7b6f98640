#include <errno.h>
#include <string.h>

#include "conf/conf.h"
#include "conf/diag.h"
#include "conf/journal_inside.h"
#include "conf/store_vfs.h"
#include "lib/text.h"

#define NAME_BYTES 128

/* As it lies there: no log is looked for beside it, and none is made. */
static int open_as_it_is(struct journal *journal, const char *name)
{
	char buffer[NAME_BYTES];
	struct text uri = text_into(buffer, sizeof buffer);
	int code;

	text_printf(&uri, "file:%s?immutable=1", name);
	code = sqlite3_open_v2(buffer, &journal->db, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI,
	                       store_vfs_name(journal->vfs));
	if (code != SQLITE_OK)
		return journal_error(journal, code);
	return journal_exec(journal, "PRAGMA temp_store=MEMORY;"
	                             "PRAGMA mmap_size=0;"
	                             "PRAGMA trusted_schema=OFF;"
	                             "PRAGMA cell_size_check=ON;");
}

int journal_sound(struct journal *journal, struct diag *diag)
{
	sqlite3_stmt *statement = NULL;
	int code = sqlite3_prepare_v2(journal->db, "PRAGMA quick_check(1)", -1, &statement, NULL);
	const char *said = NULL;
	int error = 0;

	/* Two bytes at its head say by whom it may be written. */
	if (sqlite3_db_readonly(journal->db, "main") != journal->read_only)
		error = journal_damaged(diag, "it says that nobody may write it");
	if (code == SQLITE_OK)
		code = sqlite3_step(statement);
	if (code == SQLITE_ROW)
		said = (const char *)sqlite3_column_text(statement, 0);
	if (error == 0 && code != SQLITE_ROW)
		error = journal_open_failed(journal, journal_error(journal, code), diag);
	else if (error == 0 && (said == NULL || strcmp(said, "ok") != 0))
		error = journal_damaged(diag, said != NULL ? said : "its check says nothing");
	sqlite3_finalize(statement);
	return error != 0 ? error : journal_schema_same(journal, diag);
}

static int rows_verify(struct journal *journal, struct journal_seal *ret_seal, struct diag *diag)
{
	int error = journal_rows_verify(journal, NULL, NULL, diag);

	if (error == 0)
		error = journal_seal_verify(journal, ret_seal, diag);
	return error != 0 ? error : journal_rows_there(journal, ret_seal, diag);
}

static int verify(struct journal *journal, enum journal_part part, struct journal_seal *ret_seal,
                  struct diag *diag)
{
	int error = 0;

	if (part == JOURNAL_SEAL)
		return journal_seal_verify(journal, ret_seal, diag);
	if (part == JOURNAL_WHOLE)
		error = journal_sound(journal, diag);
	return error != 0 ? error : rows_verify(journal, ret_seal, diag);
}

int journal_verify(struct store *store, const char *name, enum journal_part part,
                   uint64_t *ret_revision)
{
	struct journal journal = { .store = store, .read_only = true };
	struct journal_seal seal = { 0 };
	struct diag diag = { 0 };
	int error;

	if (!store->exists(store, name))
		return -ENOENT;
	journal.vfs = store_vfs_new(store, NULL);
	if (journal.vfs == NULL)
		return -ENOMEM;
	error = open_as_it_is(&journal, name);
	if (error == 0)
		error = verify(&journal, part, &seal, &diag);
	*ret_revision = seal.revision;
	(void)sqlite3_close(journal.db);
	store_vfs_free(journal.vfs);
	return error;
}
