/*
 * draft_inside.h -- the inside of a draft, and what the way of a change (commit.c) does with it.
 */
#ifndef CONF_DRAFT_INSIDE_H
#define CONF_DRAFT_INSIDE_H

#include "conf/draft.h"
#include "conf/state.h"
#include "lib/arena.h"

struct conf_draft {
	struct conf *conf;
	const struct conf_state *base; /* held: what was published when it was begun */
	struct conf_state *work;       /* what it would be */
	struct arena arena;            /* of the origin's words */
	bool committing;               /* commit.c has it, until the answer */
	bool freed;                    /* goes with the answer */
};

/* What would be published now, held once; NULL and @diag when the draft no longer fits. */
MUST_USE struct conf_state *draft_merge(const struct conf_draft *draft, struct diag *diag);
/* The answer was given. */
void draft_answered(struct conf_draft *draft);

#endif
