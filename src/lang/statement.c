#include "lang/statement.h"

#include <string.h>

#include "conf/diag.h"
#include "lang/advice.h"
#include "lang/builtin.h"
#include "lang/parser.h"
#include "lib/text.h"

/* What is being read: a statement's arguments, or a builtin's. */
struct taken {
	const struct command *command;
	struct statement_call *call; /* of statements */
	struct statement_given *given;
	size_t n;
	bool bare; /* the argument at hand is given without its name */
};

static enum statement_form form_of(const struct taken *taken, size_t i)
{
	return taken->call != NULL ? taken->call->statement->params[i].form : FORM_VALUE;
}

static bool argument_missing(struct parser *p, const struct param *param, const struct spot *spot)
{
	return diag_fail_at(p->diag, spot->line, spot->column,
	                    "missing value(s) of argument(s) %s%s%s", param->name,
	                    param->help != NULL ? "\nit is: " : "",
	                    param->help != NULL ? param->help : "");
}

/* The name of a variable may stand here. */
static struct expect name_expected(const struct parser *p)
{
	return (struct expect){ .kind = EXPECT_VARIABLE,
		                .names = p->scope.names,
		                .args = p->program->args };
}

/* The name of a variable, by itself or in quotes; a "$" before it is a slip. */
static bool take_name(struct parser *p, struct word *ret_word)
{
	struct spot spot = lex_spot(&p->lex);

	if (lex_peek(&p->lex) == '$')
		return parse_fail(p, &spot,
		                  "syntax error\nthe name of a variable stands here, without $");
	if (lex_peek(&p->lex) == '"') {
		if (!lex_string(&p->lex, p->arena, ret_word, p->diag))
			return false;
	} else {
		struct expect what = name_expected(p);

		*ret_word = lex_word(&p->lex, LEX_NAME, p->arena);
		mark_put(p->lex.marks, ret_word->spot.at, ret_word->len, MARK_VARIABLE);
		expect_word(p->expect, &p->lex, ret_word, &what);
	}
	return ret_word->len > 0 ||
	       parse_fail(p, &spot, "syntax error\nthe name of a variable should stand here");
}

/* "name" or "key,value", declared for the statement. */
static bool take_names(struct parser *p, struct statement_call *call, bool two)
{
	struct word word;
	const char *comma;

	if (!take_name(p, &word))
		return false;
	comma = two ? strchr(word.text, ',') : NULL;
	if (comma != NULL) {
		size_t len = (size_t)(comma - word.text);

		if (len == 0 || comma[1] == '\0' || strchr(comma + 1, ',') != NULL)
			return parse_fail(p, &word.spot,
			                  "syntax error\nwrite one name, or two as key,value");
		scope_local_at(&p->scope, arena_strndup(p->arena, word.text, len), call->slots + 2);
		call->key = true;
		word.text = comma + 1;
	}
	scope_local_at(&p->scope, word.text, call->slots + 3);
	return true;
}

/* ($variable->key->key): the keys are compiled, the variable is named. */
static bool take_element(struct parser *p, struct statement_call *call,
                         struct statement_given *given)
{
	struct spot spot = lex_spot(&p->lex);
	struct word word;

	lex_take(&p->lex, '(');
	lex_space(&p->lex);
	if (!lex_take(&p->lex, '$') || !parse_value_name(p, &word) || word.len == 0)
		return parse_fail(p, &spot, "syntax error\nwrite :set ($name->key) value");
	given->name = word.text;
	for (; parse_expression_arrow(p); call->nkeys++)
		if (!parse_expression_key(p))
			return false;
	lex_space(&p->lex);
	spot = lex_spot(&p->lex);
	if (call->nkeys == 0 || !lex_take(&p->lex, ')'))
		return parse_fail(p, &spot, "syntax error\nwrite :set ($name->key) value");
	return true;
}

static bool take_target(struct parser *p, struct statement_call *call,
                        struct statement_given *given)
{
	struct word word;

	given->spot = lex_spot(&p->lex);
	if (lex_peek(&p->lex) == '(')
		return take_element(p, call, given);
	if (!take_name(p, &word))
		return false;
	given->name = word.text;
	return true;
}

static bool take_block(struct parser *p, struct taken *taken, const struct param *param)
{
	struct spot spot = lex_spot(&p->lex);
	unsigned loop = p->loop;
	bool ok;

	if (lex_peek(&p->lex) != '{')
		return diag_fail_at(p->diag, spot.line, spot.column,
		                    "syntax error\n%s takes commands in brackets: %s={ ... }",
		                    param->name, param->name);
	if (taken->call->statement->loops)
		p->loop = taken->call->loop;
	ok = parse_block(p, &p->place);
	p->loop = loop;
	return ok;
}

/* What may stand where an argument begins: a name, or the value of @positional (NULL: none). */
static struct expect argument_expected(const struct parser *p, const struct taken *taken,
                                       const struct param *positional)
{
	enum statement_form form =
		positional != NULL ? form_of(taken, positional->index) : FORM_VALUE;
	struct expect what = { .kind = EXPECT_PARAM,
		               .command = *taken->command,
		               .bare_first = positional != NULL };

	for (size_t i = 0; i < taken->n; i++)
		what.used[i] = taken->given[i].given;
	if (form == FORM_NAME || form == FORM_NAMES || form == FORM_TARGET)
		return name_expected(p);
	if (positional != NULL) {
		what.used[positional->index] = false;
		what.param = *positional;
	}
	return what;
}

static bool take_value(struct parser *p, struct taken *taken, const struct param *param)
{
	struct expect what = { .command = *taken->command, .param = *param };
	size_t from = code_here(p->program);
	struct spot spot = lex_spot(&p->lex);

	if (taken->bare)
		what = argument_expected(p, taken, param);
	if (!parse_value_any(p, &what))
		return false;
	return code_here(p->program) > from || argument_missing(p, param, &spot);
}

static bool take_form(struct parser *p, struct taken *taken, const struct param *param)
{
	struct statement_given *given = &taken->given[param->index];
	struct word word;

	switch (form_of(taken, param->index)) {
	case FORM_BLOCK:
		return take_block(p, taken, param);
	case FORM_CODE:
		return lex_peek(&p->lex) == '{' ? parse_value_code(p) : take_value(p, taken, param);
	case FORM_NAMES:
		return take_names(p, taken->call, true);
	case FORM_TARGET:
		return take_target(p, taken->call, given);
	case FORM_NAME:
		if (taken->call->statement->scoped)
			return take_names(p, taken->call, false);
		if (!take_name(p, &word))
			return false;
		given->name = word.text;
		return true;
	default:
		return take_value(p, taken, param);
	}
}

static bool take(struct parser *p, struct taken *taken, const struct param *param)
{
	struct statement_given *given = &taken->given[param->index];
	size_t from = code_here(p->program);

	if (given->given) {
		struct spot spot = lex_spot(&p->lex);

		return diag_fail_at(p->diag, spot.line, spot.column,
		                    "expected end of command\n%s was given already", param->name);
	}
	given->given = true;
	given->spot = lex_spot(&p->lex);
	if (!take_form(p, taken, param))
		return false;
	given->code = code_cut(p->program, p->arena, from);
	return true;
}

static bool next_positional(const struct taken *taken, struct param *ret_param)
{
	for (size_t i = 0; command_param(taken->command, i, ret_param); i++)
		if (ret_param->positional && !taken->given[i].given)
			return true;
	return false;
}

static bool param_named(const struct taken *taken, const char *name, bool exactly,
                        struct param *ret_param)
{
	return command_find(taken->command, name, ret_param) &&
	       (!exactly || strcmp(ret_param->name, name) == 0);
}

/* "name=" or, where only a name can stand, "name". False: a value is next. */
static bool take_key(struct parser *p, struct taken *taken, bool have, struct param *ret_param)
{
	struct lex before = p->lex;
	struct word word = lex_word(&p->lex, LEX_NAME, p->arena);
	struct lex behind = p->lex;

	if (word.len == 0)
		return false;
	if (lex_take(&p->lex, '=')) {
		if (param_named(taken, word.text, false, ret_param)) {
			mark_put(p->lex.marks, word.spot.at, word.len, MARK_NAME);
			lex_blanks(&p->lex);
			return true;
		}
	} else if (lex_blanks(&behind) && param_named(taken, word.text, true, ret_param) &&
	           !ret_param->positional && !taken->given[ret_param->index].given) {
		p->lex = behind;
		lex_blanks(&p->lex);
		if (!have || parse_value_ahead(p))
			return true;
	}
	p->lex = before;
	return false;
}

static bool no_argument(struct parser *p, const struct taken *taken)
{
	struct word word = lex_word(&p->lex, LEX_NAME, p->arena);
	struct spot spot = lex_spot(&p->lex);
	struct text advice = { 0 };
	struct param param;

	if (param_named(taken, word.text, true, &param) && !taken->given[param.index].given)
		return argument_missing(p, &param, &spot);
	advice_argument(taken->command, word.text, &advice);
	diag_fail_at(p->diag, word.spot.line, word.spot.column, "expected end of command%s",
	             text_str(&advice));
	text_free(&advice);
	return false;
}

static bool take_argument(struct parser *p, struct taken *taken)
{
	struct param param, positional;
	bool have = next_positional(taken, &positional);
	struct expect what = argument_expected(p, taken, have ? &positional : NULL);
	struct lex before = p->lex;
	struct word word = lex_word(&p->lex, LEX_NAME, p->arena);

	expect_word(p->expect, &p->lex, &word, &what);
	p->lex = before;
	taken->bare = !take_key(p, taken, have, &param);
	if (taken->bare && !have)
		return no_argument(p, taken);
	return take(p, taken, taken->bare ? &positional : &param) && parse_word_end(p);
}

static bool take_arguments(struct parser *p, struct taken *taken)
{
	bool blanks = lex_blanks(&p->lex);

	while (!lex_command_ends(&p->lex)) {
		if (!take_argument(p, taken))
			return false;
		blanks = lex_blanks(&p->lex);
	}
	if (blanks && lex_peek(&p->lex) == LEX_END) {
		struct word none = { .text = "", .spot = lex_spot(&p->lex) };
		struct param positional;
		bool have = next_positional(taken, &positional);
		struct expect what = argument_expected(p, taken, have ? &positional : NULL);

		expect_word(p->expect, &p->lex, &none, &what);
	}
	return true;
}

static bool check_required(struct parser *p, const struct taken *taken)
{
	struct spot spot = lex_spot(&p->lex);
	struct param param;

	for (size_t i = 0; command_param(taken->command, i, &param); i++) {
		bool required = taken->call != NULL ? taken->call->statement->params[i].required
		                                    : taken->command->builtin->params[i].required;

		if (required && !taken->given[i].given)
			return argument_missing(p, &param, &spot);
	}
	return true;
}

static bool parse_builtin(struct parser *p, const struct command *command, const struct word *word)
{
	const struct builtin *builtin = command->builtin;
	struct statement_given *given = arena_new(p->arena, builtin->nparams + 1, sizeof given[0]);
	struct taken taken = { .command = command, .given = given, .n = builtin->nparams };
	uint64_t bits = 0;
	struct op *op;

	if (!take_arguments(p, &taken) || !check_required(p, &taken))
		return false;
	for (size_t i = 0; i < builtin->nparams; i++) {
		if (given[i].given)
			code_paste(p->program, &given[i].code);
		else
			code_push(p->program, p->arena, value_nil(), &word->spot);
		bits |= (uint64_t)given[i].given << i;
	}
	op = code_emit(p->program, OP_BUILTIN, &word->spot);
	op->builtin = builtin;
	op->count = (unsigned)builtin->nparams;
	op->given = bits;
	return true;
}

bool statement_parse(struct parser *p, const struct command *command, const struct word *word)
{
	struct statement_call call = { .statement = command->statement, .spot = word->spot };
	struct taken taken = { .command = command, .call = &call, .given = call.given };
	const struct scope_name *names = p->scope.names;

	if (!parse_word_end(p))
		return false;
	if (command->kind == COMMAND_BUILTIN)
		return parse_builtin(p, command, word);
	taken.n = command->statement->nparams;
	if (call.statement->scoped)
		call.slots = scope_slots(&p->scope, LOOP_SLOTS);
	if (call.statement->loops)
		call.loop = ++p->loops;
	if (!take_arguments(p, &taken) || !check_required(p, &taken))
		return false;
	if (call.statement->scoped)
		p->scope.names = names;
	if (!call.statement->emit(p, &call))
		return false;
	if (!call.statement->yields && call.statement->emit != statement_emit_act)
		code_push(p->program, p->arena, value_nil(), &word->spot);
	return true;
}

/* One argument of a function: a value, or name=value. */
static bool take_passed(struct parser *p)
{
	struct lex before = p->lex;
	struct word word = lex_word(&p->lex, LEX_NAME, p->arena);
	struct spot spot;
	size_t from;

	if (word.len > 0 && lex_take(&p->lex, '=')) {
		code_push(p->program, p->arena, value_text(p->arena, word.text), &word.spot);
	} else {
		p->lex = before;
		code_push(p->program, p->arena, value_nil(), &word.spot);
	}
	from = code_here(p->program);
	spot = lex_spot(&p->lex);
	if (!parse_value_any(p, NULL))
		return false;
	if (code_here(p->program) == from && word.len > 0 && lex_command_ends(&p->lex))
		code_push(p->program, p->arena, value_text(p->arena, ""), &spot);
	return code_here(p->program) > from || parse_fail_end(p, &spot);
}

bool statement_invoke(struct parser *p)
{
	struct spot spot = lex_spot(&p->lex);
	unsigned n = 0;

	if (!parse_value_variable(p) || !parse_word_end(p))
		return false;
	lex_blanks(&p->lex);
	while (!lex_command_ends(&p->lex)) {
		if (!take_passed(p) || !parse_word_end(p))
			return false;
		n++;
		lex_blanks(&p->lex);
	}
	code_emit(p->program, OP_INVOKE, &spot)->count = n;
	return true;
}

void statement_paste(struct parser *p, struct statement_call *call, size_t i)
{
	code_paste(p->program, &call->given[i].code);
}

bool statement_emit_act(struct parser *p, struct statement_call *call)
{
	const struct statement *statement = call->statement;
	uint64_t given = 0;
	struct op *op;

	if (statement->act == NULL) {
		code_push(p->program, p->arena, value_nil(), &call->spot);
		return true;
	}
	for (size_t i = 0; i < statement->nparams; i++) {
		if (call->given[i].given)
			statement_paste(p, call, i);
		else
			code_push(p->program, p->arena, value_nil(), &call->spot);
		given |= (uint64_t)call->given[i].given << i;
	}
	op = code_emit(p->program, OP_ACT, &call->spot);
	op->act = statement->act;
	op->count = (unsigned)statement->nparams;
	op->given = given;
	return true;
}
