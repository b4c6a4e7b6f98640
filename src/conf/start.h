/*
 * start.h -- the first published state; conf_load() is conf/conf.h's.
 *
 * Threads: the router's, before packets.
 */
#ifndef CONF_START_H
#define CONF_START_H

#include <stdbool.h>

#include "conf/state.h"
#include "lib/must.h"

struct conf;
struct diag;

/*
 * Publish @loaded (it is taken over) with what is missing in it: rows of things that are there,
 * settings, and in a @fresh store what comes with it. Stored first, if there is a journal.
 */
MUST_USE int start_first(struct conf *conf, struct conf_state *loaded, bool fresh, bool no_defaults,
                         struct diag *diag);

#endif
