/*
 * table.h -- rows of cells under titles, as print shows them.
 *
 *   Columns: DST-ADDRESS, GATEWAY, DISTANCE
 *   #    DST-ADDRESS  GATEWAY       DISTANCE
 *   ;;; a comment
 *   4 As 0.0.0.0/0    10.155.125.1         1
 *
 * A column is as wide as its longest value. In a narrow terminal the last columns are left out.
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
	bool right; /* numbers */
	size_t width;
	bool empty; /* no row has a value */
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
void table_print(struct table *table, const struct table_look *look, struct text *out);

/* How many columns @text takes on a terminal. */
size_t table_text_width(const char *text);

#endif
