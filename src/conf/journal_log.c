#include "conf/journal_inside.h"

/* How many changes the history goes back. */
#define HISTORY_KEPT 10000

int journal_log_put(struct journal *journal, const struct journal_write *write)
{
	const struct journal_origin *origin = &write->origin;
	int error = journal_put(
		journal,
		"INSERT INTO log(revision, wall_ns, checksum, who, door, line, redo, undo)"
		" VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
		"iiisssss", (int64_t)write->revision, origin->at.ns,
		(int64_t)journal_log_sum(write), origin->who, origin->door, origin->line,
		write->redo, write->undo);

	if (error == 0)
		error = journal_put(journal, "DELETE FROM log WHERE revision <= ?1", "i",
		                    (int64_t)write->revision - HISTORY_KEPT);
	return error;
}
