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
	table->columns[table->ncolumns++] = (struct table_column){
		.title = upper, .right = right, .width = table_text_width(upper), .empty = true
	};
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
	struct table_column *c = &table->columns[column];
	size_t width = table_text_width(text);

	row->cells[column] = arena_strdup(table->arena, text);
	c->width = width > c->width ? width : c->width;
	c->empty = c->empty && *text == '\0';
}

/* Take out the columns that nobody has a value for. */
static void drop_empty(struct table *table)
{
	size_t kept = 0;

	for (size_t i = 0; i < table->ncolumns; i++) {
		if (table->columns[i].empty)
			continue;
		table->columns[kept] = table->columns[i];
		for (struct table_row *row = table->first; row != NULL; row = row->next)
			row->cells[kept] = row->cells[i];
		kept++;
	}
	table->ncolumns = kept;
}

/* Leave out columns at the end until a line fits; the first one stays. */
static void fit(struct table *table, size_t width)
{
	size_t used = table_text_width(table->prefix), n = 0;

	if (width == 0)
		return;
	for (; n < table->ncolumns; n++) {
		used += table->columns[n].width + (n > 0 ? GAP : 0);
		if (used > width && n > 0)
			break;
	}
	table->ncolumns = n;
}

static void pad_cell(const struct table_column *column, const char *text, struct text *out)
{
	size_t blanks = column->width - table_text_width(text);

	if (column->right)
		text_repeat(out, ' ', blanks);
	text_add(out, text);
	if (!column->right)
		text_repeat(out, ' ', blanks);
}

static void end_line(struct text *out)
{
	while (out->len > 0 && out->bytes[out->len - 1] == ' ')
		out->bytes[--out->len] = '\0';
	text_char(out, '\n');
}

static void print_titles(const struct table *table, const struct table_look *look, struct text *out)
{
	text_add(out, look->colour ? "\033[1mColumns: " : "Columns: ");
	for (size_t i = 0; i < table->ncolumns; i++)
		text_printf(out, "%s%s", i > 0 ? ", " : "", table->columns[i].title);
	text_char(out, '\n');
	text_add(out, table->prefix);
	for (size_t i = 0; i < table->ncolumns; i++) {
		text_repeat(out, ' ', i > 0 ? GAP : 0);
		pad_cell(&table->columns[i], table->columns[i].title, out);
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
		pad_cell(&table->columns[i], row->cells[i] != NULL ? row->cells[i] : "", out);
	}
	end_line(out);
}

void table_print(struct table *table, const struct table_look *look, struct text *out)
{
	if (!look->keep_empty)
		drop_empty(table);
	fit(table, look->width);
	print_titles(table, look, out);
	for (const struct table_row *row = table->first; row != NULL; row = row->next)
		print_row(table, row, look, out);
}
