/* value-list, settings and as-value. */
#include <string.h>

#include "lang/expr.h"
#include "lang/value.h"
#include "lib/text.h"
#include "ui/print_inside.h"
#include "ui/table.h"

/* The widths of the items' columns; their names'. */
struct value_widths {
	size_t name;
	size_t *items;
};

static struct value_widths measure(struct printer *p)
{
	const struct items *items = p->job->items;
	struct value_widths widths = { .items = arena_new(&p->arena, items->n + 1,
		                                          sizeof widths.items[0]) };

	for (size_t i = 0; i < p->nfields; i++) {
		size_t width = strlen(p->fields[i]->name);

		widths.name = width > widths.name ? width : widths.name;
		for (size_t j = 0; j < items->n; j++) {
			width = table_text_width(printer_text(p, p->fields[i], items->at[j]));
			widths.items[j] = width > widths.items[j] ? width : widths.items[j];
		}
	}
	return widths;
}

/* How many items from @from on stand side by side. */
static size_t fitting(const struct printer *p, const struct value_widths *widths, size_t from)
{
	size_t used = 2 + widths->name + 1, to = from;

	for (; to < p->job->items->n; to++) {
		used += 1 + widths->items[to];
		if (p->look->width > 0 && used > p->look->width && to > from)
			break;
	}
	return to;
}

static void put_values(struct printer *p, const struct value_widths *widths, size_t from, size_t to)
{
	for (size_t i = 0; i < p->nfields; i++) {
		const char *name = p->fields[i]->name;

		text_repeat(p->out, ' ', 2 + widths->name - strlen(name));
		text_printf(p->out, "%s:", name);
		for (size_t j = from; j < to; j++) {
			const char *value = printer_text(p, p->fields[i], p->job->items->at[j]);

			text_printf(p->out, " %s", value);
			text_repeat(p->out, ' ', widths->items[j] - table_text_width(value));
		}
		while (p->out->bytes[p->out->len - 1] == ' ')
			p->out->len--;
		text_char(p->out, '\n');
	}
}

/* Properties down, items across; where they are too many, below each other. */
void print_value_list(struct printer *p)
{
	struct value_widths widths = measure(p);
	size_t n = p->job->items->n;

	for (size_t from = 0, to; from < n; from = to) {
		to = fitting(p, &widths, from);
		if (from > 0 || !p->job->first)
			text_char(p->out, '\n');
		put_values(p, &widths, from, to);
	}
}

/* A menu with one row: "name: value" lines, the names aligned to the right. */
void print_settings(struct printer *p)
{
	const struct items *items = p->job->items;
	size_t width = 0;

	for (size_t i = 0; i < p->nfields; i++)
		if (strlen(p->fields[i]->name) > width)
			width = strlen(p->fields[i]->name);
	if (items->n > 0)
		printer_warnings(p, items->at[0], 0);
	for (size_t i = 0; items->n > 0 && i < p->nfields; i++) {
		const char *name = p->fields[i]->name;

		if (printer_quiet(p, p->fields[i], items->at[0]))
			continue;
		text_repeat(p->out, ' ', 2 + width - strlen(name));
		text_printf(p->out, "%s: %s\n", name, printer_text(p, p->fields[i], items->at[0]));
	}
}
