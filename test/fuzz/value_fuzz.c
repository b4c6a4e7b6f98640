#include "fuzz.h"
#include "small_router.h"

#include "conf/row.h"
#include "conf/type.h"
#include "lang/lex.h"

enum {
	SELECTOR_BYTES = 2,
	TEXT_MOST = 4000,
};

static size_t action_fields(const struct menu *menu)
{
	size_t n = 0;

	for (size_t i = 0; i < menu->nactions; i++)
		n += menu->actions[i].nfields;
	return n;
}

/* Field @n of @menu, those of its actions behind its own. */
static const struct field *menu_nth(const struct menu *menu, size_t n)
{
	if (n < menu->nfields)
		return &menu->fields[n];
	n -= menu->nfields;
	for (size_t i = 0;; i++) {
		if (n < menu->actions[i].nfields)
			return &menu->actions[i].fields[n];
		n -= menu->actions[i].nfields;
	}
}

/* The field that @selector means, among all of all menus. */
static const struct field *choose_field(size_t selector, const struct menu **ret_menu)
{
	size_t all = 0;

	for (size_t m = 0; menus_all[m] != NULL; m++)
		all += menus_all[m]->nfields + action_fields(menus_all[m]);
	selector %= all;
	for (size_t m = 0;; m++) {
		size_t n = menus_all[m]->nfields + action_fields(menus_all[m]);

		*ret_menu = menus_all[m];
		if (selector < n)
			return menu_nth(menus_all[m], selector);
		selector -= n;
	}
}

/* Read, printed and read again: the same bytes. */
static bool check_value(const struct field *field, const struct conf_state *state, const char *text)
{
	/* What hides secrets when it is printed can't be read back, and is never typed; of a
	 * password its hash is printed. */
	if (field->type->reveal != NULL || field->type->digest != NULL)
		return false;

	uint8_t *value = mem_new(field->bytes, 1), *again = mem_new(field->bytes, 1);
	struct diag diag = { 0 };
	struct text printed = { 0 }, twice = { 0 };
	bool ok = field->type->parse(field, state, text, value, &diag);

	must(ok == !diag.failed);
	must(ok || strcmp(diag.field, field->name) == 0);
	must(ok || diag.text[0] != '\0');
	if (ok) {
		field->type->print(field, state, value, &printed);
		must(field->type->parse(field, state, text_str(&printed), again, &diag));
		must(memcmp(value, again, field->bytes) == 0);
		field->type->print(field, state, again, &twice);
		must(strcmp(text_str(&printed), text_str(&twice)) == 0);
		must(field->type->compare == NULL ||
		     field->type->compare(value, again, field->bytes) == 0);
	}
	text_free(&printed);
	text_free(&twice);
	mem_free(value);
	mem_free(again);
	return ok;
}

/* As a value of every field there is: one seed is then enough for a new type. */
static void check_everywhere(const char *text)
{
	for (size_t m = 0; menus_all[m] != NULL; m++) {
		for (size_t i = 0; i < menus_all[m]->nfields; i++)
			(void)check_value(&menus_all[m]->fields[i], NULL, text);
	}
}

/* As a word of a line it is read back as it was. */
static void check_quoted(const char *text)
{
	struct text quoted = { 0 };
	struct arena arena = { 0 };
	struct diag diag = { 0 };
	struct word word;

	conf_quote(text, &quoted);

	struct lex lex = lex_over(text_str(&quoted), quoted.len);

	if (lex_peek(&lex) == '"')
		must(lex_string(&lex, &arena, &word, &diag));
	else
		word = lex_word(&lex, LEX_VALUE, &arena);
	must(lex_peek(&lex) == LEX_END && strcmp(word.text, text) == 0);
	arena_free(&arena);
	text_free(&quoted);
}

/* The stored form of a whole row. */
static void check_row(const struct menu *menu, const struct conf_state *state, const char *encoded)
{
	struct row *row = row_blank(menu), *again = row_blank(menu);
	struct text out = { 0 };
	struct diag diag = { 0 };
	bool ok = row_decode(menu, encoded, row, state, &diag);

	must(ok == !diag.failed);
	if (ok) {
		row_encode(menu, row, &out);
		must(row_decode(menu, text_str(&out), again, state, &diag));
		must(row_same(menu, row, again));
	}
	text_free(&out);
	row_release(row);
	row_release(again);
}

/* Which field, then a text: as its value typed and stored, and as its menu's stored row. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct conf_state *state;
	const struct field *field;
	const struct menu *menu;
	struct small_router s;
	char *text;

	if (size < SELECTOR_BYTES || size > TEXT_MOST)
		return 0;
	field = choose_field((size_t)data[0] << 8 | data[1], &menu);
	text = mem_new(size, 1);
	memcpy(text, data + SELECTOR_BYTES, size - SELECTOR_BYTES);
	must(small_router_open(&s, NULL) == 0);
	state = conf_hold(s.conf);
	(void)check_value(field, state, text);
	(void)check_value(field, NULL, text);
	check_everywhere(text);
	check_quoted(text);
	if (menu->kind != MENU_FOLDER && menu->target == NULL)
		check_row(menu, state, text);
	conf_release(s.conf, state);
	small_router_close(&s);
	mem_free(text);
	return 0;
}
