/*
 * load.h -- the rows of a fresh store.
 *
 * Threads: the router's.
 */
#ifndef CONF_LOAD_H
#define CONF_LOAD_H

#include <stdbool.h>

#include "conf/state.h"
#include "lib/must.h"

struct conf;
struct diag;

/*
 * Make the menus of @draft, those with keep[m] excepted, what they are in a fresh store. Rows of
 * things that are there, of settings and of what comes with the router keep their ids.
 * @no_defaults: only those.
 */
MUST_USE bool load_fresh(struct conf *conf, struct conf_state *draft, const bool *keep,
                         bool no_defaults, struct diag *diag);

/* What is in no store, but on this machine, is added to @draft, which was loaded. @fresh: nothing
 * was stored. */
MUST_USE bool load_fill(struct conf *conf, struct conf_state *draft, bool fresh, struct diag *diag);

/*
 * Publish @loaded (it is taken over) with what is missing in it, stored first if there is a
 * journal.
 * @fresh: nothing was stored.
 */
MUST_USE int load_first(struct conf *conf, struct conf_state *loaded, bool fresh,
                        struct diag *diag);

#endif
