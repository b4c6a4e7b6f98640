#include "ui/table.h"

#include <string.h>

#include "lib/text.h"

#define GAP 2 /* blanks between columns */

size_t table_text_width(const char *text)
{
	size_t n = 0;

	for (const char *c = text; *c != '\0'; c++)
		n += ((unsigned char)*c & 0xc0) != 0x80; /* not UTF-8's continuation */
	return n;
}

struct table table_new(struct arena *arena, size_t columns_max)
{
	return (struct table){ .arena = arena,
		               .columns = arena_new(arena, columns_max + 1,
		                                    sizeof(struct table_column)),
		               .prefix = "" };
}

void table_column(struct table *table, const char *title, bool right)
{
	char *upper = arena_strdup(table->arena, title);

	for (char *c = upper; *c != '\0'; c++)
		if (*c >= 'a' && *c <= 'z')
			*c = (char)(*c - 'a' + 'A');
	table->columns[table->ncolumns] =
		(struct table_column){ .title = upper, .right = right, .index = table->ncolumns };
	table->ncolumns++;
}

void table_column_value(struct table *table, size_t column, size_t width)
{
	struct table_column *c = &table->columns[column];

	c->value_width = width > c->value_width ? width : c->value_width;
}

struct table_row *table_row(struct table *table, const char *prefix, const char *note)
{
	struct table_row *row = arena_new(table->arena, 1, sizeof *row);

	row->prefix = prefix;
	row->note = note;
	row->cells = arena_new(table->arena, table->ncolumns + 1, sizeof row->cells[0]);
	if (table->last == NULL)
		table->last = &table->first;
	*table->last = row;
	table->last = &row->next;
	return row;
}

void table_cell(struct table *table, struct table_row *row, size_t column, const char *text)
{
	row->cells[column] = arena_strdup(table->arena, text);
	table_column_value(table, column, table_text_width(text));
}

/* Take out the columns that nobody has a value for. */
static void drop_empty(struct table *table)
{
	size_t kept = 0;

	for (size_t i = 0; i < table->ncolumns; i++) {
		if (table->columns[i].value_width == 0)
			continue;
		table->columns[kept] = table->columns[i];
		for (struct table_row *row = table->first; row != NULL; row = row->next)
			row->cells[kept] = row->cells[i];
		kept++;
	}
	table->ncolumns = kept;
}

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

static size_t larger(size_t a, size_t b)
{
	return a > b ? a : b;
}

/* The width of a line with the first @n columns, their titles cut or not. */
static size_t line_width(const struct table *table, size_t n, bool cut)
{
	size_t width = table_text_width(table->prefix);

	for (size_t i = 0; i < n; i++) {
		const struct table_column *column = &table->columns[i];
		size_t least = larger(column->value_width, 1);

		width += cut ? least : larger(least, table_text_width(column->title));
		width += i > 0 ? GAP : 0;
	}
	return width;
}

/* Cut titles from the last one on until @excess is gone. */
static void cut_titles(struct table *table, size_t excess)
{
	for (size_t i = table->ncolumns; i-- > 0 && excess > 0;) {
		struct table_column *column = &table->columns[i];
		size_t by = smaller(excess, column->width - larger(column->value_width, 1));

		column->width -= by;
		excess -= by;
	}
}

/* Leave out columns at the end until a line fits; the first one stays, at any width. */
static void fit(struct table *table, size_t width)
{
	size_t prefix = table_text_width(table->prefix), whole;

	while (width > 0 && table->ncolumns > 1 && line_width(table, table->ncolumns, true) > width)
		table->ncolumns--;
	for (size_t i = 0; i < table->ncolumns; i++)
		table->columns[i].width = larger(larger(table->columns[i].value_width, 1),
		                                 table_text_width(table->columns[i].title));
	whole = line_width(table, table->ncolumns, false);
	if (width == 0 || whole <= width)
		return;
	cut_titles(table, whole - width);
	if (table->ncolumns == 1)
		table->columns[0].width =
			smaller(table->columns[0].width, width > prefix ? width - prefix : 1);
}

void table_fit(struct table *table, const struct table_look *look)
{
	if (!look->keep_empty)
		drop_empty(table);
	fit(table, look->width);
}

/* The first @width columns of @text, its last three dots where it goes on. */
static void put_cut(const char *text, size_t width, const char *dots, struct text *out)
{
	size_t keep = width > strlen(dots) ? width - strlen(dots) : 0;

	for (const char *c = text; *c != '\0'; c++) {
		bool begins = ((unsigned char)*c & 0xc0) != 0x80;

		if (begins && keep-- == 0)
			break;
		text_char(out, *c);
	}
	text_bytes(out, dots, smaller(strlen(dots), width));
}

static void pad_cell(const struct table_column *column, const char *text, const char *dots,
                     struct text *out)
{
	size_t width = table_text_width(text);

	if (width > column->width) {
		put_cut(text, column->width, dots, out);
		return;
	}
	if (column->right)
		text_repeat(out, ' ', column->width - width);
	text_add(out, text);
	if (!column->right)
		text_repeat(out, ' ', column->width - width);
}

static void end_line(struct text *out)
{
	while (out->len > 0 && out->bytes[out->len - 1] == ' ')
		out->bytes[--out->len] = '\0';
	text_char(out, '\n');
}

void table_titles(const struct table *table, const struct table_look *look, struct text *out)
{
	text_add(out, look->colour ? "\033[1mColumns: " : "Columns: ");
	for (size_t i = 0; i < table->ncolumns; i++)
		text_printf(out, "%s%s", i > 0 ? ", " : "", table->columns[i].title);
	text_char(out, '\n');
	text_add(out, table->prefix);
	for (size_t i = 0; i < table->ncolumns; i++) {
		text_repeat(out, ' ', i > 0 ? GAP : 0);
		pad_cell(&table->columns[i], table->columns[i].title, "", out);
	}
	end_line(out);
	if (look->colour)
		text_add(out, "\033[m");
}

static void print_row(const struct table *table, const struct table_row *row,
                      const struct table_look *look, struct text *out)
{
	if (row->note != NULL)
		text_printf(out, look->colour ? "\033[32m;;; %s\033[m\n" : ";;; %s\n", row->note);
	text_add(out, row->prefix);
	for (size_t i = 0; i < table->ncolumns; i++) {
		text_repeat(out, ' ', i > 0 ? GAP : 0);
		pad_cell(&table->columns[i], row->cells[i] != NULL ? row->cells[i] : "", "...",
		         out);
	}
	end_line(out);
}

void table_rows(const struct table *table, const struct table_look *look, struct text *out)
{
	for (const struct table_row *row = table->first; row != NULL; row = row->next)
		print_row(table, row, look, out);
}
