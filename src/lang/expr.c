#include "lang/expr.h"

#include <string.h>

#include "conf/conf.h"
#include "conf/diag.h"
#include "conf/type.h"
#include "lang/advice.h"
#include "lang/operator.h"
#include "lang/pattern.h"
#include "lang/value.h"
#include "lib/text.h"

#define TESTS_MAX 256 /* in one expression */

enum expr_kind {
	EXPR_AND,
	EXPR_OR,
	EXPR_NOT,
	EXPR_SET,
	EXPR_EQUAL,
	EXPR_UNEQUAL,
	EXPR_LESS,
	EXPR_GREATER,
	EXPR_AT_MOST,
	EXPR_AT_LEAST,
	EXPR_MATCH,
	EXPR_IN,
	EXPR_HOLDS, /* a value in the network that the property is */
	EXPR_TRUE,  /* a value by itself */
};

enum subject_kind {
	SUBJECT_FIELD,
	SUBJECT_FLAG,
	SUBJECT_COMMENT,
	SUBJECT_ID,
};

struct expr {
	enum expr_kind kind;
	struct spot spot;
	struct expr *a, *b; /* of and, or, not */
	enum subject_kind subject;
	const struct menu *menu;
	const struct field *field;
	uint32_t flag;
	const char *value;
	bool computed;
	size_t nth;                  /* of the computed values */
	const struct value *operand; /* that one, or of EXPR_IN the value as it was typed */
	bool holds;                  /* EXPR_TRUE */
	void *typed;                 /* the value as the field's type reads it; good when `bound` */
	const char *canon;           /* its canonical text */
	bool bound;
	regex_t *regex; /* NULL, or `compiled` */
	regex_t compiled;
};

bool row_shows(const struct menu *menu, const struct field *field, const struct row *row)
{
	if (row_given(row, (size_t)(field - menu->fields)) || field->dflt != NULL)
		return true;
	if ((field->flags & F_READ_ONLY) == 0)
		return false;
	if ((field->flags & (F_STATS | F_RIGHT)) != 0)
		return true;
	if (menu->kind == MENU_SETTINGS && field->type == &type_uint)
		return true; /* 0 is a number, too */
	for (size_t i = 0; i < field->bytes; i++)
		if (row->body[field->offset + i] != 0)
			return true;
	return false;
}

void row_field_text(const struct menu *menu, const struct field *field,
                    const struct conf_state *state, const struct row *row, struct text *out)
{
	if (row_shows(menu, field, row))
		conf_field_print(state, field, row, out);
}

static bool expr_fail(struct expr_source *source, const struct spot *spot, const char *advice)
{
	return diag_fail_at(source->diag, spot->line, spot->column, "syntax error\n%s", advice);
}

static struct expr *expr_new(struct expr_source *source, enum expr_kind kind)
{
	struct expr *expr = arena_new(source->arena, 1, sizeof *expr);

	expr->kind = kind;
	expr->menu = source->command.menu;
	return expr;
}

static const struct field *field_exactly(const struct menu *menu, const char *name)
{
	for (size_t i = 0; i < menu->nfields; i++)
		if (strcmp(menu->fields[i].name, name) == 0)
			return &menu->fields[i];
	return NULL;
}

static bool find_subject(struct expr_source *source, const struct word *word, struct expr *test)
{
	const struct menu *menu = source->command.menu;

	test->field = field_exactly(menu, word->text);
	test->flag = menu_flag_find(menu, word->text);
	if (test->field == NULL && strcmp(word->text, "comment") == 0) {
		test->subject = SUBJECT_COMMENT;
		return true;
	}
	if (test->field == NULL && strcmp(word->text, ".id") == 0) {
		test->subject = SUBJECT_ID;
		return true;
	}
	if (test->field == NULL && test->flag != 0) {
		test->subject = SUBJECT_FLAG;
		return true;
	}
	if (test->field == NULL)
		test->field = menu_field_find(menu, word->text);
	if (test->field != NULL)
		return true;

	struct text near = { 0 };
	struct param param;

	if (command_find(&source->command, word->text, &param))
		text_printf(&near, "\n%s is no property of an item; write it before where",
		            param.name);
	else
		advice_property(menu, word->text, &near);
	diag_fail_at(source->diag, word->spot.line, word->spot.column, "syntax error%s",
	             text_str(&near));
	text_free(&near);
	return false;
}

/* Take the operator @symbol (NULL: none) or the word @name, which must not run on. */
static bool take_joint(struct lex *lex, const char *symbol, const char *name)
{
	size_t symbol_len = symbol != NULL ? strlen(symbol) : 0, name_len = strlen(name);
	size_t left;

	lex_blanks(lex);
	left = lex->len - lex->at;
	if (symbol != NULL && left >= symbol_len &&
	    memcmp(lex->text + lex->at, symbol, symbol_len) == 0) {
		lex->at += symbol_len;
		return true;
	}
	if (left > name_len && memcmp(lex->text + lex->at, name, name_len) == 0 &&
	    strchr(" \t(!$[\"", lex->text[lex->at + name_len]) != NULL &&
	    lex->text[lex->at + name_len] != '\0') {
		lex->at += name_len;
		return true;
	}
	return false;
}

/* The operator at the source; false when there is none. */
static bool take_operator(struct lex *lex, enum expr_kind *ret_kind)
{
	size_t at = lex->at;

	if (lex_take(lex, '=')) {
		*ret_kind = EXPR_EQUAL;
		return true;
	}
	if (lex_take(lex, '~')) {
		*ret_kind = EXPR_MATCH;
		return true;
	}
	if (lex_take(lex, '<')) {
		*ret_kind = lex_take(lex, '=') ? EXPR_AT_MOST : EXPR_LESS;
		return true;
	}
	if (lex_take(lex, '>')) {
		*ret_kind = lex_take(lex, '=') ? EXPR_AT_LEAST : EXPR_GREATER;
		return true;
	}
	if (lex_take(lex, '!') && lex_take(lex, '=')) {
		*ret_kind = EXPR_UNEQUAL;
		return true;
	}
	lex->at = at;
	if (take_joint(lex, NULL, "in")) {
		*ret_kind = EXPR_IN;
		return true;
	}
	lex->at = at;
	return false;
}

static bool parse_regex(struct expr_source *source, const struct word *word, struct expr *test)
{
	const char *advice = pattern_compile(&test->compiled, word->text);

	if (advice != NULL)
		return expr_fail(source, &word->spot, advice);
	test->regex = &test->compiled;
	return true;
}

static bool value_ahead(const struct expr_source *source)
{
	int c = lex_peek(source->lex);

	return c > 0 && strchr(source->value != NULL ? "\"$([{" : "\"", c) != NULL;
}

/* A value that is more than a word; *@ret_word has no text when it is computed. */
static bool read_value(struct expr_source *source, struct expr *test, struct word *ret_word)
{
	if (source->value == NULL)
		return lex_string(source->lex, source->arena, ret_word, source->diag);
	if (!source->value(source->value_arg, ret_word, &test->nth))
		return false;
	test->computed = ret_word->text == NULL;
	return true;
}

static bool parse_value(struct expr_source *source, struct expr *test)
{
	struct lex *lex = source->lex;
	struct expect what = { .kind = EXPECT_TEST_VALUE,
		               .command = source->command,
		               .param = { .field = test->field } };
	struct word word;

	if (test->subject == SUBJECT_FLAG)
		what.param.field = NULL;
	lex_blanks(lex);
	if (value_ahead(source)) {
		if (!read_value(source, test, &word))
			return false;
	} else {
		/* A network behind "in" may have its slash and colons: nothing else fits there. */
		word = test->kind == EXPR_IN ? lex_literal(lex, source->arena)
		                             : lex_word(lex, LEX_TEST, source->arena);
		expect_word(source->expect, lex, &word, &what);
		if (word.len == 0)
			return expr_fail(source, &word.spot,
			                 "a value should stand here; an empty one is \"\"");
	}
	test->value = word.text;
	return test->kind != EXPR_MATCH || test->computed || parse_regex(source, &word, test);
}

/* "$x", or "$x in property". */
static bool parse_computed(struct expr_source *source, struct expr **ret_expr)
{
	struct expr *test = expr_new(source, EXPR_TRUE);
	struct word word;

	if (++source->tests > TESTS_MAX) {
		struct spot spot = lex_spot(source->lex);

		return expr_fail(source, &spot, "too many tests in one expression");
	}
	*ret_expr = test;
	if (!read_value(source, test, &word))
		return false;
	test->value = word.text;
	if (!take_joint(source->lex, NULL, "in"))
		return true;
	lex_blanks(source->lex);
	word = lex_word(source->lex, LEX_TEST, source->arena);
	expect_word(source->expect, source->lex, &word,
	            &(struct expect){ .kind = EXPECT_TEST, .command = source->command });
	test->kind = EXPR_HOLDS;
	if (word.len == 0)
		return expr_fail(source, &word.spot, "a property should stand here");
	return find_subject(source, &word, test);
}

static bool parse_test(struct expr_source *source, struct expr **ret_expr)
{
	struct word word = lex_word(source->lex, LEX_TEST, source->arena);
	struct expr *test = expr_new(source, EXPR_SET);

	expect_word(source->expect, source->lex, &word,
	            &(struct expect){ .kind = EXPECT_TEST, .command = source->command });
	if (word.len == 0)
		return expr_fail(source, &word.spot, "a property should stand here");
	if (++source->tests > TESTS_MAX)
		return expr_fail(source, &word.spot, "too many tests in one expression");
	if (!find_subject(source, &word, test))
		return false;
	mark_put(source->lex->marks, word.spot.at, word.len, MARK_NAME);
	test->spot = word.spot;
	*ret_expr = test;

	size_t at = source->lex->at;

	lex_blanks(source->lex);
	if (take_operator(source->lex, &test->kind))
		return parse_value(source, test);
	if (source->lex->at < source->lex->len || at == source->lex->at)
		return true;
	/* Blanks at the end of the text: what comes next is another test. */
	expect_word(source->expect, source->lex, &(struct word){ .spot = lex_spot(source->lex) },
	            &(struct expect){ .kind = EXPECT_TEST, .command = source->command });
	return true;
}

static bool parse_or(struct expr_source *source, struct expr **ret_expr);

static bool parse_inner(struct expr_source *source, struct expr **ret_expr)
{
	struct spot spot = lex_spot(source->lex);

	if (source->depth >= GRAMMAR_DEPTH)
		return expr_fail(source, &spot, "too many brackets inside each other");
	source->depth++;
	if (!parse_or(source, ret_expr))
		return false;
	source->depth--;
	lex_blanks(source->lex);
	spot = lex_spot(source->lex);
	if (!lex_take(source->lex, ')'))
		return expr_fail(source, &spot, "a closing bracket is missing");
	return true;
}

static bool parse_not(struct expr_source *source, struct expr **ret_expr)
{
	bool negated = false;

	lex_blanks(source->lex);
	while (lex_take(source->lex, '!')) {
		negated = !negated;
		lex_blanks(source->lex);
	}

	struct expr *inner = NULL;
	bool ok;

	if (lex_take(source->lex, '('))
		ok = parse_inner(source, &inner);
	else if (value_ahead(source))
		ok = parse_computed(source, &inner);
	else
		ok = parse_test(source, &inner);

	*ret_expr = inner;
	if (negated && inner != NULL) {
		*ret_expr = expr_new(source, EXPR_NOT);
		(*ret_expr)->a = inner;
	}
	return ok;
}

/* Whether another operand follows without a word between: they must both hold. */
static bool side_by_side(const struct lex *lex)
{
	int c = lex_peek(lex);

	return !lex_command_ends(lex) && c != '|' && c != '&';
}

static bool parse_and(struct expr_source *source, struct expr **ret_expr)
{
	if (!parse_not(source, ret_expr))
		return false;
	for (;;) {
		struct lex before = *source->lex;
		bool joint = take_joint(source->lex, "&&", "and");

		if (!joint && take_joint(source->lex, "||", "or")) {
			*source->lex = before;
			return true;
		}
		if (!joint && !side_by_side(source->lex))
			return true;

		struct expr *both = expr_new(source, EXPR_AND);

		both->a = *ret_expr;
		*ret_expr = both;
		if (!parse_not(source, &both->b))
			return false;
	}
}

static bool parse_or(struct expr_source *source, struct expr **ret_expr)
{
	if (!parse_and(source, ret_expr))
		return false;
	while (take_joint(source->lex, "||", "or")) {
		struct expr *either = expr_new(source, EXPR_OR);

		either->a = *ret_expr;
		*ret_expr = either;
		if (!parse_and(source, &either->b))
			return false;
	}
	return true;
}

bool expr_parse(struct expr_source *source, struct expr **ret_expr)
{
	lex_blanks(source->lex);
	if (lex_command_ends(source->lex)) {
		struct word none = { .spot = lex_spot(source->lex) };

		expect_word(source->expect, source->lex, &none,
		            &(struct expect){ .kind = EXPECT_TEST, .command = source->command });
		return true;
	}
	return parse_or(source, ret_expr);
}

/* What a computed test compares with this time. */
static bool take_computed(struct expr *test, const struct value *computed, struct arena *arena,
                          struct diag *diag)
{
	const char *advice;

	test->operand = &computed[test->nth];
	test->value = value_str(test->operand, arena);
	if (test->kind != EXPR_MATCH)
		return true;
	if (test->regex != NULL)
		pattern_free(test->regex);
	test->regex = NULL;
	advice = pattern_compile(&test->compiled, test->value);
	if (advice == NULL) {
		test->regex = &test->compiled;
		return true;
	}
	return diag_fail_at(diag, test->spot.line, test->spot.column, "syntax error\n%s", advice);
}

static void bind_typed(struct expr *test, const struct conf_state *state, struct arena *arena)
{
	const struct field *field = test->field;
	struct diag diag = { 0 };
	struct row *row = arena_new(arena, 1, sizeof *row + test->menu->row_size);

	test->typed = row->body + field->offset;
	test->bound = field->type->parse(field, state, test->value, test->typed, &diag);
	if (!test->bound && test->value[0] == '/') {
		/* "/0" is short for the network of all zeroes with that mask. */
		const char *whole = arena_printf(arena, "0.0.0.0%s", test->value);

		memset(test->typed, 0, field->bytes);
		diag = (struct diag){ 0 };
		test->bound = field->type->parse(field, state, whole, test->typed, &diag);
	}
	if (!test->bound)
		return;

	struct text canon = { 0 };

	field->type->print(field, state, test->typed, &canon);
	test->canon = arena_strdup(arena, text_str(&canon));
	text_free(&canon);
}

static bool bind_test(struct expr *test, const struct conf_state *state,
                      const struct value *computed, struct arena *arena, struct diag *diag)
{
	test->bound = false;
	if (test->computed && !take_computed(test, computed, arena, diag))
		return false;
	if (test->kind == EXPR_IN || test->kind == EXPR_HOLDS || test->kind == EXPR_TRUE) {
		struct value *operand = arena_new(arena, 1, sizeof *operand);

		*operand = test->computed ? *test->operand : value_guess(arena, test->value);
		if (operand->kind == VALUE_TEXT)
			*operand = value_guess(arena, operand->text);
		test->operand = operand;
		return test->kind != EXPR_TRUE || value_truth(operand, &test->holds, diag);
	}
	if (test->subject == SUBJECT_FIELD && test->value != NULL && test->kind != EXPR_MATCH)
		bind_typed(test, state, arena);
	return true;
}

bool expr_bind(struct expr *expr, const struct conf_state *state, const struct value *computed,
               struct arena *arena, struct diag *diag)
{
	if (expr == NULL)
		return true;
	if (expr->a == NULL)
		return bind_test(expr, state, computed, arena, diag);
	return expr_bind(expr->a, state, computed, arena, diag) &&
	       expr_bind(expr->b, state, computed, arena, diag);
}

static bool says_yes(const char *value)
{
	return strcmp(value, "yes") == 0 || strcmp(value, "true") == 0;
}

static void subject_text(const struct expr *test, const struct conf_state *state,
                         const struct row *row, struct text *out)
{
	switch (test->subject) {
	case SUBJECT_FIELD:
		row_field_text(test->menu, test->field, state, row, out);
		break;
	case SUBJECT_FLAG:
		text_add(out, (row->flags & test->flag) != 0 ? "yes" : "no");
		break;
	case SUBJECT_COMMENT:
		text_add(out, row->comment != NULL ? row->comment : "");
		break;
	case SUBJECT_ID:
		text_printf(out, "*%X", row->id);
		break;
	}
}

static int compare_text(const char *a, const char *b)
{
	uint64_t x, y;

	if (text_to_u64(a, strlen(a), &x) && text_to_u64(b, strlen(b), &y))
		return x < y ? -1 : x > y;
	return strcmp(a, b);
}

/* The row's value against the test's: negative, zero, positive. */
static int compare(const struct expr *test, const struct row *row, const char *text)
{
	const struct field *field = test->field;

	if (test->bound && field->type->compare != NULL)
		return field->type->compare(row->body + field->offset, test->typed, field->bytes);
	return compare_text(text, test->bound ? test->canon : test->value);
}

static bool equal(const struct expr *test, const char *text)
{
	if (test->subject == SUBJECT_FLAG)
		return says_yes(test->value) == says_yes(text);
	if (test->bound && strcmp(text, test->canon) == 0)
		return true;
	return strcmp(text, test->value) == 0;
}

static bool is_set(const struct expr *test, const char *text)
{
	if (test->subject == SUBJECT_FLAG)
		return says_yes(text);
	if (test->subject == SUBJECT_FIELD && test->field->type == &type_bool)
		return says_yes(text);
	return *text != '\0';
}

/* Whether @text is one of the elements, or lies in the network; or the other way round. */
static bool is_in(const struct expr *test, const char *text)
{
	struct arena arena = { 0 };
	struct value value = value_guess(&arena, text), result;
	struct value left = test->kind == EXPR_IN ? value : *test->operand;
	struct value right = test->kind == EXPR_IN ? *test->operand : value;
	struct pair pair;
	struct diag diag = { 0 };
	bool found = false;

	if (right.kind == VALUE_ARRAY || right.kind == VALUE_IDS) {
		for (size_t i = 0; !found && value_element(&right, i, &arena, &pair); i++)
			found = strcmp(value_str(&pair.value, &arena), text) == 0;
	} else if (operator_apply(OPERATOR_IN, &left, &right, &arena, &result, &diag)) {
		found = result.number != 0;
	}
	arena_free(&arena);
	return found;
}

static bool test_holds(const struct expr *test, const struct row *row, const char *text)
{
	switch (test->kind) {
	case EXPR_SET:
		return is_set(test, text);
	case EXPR_EQUAL:
		return equal(test, text);
	case EXPR_UNEQUAL:
		return !equal(test, text);
	case EXPR_MATCH:
		return pattern_matches(test->regex, text);
	case EXPR_IN:
	case EXPR_HOLDS:
		return is_in(test, text);
	default:
		break;
	}
	if (*text == '\0')
		return false;

	int order = compare(test, row, text);

	switch (test->kind) {
	case EXPR_LESS:
		return order < 0;
	case EXPR_GREATER:
		return order > 0;
	case EXPR_AT_MOST:
		return order <= 0;
	default:
		return order >= 0;
	}
}

bool expr_holds(const struct expr *expr, const struct conf_state *state, const struct row *row)
{
	if (expr == NULL)
		return true;
	if (expr->kind == EXPR_AND)
		return expr_holds(expr->a, state, row) && expr_holds(expr->b, state, row);
	if (expr->kind == EXPR_OR)
		return expr_holds(expr->a, state, row) || expr_holds(expr->b, state, row);
	if (expr->kind == EXPR_NOT)
		return !expr_holds(expr->a, state, row);
	if (expr->kind == EXPR_TRUE)
		return expr->holds;

	struct text text = { 0 };

	subject_text(expr, state, row, &text);

	bool holds = test_holds(expr, row, text_str(&text));

	text_free(&text);
	return holds;
}

void expr_free(struct expr *expr)
{
	if (expr == NULL)
		return;
	if (expr->regex != NULL)
		pattern_free(expr->regex);
	expr->regex = NULL;
	expr_free(expr->a);
	expr_free(expr->b);
}
