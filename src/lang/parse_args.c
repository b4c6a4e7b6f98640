/* What stands behind a command: items, name=value, flags, an expression. */
#include <string.h>

#include "conf/diag.h"
#include "conf/type.h"
#include "lang/advice.h"
#include "lang/expr.h"
#include "lang/parser.h"
#include "lib/text.h"

/* Where the word to complete begins: behind "!" and, in a list, behind the last comma. */
static size_t value_from(const struct param *param, const struct word *word)
{
	size_t from = 0;

	if (param->field != NULL && (param->field->flags & F_NEGATE) != 0 && word->text[0] == '!')
		from = 1;
	if ((param->field != NULL && param->field->type == &type_set) ||
	    param->kind == PARAM_FIELDS || param->kind == PARAM_ITEMS) {
		const char *comma = strrchr(word->text, ',');

		if (comma != NULL)
			from = (size_t)(comma - word->text) + 1;
	}
	return word->spot.at + from;
}

static void expect_value(struct parser *p, struct expect *what, const struct word *word)
{
	what->kind = what->kind == EXPECT_NOTHING ? EXPECT_VALUE : what->kind;
	expect_word(p->expect, &p->lex, word, what);
	if (p->expect != NULL && p->expect->kind == what->kind)
		p->expect->from = value_from(&what->param, word);
}

/* Whether a value that is no plain word follows, perhaps behind "!". */
static bool value_next(const struct parser *p)
{
	struct parser behind = *p;

	(void)lex_take(&behind.lex, '!');
	return parse_value_ahead(&behind);
}

/* That value. The "!" is kept: it belongs to the text. */
static bool parse_composed(struct parser *p, const struct expect *what, struct arg *arg)
{
	struct spot spot = lex_spot(&p->lex);
	size_t from = code_here(p->program);
	bool negated = lex_take(&p->lex, '!');
	const char *text;

	if (negated)
		code_push(p->program, p->arena, value_text(p->arena, "!"), &spot);
	if (!parse_value_text(p, what, &text))
		return false;
	if (text != NULL) {
		(void)code_cut(p->program, p->arena, from);
		arg->value = negated ? arena_printf(p->arena, "!%s", text) : text;
		return true;
	}
	arg->computed = true;
	if (negated)
		code_emit(p->program, OP_JOIN, &spot)->count = 2;
	return true;
}

/*
 * Read the value of @arg. An empty word is left to the caller: "name=" may end a command.
 * @what is what completion should be told.
 */
static bool parse_value(struct parser *p, struct expect *what, struct arg *arg)
{
	arg->value_spot = lex_spot(&p->lex);
	if (value_next(p))
		return parse_composed(p, what, arg);

	struct word word = lex_word(&p->lex, LEX_VALUE, p->arena);

	expect_value(p, what, &word);
	arg->value = word.text;
	return true;
}

struct where_values {
	struct parser *p;
	struct call *call;
};

struct args {
	struct call *call;
	struct arg **tail;
	bool used[PARAM_MAX];
	bool more; /* false after where: nothing can follow it */
};

static struct arg *arg_new(struct parser *p, struct spot spot)
{
	struct arg *arg = arena_new(p->arena, 1, sizeof *arg);

	arg->spot = arg->value_spot = spot;
	return arg;
}

static bool arg_keep(struct parser *p, struct args *args, struct arg *arg)
{
	if (args->used[arg->param.index])
		return diag_fail_at(p->diag, arg->spot.line, arg->spot.column,
		                    "expected end of command\n%s was given already",
		                    arg->param.name);
	args->used[arg->param.index] = true;
	if (arg->param.kind == PARAM_FLAG)
		args->call->options |= arg->param.option;
	if (arg->computed)
		arg->nth = args->call->ncomputed++;
	*args->tail = arg;
	args->tail = &arg->next;
	return true;
}

static struct expect value_expected(const struct args *args, const struct param *param)
{
	return (struct expect){ .command = args->call->command, .param = *param };
}

static struct expect param_expected(const struct args *args, bool bare_first)
{
	struct expect what = { .kind = EXPECT_PARAM,
		               .command = args->call->command,
		               .bare_first = bare_first };

	memcpy(what.used, args->used, sizeof what.used);
	return what;
}

/* The next argument that may be given without its name. */
static bool next_positional(const struct args *args, struct param *ret_param)
{
	const struct command *command = &args->call->command;

	for (size_t i = 0; command_param(command, i, ret_param); i++)
		if (ret_param->kind != PARAM_NONE && ret_param->positional && !args->used[i])
			return true;
	return false;
}

/* Why the menu does not have an argument called @name; NULL: nobody expects one. */
static const char *refused_why(const struct command *command, const char *name)
{
	const struct refused *refused = command->menu != NULL ? command->menu->refused : NULL;

	if (command->action != NULL)
		refused = command->action->refused;
	while (refused != NULL && refused->name != NULL && strcmp(refused->name, name) != 0)
		refused++;
	return refused != NULL && refused->name != NULL ? refused->why : NULL;
}

static bool unknown_argument(struct parser *p, const struct args *args, const struct word *word)
{
	const char *why = refused_why(&args->call->command, word->text);
	struct text advice = { 0 };

	if (why != NULL)
		return diag_fail_at(p->diag, word->spot.line, word->spot.column,
		                    "bad parameter %s\n%s is not supported: %s", word->text,
		                    word->text, why);
	advice_argument(&args->call->command, word->text, &advice);
	diag_fail_at(p->diag, word->spot.line, word->spot.column, "expected end of command%s",
	             text_str(&advice));
	text_free(&advice);
	return false;
}

/* The value that a test of where compares with: computed ones lie on the stack, in their order. */
static bool where_value(void *arg, struct word *ret_word, size_t *ret_nth)
{
	struct where_values *values = arg;

	ret_word->spot = lex_spot(&values->p->lex);
	if (!parse_value_text(values->p, NULL, &ret_word->text))
		return false;
	if (ret_word->text == NULL)
		*ret_nth = values->call->nwhere++;
	return true;
}

static bool parse_where(struct parser *p, struct args *args)
{
	struct where_values values = { p, args->call };
	struct expr_source source = { .value = where_value,
		                      .value_arg = &values,
		                      .lex = &p->lex,
		                      .arena = p->arena,
		                      .command = args->call->command,
		                      .expect = p->expect,
		                      .diag = p->diag };

	bool blanks = p->lex.at > 0 && strchr(" \t", p->lex.text[p->lex.at - 1]) != NULL;

	args->more = false;
	blanks = lex_blanks(&p->lex) || blanks;
	/* Without a blank, "where" may itself be what is still being typed. */
	if (!blanks && lex_command_ends(&p->lex))
		return true;
	if (!expr_parse(&source, &args->call->where))
		return false;
	args->call->ncomputed += args->call->nwhere;
	return true;
}

/* name=value, behind the "=". */
static bool parse_named(struct parser *p, struct args *args, const struct word *name)
{
	struct arg *arg = arg_new(p, name->spot);

	if (!command_find(&args->call->command, name->text, &arg->param) ||
	    arg->param.kind == PARAM_WHERE)
		return unknown_argument(p, args, name);
	mark_put(p->lex.marks, name->spot.at, name->len, MARK_NAME);
	if (arg->param.kind == PARAM_FLAG)
		return diag_fail_at(p->diag, name->spot.line, name->spot.column,
		                    "bad parameter %s\nit is a flag and takes no value",
		                    arg->param.name);

	struct expect what = value_expected(args, &arg->param);
	size_t at = p->lex.at;

	if (!parse_value(p, &what, arg))
		return false;
	if (p->lex.at == at) { /* "name=" is an empty value, but only at the end */
		lex_blanks(&p->lex);
		if (!lex_command_ends(&p->lex)) {
			struct spot spot = lex_spot(&p->lex);

			return diag_fail_at(p->diag, spot.line, spot.column,
			                    "expected end of command\nwrite %s=\"\" for an empty "
			                    "value",
			                    arg->param.name);
		}
	}
	return parse_word_end(p) && arg_keep(p, args, arg);
}

static bool is_yes_no(const char *text)
{
	return strcmp(text, "yes") == 0 || strcmp(text, "no") == 0 || strcmp(text, "true") == 0 ||
	       strcmp(text, "false") == 0;
}

/* A flag of the menu's (blackhole): by itself, or followed by yes or no. */
static bool parse_bare(struct parser *p, struct args *args, struct arg *arg)
{
	struct lex before = p->lex;

	arg->value = "yes";
	lex_blanks(&p->lex);

	struct word word = lex_word(&p->lex, LEX_VALUE, p->arena);

	if (word.len > 0 && is_yes_no(word.text) && parse_word_end(p))
		arg->value = word.text;
	else
		p->lex = before;
	return arg_keep(p, args, arg);
}

/* "name value": a blank stands for "=". */
static bool parse_spaced(struct parser *p, struct args *args, struct arg *arg)
{
	struct expect what = value_expected(args, &arg->param);

	bool blanks = lex_blanks(&p->lex);
	struct spot spot = lex_spot(&p->lex);
	bool ends = lex_command_ends(&p->lex);

	if (ends && blanks && lex_peek(&p->lex) == LEX_END)
		expect_value(p, &what, &(struct word){ .text = "", .spot = spot });
	if (ends)
		return diag_fail_at(p->diag, spot.line, spot.column,
		                    "missing value(s) of argument(s) %s\nwrite %s=value%s%s",
		                    arg->param.name, arg->param.name,
		                    arg->param.help != NULL ? "; it is: " : "",
		                    arg->param.help != NULL ? arg->param.help : "");
	if (!parse_value(p, &what, arg))
		return false;
	if (p->lex.at == spot.at)
		return parse_fail_end(p, &spot);
	return parse_word_end(p) && arg_keep(p, args, arg);
}

/* A value without its name, whose first word has been read as @word. */
static bool parse_positional(struct parser *p, struct args *args, const struct word *word,
                             const struct param *param)
{
	struct arg *arg = arg_new(p, word->spot);
	struct expect what = param_expected(args, true);
	size_t at = word->spot.at;

	arg->param = *param;
	p->lex.at = at;
	what.param = *param;
	if (!parse_value(p, &what, arg))
		return false;
	if (p->lex.at == at)
		return parse_fail_end(p, &word->spot);
	return parse_word_end(p) && arg_keep(p, args, arg);
}

/* "!name": the field is to have no value. */
static bool parse_unset(struct parser *p, struct args *args)
{
	lex_take(&p->lex, '!');

	struct word word = lex_word(&p->lex, LEX_NAME, p->arena);
	struct expect what = param_expected(args, false);
	struct arg *arg = arg_new(p, word.spot);

	what.unset = true;
	expect_word(p->expect, &p->lex, &word, &what);
	if (!command_find(&args->call->command, word.text, &arg->param))
		return unknown_argument(p, args, &word);
	mark_put(p->lex.marks, word.spot.at, word.len, MARK_NAME);
	if (!arg->param.unsettable)
		return diag_fail_at(p->diag, word.spot.line, word.spot.column - 1,
		                    "expected end of command\nonly set clears a property with !%s; "
		                    "leave it out here",
		                    arg->param.name);
	return parse_word_end(p) && arg_keep(p, args, arg);
}

static bool is_bare(const struct param *param)
{
	return param->field != NULL && (param->field->flags & F_BARE) != 0;
}

/* Whether nothing follows the word that was just read. */
static bool last_word(const struct parser *p)
{
	struct lex lex = p->lex;

	lex_blanks(&lex);
	return lex_command_ends(&lex) && (lex_peek(&lex) != LEX_END || lex.at == p->lex.at);
}

/* A word that is not followed by "=": a flag, a name before a blank, or a value. */
static bool parse_word(struct parser *p, struct args *args, const struct word *word)
{
	const struct command *command = &args->call->command;
	struct arg *arg = arg_new(p, word->spot);
	struct param positional;
	bool have = next_positional(args, &positional);

	if (have && positional.kind == PARAM_ITEMS)
		return parse_positional(p, args, word, &positional);
	if (word->len == 0 || !command_find(command, word->text, &arg->param) ||
	    (have && arg->param.kind == PARAM_VALUE && !is_bare(&arg->param) && last_word(p))) {
		if (have)
			return parse_positional(p, args, word, &positional);
		return unknown_argument(p, args, word);
	}
	mark_put(p->lex.marks, word->spot.at, word->len, MARK_NAME);
	if (arg->param.kind == PARAM_WHERE)
		return parse_where(p, args);
	if (!parse_word_end(p))
		return false;
	if (arg->param.kind == PARAM_FLAG)
		return arg_keep(p, args, arg);
	if (is_bare(&arg->param))
		return parse_bare(p, args, arg);
	return parse_spaced(p, args, arg);
}

static bool parse_arg(struct parser *p, struct args *args)
{
	struct param positional;
	bool bare_first = next_positional(args, &positional);
	struct expect what = param_expected(args, bare_first);

	if (lex_peek(&p->lex) == '!' && !value_next(p))
		return parse_unset(p, args);

	struct word word = lex_word(&p->lex, LEX_NAME, p->arena);

	if (bare_first)
		what.param = positional;
	expect_word(p->expect, &p->lex, &word, &what);
	if (p->expect != NULL && p->expect->kind == EXPECT_PARAM && bare_first)
		p->expect->from = value_from(&positional, &word);
	if (word.len > 0 && lex_take(&p->lex, '='))
		return parse_named(p, args, &word);
	return parse_word(p, args, &word);
}

bool parse_args(struct parser *p, struct call *call)
{
	struct args args = { .call = call, .tail = &call->args, .more = true };
	bool blanks = lex_blanks(&p->lex);

	if (call->command.verb == VERB_FIND && !lex_command_ends(&p->lex)) {
		struct lex before = p->lex;
		struct word word = lex_word(&p->lex, LEX_NAME, p->arena);

		/* "where" may be left out before the expression of find. */
		if (strcmp(word.text, "where") != 0 || !lex_blanks(&p->lex))
			p->lex = before;
		return parse_where(p, &args);
	}
	while (args.more && !lex_command_ends(&p->lex)) {
		if (!parse_arg(p, &args))
			return false;
		blanks = lex_blanks(&p->lex);
	}
	if (args.more && blanks && lex_peek(&p->lex) == LEX_END) {
		struct word none = { .text = "", .spot = lex_spot(&p->lex) };
		struct param positional;
		struct expect what = param_expected(&args, next_positional(&args, &positional));

		if (what.bare_first)
			what.param = positional;
		if (call->command.verb == VERB_FIND)
			what.kind = EXPECT_TEST;
		expect_word(p->expect, &p->lex, &none, &what);
	}
	return true;
}
