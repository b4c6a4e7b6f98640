/*
 * The whole schema, walked by completion: all that is offered is accepted where it is offered, and
 * everything has a help text.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "../fuzz/small_router.h"
#include "conf/type.h"
#include "lang/builtin.h"
#include "lang/parse.h"
#include "lang/statement.h"
#include "ui/complete.h"

/* How far each kind of step is followed behind a command: arguments are tried one by one, but not
 * in all their orders. */
#define DEPTH_PLACES 8
#define DEPTH_PARAMS 2

struct walk {
	struct small_router s;
	size_t offered;
	struct text missing; /* what has no help */
	struct text refused; /* what was offered and is not accepted */
};

/* Whether @text can be read, or only lacks something at its end. */
static bool is_beginning(const char *text)
{
	struct diag diag = { 0 };
	size_t len = strlen(text);
	struct text open = { 0 };
	bool in_string;

	if (parse_check(menus_all, text, len, &diag))
		return true;
	lex_open(text, len, &open);
	in_string = open.len > 0 && open.bytes[open.len - 1] == '"';
	text_free(&open);
	return in_string || (diag.at_position && diag.column == len + 1);
}

/* The value of a field must be read by its type, too, not only stand there. */
static bool is_value(struct walk *w, const struct expect *expect, const char *word)
{
	const struct field *field = expect->param.field;
	const struct conf_state *state;
	struct diag diag = { 0 };
	_Alignas(16) uint8_t body[4096] = { 0 };
	bool ok;

	if (expect->kind != EXPECT_VALUE || field == NULL || field->bytes > sizeof body ||
	    *word == '"' || word[strlen(word) - 1] == ':')
		return true;
	state = conf_hold(w->s.conf);
	ok = field->type->parse(field, state, word, body, &diag);
	conf_release(w->s.conf, state);
	return ok;
}

static const char *kind_word(const struct candidates *found)
{
	static const char *const words[] = {
		[EXPECT_NOTHING] = "",    [EXPECT_PLACE] = "word",    [EXPECT_PARAM] = "argument",
		[EXPECT_VALUE] = "value", [EXPECT_TEST] = "property", [EXPECT_TEST_VALUE] = "value",
	};

	return (size_t)found->expect.kind < ARRAY_LEN(words) ? words[found->expect.kind] : "word";
}

static bool is_interface(struct walk *w, const char *word)
{
	const struct conf_state *state = conf_hold(w->s.conf);
	bool found = conf_state_named(state, "interface", word, NULL) != NULL;

	conf_release(w->s.conf, state);
	return found;
}

/* Names of items are the users' own, and yes and no are plain: they need no help. */
static bool needs_help(struct walk *w, const struct candidates *found,
                       const struct candidate *candidate)
{
	const struct expect *expect = &found->expect;
	const struct field *field = expect->param.field;
	bool value = expect->kind == EXPECT_VALUE || expect->kind == EXPECT_TEST_VALUE ||
	             (expect->kind == EXPECT_PARAM && expect->bare_first);

	if (candidate->help != NULL)
		return false;
	return !value || (field != NULL && field->ref == NULL && field->type != &type_bool &&
	                  !is_interface(w, candidate->text));
}

static void walk(struct walk *w, const char *typed, unsigned places, unsigned params);

static void walk_on(struct walk *w, const struct candidates *found, const char *text,
                    unsigned places, unsigned params)
{
	if (found->expect.kind == EXPECT_PLACE && places > 0)
		walk(w, text, places - 1, params);
	else if (found->expect.kind != EXPECT_PLACE && params > 0)
		walk(w, text, places, params - 1);
}

static void walk_candidate(struct walk *w, const char *typed, const struct candidates *found,
                           const struct candidate *candidate, unsigned places, unsigned params)
{
	struct text text = { 0 };

	w->offered++;
	if (needs_help(w, found, candidate))
		text_printf(&w->missing, "%s%s (%s)\n", typed, candidate->text, kind_word(found));
	text_bytes(&text, typed, found->from);
	text_add(&text, candidate->text);
	if (!is_value(w, &found->expect, candidate->text))
		text_printf(&w->refused, "%s\n", text_str(&text));
	if (candidate->next != 0)
		text_char(&text, candidate->next);
	if (!is_beginning(text_str(&text)))
		text_printf(&w->refused, "%s\n", text_str(&text));
	walk_on(w, found, text_str(&text), places, params);
	text_free(&text);
}

static void walk(struct walk *w, const char *typed, unsigned places, unsigned params)
{
	struct candidates found;

	candidates_find(w->s.conf, "/", typed, strlen(typed), &found);
	for (size_t i = 0; i < found.n; i++)
		walk_candidate(w, typed, &found, &found.at[i], places, params);
	candidates_free(&found);
}

static void test_walk(void **unused)
{
	struct walk *w = mem_new(1, sizeof *w);

	assert_int_equal(small_router_open(&w->s, NULL), 0);
	walk(w, "/", DEPTH_PLACES, DEPTH_PARAMS);
	walk(w, "", 0, 0);
	walk(w, ":put [/", 3, 1);
	walk(w, "/ip { ", 3, 1);
	print_message("%zu offered\n", w->offered);
	assert_true(w->offered > 10000);
	if (w->refused.len > 0)
		fprintf(stderr, "offered, but not accepted:\n%s", text_str(&w->refused));
	if (w->missing.len > 0)
		fprintf(stderr, "without help:\n%s", text_str(&w->missing));
	assert_int_equal(w->refused.len, 0);
	assert_int_equal(w->missing.len, 0);
	text_free(&w->refused);
	text_free(&w->missing);
	small_router_close(&w->s);
	mem_free(w);
}

/* A help is one sentence without a full stop, and says more than the name does. */
static void check_help(struct text *wrong, const char *where, const char *name, const char *help)
{
	size_t len = help != NULL ? strlen(help) : 0;

	if (len == 0)
		text_printf(wrong, "%s %s: no help\n", where, name);
	else if (help[len - 1] == '.' && (len < 3 || strcmp(help + len - 3, "...") != 0))
		text_printf(wrong, "%s %s: a full stop ends \"%s\"\n", where, name, help);
	else if (strcmp(help, name) == 0 || help[0] == ' ')
		text_printf(wrong, "%s %s: \"%s\" says nothing\n", where, name, help);
}

static void check_fields(struct text *wrong, const char *where, const struct field *fields,
                         size_t n)
{
	for (size_t i = 0; i < n; i++)
		check_help(wrong, where, fields[i].name, fields[i].help);
}

static void check_refused(struct text *wrong, const char *where, const struct refused *refused)
{
	for (; refused != NULL && refused->name != NULL; refused++)
		check_help(wrong, where, refused->name, refused->why);
}

static void check_menu(struct text *wrong, const struct menu *menu)
{
	check_help(wrong, menu->path, "title", menu->title);
	check_fields(wrong, menu->path, menu->fields, menu->nfields);
	check_refused(wrong, menu->path, menu->refused);
	for (size_t i = 0; i < menu->nflags; i++)
		check_help(wrong, menu->path, menu->flags[i].word,
		           word_help(NULL, menu->flags[i].word));
	for (size_t i = 0; i < menu->nactions; i++) {
		const struct action *action = &menu->actions[i];

		check_help(wrong, menu->path, action->name, action->help);
		check_fields(wrong, action->name, action->fields, action->nfields);
		check_refused(wrong, action->name, action->refused);
	}
}

/* Each folder on the way to a menu is declared, so that it has a title. */
static void check_folders(struct text *wrong, const char *path)
{
	for (const char *slash = strchr(path + 1, '/'); slash != NULL;
	     slash = strchr(slash + 1, '/')) {
		char folder[256];

		snprintf(folder, sizeof folder, "%.*s", (int)(slash - path), path);
		if (grammar_menu(menus_all, folder) == NULL)
			text_printf(wrong, "%s: the folder %s is not declared\n", path, folder);
	}
}

static void check_language(struct text *wrong)
{
	for (size_t i = 0; i < statements_n; i++) {
		const struct statement *statement = &statements_all[i];

		check_help(wrong, ":", statement->name, statement->help);
		for (size_t n = 0; n < statement->nparams; n++)
			check_help(wrong, statement->name, statement->params[n].param.name,
			           statement->params[n].param.help);
	}
	for (size_t i = 0; builtins_all[i] != NULL; i++) {
		const struct builtin *builtin = builtins_all[i];

		check_help(wrong, ":", builtin->name, builtin->help);
		for (size_t n = 0; n < builtin->nparams; n++)
			check_help(wrong, builtin->name, builtin->params[n].name,
			           builtin->params[n].help);
	}
}

static void test_tables(void **unused)
{
	struct text wrong = { 0 };

	for (size_t i = 0; menus_all[i] != NULL; i++) {
		check_menu(&wrong, menus_all[i]);
		check_folders(&wrong, menus_all[i]->path);
	}
	check_language(&wrong);
	if (wrong.len > 0)
		fprintf(stderr, "%s", text_str(&wrong));
	assert_int_equal(wrong.len, 0);
	text_free(&wrong);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_walk),
		cmocka_unit_test(test_tables),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
