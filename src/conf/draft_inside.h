/*
 * draft_inside.h -- the inside of a draft, and what the way of a change (commit.c) does with it.
 */
#ifndef CONF_DRAFT_INSIDE_H
#define CONF_DRAFT_INSIDE_H

#include "conf/draft.h"
#include "conf/state.h"
#include "lib/arena.h"

/* What is not stored, and happens when the draft is made: a row that is taken by its menu, or
 * observed rows that end. */
struct draft_late {
	struct draft_late *next;
	const struct menu *menu;
	struct row *row; /* NULL: ids */
	uint32_t *ids;
	size_t n;
};

struct conf_draft {
	struct conf *conf;
	const struct conf_state *base; /* held: what was published when it was begun */
	struct conf_state *work;       /* what it would be */
	struct draft_late *late, **late_end;
	struct arena arena; /* of the origin's words, and of what comes late */
	bool committing;    /* commit.c has it, until the answer */
	bool freed;         /* goes with the answer */
};

/* What would be published now, held once; NULL and @diag when the draft no longer fits. */
MUST_USE struct conf_state *draft_merge(const struct conf_draft *draft, struct diag *diag);
/* All is prepared: let happen what is not stored. */
MUST_USE bool draft_late_make(const struct conf_draft *draft, struct diag *diag);
/* Note @request, when it is about what is not stored; of a removal, what of it is. *ret_all: there
 * is nothing else in it. */
MUST_USE bool draft_late_note(struct conf_draft *draft, struct conf_state *trial,
                              struct request *request, bool *ret_all, struct diag *diag);
/* Forget what was noted from @from on. */
void draft_late_drop(struct conf_draft *draft, struct draft_late **from);
/* The answer was given. */
void draft_answered(struct conf_draft *draft);

#endif
