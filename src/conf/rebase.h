/*
 * rebase.h -- carry changes over to a state that others have changed meanwhile.
 *
 * Threads: the router's.
 */
#ifndef CONF_REBASE_H
#define CONF_REBASE_H

#include <stdbool.h>

#include "conf/state.h"
#include "lib/must.h"

struct diag;

/*
 * Change @onto, a draft of some other descendant of @base, by what leads from @base to @work. Field
 * by field: what @work has not changed stays as it is in @onto. False, with @diag naming the row,
 * when a row that was changed is gone, or what a row refers to is; @onto is then of no use.
 */
MUST_USE bool rebase_apply(const struct conf_state *base, const struct conf_state *work,
                           struct conf_state *onto, struct diag *diag);

#endif
