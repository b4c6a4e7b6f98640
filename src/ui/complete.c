#include "ui/complete.h"

#include <stdlib.h>
#include <string.h>

#include "conf/conf.h"
#include "conf/diag.h"
#include "conf/files.h"
#include "conf/type.h"
#include "lang/scope.h"
#include "lib/text.h"
#include "lib/wall.h"

/* How what is typed may fit a word; the next one is tried when no word fits so. */
enum fit {
	FIT_BEGINS,
	FIT_INITIALS, /* of the parts of a hyphenated word */
	FIT_IN_ORDER,
};

struct completer {
	struct conf *conf;
	const struct conf_state *state;
	struct candidates *candidates;
	const char *typed; /* of the word so far */
	size_t typed_len;
	enum fit fit;
	bool in_list;  /* behind a comma: only another value can follow */
	size_t *reach; /* nothing is offered: only how much of the word fits; NULL: offer */
};

/* "mt" for monitor-traffic. */
static bool has_initials(const char *word, const char *typed, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (typed[i] == '\0' || *word != typed[i])
			return false;
		word += strcspn(word, "-");
		word += *word == '-';
	}
	return len > 0;
}

/* "mtr" for monitor-traffic: the letters come in this order, the first one first. */
static bool in_order(const char *word, const char *typed, size_t len)
{
	if (len == 0 || *word != *typed)
		return false;
	for (size_t i = 0; i < len; i++) {
		word = strchr(word, typed[i]);
		if (word == NULL || typed[i] == '\0')
			return false;
		word++;
	}
	return true;
}

static bool fits_so(const struct completer *c, const char *word)
{
	if (c->fit == FIT_INITIALS)
		return has_initials(word, c->typed, c->typed_len);
	if (c->fit == FIT_IN_ORDER)
		return in_order(word, c->typed, c->typed_len);
	return strncmp(word, c->typed, c->typed_len) == 0;
}

static void reach(struct completer *c, const char *word)
{
	size_t same = 0;

	while (same < c->typed_len && word[same] == c->typed[same])
		same++;
	*c->reach = same > *c->reach ? same : *c->reach;
}

static void offer(struct completer *c, const char *word, const char *help, char next)
{
	struct candidates *all = c->candidates;
	bool fits;

	if (c->reach != NULL) {
		reach(c, word);
		return;
	}
	fits = fits_so(c, word);
	if (!fits)
		return;
	if (all->n == all->size) {
		size_t size = all->size > 0 ? all->size * 2 : 32;
		struct candidate *grown = arena_new(&all->arena, size, sizeof grown[0]);

		if (all->n > 0)
			memcpy(grown, all->at, all->n * sizeof grown[0]);
		all->at = grown;
		all->size = size;
	}
	all->at[all->n++] = (struct candidate){
		.text = arena_strdup(&all->arena, word),
		.help = help != NULL ? arena_strdup(&all->arena, help) : NULL,
		.next = next,
	};
}

struct word_offer {
	struct place_sink sink;
	struct completer *completer;
};

static void offer_word(struct place_sink *sink, const struct place_word *word)
{
	struct completer *c = ((struct word_offer *)sink)->completer;
	bool menu = word->kind == WORD_MENU;
	size_t n = c->candidates->n;

	offer(c, arena_strndup(&c->candidates->arena, word->text, word->len), word->help,
	      menu && c->candidates->expect.after_slash ? '/' : ' ');
	if (c->candidates->n > n)
		c->candidates->at[n].menu = menu;
}

/* A value may have to be quoted; inside of quotes only plain ones can be offered. */
static void offer_value(struct completer *c, const char *value, const char *help)
{
	bool test = c->candidates->expect.kind == EXPECT_TEST_VALUE;
	struct text quoted = { 0 };

	conf_quote(value, &quoted);
	if (c->candidates->expect.quoted) {
		if (strpbrk(value, "\"\\$\n\r\t") == NULL)
			offer(c, value, help, '"');
	} else if (test && strpbrk(value, "<>~!&|") != NULL && text_str(&quoted)[0] != '"') {
		offer(c, arena_printf(&c->candidates->arena, "\"%s\"", value), help, ' ');
	} else {
		/* "equal:" is the beginning of a value. */
		bool begins = *value != '\0' && value[strlen(value) - 1] == ':';

		offer(c, text_str(&quoted), help, begins ? 0 : ' ');
	}
	text_free(&quoted);
}

struct choice_offer {
	struct choice_sink sink;
	struct completer *completer;
	const struct field *field;
};

static void offer_choice(struct choice_sink *sink, const char *word, const char *help)
{
	const struct choice_offer *choices = (struct choice_offer *)sink;

	if (help == NULL && choices->field->ref == NULL)
		help = conf_word_help(choices->completer->conf, choices->field, word);
	offer_value(choices->completer, word, help);
}

struct item_offer {
	struct row_sink sink;
	struct completer *completer;
	const struct menu *menu;
};

static bool offer_item(struct row_sink *sink, const struct row *row)
{
	struct item_offer *items = (struct item_offer *)sink;
	const char *name = menu_row_name(items->menu, row);

	if (*name != '\0' && row->id != 0)
		offer_value(items->completer, name,
		            row->comment != NULL && *row->comment != '\0' ? row->comment : NULL);
	return true;
}

static void offer_items(struct completer *c, const struct menu *menu)
{
	struct item_offer items = { .sink = { offer_item }, .completer = c, .menu = menu };

	if (menu != NULL)
		(void)conf_rows_walk(c->conf, c->state, menu, &items.sink);
}

/* The router's files whose names end in @suffix. */
static void offer_files(struct completer *c, const char *suffix)
{
	size_t n = 0, end = strlen(suffix);
	const struct file_entry *at = c->conf != NULL ? files_list(c->conf, &n) : NULL;

	for (size_t i = 0; i < n; i++) {
		size_t len = strlen(at[i].name);
		struct text when = { 0 };

		if (len < end || strcmp(at[i].name + len - end, suffix) != 0)
			continue;
		wall_text(at[i].modified, &when);
		offer_value(c, at[i].name,
		            arena_printf(&c->candidates->arena, "%llu bytes, %s",
		                         (unsigned long long)at[i].size, text_str(&when)));
		text_free(&when);
	}
}

static void offer_names(struct completer *c, const struct menu *menu, char next)
{
	for (size_t i = 0; menu != NULL && i < menu->nfields; i++)
		offer(c, menu->fields[i].name, menu->fields[i].help, next);
	if (menu == NULL || menu->kind == MENU_SETTINGS)
		return;
	offer(c, "comment", "A note for people", next);
}

static void offer_values(struct completer *c, const struct param *param)
{
	struct choice_offer choices = { .sink = { offer_choice },
		                        .completer = c,
		                        .field = param->field };

	const struct field *field = param->field;

	if (param->kind == PARAM_ITEMS || (field != NULL && (field->flags & F_ITEM) != 0))
		offer_items(c, c->candidates->expect.command.menu);
	else if (param->files != NULL)
		offer_files(c, param->files);
	else if (field != NULL && field->type == &type_file)
		offer_files(c, field->words[0]);
	else if (param->kind == PARAM_FIELDS)
		offer_names(c, c->candidates->expect.command.menu, ' ');
	else if (param->field != NULL && param->field->type->choices != NULL)
		param->field->type->choices(param->field, c->state, &choices.sink);
}

/* What is typed behind the name of an argument. */
static char param_next(const struct expect *expect, const struct param *param)
{
	bool bare = param->field != NULL && (param->field->flags & F_BARE) != 0;
	bool item_first = expect->bare_first && expect->param.kind == PARAM_ITEMS;

	if (expect->unset || param->kind == PARAM_FLAG || param->kind == PARAM_WHERE)
		return ' ';
	return bare && !item_first ? ' ' : '=';
}

static void offer_params(struct completer *c)
{
	const struct expect *expect = &c->candidates->expect;
	bool item_first = expect->bare_first && expect->param.kind == PARAM_ITEMS;
	struct param param;

	for (size_t i = 0; !c->in_list && command_param(&expect->command, i, &param); i++) {
		if (param.kind == PARAM_NONE || expect->used[i])
			continue;
		if (expect->unset && !param.unsettable)
			continue;
		if (item_first && param_next(expect, &param) != '=')
			continue; /* a bare word would name an item */
		offer(c, param.name, param.help, param_next(expect, &param));
	}
	if (expect->bare_first && c->reach == NULL)
		offer_values(c, &expect->param);
}

static const char *flag_help(const struct completer *c, const char *word)
{
	return c->conf != NULL ? conf_word_help(c->conf, NULL, word) : NULL;
}

static void offer_tests(struct completer *c)
{
	const struct menu *menu = c->candidates->expect.command.menu;

	offer_names(c, menu, '=');
	if (menu == NULL)
		return;
	offer(c, "disabled", "Whether it is switched off", ' ');
	offer(c, "dynamic", "Whether the router has made it", ' ');
	for (size_t i = 0; i < menu->nflags; i++)
		offer(c, menu->flags[i].word, flag_help(c, menu->flags[i].word), ' ');
}

static void offer_test_values(struct completer *c)
{
	const struct param *param = &c->candidates->expect.param;

	if (param->field != NULL) {
		offer_values(c, param);
		return;
	}
	offer(c, "yes", NULL, ' ');
	offer(c, "no", NULL, ' ');
}

/* Those that a "$" could mean. */
static void offer_variables(struct completer *c)
{
	const struct expect *expect = &c->candidates->expect;

	for (const struct scope_name *at = expect->names; at != NULL; at = at->outer)
		offer(c, at->name, at->global ? "A global variable" : "A variable", ' ');
	for (const struct program_arg *at = expect->args; at != NULL; at = at->next)
		offer(c, at->name, "An argument of the function", ' ');
}

static void offer_all(struct completer *c)
{
	struct word_offer words = { .sink = { offer_word }, .completer = c };

	switch (c->candidates->expect.kind) {
	case EXPECT_PLACE:
		place_words(&c->candidates->expect.place, &words.sink);
		break;
	case EXPECT_PARAM:
		offer_params(c);
		break;
	case EXPECT_VALUE:
		offer_values(c, &c->candidates->expect.param);
		break;
	case EXPECT_TEST:
		offer_tests(c);
		break;
	case EXPECT_TEST_VALUE:
		offer_test_values(c);
		break;
	case EXPECT_GLOBAL:
		place_global_words(&words.sink);
		break;
	case EXPECT_VARIABLE:
		offer_variables(c);
		break;
	case EXPECT_NOTHING:
		break;
	}
}

static int by_text(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;
	int order = strcmp(x->text, y->text);

	if (order != 0)
		return order;
	/* Of doubles the one with help is kept. */
	return (x->help == NULL) - (y->help == NULL);
}

static void sort(struct candidates *all)
{
	size_t kept = 0;

	if (all->n == 0)
		return;
	qsort(all->at, all->n, sizeof all->at[0], by_text);
	for (size_t i = 1; i < all->n; i++)
		if (strcmp(all->at[i].text, all->at[kept].text) != 0)
			all->at[++kept] = all->at[i];
	all->n = kept + 1;
}

void candidates_find(struct conf *conf, const char *path, const char *text, size_t len,
                     struct candidates *ret_candidates)
{
	struct completer c = { .conf = conf, .candidates = ret_candidates };
	struct diag diag = { 0 };

	*ret_candidates = (struct candidates){ 0 };
	/* Whether it can be compiled so far does not matter here. */
	(void)!parse_program(conf_menus(conf), path, text, len, &ret_candidates->program,
	                     &ret_candidates->expect, &diag);
	if (ret_candidates->expect.kind == EXPECT_NOTHING)
		return;
	ret_candidates->from = ret_candidates->expect.from;
	c.typed_len = len - ret_candidates->from;
	c.typed = arena_strndup(&ret_candidates->arena, text + ret_candidates->from, c.typed_len);
	c.in_list = ret_candidates->from > 0 && text[ret_candidates->from - 1] == ',';
	c.state = conf_hold(conf);
	offer_all(&c);
	while (ret_candidates->n == 0 && c.fit < FIT_IN_ORDER) {
		c.fit++;
		offer_all(&c);
	}
	conf_release(conf, c.state);
	sort(ret_candidates);
}

size_t candidates_reach(const struct expect *expect, const char *word, size_t len)
{
	struct candidates none = { .expect = *expect };
	size_t reach = 0;
	struct completer c = {
		.candidates = &none, .typed = word, .typed_len = len, .reach = &reach
	};

	if (expect->kind != EXPECT_VALUE && expect->kind != EXPECT_TEST_VALUE)
		offer_all(&c);
	arena_free(&none.arena);
	return reach;
}

size_t candidates_common(const struct candidates *candidates)
{
	size_t common;

	if (candidates->n == 0)
		return 0;
	common = strlen(candidates->at[0].text);
	for (size_t i = 1; i < candidates->n; i++) {
		size_t same = 0;

		while (same < common &&
		       candidates->at[i].text[same] == candidates->at[0].text[same])
			same++;
		common = same;
	}
	return common;
}

void candidates_free(struct candidates *candidates)
{
	program_free(&candidates->program);
	arena_free(&candidates->arena);
}
