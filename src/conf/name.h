/*
 * name.h -- rows by their names: who a reference may mean.
 *
 * Threads: the router's.
 */
#ifndef CONF_NAME_H
#define CONF_NAME_H

#include <stdbool.h>

#include "conf/menu.h"

struct diag;

/* Does @ref (a path or a key space) mean items of @menu? */
bool name_ref_means(const char *ref, const struct menu *menu);
/* The index of the F_KEY field, or -1. */
int name_field(const struct menu *menu);
/* "*1A" to 0x1A; 0 when it is no id. */
uint32_t name_id(const char *text);
/* Can what @row is called stand for it wherever items are named, also in a list of them? */
bool name_fits(const struct menu *menu, const struct row *row, struct diag *diag);
/* No two rows of menu @m and its key space have the same name. */
bool name_unique(const struct conf_state *state, size_t m, struct diag *diag);

#endif
