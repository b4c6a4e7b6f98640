/*
 * export.c -- the configuration as lines that make it again.
 *
 * Menus come in the order in which they apply, so that what a line refers to is there before it.
 */
#include <string.h>

#include "conf/commit.h"
#include "conf/line.h"
#include "conf/name.h"
#include "conf/row.h"
#include "conf/type.h"
#include "lib/mem.h"
#include "lib/wall.h"

#define FOLD_AT 80

struct export
{
	const struct conf_state *state;
	const struct export_options *options;
	const struct menu *menu;
	struct text *out;
	bool titled; /* the menu's own line was written */
};

/* Is @menu at or below @path, of @len bytes? */
static bool is_below_part(const char *menu, const char *path, size_t len)
{
	while (len > 0 && path[len - 1] == '/')
		len--;
	return len == 0 ||
	       (strncmp(menu, path, len) == 0 && (menu[len] == '\0' || menu[len] == '/'));
}

static bool is_below(const char *menu, const char *path)
{
	return path == NULL || is_below_part(menu, path, strlen(path));
}

/* Is it among what was chosen? When nothing is taken by name, all is but what is left out. */
static bool is_chosen(const char *menu, const char *choice)
{
	bool named = false, taken = false, left_out = false;

	while (choice != NULL && *choice != '\0') {
		size_t len = strcspn(choice, ",");
		bool not = *choice == '!';
		bool below = is_below_part(menu, choice + not, len - not );

		named = named || !not ;
		taken = taken || (!not &&below);
		left_out = left_out || (not &&below);
		choice += len + (choice[len] == ',');
	}
	return (taken || !named) && !left_out;
}

/* The name that the thing of @row comes with, or NULL. */
static const char *default_name(const struct menu *menu, const struct row *row)
{
	for (size_t i = 0; i < menu->nfields; i++) {
		if ((menu->fields[i].flags & F_DEFAULT_NAME) != 0)
			return row_at_const(row, &menu->fields[i]);
	}
	return NULL;
}

/* The row that every store begins with? */
static bool is_first(const struct menu *menu, const struct row *row)
{
	return menu->begins_with != NULL &&
	       strcmp(menu_row_name(menu, row), menu->begins_with) == 0;
}

/* Is the row there before anything is imported? */
static bool is_there(const struct menu *menu, const struct row *row)
{
	return (row->flags & ROW_FIXED) != 0 || is_first(menu, row);
}

/* "add", "set", "set [ find default-name=ether1 ]" */
static void command(const struct menu *menu, const struct row *row, struct text *out)
{
	int key = name_field(menu);

	if (menu->kind == MENU_SETTINGS) {
		text_add(out, "set");
		return;
	}
	if (!is_there(menu, row)) {
		text_add(out, "add");
		return;
	}
	for (size_t i = 0; i < menu->nfields; i++) {
		if ((menu->fields[i].flags & F_DEFAULT_NAME) != 0)
			key = (int)i;
	}
	must(key >= 0);
	text_printf(out, "set [ find %s=", menu->fields[key].name);
	line_quote(row_at_const(row, &menu->fields[key]), out);
	text_add(out, " ]");
}

static void line_title(struct export *export)
{
	if (export->options->terse) {
		text_printf(export->out, "%s/", export->menu->path);
	} else if (!export->titled) {
		text_printf(export->out, "%s\n", export->menu->path);
		export->titled = true;
	}
}

static void row_line(struct export *export, const struct row *row, const struct words *words)
{
	struct text line = { 0 };

	command(export->menu, row, &line);
	line_title(export);
	text_add(export->out, text_str(&line));
	words_print(words, line.len, export->options->terse ? 0 : FOLD_AT, export->out);
	text_char(export->out, '\n');
	text_free(&line);
}

/* The name of a row that comes with the router selects it, and says nothing when it is default. */
static void key_drop(const struct menu *menu, const struct row *row, struct words *words)
{
	int key = name_field(menu);
	const char *dflt = default_name(menu, row);

	if (key < 0 || (dflt != NULL && strcmp(dflt, menu_row_name(menu, row)) != 0))
		return;
	for (struct word **at = &words->first; *at != NULL; at = &(*at)->next) {
		if (strcmp((*at)->name, menu->fields[key].name) == 0) {
			*at = (*at)->next;
			words->n--;
			return;
		}
	}
}

/* Finds what a row comes with that can't be removed, and drops the words that say so. */
struct fresh_drop {
	struct fresh_sink sink; /* first */
	const struct menu *menu;
	const struct row *row;
	struct words *words;
};

static bool fresh_is_of(const struct fresh_drop *drop, const struct fresh_field *fields, size_t n)
{
	const char *key = drop->menu->fields[name_field(drop->menu)].name;

	for (size_t i = 0; i < n; i++) {
		if (strcmp(fields[i].name, key) == 0)
			return strcmp(fields[i].value, menu_row_name(drop->menu, drop->row)) == 0;
	}
	return false;
}

static void word_drop(struct words *words, const struct fresh_field *field)
{
	struct text text = { 0 };

	text_printf(&text, "%s=", field->name);
	line_quote(field->value, &text);
	for (struct word **at = &words->first; *at != NULL; at = &(*at)->next) {
		if (strcmp((*at)->text, text_str(&text)) == 0) {
			*at = (*at)->next;
			words->n--;
			break;
		}
	}
	text_free(&text);
}

static void fresh_row_drop(struct fresh_sink *sink, uint32_t flags,
                           const struct fresh_field *fields, size_t n)
{
	struct fresh_drop *drop = (struct fresh_drop *)sink;

	if ((flags & ROW_FIXED) == 0 || !fresh_is_of(drop, fields, n))
		return;
	for (size_t i = 0; i < n; i++)
		word_drop(drop->words, &fields[i]);
}

/* A group or an action of the log that is as it comes with every router needs no line. */
static void fresh_words_drop(const struct menu *menu, const struct row *row, struct words *words)
{
	struct fresh_drop drop = {
		.sink = { fresh_row_drop }, .menu = menu, .row = row, .words = words
	};

	/* Rows of a list that come with every router are the same on every router. */
	if (menu->kind == MENU_LIST && (row->flags & ROW_FIXED) != 0 && menu->fresh != NULL &&
	    name_field(menu) >= 0)
		menu->fresh(NULL, &drop.sink);
}

static void row_export(struct export *export, const struct row *row)
{
	const struct words_options options = { .verbose = export->options->verbose,
		                               .secrets = export->options->show_sensitive };
	bool is_set = is_there(export->menu, row) || export->menu->kind == MENU_SETTINGS;
	struct words words = { 0 };

	if ((row->flags & ROW_DYNAMIC) != 0 ||
	    (export->options->wanted != NULL &&
	     !export->options->wanted(export->options->arg, export->menu, row)))
		return;
	words_row(&words, export->menu, row, export->state, &options);
	if (is_first(export->menu, row) && row->comment[0] == '\0')
		words_put(&words, "comment", ""); /* it begins with one */
	if (is_set && !options.verbose)
		key_drop(export->menu, row, &words);
	if (is_set && !options.verbose)
		fresh_words_drop(export->menu, row, &words);
	if (!is_set || words.n > 0)
		row_line(export, row, &words);
	words_free(&words);
}

static bool name_is_free(const struct export *export, struct rows rows, const char *name)
{
	const struct menu *menu = export->menu;
	const char *space = menu->key_space != NULL ? menu->key_space : menu->path;

	for (size_t i = 0; i < rows.n; i++) {
		if (strcmp(default_name(menu, rows.at[i]), name) == 0)
			return false;
	}
	return conf_state_named(export->state, space, name, NULL) == NULL;
}

/* @row goes out of the way of what is to get the name that its thing comes with. */
static void make_way(struct export *export, struct rows rows, const struct row *row)
{
	const char *dflt = default_name(export->menu, row);
	struct text name = { 0 };
	struct words words = { 0 };

	for (unsigned n = 2; name.len == 0 || !name_is_free(export, rows, text_str(&name)); n++) {
		text_clear(&name);
		text_printf(&name, "%s-%u", dflt, n);
	}
	words_put(&words, export->menu->fields[name_field(export->menu)].name, text_str(&name));
	row_line(export, row, &words);
	words_free(&words);
	text_free(&name);
}

/* Names are given line by line: no two things may have the same one between two lines. */
static void names_make_way(struct export *export, struct rows rows)
{
	for (size_t i = 0; i < rows.n; i++) {
		const char *dflt = default_name(export->menu, rows.at[i]);

		for (size_t k = 0; dflt != NULL && k < i; k++) {
			if (strcmp(menu_row_name(export->menu, rows.at[k]), dflt) == 0)
				make_way(export, rows, rows.at[i]);
		}
	}
}

/* Rows of a menu whose rows may refer to one another (a VLAN on a VLAN): what is referred to comes
 * first, all else stays in its order. */
struct ordering {
	struct export *export;
	struct rows rows;
	bool *done;
};

static void row_export_in_order(struct ordering *ordering, size_t i);

static void referred_export(struct ordering *ordering, const struct field *field,
                            const struct row *row)
{
	uint32_t id;

	if (field->type->refers == NULL || !name_ref_means(field->ref, ordering->export->menu))
		return;
	id = field->type->refers(field, row_at_const(row, field));
	for (size_t i = 0; i < ordering->rows.n && id != 0; i++) {
		if (ordering->rows.at[i]->id == id)
			row_export_in_order(ordering, i);
	}
}

static void row_export_in_order(struct ordering *ordering, size_t i)
{
	const struct menu *menu = ordering->export->menu;

	if (ordering->done[i])
		return;
	ordering->done[i] = true;
	for (size_t f = 0; f < menu->nfields; f++)
		referred_export(ordering, &menu->fields[f], ordering->rows.at[i]);
	row_export(ordering->export, ordering->rows.at[i]);
}

static bool may_refer_to_own(const struct menu *menu)
{
	for (size_t i = 0; i < menu->nfields; i++) {
		if (menu->fields[i].type->refers != NULL &&
		    name_ref_means(menu->fields[i].ref, menu))
			return true;
	}
	return false;
}

/*
 * What every store begins with comes last, as it became or that it was removed: those who take its
 * place are there by then.
 */
static void first_export(struct export *export, struct rows rows)
{
	const struct menu *menu = export->menu;

	for (size_t i = 0; i < rows.n; i++) {
		if (is_first(menu, rows.at[i])) {
			row_export(export, rows.at[i]);
			return;
		}
	}
	if (export->options->wanted != NULL)
		return;
	line_title(export);
	text_printf(export->out, "remove [ find %s=", menu->fields[name_field(menu)].name);
	line_quote(menu->begins_with, export->out);
	text_add(export->out, " ]\n");
}

static void rows_export(struct export *export, struct rows rows)
{
	struct ordering ordering = { .export = export, .rows = rows };

	if (export->menu->kind != MENU_LIST || !may_refer_to_own(export->menu)) {
		for (size_t i = 0; i < rows.n; i++)
			if (!is_first(export->menu, rows.at[i]))
				row_export(export, rows.at[i]);
		if (export->menu->begins_with != NULL)
			first_export(export, rows);
		return;
	}
	ordering.done = mem_new(rows.n, sizeof *ordering.done);
	for (size_t i = 0; i < rows.n; i++)
		row_export_in_order(&ordering, i);
	mem_free(ordering.done);
}

static void menu_export(struct export *export, size_t m)
{
	struct rows rows = state_rows(export->state, m);

	export->menu = export->state->menus[m];
	export->titled = false;
	if (export->menu->target != NULL || !is_below(export->menu->path, export->options->path) ||
	    !is_chosen(export->menu->path, export->options->choice))
		return;
	if (export->menu->kind == MENU_FIXED && export->options->wanted == NULL)
		names_make_way(export, rows);
	rows_export(export, rows);
}

/* "# 2026-01-31 10:00:00 by Towpath 1.0" */
static void title(const struct conf *conf, struct text *out)
{
	text_add(out, "# ");
	wall_text(clock_wall(conf->setup.clock), out);
	text_printf(out, " by Towpath %s\n", TOWPATH_VERSION);
}

void conf_export_state(const struct conf_state *state, const struct export_options *options,
                       struct text *out)
{
	struct export export = { .state = state, .options = options, .out = out };

	if (is_below("/", options->path) && options->choice == NULL && options->wanted == NULL)
		text_add(out,
		         "# for a router on a new store: towpathd --no-defaults, then towpath < "
		         "this file\n");
	for (size_t m = 0; m < export.state->nmenus; m++)
		menu_export(&export, m);
}

void conf_export(struct conf *conf, const struct export_options *options, struct text *out)
{
	title(conf, out);
	conf_export_state(options->state != NULL ? options->state : conf->current, options, out);
}
