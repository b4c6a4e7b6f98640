#include "ui/print.h"

#include <string.h>

#include "conf/conf.h"
#include "conf/type.h"
#include "lang/expr.h"
#include "lang/run.h"
#include "lang/value.h"
#include "lib/text.h"
#include "ui/flags.h"
#include "ui/table.h"

#define SECRET "*****"

struct printer {
	const struct print_look *look;
	const struct print_job *job;
	const struct menu *menu;
	struct arena arena;
	struct text *out;
	const struct field *fields[FIELD_MAX]; /* to be shown, in order */
	size_t nfields;
	struct flags_view flags;
	const char **numbers; /* item by item, "" for those that have none */
	size_t number_width;  /* 0: nothing is numbered */
	bool ids, secrets, chosen;
};

static bool has_option(const struct printer *p, unsigned options)
{
	return (p->job->call->options & options) != 0;
}

/* --- which fields --- */

static void take_proplist(struct printer *p, const char *names)
{
	p->chosen = true;
	while (*names != '\0') {
		size_t len = strcspn(names, ",");
		const char *name = arena_strndup(&p->arena, names, len);
		const struct field *field = menu_field_find(p->menu, name);

		if (strcmp(name, ".id") == 0)
			p->ids = true;
		else if (field != NULL && p->nfields < FIELD_MAX)
			p->fields[p->nfields++] = field;
		names += len + (names[len] == ',');
	}
}

static void take_flagged(struct printer *p, unsigned flags)
{
	for (size_t i = 0; i < p->menu->nfields; i++)
		if ((p->menu->fields[i].flags & flags) != 0 && p->nfields < FIELD_MAX)
			p->fields[p->nfields++] = &p->menu->fields[i];
}

static bool is_counter(const struct field *field)
{
	return (field->flags & F_STATS) != 0 && (field->flags & F_READ_ONLY) != 0;
}

/* Counters of stored items are what print stats is for. What they count (a rule's chain and
 * action) is a column there, too, but no counter. */
static void take_all(struct printer *p)
{
	bool stored = p->menu->kind != MENU_OBSERVED && p->menu->kind != MENU_SETTINGS;

	for (size_t i = 0; i < p->menu->nfields; i++)
		if (!stored || !is_counter(&p->menu->fields[i]))
			p->fields[p->nfields++] = &p->menu->fields[i];
}

static void choose_fields(struct printer *p, bool table)
{
	if (p->job->proplist != NULL) {
		take_proplist(p, p->job->proplist);
	} else if (has_option(p, OPTION_STATS)) {
		take_flagged(p, F_KEY);
		if (p->nfields == 0)
			take_flagged(p, F_BRIEF);
		take_flagged(p, F_STATS);
	} else if (table) {
		take_flagged(p, F_BRIEF);
	}
	if (p->nfields == 0 && !p->chosen)
		take_all(p);
}

/* --- values --- */

/* The value as it is; what others have sent us may hold anything. */
static const char *field_value(struct printer *p, const struct field *field, const struct row *row)
{
	struct text text = { 0 };

	if ((field->flags & F_SECRET) != 0 && !p->secrets)
		text_add(&text, row_shows(p->menu, field, row) ? SECRET : "");
	else
		row_field_text(p->menu, field, p->job->state, row, &text);

	const char *str = arena_strdup(&p->arena, text_str(&text));

	text_free(&text);
	return str;
}

/* @value without characters that would do something to a terminal: they are shown as \1B. */
static const char *plain(struct printer *p, const char *value)
{
	struct text text = { 0 };
	const char *str;

	for (const char *c = value; *c != '\0'; c++)
		if ((unsigned char)*c < ' ' || *c == 127)
			text_printf(&text, "\\%02X", (unsigned char)*c);
		else
			text_char(&text, *c);
	str = arena_strdup(&p->arena, text_str(&text));
	text_free(&text);
	return str;
}

/* An option that nobody has set or asked for is not shown. */
static bool is_quiet(const struct printer *p, const struct field *field, const struct row *row)
{
	return !p->chosen && (field->flags & F_QUIET) != 0 &&
	       !row_given(row, (size_t)(field - p->menu->fields));
}

/* The value as a table shows it. */
static const char *field_text(struct printer *p, const struct field *field, const struct row *row)
{
	if (is_quiet(p, field, row))
		return "";
	return plain(p, field_value(p, field, row));
}

/* Number and flags before an item: "4 As ", as wide for every item. */
static const char *prefix_text(struct printer *p, const char *number, const char *flags,
                               size_t number_min)
{
	size_t width = p->number_width > number_min ? p->number_width : number_min;
	struct text text = { 0 };

	if (p->number_width > 0 || number_min > 0) {
		text_repeat(&text, ' ', width - strlen(number));
		text_printf(&text, "%s ", number);
	}
	if (*flags != '\0')
		text_printf(&text, "%s ", flags);

	const char *str = arena_strdup(&p->arena, text_str(&text));

	text_free(&text);
	return str;
}

static const char *flags_text(struct printer *p, const struct row *row)
{
	struct text text = { 0 };

	flags_row(&p->flags, row, &text);

	const char *str = arena_strdup(&p->arena, text_str(&text));

	text_free(&text);
	return str;
}

static const char *note_text(struct printer *p, const struct row *row)
{
	return row->comment != NULL && *row->comment != '\0' ? plain(p, row->comment) : NULL;
}

/* --- the layouts --- */

static void print_table(struct printer *p)
{
	struct table table = table_new(&p->arena, p->nfields);
	const struct table_look look = { .width = p->look->width,
		                         .colour = p->look->colour,
		                         .keep_empty = p->chosen };
	const struct items *items = p->job->items;

	for (size_t i = 0; i < p->nfields; i++)
		table_column(&table, p->fields[i]->name, (p->fields[i]->flags & F_RIGHT) != 0);
	flags_header(&p->flags, true, p->look->colour, p->out);

	struct text blanks = { 0 };

	text_repeat(&blanks, ' ', p->flags.width);
	table.prefix = prefix_text(p, p->number_width > 0 ? "#" : "", text_str(&blanks), 0);
	text_free(&blanks);
	for (size_t i = 0; i < items->n; i++) {
		const struct row *row = items->at[i];

		struct table_row *line =
			table_row(&table, prefix_text(p, p->numbers[i], flags_text(p, row), 0),
		                  note_text(p, row));

		for (size_t j = 0; j < p->nfields; j++)
			table_cell(&table, line, j, field_text(p, p->fields[j], row));
	}
	table_print(&table, &look, p->out);
}

/* One property as a word: name=value, or its name alone when it is a flag. */
static void put_property(struct printer *p, const struct field *field, const struct row *row,
                         struct text *out)
{
	const char *value = field_value(p, field, row);
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

static void print_note(struct printer *p, const char *note)
{
	text_printf(p->out, p->look->colour ? "\033[32m;;; %s\033[m\n" : ";;; %s\n", note);
}

/* What the menu thinks of the row, a line for each. */
static void print_warnings(struct printer *p, const struct row *row, size_t indent)
{
	struct text text = { 0 };

	if (p->menu->warn == NULL || (row->flags & ROW_DYNAMIC) != 0 ||
	    !p->menu->warn(conf_router(p->look->conf), p->job->state, row, &text)) {
		text_free(&text);
		return;
	}
	for (const char *line = text_str(&text); *line != '\0';) {
		size_t len = strcspn(line, "\n");

		print_note(p, arena_strndup(&p->arena, line, len));
		text_repeat(p->out, ' ', indent);
		line += len + (line[len] == '\n');
	}
	text_free(&text);
}

static void print_detail(struct printer *p)
{
	const struct items *items = p->job->items;
	bool first = p->job->first;

	p->flags.width = p->flags.width < 2 ? 2 : p->flags.width;
	flags_header(&p->flags, false, p->look->colour, p->out);
	for (size_t i = 0; i < items->n; i++) {
		const struct row *row = items->at[i];

		const char *prefix = prefix_text(p, p->numbers[i], flags_text(p, row), 2);
		size_t indent = table_text_width(prefix);

		text_printf(p->out, "%s%s", first ? "" : "\n", prefix);
		first = false;
		if (note_text(p, row) != NULL) {
			print_note(p, note_text(p, row));
			text_repeat(p->out, ' ', indent);
		}
		print_warnings(p, row, indent);
		print_properties(p, row, indent);
	}
}

static void print_terse(struct printer *p)
{
	const struct items *items = p->job->items;

	for (size_t i = 0; i < items->n; i++) {
		const struct row *row = items->at[i];
		size_t width = p->look->width;

		text_add(p->out, prefix_text(p, p->numbers[i], flags_text(p, row), 0));
		if (note_text(p, row) != NULL) {
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

/* Properties down, items across. */
static void print_value_list(struct printer *p)
{
	const struct items *items = p->job->items;
	size_t name_width = 0;
	size_t *widths = arena_new(&p->arena, items->n + 1, sizeof widths[0]);

	for (size_t i = 0; i < p->nfields; i++) {
		size_t width = strlen(p->fields[i]->name);

		name_width = width > name_width ? width : name_width;
		for (size_t j = 0; j < items->n; j++) {
			width = table_text_width(field_text(p, p->fields[i], items->at[j]));
			widths[j] = width > widths[j] ? width : widths[j];
		}
	}
	for (size_t i = 0; i < p->nfields; i++) {
		text_repeat(p->out, ' ', 2 + name_width - strlen(p->fields[i]->name));
		text_printf(p->out, "%s:", p->fields[i]->name);
		for (size_t j = 0; j < items->n; j++) {
			const char *value = field_text(p, p->fields[i], items->at[j]);

			text_printf(p->out, " %s", value);
			text_repeat(p->out, ' ', widths[j] - table_text_width(value));
		}
		while (p->out->bytes[p->out->len - 1] == ' ')
			p->out->len--;
		text_char(p->out, '\n');
	}
}

/* A menu with one row: "name: value" lines, the names aligned to the right. */
static void print_settings(struct printer *p)
{
	const struct items *items = p->job->items;
	size_t width = 0;

	for (size_t i = 0; i < p->nfields; i++)
		if (strlen(p->fields[i]->name) > width)
			width = strlen(p->fields[i]->name);
	if (items->n > 0)
		print_warnings(p, items->at[0], 0);
	for (size_t i = 0; items->n > 0 && i < p->nfields; i++) {
		const char *name = p->fields[i]->name;

		if (is_quiet(p, p->fields[i], items->at[0]))
			continue;
		text_repeat(p->out, ' ', 2 + width - strlen(name));
		text_printf(p->out, "%s: %s\n", name, field_text(p, p->fields[i], items->at[0]));
	}
}

/* --- which layout --- */

/* The width is that of the longest. */
static void number_items(struct printer *p)
{
	const struct items *items = p->job->items;

	p->numbers = arena_new(&p->arena, items->n + 1, sizeof p->numbers[0]);
	for (size_t i = 0; i < items->n; i++) {
		const struct row *row = items->at[i];

		p->numbers[i] = "";
		if (items->numbers[i] != ITEM_NO_NUMBER)
			p->numbers[i] = arena_printf(&p->arena, "%u", items->numbers[i]);
		if (p->ids && row->id != 0)
			p->numbers[i] = arena_printf(&p->arena, "*%X", row->id);
		if (strlen(p->numbers[i]) > p->number_width)
			p->number_width = strlen(p->numbers[i]);
	}
}

static void print_layout(struct printer *p)
{
	bool stats = has_option(p, OPTION_STATS);
	bool other = has_option(p, OPTION_DETAIL | OPTION_TERSE | OPTION_VALUE_LIST);
	bool table = stats || has_option(p, OPTION_BRIEF) || (!other && !p->menu->detail);

	choose_fields(p, table || has_option(p, OPTION_VALUE_LIST));
	number_items(p);
	if (p->menu->kind == MENU_SETTINGS)
		print_settings(p);
	else if (table)
		print_table(p);
	else if (has_option(p, OPTION_TERSE))
		print_terse(p);
	else if (has_option(p, OPTION_VALUE_LIST))
		print_value_list(p);
	else
		print_detail(p);
}

void print_items(const struct print_look *look, const struct print_job *job, struct text *out)
{
	struct printer p = {
		.look = look, .job = job, .menu = job->call->command.menu, .out = out
	};

	p.ids = has_option(&p, OPTION_SHOW_IDS);
	p.secrets = has_option(&p, OPTION_SHOW_SENSITIVE);
	if (has_option(&p, OPTION_COUNT_ONLY)) {
		text_printf(out, "%zu\n", job->count);
	} else if (job->items->n > 0 && !has_option(&p, OPTION_AS_VALUE)) {
		flags_collect(p.menu, job, &p.flags);

		print_layout(&p);
	}
	arena_free(&p.arena);
}
