/*
 * draft.h -- several changes that are to be one: tried on a copy, then made or thrown away.
 *
 * A draft starts as what is published. Changes are applied to it at once (typed, judged); whoever
 * reads through it sees them. It becomes one transaction (all or nothing), or only says what it
 * would do.
 *
 *   conf_draft_new() -> conf_draft_change() ... -> conf_draft_lines(), conf_draft_try()
 *                                               -> conf_draft_commit() -> conf_draft_free()
 *
 * Meanwhile others go on changing what is published. What a draft has changed is carried over to
 * that: two people may set two fields of one item; where both set the same one, the later counts.
 *
 * What is not stored (entries with a timeout that are added, connections that are removed) happens
 * with the rest, when the draft is made; it can't be seen before.
 *
 * Threads: the router's.
 */
#ifndef CONF_DRAFT_H
#define CONF_DRAFT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "conf/conf.h"
#include "conf/journal.h"
#include "lib/must.h"

struct conf_draft;

MUST_USE struct conf_draft *conf_draft_new(struct conf *conf);
/* Also after conf_draft_commit(), whose answer comes all the same. NULL is nothing. */
void conf_draft_free(struct conf_draft *draft);

/* As it would be. Rows found in it are good until the next change of the draft. */
const struct conf_state *conf_draft_state(const struct conf_draft *draft);

/*
 * Apply @request to it; on failure the draft is as before. @ret_id: of the row that add made, or 0.
 */
MUST_USE bool conf_draft_change(struct conf_draft *draft, struct request *request, uint32_t *ret_id,
                                struct diag *diag);
/* The same for several, all of them or none, judged once; request->added of each is filled. */
MUST_USE bool conf_draft_change_all(struct conf_draft *draft, struct request *const *requests,
                                    size_t n, struct diag *diag);

/*
 * Start from the rows of a fresh store instead. @keep: NULL-terminated paths of menus that stay as
 * they are; may be NULL. @no_defaults: only the rows that come with the router.
 */
MUST_USE bool conf_draft_reset(struct conf_draft *draft, const char *const *keep, bool no_defaults,
                               struct diag *diag);

/*
 * Make it what a backup holds: @loaded, which becomes the draft's, and what must be there besides
 * (rows for the ports of this machine). Ids in it stay what they are.
 */
MUST_USE bool conf_draft_replace(struct conf_draft *draft, struct conf_state *loaded,
                                 struct diag *diag);

/* Does it differ from what it started as? */
bool conf_draft_changes(const struct conf_draft *draft);
/*
 * What it would do, a line each, as they could be typed: "/ip/address/add address=...". Behind a #
 * stands what was there before. Secrets are not shown.
 */
void conf_draft_lines(const struct conf_draft *draft, struct text *out);

/* Could it be made now? All checks, and what the menus compile of it (thrown away again). */
MUST_USE bool conf_draft_try(struct conf_draft *draft, struct diag *diag);

/*
 * Make it, as one transaction: prepare, durable, publish, answer. Others may have changed something
 * since it was begun; what no longer fits is the error, and nothing is changed. @origin: for
 * history, copied; its time is that of the commit. The draft can't be changed any more.
 */
void conf_draft_commit(struct conf_draft *draft, const struct journal_origin *origin,
                       conf_done *done, void *arg);

#endif
