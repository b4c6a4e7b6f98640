/*
 * forget.h -- the end of rows that are observed, not stored: of connections, of what has a timeout.
 *
 * Threads: the router's.
 */
#ifndef CONF_FORGET_H
#define CONF_FORGET_H

#include <stdbool.h>

#include "conf/request.h"
#include "lib/must.h"

struct conf;
struct conf_state;
struct diag;

/* Could @request mean observed rows? */
bool forget_is_asked(const struct request *request);
/*
 * Observed rows are known to no transaction: those of @request, which removes, end at once, and it
 * is left with the stored ones.
 */
MUST_USE bool forget_observed(struct conf *conf, struct request *request, struct diag *diag);

/* Leave the items that are stored in @state in @request; the others go to @ret_observed, which has
 * room for all. Returns their number. */
size_t forget_take(const struct conf_state *state, struct request *request, uint32_t *ret_observed);
/* End those of @ids that are still there. */
void forget_ids(struct conf *conf, const struct menu *menu, uint32_t *ids, size_t n);

#endif
