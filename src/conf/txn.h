/*
 * txn.h -- from a request to typed changes of rows.
 *
 * A transaction works on a draft of the published state: requests are applied to it one after
 * another, each seeing what those before it did. When one fails the draft is thrown away.
 *
 * Besides a menu's own fields these are understood, unless the menu has fields of that name:
 *   disabled     yes|no, on add and set, in menus with items
 *   comment      on add, set and comment, in menus with items
 *   copy-from    on add: the item (name or *id) whose values are taken instead of the defaults
 *   place-before on add, in ordered menus: the item; request->place_before says the same
 *   .id          on add: the id of a removed row, which it gets back (undo)
 *
 * Threads: the router's.
 */
#ifndef CONF_TXN_H
#define CONF_TXN_H

#include <stdbool.h>
#include <stdint.h>

#include "conf/request.h"
#include "conf/state.h"
#include "lib/must.h"

struct diag;

/* Apply @request to @draft. @ret_id: the row that add made, or 0. */
MUST_USE bool txn_apply(struct conf_state *draft, struct request *request, uint32_t *ret_id,
                        struct diag *diag);

/*
 * Judge what has become of @draft: each changed row by itself (menu->check), names, then each
 * changed menu and those which depend on it as a whole (menu->check_all).
 */
MUST_USE bool txn_check(const struct conf_state *old, const struct conf_state *draft,
                        struct diag *diag);

/* Sets touched[m] for the changed menus and, transitively, those which depend on them. */
void txn_touched(const struct conf_state *old, const struct conf_state *draft, bool *touched);

#endif
