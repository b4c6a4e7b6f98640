/* Values: words, strings, variables, arrays, functions and commands in brackets. */
#include <string.h>

#include "conf/diag.h"
#include "lang/parser.h"

bool parse_value_ahead(const struct parser *p)
{
	int c = lex_peek(&p->lex);

	return c > 0 && strchr("\"$([{", c) != NULL;
}

bool parse_value_bracket(struct parser *p)
{
	struct spot spot = lex_spot(&p->lex);
	struct place place = p->place;
	const struct scope_name *names = p->scope.names;
	unsigned loop = p->loop;
	bool value = false;

	if (!parse_deeper(p, &spot) || !lex_take(&p->lex, '['))
		return false;
	p->loop = 0; /* the values around it would stay behind */
	lex_blanks(&p->lex);
	if (!parse_statement(p, true, &value))
		return false;
	while (lex_gap(&p->lex, false) && lex_peek(&p->lex) != ']' &&
	       lex_peek(&p->lex) != LEX_END) {
		code_emit(p->program, OP_DROP, &spot);
		if (!parse_statement(p, true, &value))
			return false;
	}
	p->place = place;
	p->scope.names = names;
	p->loop = loop;
	p->depth--;
	spot = lex_spot(&p->lex);
	if (!lex_take(&p->lex, ']'))
		return parse_fail(p, &spot, "syntax error\na closing bracket ] is missing");
	return true;
}

bool parse_value_unknown(struct parser *p, const struct word *word)
{
	return diag_fail_at(p->diag, word->spot.line, word->spot.column,
	                    "syntax error\n$%s is not known here: :local %s and :global %s make it "
	                    "known, a global in each script anew",
	                    word->text, word->text, word->text);
}

bool parse_value_name(struct parser *p, struct word *ret_word)
{
	struct expect what = { .kind = EXPECT_VARIABLE,
		               .names = p->scope.names,
		               .args = p->program->args };

	if (lex_peek(&p->lex) == '"')
		return lex_string(&p->lex, p->arena, ret_word, p->diag);
	*ret_word = lex_variable(&p->lex, p->arena);
	mark_put(p->lex.marks, ret_word->spot.at - 1, ret_word->len + 1, MARK_VARIABLE);
	expect_word(p->expect, &p->lex, ret_word, &what);
	return true;
}

static void load(struct parser *p, const struct scope_name *name, const struct spot *spot)
{
	if (name->global)
		code_emit(p->program, OP_LOAD_GLOBAL, spot)->text = name->name;
	else
		code_load(p->program, name->slot, spot);
}

bool parse_value_load(struct parser *p)
{
	struct spot spot = lex_spot(&p->lex);
	const struct scope_name *name;
	struct word word;

	if (!lex_take(&p->lex, '$') || !parse_value_name(p, &word))
		return false;
	if (word.len == 0)
		return parse_fail(
			p, &spot,
			"syntax error\na variable's name should follow the $; put a value "
			"with $ in quotes, with \\$ for $");
	name = scope_use(&p->scope, word.text);
	if (name == NULL)
		return parse_value_unknown(p, &word);
	load(p, name, &word.spot);
	return true;
}

bool parse_value_variable(struct parser *p)
{
	return parse_value_load(p) && parse_expression_elements(p);
}

/* $name, $[command] or $(expression) in a string. What nobody has declared is empty. */
static bool parse_inset(struct parser *p)
{
	struct spot spot = lex_spot(&p->lex);
	const struct scope_name *name;
	struct word word;

	lex_take(&p->lex, '$');
	if (lex_peek(&p->lex) == '[')
		return parse_value_bracket(p);
	if (lex_peek(&p->lex) == '(')
		return parse_expression(p);
	if (lex_peek(&p->lex) == '"' || !parse_value_name(p, &word) || word.len == 0)
		return parse_fail(p, &spot, "syntax error\nwrite \\$ for a dollar sign");
	name = scope_use(&p->scope, word.text);
	if (name != NULL)
		load(p, name, &word.spot);
	else
		code_push(p->program, p->arena, value_nil(), &word.spot);
	return true;
}

static void expect_quoted(struct parser *p, const struct expect *what)
{
	if (p->expect == NULL || what == NULL)
		return;
	*p->expect = *what;
	p->expect->kind = EXPECT_VALUE;
	p->expect->from = p->lex.at;
	p->expect->quoted = true;
}

static void expect_nothing(struct parser *p)
{
	if (p->expect != NULL)
		p->expect->kind = EXPECT_NOTHING;
}

/* The rest of a string whose first piece, @word, ends before a "$". */
static bool parse_pieces(struct parser *p, const struct spot *open, struct word *word)
{
	unsigned n = 0;
	bool end = false;

	while (!end) {
		if (word->len > 0) {
			code_push(p->program, p->arena, value_text(p->arena, word->text),
			          &word->spot);
			n++;
		}
		expect_nothing(p);
		if (!parse_inset(p))
			return false;
		n++;
		if (!lex_string_piece(&p->lex, p->arena, word, &end, p->diag))
			return false;
		if (!end && lex_peek(&p->lex) == LEX_END)
			return parse_fail(p, open, "syntax error\nthis quote is never closed");
	}
	if (word->len > 0) {
		code_push(p->program, p->arena, value_text(p->arena, word->text), &word->spot);
		n++;
	}
	code_emit(p->program, OP_JOIN, open)->count = n;
	return true;
}

static bool parse_string(struct parser *p, const struct expect *what, const char **ret_text)
{
	struct spot open = lex_spot(&p->lex);
	struct word word;
	bool end;

	lex_take(&p->lex, '"');
	expect_quoted(p, what);
	if (!lex_string_piece(&p->lex, p->arena, &word, &end, p->diag))
		return false;
	if (!end && lex_peek(&p->lex) == LEX_END)
		return parse_fail(p, &open, "syntax error\nthis quote is never closed");
	expect_nothing(p);
	*ret_text = end ? word.text : NULL;
	return end || parse_pieces(p, &open, &word);
}

bool parse_value_text(struct parser *p, const struct expect *what, const char **ret_text)
{
	*ret_text = NULL;
	switch (lex_peek(&p->lex)) {
	case '"':
		return parse_string(p, what, ret_text);
	case '[':
		return parse_value_bracket(p);
	case '(':
		return parse_expression(p);
	case '{':
		return parse_value_array(p);
	default:
		return parse_value_variable(p);
	}
}

bool parse_value_any(struct parser *p, const struct expect *what)
{
	struct spot spot = lex_spot(&p->lex);
	const char *text = NULL;
	struct word word;

	if (parse_value_ahead(p)) {
		if (!parse_value_text(p, what, &text))
			return false;
		if (text != NULL)
			code_push(p->program, p->arena, value_text(p->arena, text), &spot);
		return true;
	}
	word = lex_word(&p->lex, LEX_VALUE, p->arena);
	if (what != NULL) {
		struct expect value = *what;

		value.kind = value.kind == EXPECT_NOTHING ? EXPECT_VALUE : value.kind;
		expect_word(p->expect, &p->lex, &word, &value);
	}
	if (word.len > 0)
		code_push(p->program, p->arena, value_guess(p->arena, word.text), &spot);
	return true;
}

/* One element of an array: its key, or nil, and its value. */
static bool parse_element(struct parser *p)
{
	struct spot spot = lex_spot(&p->lex);
	size_t from = code_here(p->program);
	struct code_piece piece;
	struct word word = { 0 };

	if (parse_value_ahead(p)) {
		if (!parse_value_any(p, NULL))
			return false;
	} else {
		word = lex_word(&p->lex, LEX_VALUE, p->arena);
		if (word.len == 0)
			return parse_fail(p, &spot,
			                  "syntax error\na value should stand here; an "
			                  "array is {1;2;name=3}");
	}
	lex_space(&p->lex);
	if (lex_take(&p->lex, '=')) {
		if (word.len > 0)
			code_push(p->program, p->arena, value_text(p->arena, word.text), &spot);
		lex_space(&p->lex);
		from = code_here(p->program);
		spot = lex_spot(&p->lex);
		return parse_value_any(p, NULL) &&
		       (code_here(p->program) > from ||
		        parse_fail(p, &spot, "syntax error\na value should stand here"));
	}
	piece = code_cut(p->program, p->arena, from);
	code_push(p->program, p->arena, value_nil(), &spot);
	code_paste(p->program, &piece);
	if (word.len > 0)
		code_push(p->program, p->arena, value_guess(p->arena, word.text), &spot);
	return true;
}

bool parse_value_array(struct parser *p)
{
	struct spot open = lex_spot(&p->lex), spot;
	unsigned n = 0;

	if (!parse_deeper(p, &open) || !lex_take(&p->lex, '{'))
		return false;
	lex_space(&p->lex);
	while (!lex_take(&p->lex, '}')) {
		if (!parse_element(p))
			return false;
		n++;
		lex_space(&p->lex);
		spot = lex_spot(&p->lex);
		if (lex_peek(&p->lex) != '}' && !lex_take(&p->lex, ';'))
			return parse_fail(p, &spot,
			                  "syntax error\n; parts the elements of an array, } ends "
			                  "it");
		lex_space(&p->lex);
	}
	p->depth--;
	code_emit(p->program, OP_ARRAY, &open)->count = n;
	return true;
}

bool parse_value_code(struct parser *p)
{
	struct spot open = lex_spot(&p->lex);
	struct program *function = arena_new(p->arena, 1, sizeof *function);
	struct place root = place_at(p->place.menus, "/");
	struct parser inner = *p;
	size_t len;

	*function = (struct program){ .several_lines = p->program->several_lines,
		                      .next = p->whole->functions };
	p->whole->functions = function;
	inner.program = function;
	inner.place = root;
	inner.loop = 0;
	inner.scope = (struct scope){ .program = function, .arena = p->arena, .open = true };
	if (!parse_block(&inner, &root))
		return false;
	p->lex = inner.lex;
	len = p->lex.at - open.at - 2;
	function->source = arena_strndup(p->arena, p->lex.text + open.at + 1, len);
	code_push(p->program, p->arena, value_code(p->arena, function->source, len), &open);
	return true;
}
