/*
 * diff.h -- what makes one state into another, in an order that could be typed.
 *
 * Removals come first (so that names are free again), in the menus' reverse order; then, menu by
 * menu, what is set, added and moved. Carried out one after another in this order the changes lead
 * from @old to @new exactly; diff_states(new, old) is therefore the way back.
 *
 * Memory:  the list is the caller's (diff_free); rows are those of the two states.
 */
#ifndef CONF_DIFF_H
#define CONF_DIFF_H

#include <stddef.h>
#include <stdint.h>

#include "conf/state.h"

enum change_kind {
	CHANGE_REMOVE,
	CHANGE_SET,
	CHANGE_ADD,
	CHANGE_MOVE,
	CHANGE_PLACE, /* another position, but the same order: only the store needs to know */
};

struct change {
	enum change_kind kind;
	const struct menu *menu;
	const struct row *old; /* NULL for CHANGE_ADD */
	const struct row *new; /* NULL for CHANGE_REMOVE */
	uint32_t before;       /* ADD, MOVE: goes in front of this row; 0: to the end */
};

struct diff {
	struct change *at;
	size_t n, size;
};

/* Add to @diff what leads from @old to @new, two lists of rows of @menu. */
void diff_removed(struct diff *diff, const struct menu *menu, struct rows old, struct rows new);
void diff_kept(struct diff *diff, const struct menu *menu, struct rows old, struct rows new);
void diff_states(struct diff *diff, const struct conf_state *old, const struct conf_state *new);
void diff_free(struct diff *diff);

#endif
