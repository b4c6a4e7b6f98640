#include "conf/journal_inside.h"

#include <errno.h>
#include <string.h>

#include "conf/conf.h"
#include "conf/diag.h"
#include "conf/store_vfs.h"
#include "lib/mem.h"

void journal_keep_mark(struct journal *journal)
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

static int database_open(struct journal *journal, const char *name, struct diag *diag)
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
	int code = sqlite3_open_v2(name, &journal->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
	                           store_vfs_name(journal->vfs));
	int error = code == SQLITE_OK ? 0 : journal_error(journal, code);

	if (error == 0)
		error = journal_exec(journal, settings);
	if (error == 0)
		error = journal_mark_function(journal);
	return error == 0 ? 0 : journal_open_failed(journal, error, diag);
}

static struct journal *journal_new(struct store *store, struct random *random, struct diag *diag)
{
	struct journal *journal = mem_new(1, sizeof *journal);

	journal->store = store;
	journal->vfs = store_vfs_new(store, random);
	if (journal->vfs != NULL)
		return journal;
	mem_free(journal);
	(void)diag_fail(diag, NULL, "%s can't be opened: out of memory", CONF_FILE);
	return NULL;
}

/* MARK_FILE is about the one journal of the store, not about one that is being made. */
static int open_named(struct store *store, struct random *random, const char *name, bool *ret_fresh,
                      struct journal **ret_journal, struct diag *diag)
{
	struct journal *journal = journal_new(store, random, diag);
	bool is_it = strcmp(name, CONF_FILE) == 0;
	int error;

	if (journal == NULL)
		return -ENOMEM;
	journal->marked = is_it && store->exists(store, MARK_FILE);
	error = database_open(journal, name, diag);
	if (error == 0)
		error = journal_schema_check(journal, ret_fresh, diag);
	if (error != 0) {
		journal_close(journal);
		return error;
	}
	if (!*ret_fresh && is_it)
		journal_keep_mark(journal);
	*ret_journal = journal;
	return 0;
}

int journal_open(struct store *store, struct random *random, struct journal **ret_journal,
                 bool *ret_fresh, struct diag *diag)
{
	return open_named(store, random, CONF_FILE, ret_fresh, ret_journal, diag);
}

int journal_create(struct store *store, struct random *random, const char *name,
                   struct journal **ret_journal, struct diag *diag)
{
	bool fresh;

	return open_named(store, random, name, &fresh, ret_journal, diag);
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
