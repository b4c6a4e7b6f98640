/*
 * revision_diff.h -- what leads from one revision to another, as lines.
 *
 * The configuration of a revision is made of today's by taking back all that came after it. That is
 * the background's work, in portions, on rows of its own: neither packets nor changes wait for it.
 *
 *   revision_diff_new() -> revision_diff_ready() each turn -> revision_diff_free()
 *
 * Threads: the router's.
 */
#ifndef CONF_REVISION_DIFF_H
#define CONF_REVISION_DIFF_H

#include <stdbool.h>
#include <stdint.h>

#include "conf/conf.h"
#include "lib/must.h"
#include "lib/text.h"

struct revision_diff;

/* @to 0: the newest one; @from UINT64_MAX: the one before @to. NULL with @diag: there is none. */
MUST_USE struct revision_diff *revision_diff_new(struct conf *conf, uint64_t from, uint64_t to,
                                                 struct diag *diag);
/* Is it done? Then @out gets the lines, secrets hidden, or what went wrong. */
MUST_USE bool revision_diff_ready(struct revision_diff *diff, struct text *out);
/* At any time; NULL is nothing. */
void revision_diff_free(struct revision_diff *diff);

#endif
