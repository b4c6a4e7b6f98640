/*
 * print.h -- the layouts of print (ROUTEROS.md, 1.3): a table, detail, terse, value-list and the
 * others, from the menu's table of fields alone.
 */
#ifndef UI_PRINT_H
#define UI_PRINT_H

#include <stdbool.h>
#include <stddef.h>

#include "ui/flags.h"

struct conf;
struct print_job;
struct text;

struct shown_column {
	size_t index; /* of the property */
	size_t width;
};

/*
 * What stands on the screen of one list, of which items come page by page: they go on below the
 * titles that are there as long as these fit. All zeroes before the first page.
 */
struct print_layout {
	struct flags_view flags;
	size_t number_width;
	size_t widths[FIELD_MAX]; /* of the longest value so far; 0: there was none */
	struct shown_column shown[FIELD_MAX];
	size_t nshown;
};

struct print_look {
	struct conf *conf;
	size_t width; /* of the terminal; 0: any */
	bool colour;
	struct print_layout *layout;
};

void print_items(const struct print_look *look, const struct print_job *job, struct text *out);

#endif
