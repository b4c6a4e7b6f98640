#include "conf/journal_inside.h"

#include <string.h>

#include "conf/line.h"
#include "conf/row.h"
#include "conf/store_vfs.h"
#include "lib/mem.h"

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
	stored.checksum = journal_row_sum(&stored, lens);
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
	struct journal_delta *delta = &write->deltas[write->ndeltas];
	struct arena *arena = &write->arena;

	if (!is_written(change))
		return;
	*delta = (struct journal_delta){ .was = change->old != NULL, .is = change->new != NULL };
	if (delta->was)
		delta->old = row_stored(arena, change->menu, change->old);
	if (delta->is)
		delta->new = row_stored(arena, change->menu, change->new);
	write->digest += delta->new.checksum - delta->old.checksum;
	write->rows[write->nrows++] =
		delta->is ? delta->new : (struct journal_row){ .id = change->old->id };
	write->ndeltas++;
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
		                                 .line = word_keep(arena, origin->line),
		                                 .trial = origin->trial };
	write->mark = (struct journal_mark){ .revision = new->revision,
		                             .state = JOURNAL_UNDOABLE,
		                             .trial = origin->trial };
	write->redo = lines_keep(arena, &there, new);
	write->undo = lines_keep(arena, &back, old);
	write->rows = arena_new(arena, there.n, sizeof *write->rows);
	write->deltas = arena_new(arena, there.n, sizeof *write->deltas);
	for (size_t i = 0; i < there.n; i++)
		write_add(write, &there.at[i]);
	diff_free(&there);
	diff_free(&back);
	return write;
}

struct journal_write *journal_write_aside(wall at)
{
	struct journal_write *write = mem_new(1, sizeof *write);

	write->aside = true;
	write->origin.at = at;
	return write;
}

void journal_write_free(struct journal_write *write)
{
	if (write == NULL)
		return;
	arena_free(&write->arena);
	mem_free(write);
}

static int row_put_stored(struct journal *journal, const struct journal_row *row)
{
	if (row->menu == NULL)
		return journal_put(journal, "DELETE FROM rows WHERE id = ?1", "i",
		                   (int64_t)row->id);
	return journal_put(
		journal,
		"INSERT OR REPLACE INTO rows(id, flags, position, checksum, menu, fields,"
		" comment) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)",
		"iiiisss", (int64_t)row->id, (int64_t)row->flags, row->position,
		(int64_t)row->checksum, row->menu, row->fields, row->comment);
}

static int revision_put(struct journal *journal, const struct journal_write *write)
{
	int error = 0;

	for (size_t i = 0; error == 0 && i < write->nrows; i++)
		error = row_put_stored(journal, &write->rows[i]);
	if (error == 0)
		error = journal_log_put(journal, write);
	if (error == 0)
		error = journal_put(
			journal,
			"INSERT OR REPLACE INTO seal(one, revision, next_id, digest, checksum)"
			" VALUES(1, ?1, ?2, ?3, ?4)",
			"iiii", (int64_t)write->revision, (int64_t)write->next_id,
			(int64_t)write->digest,
			(int64_t)journal_seal_sum(write->revision, write->next_id, write->digest));
	return error;
}

static int write_all(struct journal *journal, const struct journal_write *write)
{
	int error = journal_exec(journal, "BEGIN IMMEDIATE");

	if (error == 0 && !write->aside)
		error = revision_put(journal, write);
	if (error == 0)
		error = journal_mark_put(journal, write);
	if (error == 0)
		error = journal_exec(journal, "COMMIT");
	return error;
}

/*
 * A commit whose sync failed lies complete in the log and would be taken for good at the next
 * start. Rolled back in memory, it is cut off the log as well.
 */
static void take_back(struct journal *journal, struct journal_write *write)
{
	if (sqlite3_get_autocommit(journal->db) == 0)
		(void)journal_exec(journal, "ROLLBACK");
	journal->doubtful = journal_fold(journal) != 0;
	write->doubtful = journal->doubtful;
}

int journal_settle(struct journal *journal)
{
	int error = journal_fold(journal);

	if (error == 0)
		journal->doubtful = false;
	return error;
}

void journal_write_run(struct journal *journal, struct journal_write *write)
{
	store_vfs_time(journal->vfs, write->origin.at);
	if (journal->doubtful) {
		write->result = journal_settle(journal);
		if (write->result != 0) {
			write->doubtful = true;
			return;
		}
	}
	write->result = write_all(journal, write);
	if (write->result != 0) {
		take_back(journal, write);
		return;
	}
	if (!write->aside)
		journal->digest = write->digest;
	/* The change is lasting already; folding only keeps the log short and checked. */
	(void)journal_fold(journal);
	journal_keep_mark(journal);
}
