#include "conf/parse.h"

#include <string.h>

#include "conf/diag.h"
#include "conf/expr.h"
#include "conf/menu.h"
#include "conf/type.h"
#include "lib/mem.h"
#include "lib/text.h"

struct parser {
	struct lex lex;
	struct program *program;
	struct arena *arena;
	struct place place; /* where the text has moved to so far */
	struct expect *expect;
	struct diag *diag;
	unsigned depth;
};

static struct op *emit(struct parser *p, enum op_code code)
{
	struct program *program = p->program;

	if (program->nops == program->size) {
		program->size = program->size > 0 ? program->size * 2 : 8;
		program->ops = mem_resize(program->ops, program->size, sizeof program->ops[0]);
	}

	struct op *op = &program->ops[program->nops++];

	*op = (struct op){ .code = code };
	return op;
}

static bool fail(struct parser *p, const struct spot *spot, const char *text)
{
	return diag_fail_at(p->diag, spot->line, spot->column, "%s", text);
}

static bool fail_end(struct parser *p, const struct spot *spot)
{
	return fail(p, spot, "expected end of command");
}

/* --- values --- */

static bool parse_commands(struct parser *p, char close);
static bool parse_statement(struct parser *p, bool wanted);

static bool deeper(struct parser *p, const struct spot *spot)
{
	if (p->depth >= GRAMMAR_DEPTH)
		return fail(p, spot, "syntax error\ntoo many brackets inside each other");
	p->depth++;
	return true;
}

/* [command]: compiled before the command whose argument it is. */
static bool parse_bracket(struct parser *p, struct arg *arg)
{
	struct spot spot = lex_spot(&p->lex);
	struct place place = p->place;

	if (!deeper(p, &spot) || !lex_take(&p->lex, '['))
		return false;
	lex_blanks(&p->lex);
	if (!parse_statement(p, true))
		return false;
	p->place = place;
	p->depth--;
	lex_blanks(&p->lex);
	spot = lex_spot(&p->lex);
	if (!lex_take(&p->lex, ']'))
		return fail(p, &spot, "syntax error\na closing bracket ] is missing");
	arg->computed = true;
	return true;
}

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

/* A string, perhaps behind "!", which is kept. */
static bool parse_string(struct parser *p, const struct expect *what, struct arg *arg)
{
	bool negated = lex_take(&p->lex, '!');
	struct word word;

	if (p->expect != NULL) {
		*p->expect = *what;
		p->expect->kind = EXPECT_VALUE;
		p->expect->from = p->lex.at + 1;
		p->expect->quoted = true;
	}
	if (!lex_string(&p->lex, p->arena, &word, p->diag))
		return false;
	if (p->expect != NULL)
		p->expect->kind = EXPECT_NOTHING;
	arg->value = negated ? arena_printf(p->arena, "!%s", word.text) : word.text;
	return true;
}

static bool string_next(const struct parser *p)
{
	const struct lex *lex = &p->lex;

	return lex_peek(lex) == '"' ||
	       (lex_peek(lex) == '!' && lex->at + 1 < lex->len && lex->text[lex->at + 1] == '"');
}

/*
 * Read the value of @arg. An empty word is left to the caller: "name=" may end a command.
 * @what is what completion should be told.
 */
static bool parse_value(struct parser *p, struct expect *what, struct arg *arg)
{
	arg->value_spot = lex_spot(&p->lex);
	if (string_next(p))
		return parse_string(p, what, arg);
	if (lex_peek(&p->lex) == '[')
		return parse_bracket(p, arg);
	if (lex_peek(&p->lex) == '(' || lex_peek(&p->lex) == '{' || lex_peek(&p->lex) == '$')
		return fail(p, &arg->value_spot,
		            "syntax error\nput a value with $ ( or { in quotes, with \\$ for $");

	struct word word = lex_word(&p->lex, LEX_VALUE, p->arena);

	expect_value(p, what, &word);
	arg->value = word.text;
	return true;
}

/* What follows a value or a flag must be a blank or the end of the command. */
static bool check_word_end(struct parser *p)
{
	struct spot spot = lex_spot(&p->lex);
	int c = lex_peek(&p->lex);

	if (lex_command_ends(&p->lex) && c != '#')
		return true;
	if (c == ' ' || c == '\t' || c == '\r' || c == '\\')
		return true;
	if (c == '#')
		return fail(p, &spot, "syntax error\nput a value with # in quotes");
	return fail_end(p, &spot);
}

/* --- arguments --- */

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
		args->call->ncomputed++;
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

static bool unknown_argument(struct parser *p, const struct args *args, const struct word *word)
{
	struct text near = { 0 };

	command_suggest(&args->call->command, word->text, &near);
	diag_fail_at(p->diag, word->spot.line, word->spot.column, "expected end of command%s",
	             text_str(&near));
	text_free(&near);
	return false;
}

static bool parse_where(struct parser *p, struct args *args)
{
	struct expr_source source = { .lex = &p->lex,
		                      .arena = p->arena,
		                      .command = args->call->command,
		                      .expect = p->expect,
		                      .diag = p->diag };

	bool blanks = p->lex.at > 0 && strchr(" \t", p->lex.text[p->lex.at - 1]) != NULL;

	args->more = false;
	blanks = lex_blanks(&p->lex) || blanks;
	/* Without a blank, "where" may itself be what is still being typed. */
	return (!blanks && lex_command_ends(&p->lex)) || expr_parse(&source, &args->call->where);
}

/* name=value, behind the "=". */
static bool parse_named(struct parser *p, struct args *args, const struct word *name)
{
	struct arg *arg = arg_new(p, name->spot);

	if (!command_find(&args->call->command, name->text, &arg->param) ||
	    arg->param.kind == PARAM_WHERE)
		return unknown_argument(p, args, name);
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
	return check_word_end(p) && arg_keep(p, args, arg);
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

	if (word.len > 0 && is_yes_no(word.text) && check_word_end(p))
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
		                    "missing value(s) of argument(s) %s", arg->param.name);
	if (!parse_value(p, &what, arg))
		return false;
	if (p->lex.at == spot.at)
		return fail_end(p, &spot);
	return check_word_end(p) && arg_keep(p, args, arg);
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
		return fail_end(p, &word->spot);
	return check_word_end(p) && arg_keep(p, args, arg);
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
	if (!arg->param.unsettable) {
		word.spot.column--;
		return fail_end(p, &word.spot);
	}
	return check_word_end(p) && arg_keep(p, args, arg);
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
	if (arg->param.kind == PARAM_WHERE)
		return parse_where(p, args);
	if (!check_word_end(p))
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

	if (lex_peek(&p->lex) == '!' && !string_next(p))
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

static bool parse_args(struct parser *p, struct call *call)
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

/* --- commands --- */

static bool bad_command(struct parser *p, const struct place *place, const struct word *word)
{
	struct text near = { 0 };

	place_suggest(place, word->text, &near);
	diag_fail_at(p->diag, word->spot.line, word->spot.column, "bad command name %s%s",
	             word->text, text_str(&near));
	text_free(&near);
	return false;
}

static bool parse_call(struct parser *p, const struct command *command, const struct word *word,
                       bool wanted)
{
	struct call *call = arena_new(p->arena, 1, sizeof *call);
	struct place place = p->place;

	call->command = *command;
	call->spot = word->spot;
	/* Commands in brackets begin where the one around them stands. */
	p->place = command->place;
	if (!parse_args(p, call)) {
		expr_free(call->where);
		return false;
	}
	p->place = place;
	call->text =
		arena_strndup(p->arena, p->lex.text + word->spot.at, p->lex.at - word->spot.at);

	struct op *op = emit(p, OP_CALL);

	op->call = call;
	op->wanted = wanted;
	return true;
}

/* :put and its like. */
static bool parse_global(struct parser *p, bool wanted)
{
	struct place root = place_at(p->place.menus, "/");
	struct place_word found;

	lex_take(&p->lex, ':');

	struct word word = lex_word(&p->lex, LEX_PATH, p->arena);

	if (!place_find(&root, word.text, &found) || found.kind != WORD_COMMAND ||
	    found.command != COMMAND_PUT)
		return bad_command(p, &root, &word);

	struct command command = { .kind = COMMAND_PUT, .place = p->place };

	return parse_call(p, &command, &word, wanted);
}

/* { ... } behind a path: its commands run there. */
static bool parse_block(struct parser *p, const struct place *place)
{
	struct place before = p->place;
	struct spot spot = lex_spot(&p->lex);

	if (!deeper(p, &spot) || !lex_take(&p->lex, '{'))
		return false;
	p->place = *place;
	if (!parse_commands(p, '}'))
		return false;
	p->place = before;
	p->depth--;
	return true;
}

/* A path that is not followed by a command: move there. */
static bool parse_move(struct parser *p, const struct place *place, bool wanted)
{
	struct spot spot = lex_spot(&p->lex);

	if (lex_peek(&p->lex) == '{' && !wanted)
		return parse_block(p, place);
	if (wanted)
		return fail(p, &spot, "expected command name");
	p->place = *place;
	if (p->depth == 0)
		emit(p, OP_GO)->path = place->path;
	return true;
}

struct path_walk {
	struct place place;
	bool slashed; /* the next word follows a slash directly */
	bool any;     /* there was at least one step */
	bool joined;  /* something stands between the last step and here */
};

static bool walk_find(const struct path_walk *walk, const struct word *word,
                      struct place_word *ret_found)
{
	if (place_find(&walk->place, word->text, ret_found))
		return true;
	if (walk->any || strcmp(word->text, "put") != 0)
		return false;
	/* Global commands need no colon where no word of the menu clashes. */
	*ret_found = (struct place_word){ .kind = WORD_COMMAND, .command = COMMAND_PUT };
	return true;
}

/* Skip what joins two steps of a path. */
static void walk_join(struct parser *p, struct path_walk *walk)
{
	size_t at = p->lex.at;

	walk->slashed = lex_take(&p->lex, '/');
	if (lex_blanks(&p->lex))
		walk->slashed = false;
	walk->any = true;
	walk->joined = p->lex.at > at;
}

static bool walk_ends(const struct parser *p)
{
	return lex_command_ends(&p->lex) || lex_peek(&p->lex) == '{';
}

static struct expect walk_expected(const struct path_walk *walk)
{
	return (struct expect){ .kind = EXPECT_PLACE,
		                .place = walk->place,
		                .after_slash = walk->slashed };
}

static bool parse_statement(struct parser *p, bool wanted)
{
	struct path_walk walk = { .place = p->place, .joined = true };

	if (lex_peek(&p->lex) == ':')
		return parse_global(p, wanted);
	if (lex_peek(&p->lex) == '/') {
		walk.place = place_at(p->place.menus, "/");
		walk_join(p, &walk);
	}
	for (;;) {
		struct word word = lex_word(&p->lex, LEX_PATH, p->arena);
		struct expect what = walk_expected(&walk);
		struct place_word found;

		if (walk.joined)
			expect_word(p->expect, &p->lex, &word, &what);
		if (word.len == 0 && walk.any && walk_ends(p))
			return parse_move(p, &walk.place, wanted);
		if (word.len == 0 && lex_peek(&p->lex) == '{' && !wanted)
			return parse_block(p, &walk.place);
		if (strcmp(word.text, "..") == 0) {
			walk.place = place_parent(&walk.place, p->arena);
		} else if (word.len == 0) {
			return fail(p, &word.spot,
			            wanted ? "expected command name" : "syntax error");
		} else if (!walk_find(&walk, &word, &found)) {
			return bad_command(p, &walk.place, &word);
		} else if (found.kind == WORD_COMMAND) {
			struct command command = command_of(&walk.place, &found);

			return check_word_end(p) && parse_call(p, &command, &word, wanted);
		} else {
			walk.place = place_child(&walk.place, found.text, found.len, p->arena);
		}
		walk_join(p, &walk);
	}
}

/* Commands up to @close, or to the end of the text when it is 0. */
static bool parse_commands(struct parser *p, char close)
{
	for (bool first = true;; first = false) {
		if (lex_gap(&p->lex, first) && lex_peek(&p->lex) == LEX_END)
			expect_word(p->expect, &p->lex,
			            &(struct word){ .text = "", .spot = lex_spot(&p->lex) },
			            &(struct expect){ .kind = EXPECT_PLACE, .place = p->place });

		struct spot spot = lex_spot(&p->lex);

		if (close != 0 && lex_take(&p->lex, close))
			return true;
		if (lex_peek(&p->lex) == LEX_END)
			return close == 0 ||
			       fail(p, &spot, "syntax error\na closing bracket } is missing");

		size_t nops = p->program->nops;

		if (!parse_statement(p, false))
			return false;
		if (p->program->nops > nops &&
		    p->program->ops[p->program->nops - 1].code == OP_CALL)
			emit(p, OP_DROP);
		lex_blanks(&p->lex);
		spot = lex_spot(&p->lex);
		if (!lex_command_ends(&p->lex) || lex_peek(&p->lex) == ')' ||
		    lex_peek(&p->lex) == ']' || (lex_peek(&p->lex) == '}' && close != '}'))
			return fail_end(p, &spot);
	}
}

bool parse_program(const struct menu *const *menus, const char *path, const char *text, size_t len,
                   struct program *program, struct expect *expect, struct diag *diag)
{
	*program = (struct program){ .several_lines = memchr(text, '\n', len) != NULL };

	struct parser p = { .lex = lex_over(text, len),
		            .program = program,
		            .arena = &program->arena,
		            .expect = expect,
		            .diag = diag };

	if (expect != NULL)
		*expect = (struct expect){ .kind = EXPECT_NOTHING };
	p.place = place_at(menus, arena_strdup(p.arena, path));
	return parse_commands(&p, 0);
}

void program_free(struct program *program)
{
	for (size_t i = 0; i < program->nops; i++)
		if (program->ops[i].call != NULL)
			expr_free(program->ops[i].call->where);
	mem_free(program->ops);
	arena_free(&program->arena);
	*program = (struct program){ 0 };
}

bool parse_check(const struct menu *const *menus, const char *text, size_t len, struct diag *diag)
{
	struct program program;

	bool ok = parse_program(menus, "/", text, len, &program, NULL, diag);

	program_free(&program);
	return ok;
}

const struct arg *call_arg(const struct call *call, const char *name)
{
	for (const struct arg *arg = call->args; arg != NULL; arg = arg->next)
		if (strcmp(arg->param.name, name) == 0)
			return arg;
	return NULL;
}
