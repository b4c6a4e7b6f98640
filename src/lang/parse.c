#include "lang/parse.h"

#include <string.h>

#include "conf/diag.h"
#include "lang/advice.h"
#include "lang/expr.h"
#include "lang/parser.h"
#include "lib/mem.h"
#include "lib/text.h"

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

bool parse_fail(struct parser *p, const struct spot *spot, const char *text)
{
	return diag_fail_at(p->diag, spot->line, spot->column, "%s", text);
}

bool parse_fail_end(struct parser *p, const struct spot *spot)
{
	int c = lex_peek(&p->lex);

	if (c == ')' || c == ']' || c == '}')
		return parse_fail(p, spot, "expected end of command\nno bracket is open here");
	if (c == '=')
		return parse_fail(p, spot,
		                  "expected end of command\nwrite name=value, without a blank "
		                  "before =");
	return parse_fail(p, spot,
	                  "expected end of command\na blank must part two values; quotes keep one "
	                  "together");
}

bool parse_deeper(struct parser *p, const struct spot *spot)
{
	if (p->depth >= GRAMMAR_DEPTH)
		return parse_fail(p, spot, "syntax error\ntoo many brackets inside each other");
	p->depth++;
	return true;
}

bool parse_word_end(struct parser *p)
{
	struct spot spot = lex_spot(&p->lex);
	int c = lex_peek(&p->lex);

	if (lex_command_ends(&p->lex) && c != '#')
		return true;
	if (c == ' ' || c == '\t' || c == '\r' || c == '\\')
		return true;
	if (c == '#')
		return parse_fail(p, &spot, "syntax error\nput a value with # in quotes");
	return parse_fail_end(p, &spot);
}

static bool bad_command(struct parser *p, const struct place *place, const struct word *word)
{
	struct text near = { 0 };

	advice_place(place, word->text, &near);
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
	mark_put(p->lex.marks, word.spot.at, word.len, MARK_COMMAND);

	struct command command = { .kind = COMMAND_PUT, .place = p->place };

	return parse_call(p, &command, &word, wanted);
}

static bool parse_commands(struct parser *p, char close);

/* { ... } behind a path: its commands run there. */
static bool parse_block(struct parser *p, const struct place *place)
{
	struct place before = p->place;
	struct spot spot = lex_spot(&p->lex);

	if (!parse_deeper(p, &spot) || !lex_take(&p->lex, '{'))
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
		return parse_fail(p, &spot, "expected command name");
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

bool parse_statement(struct parser *p, bool wanted)
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
			return parse_fail(p, &word.spot,
			                  wanted ? "expected command name" : "syntax error");
		} else if (!walk_find(&walk, &word, &found)) {
			return bad_command(p, &walk.place, &word);
		} else if (found.kind == WORD_COMMAND) {
			struct command command = command_of(&walk.place, &found);

			mark_put(p->lex.marks, word.spot.at, word.len, MARK_COMMAND);
			return parse_word_end(p) && parse_call(p, &command, &word, wanted);
		} else {
			mark_put(p->lex.marks, word.spot.at, word.len, MARK_MENU);
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
			       parse_fail(p, &spot, "syntax error\na closing bracket } is missing");

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
			return parse_fail_end(p, &spot);
	}
}

bool parse_program(const struct menu *const *menus, const char *path, const char *text, size_t len,
                   struct program *program, struct expect *expect, struct diag *diag)
{
	return parse_marked(menus, path, lex_over(text, len), program, expect, diag);
}

bool parse_marked(const struct menu *const *menus, const char *path, struct lex lex,
                  struct program *program, struct expect *expect, struct diag *diag)
{
	*program = (struct program){ .several_lines = memchr(lex.text, '\n', lex.len) != NULL };

	struct parser p = { .lex = lex,
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
