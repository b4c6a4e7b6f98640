/*
 * revision.h -- every change there was: looked at, taken back, done again, compared.
 *
 * The history is as long as the disk allows, so it is never in memory as a whole: one page is at
 * hand, and reading another is the background's work, for the disk may take its time. Whoever walks
 * the history asks for a page each turn until it is there.
 *
 * Taking back (undo) and doing again (redo) are transactions of their own, durable as any. They go
 * from the newest change that is in force downwards, and up again; a new change forgets what could
 * have been done again. Rows get back their ids and places, so that undoing everything leads to
 * exactly the configuration there was.
 *
 * Threads: the router's.
 */
#ifndef CONF_REVISION_H
#define CONF_REVISION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "conf/conf.h"
#include "conf/journal.h"
#include "lib/must.h"
#include "lib/text.h"

struct revisions;

#define REVISION_NEWEST INT64_MAX

/* What is at hand of it, from the newest downwards; good until the next revision_page(). */
struct revision_page {
	const struct journal_entry *entries;
	size_t n;
	bool last; /* nothing is older than these */
	int error; /* -errno: it can't be read */
};

/*
 * From revision @from (REVISION_NEWEST: the newest) on downwards. False: it is being read; ask
 * again next turn.
 */
MUST_USE bool revision_page(struct conf *conf, uint64_t from, struct revision_page *ret_page);
void revision_free(struct revisions *revisions);

/* "ip address added", "undo of revision 12: ip address added" */
void revision_action(const struct journal_entry *entry, struct text *out);

struct revision_steps {
	bool redo;
	uint32_t count;    /* how many changes; 0: one */
	uint64_t revision; /* as far as this one, which is included; 0: by count */
};

/* @notice (may be NULL; until the answer) gets a line for each change: which it was. */
void revision_step(struct conf *conf, const struct revision_steps *steps,
                   const struct journal_origin *origin, struct text *notice, conf_done *done,
                   void *arg);

#endif
