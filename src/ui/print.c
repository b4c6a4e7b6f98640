#include "ui/print_inside.h"

#include <string.h>

#include "conf/conf.h"
#include "conf/type.h"
#include "lang/expr.h"
#include "lib/text.h"

#define SECRET "*****"

bool printer_has(const struct printer *p, unsigned options)
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
	} else if (printer_has(p, OPTION_STATS)) {
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

const char *printer_value(struct printer *p, const struct field *field, const struct row *row)
{
	struct text text = { 0 };

	if ((field->flags & F_SECRET) != 0 && !p->secrets)
		text_add(&text, row_shows(p->menu, field, row) ? SECRET : "");
	else if (p->secrets && field->type->reveal != NULL)
		field->type->reveal(field, p->job->state, row->body + field->offset, &text);
	else
		row_field_text(p->menu, field, p->job->state, row, &text);

	const char *str = arena_strdup(&p->arena, text_str(&text));

	text_free(&text);
	return str;
}

const char *printer_plain(struct printer *p, const char *value)
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

bool printer_quiet(const struct printer *p, const struct field *field, const struct row *row)
{
	return !p->chosen && (field->flags & F_QUIET) != 0 &&
	       !row_given(row, (size_t)(field - p->menu->fields));
}

const char *printer_text(struct printer *p, const struct field *field, const struct row *row)
{
	if (printer_quiet(p, field, row))
		return "";
	return printer_plain(p, printer_value(p, field, row));
}

/* @mark, number and flags: "4 As ". */
static const char *prefix(struct printer *p, char mark, const char *number, const char *flags,
                          size_t number_min)
{
	size_t width = p->number_width > number_min ? p->number_width : number_min;
	struct text text = { 0 };

	if (p->job->follows)
		text_printf(&text, "%c ", mark);
	if (width > 0) {
		text_repeat(&text, ' ', width - strlen(number));
		text_printf(&text, "%s ", number);
	}
	if (*flags != '\0')
		text_printf(&text, "%s ", flags);

	const char *str = arena_strdup(&p->arena, text_str(&text));

	text_free(&text);
	return str;
}

const char *printer_prefix(struct printer *p, size_t i, size_t number_min)
{
	char mark = p->job->marks != NULL ? p->job->marks[i] : ' ';
	struct text flags = { 0 };
	const char *str;

	flags_row(&p->flags, p->job->items->at[i], &flags);
	str = prefix(p, mark, p->numbers[i], text_str(&flags), number_min);
	text_free(&flags);
	return str;
}

const char *printer_prefix_title(struct printer *p)
{
	struct text blanks = { 0 };
	const char *str;

	text_repeat(&blanks, ' ', p->flags.width);
	str = prefix(p, ' ', p->number_width > 0 ? "#" : "", text_str(&blanks), 0);
	text_free(&blanks);
	return str;
}

const char *printer_note(struct printer *p, const struct row *row)
{
	return row->comment != NULL && *row->comment != '\0' ? printer_plain(p, row->comment)
	                                                     : NULL;
}

void printer_put_note(struct printer *p, const char *note)
{
	text_printf(p->out, p->look->colour ? "\033[32m;;; %s\033[m\n" : ";;; %s\n", note);
}

void printer_warnings(struct printer *p, const struct row *row, size_t indent)
{
	struct text text = { 0 };

	if (p->menu->warn == NULL || (row->flags & ROW_DYNAMIC) != 0 ||
	    !p->menu->warn(conf_router(p->look->conf), p->job->state, row, &text)) {
		text_free(&text);
		return;
	}
	for (const char *line = text_str(&text); *line != '\0';) {
		size_t len = strcspn(line, "\n");

		printer_put_note(p, arena_strndup(&p->arena, line, len));
		text_repeat(p->out, ' ', indent);
		line += len + (line[len] == '\n');
	}
	text_free(&text);
}

void printer_put_flags(struct printer *p, bool upper)
{
	if (p->job->first || p->new_flags)
		flags_header(&p->flags, upper, p->look->colour, p->out);
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

/* What was printed before holds on: a letter that it had keeps its place. */
static void remember(struct printer *p)
{
	struct print_layout *layout = p->look->layout;

	if (p->job->first)
		*layout = (struct print_layout){ 0 };
	p->new_flags = flags_join(&p->flags, &layout->flags);
	p->news = p->new_flags || p->number_width > layout->number_width;
	if (layout->number_width > p->number_width)
		p->number_width = layout->number_width;
	layout->number_width = p->number_width;
	layout->flags = p->flags;
}

static void print_layout(struct printer *p)
{
	bool stats = printer_has(p, OPTION_STATS);
	bool other = printer_has(p, OPTION_DETAIL | OPTION_TERSE | OPTION_VALUE_LIST);
	bool table = stats || printer_has(p, OPTION_BRIEF) || (!other && !p->menu->detail);

	choose_fields(p, table || printer_has(p, OPTION_VALUE_LIST));
	number_items(p);
	flags_collect(p->menu, p->job, &p->flags);
	remember(p);
	if (p->job->follows && p->job->first)
		text_add(p->out, "Changes: + added, ~ changed, > moved, - removed\n");
	if (p->menu->kind == MENU_SETTINGS)
		print_settings(p);
	else if (table)
		print_table(p);
	else if (printer_has(p, OPTION_TERSE))
		print_terse(p);
	else if (printer_has(p, OPTION_VALUE_LIST))
		print_value_list(p);
	else
		print_detail(p);
}

void print_items(const struct print_look *look, const struct print_job *job, struct text *out)
{
	struct printer p = {
		.look = look, .job = job, .menu = job->call->command.menu, .out = out
	};

	p.ids = printer_has(&p, OPTION_SHOW_IDS);
	p.secrets = printer_has(&p, OPTION_SHOW_SENSITIVE);
	if (printer_has(&p, OPTION_COUNT_ONLY)) {
		text_printf(out, "%zu\n", job->count);
	} else if (job->items->n > 0 && !printer_has(&p, OPTION_AS_VALUE)) {
		print_layout(&p);
	}
	arena_free(&p.arena);
}
