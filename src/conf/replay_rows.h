/*
 * replay_rows.h -- rows of the history put back into a state.
 *
 * Threads: the router's.
 */
#ifndef CONF_REPLAY_ROWS_H
#define CONF_REPLAY_ROWS_H

#include <stdbool.h>
#include <stddef.h>

#include "conf/journal.h"
#include "lib/text.h"

struct diag;

/*
 * Make of @draft what it was before (@back) or after the revision with these deltas: ids, places
 * and values. Each row must be as the revision left (or found) it; else @diag names it.
 */
MUST_USE bool replay_rows_exact(struct conf_state *draft, const struct journal_delta *deltas,
                                size_t n, bool back, struct diag *diag);

/*
 * Take back what still is as the revision left it. Each row that is not stays, and so does one that
 * others refer to, or whose own references are gone: @left gets a line for it. Returns how many
 * rows were taken back.
 */
size_t replay_rows_own(struct conf_state *draft, const struct journal_delta *deltas, size_t n,
                       struct text *left);

#endif
