/* detail and terse: name=value. */
#include <string.h>

#include "conf/conf.h"
#include "conf/type.h"
#include "lang/expr.h"
#include "lib/text.h"
#include "ui/print_inside.h"
#include "ui/table.h"

/* One property as a word: name=value, or its name alone when it is a flag. */
static void put_property(struct printer *p, const struct field *field, const struct row *row,
                         struct text *out)
{
	const char *value = printer_value(p, field, row);
	size_t from;

	if ((field->flags & F_BARE) != 0 && strcmp(value, "yes") == 0) {
		text_add(out, field->name);
		return;
	}
	text_printf(out, "%s=", field->name);
	from = out->len;
	conf_quote(value, out);
	if (field->type == &type_string && text_str(out)[from] != '"') {
		out->len = from;
		text_printf(out, "\"%s\"", value);
	}
}

static bool worth_showing(const struct printer *p, const struct field *field, const struct row *row)
{
	if (!row_shows(p->menu, field, row))
		return false;
	/* An option that is not set is no news. */
	return p->chosen || (field->flags & (F_BARE | F_QUIET)) == 0 ||
	       row_given(row, (size_t)(field - p->menu->fields));
}

/* Put @word on the line that is being filled, or on the next one. */
static void wrap_word(struct printer *p, const char *word, size_t indent, size_t *column)
{
	size_t width = table_text_width(word);
	bool first = *column == indent;

	if (!first && p->look->width > 0 && *column + 1 + width > p->look->width) {
		text_char(p->out, '\n');
		text_repeat(p->out, ' ', indent);
		*column = indent;
		first = true;
	}
	text_printf(p->out, "%s%s", first ? "" : " ", word);
	*column += width + !first;
}

static void print_properties(struct printer *p, const struct row *row, size_t indent)
{
	size_t column = indent;
	struct text word = { 0 };

	for (size_t i = 0; i < p->nfields; i++) {
		if (!worth_showing(p, p->fields[i], row))
			continue;
		text_clear(&word);
		put_property(p, p->fields[i], row, &word);
		wrap_word(p, text_str(&word), indent, &column);
	}
	text_char(p->out, '\n');
	text_free(&word);
}

void print_detail(struct printer *p)
{
	const struct items *items = p->job->items;
	bool first = p->job->first;

	p->flags.width = p->flags.width < 2 ? 2 : p->flags.width;
	printer_put_flags(p, false);
	for (size_t i = 0; i < items->n; i++) {
		const struct row *row = items->at[i];

		const char *prefix = printer_prefix(p, i, 2);
		size_t indent = table_text_width(prefix);

		text_printf(p->out, "%s%s", first ? "" : "\n", prefix);
		first = false;
		if (printer_note(p, row) != NULL) {
			printer_put_note(p, printer_note(p, row));
			text_repeat(p->out, ' ', indent);
		}
		printer_warnings(p, row, indent);
		print_properties(p, row, indent);
	}
}

void print_terse(struct printer *p)
{
	const struct items *items = p->job->items;

	for (size_t i = 0; i < items->n; i++) {
		const struct row *row = items->at[i];
		size_t width = p->look->width;

		text_add(p->out, printer_prefix(p, i, 0));
		if (printer_note(p, row) != NULL) {
			text_add(p->out, "comment=");
			conf_quote(row->comment, p->out);
			text_char(p->out, ' ');
		}

		const struct print_look wide = { .conf = p->look->conf };
		const struct print_look *look = p->look;

		p->look = &wide; /* one line for each item, however long */
		print_properties(p, row, width);
		p->look = look;
	}
}
