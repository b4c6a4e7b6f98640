/*
 * flags.h -- the letters before an item: X - disabled, D - dynamic, and the menu's own.
 *
 * Only flags that some item has are shown. States that exclude each other share a column:
 * disabled with inactive, invalid and active; and what a lower-case letter says (where a route
 * comes from).
 */
#ifndef UI_FLAGS_H
#define UI_FLAGS_H

#include <stdbool.h>
#include <stddef.h>

#include "conf/menu.h"

struct print_job;
struct text;

#define FLAGS_MAX 32

struct flag_view {
	char letter;
	const char *word;
	uint32_t bit;
	unsigned group;
	bool present;
};

struct flags_view {
	struct flag_view at[FLAGS_MAX];
	size_t n;
	unsigned ngroups;
	size_t group_width[FLAGS_MAX];
	size_t width; /* of all columns together */
};

void flags_collect(const struct menu *menu, const struct print_job *job, struct flags_view *view);
/* What @older had keeps its place, seen or not. True: @view has what @older had not. */
bool flags_join(struct flags_view *view, const struct flags_view *older);
/* "Flags: D - DYNAMIC; A - ACTIVE", or nothing when no item has a flag. */
void flags_header(const struct flags_view *view, bool upper, bool colour, struct text *out);
/* The letters of @row, padded to view->width. */
void flags_row(const struct flags_view *view, const struct row *row, struct text *out);

#endif
