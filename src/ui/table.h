/*
 * table.h -- rows of cells under titles, as print shows them.
 *
 *   Columns: DST-ADDRESS, GATEWAY, DISTANCE
 *   #    DST-ADDRESS  GATEWAY       DISTANCE
 *   ;;; a comment
 *   4 As 0.0.0.0/0    10.155.125.1         1
 *
 * A column is as wide as its longest value and its title. In a narrow terminal titles are cut to
 * the width of the values, then the last columns are left out; the first one stays, its values cut
 * if need be ("10.0.0....").
 *
 * Memory: in the caller's arena.
 */
#ifndef UI_TABLE_H
#define UI_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/arena.h"

struct text;

struct table_column {
	const char *title;
	bool right;         /* numbers */
	size_t value_width; /* of the longest value; 0: no row has one */
	size_t width;       /* as shown: room for the title, too, if there is any */
	size_t index;       /* which column it was added as */
};

struct table_row {
	const char *note;   /* its own line above, or NULL */
	const char *prefix; /* number and flags, as wide in every row */
	const char **cells; /* one per column */
	struct table_row *next;
};

struct table {
	struct arena *arena;
	struct table_column *columns;
	size_t ncolumns;
	struct table_row *first, **last;
	const char *prefix; /* of the title line */
};

struct table_look {
	size_t width; /* of the terminal; 0: any */
	bool colour;
	bool keep_empty; /* columns without any value, too */
};

struct table table_new(struct arena *arena, size_t columns_max);
void table_column(struct table *table, const char *title, bool right);
/* A row whose cells are set with table_cell(); what is not set stays empty. */
struct table_row *table_row(struct table *table, const char *prefix, const char *note);
void table_cell(struct table *table, struct table_row *row, size_t column, const char *text);
/* Values of @width were in the column before, and will be again. */
void table_column_value(struct table *table, size_t column, size_t width);
/* Choose columns and widths; table->columns are then those that are shown. */
void table_fit(struct table *table, const struct table_look *look);
void table_titles(const struct table *table, const struct table_look *look, struct text *out);
void table_rows(const struct table *table, const struct table_look *look, struct text *out);

/* How many columns @text takes on a terminal. */
size_t table_text_width(const char *text);

#endif
