/* brief and stats: a table, whose widths hold on from page to page. */
#include "ui/print_inside.h"
#include "ui/table.h"

static void add_columns(struct printer *p, struct table *table)
{
	const struct print_layout *layout = p->look->layout;

	for (size_t i = 0; i < p->nfields; i++) {
		table_column(table, p->fields[i]->name, (p->fields[i]->flags & F_RIGHT) != 0);
		table_column_value(table, i, layout->widths[i]);
	}
}

static void add_rows(struct printer *p, struct table *table)
{
	const struct items *items = p->job->items;

	for (size_t i = 0; i < items->n; i++) {
		const struct row *row = items->at[i];
		struct table_row *line =
			table_row(table, printer_prefix(p, i, 0), printer_note(p, row));

		for (size_t j = 0; j < p->nfields; j++)
			table_cell(table, line, j, printer_text(p, p->fields[j], row));
	}
}

/* Whether the titles that were printed stand above these columns, too. */
static bool same_columns(struct printer *p, const struct table *table)
{
	struct print_layout *layout = p->look->layout;
	bool same = !p->job->first && !p->news && layout->nshown == table->ncolumns;

	for (size_t i = 0; i < table->ncolumns; i++) {
		const struct table_column *column = &table->columns[i];
		struct shown_column now = { .index = column->index, .width = column->width };

		same = same && layout->shown[i].index == now.index &&
		       layout->shown[i].width == now.width;
		layout->shown[i] = now;
	}
	layout->nshown = table->ncolumns;
	return same;
}

/* What reads as lines of a text: values with a blank between, as long as they are. */
static void print_plain(struct printer *p)
{
	const struct items *items = p->job->items;

	for (size_t i = 0; i < items->n; i++) {
		if (p->job->follows)
			text_printf(p->out, "%c ", p->job->marks != NULL ? p->job->marks[i] : ' ');
		for (size_t j = 0; j < p->nfields; j++)
			text_printf(p->out, "%s%s", j > 0 ? " " : "",
			            printer_text(p, p->fields[j], items->at[i]));
		text_char(p->out, '\n');
	}
}

void print_table(struct printer *p)
{
	if (p->menu->plain && !p->chosen && !p->ids) {
		print_plain(p);
		return;
	}

	struct table table = table_new(&p->arena, p->nfields);
	const struct table_look look = { .width = p->look->width,
		                         .colour = p->look->colour,
		                         .keep_empty = p->chosen };

	add_columns(p, &table);
	table.prefix = printer_prefix_title(p);
	add_rows(p, &table);
	for (size_t i = 0; i < p->nfields; i++)
		p->look->layout->widths[i] = table.columns[i].value_width;
	table_fit(&table, &look);
	if (!same_columns(p, &table)) {
		flags_header(&p->flags, true, p->look->colour, p->out);
		table_titles(&table, &look, p->out);
	}
	table_rows(&table, &look, p->out);
}
