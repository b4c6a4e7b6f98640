#include "lang/parse.h"

#include <string.h>

#include "conf/diag.h"
#include "lang/advice.h"
#include "lang/parser.h"
#include "lang/statement.h"
#include "lib/text.h"

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
	call->next = p->program->calls;
	p->program->calls = call;
	/* Commands in brackets begin where the one around them stands. */
	p->place = command->place;
	if (!parse_args(p, call))
		return false;
	p->place = place;
	call->text =
		arena_strndup(p->arena, p->lex.text + word->spot.at, p->lex.at - word->spot.at);

	struct op *op = code_emit(p->program, OP_CALL, &word->spot);

	op->call = call;
	op->wanted = wanted;
	return true;
}

/* A command of the language, whose word has been read. */
static bool parse_global(struct parser *p, const struct place_word *found, const struct word *word)
{
	struct command command = { .kind = found->command,
		                   .place = p->place,
		                   .statement = found->statement,
		                   .builtin = found->builtin };

	return statement_parse(p, &command, word);
}

static bool parse_colon(struct parser *p)
{
	struct place_word found;
	struct word word;

	lex_take(&p->lex, ':');
	word = lex_word(&p->lex, LEX_PATH, p->arena);
	expect_word(p->expect, &p->lex, &word, &(struct expect){ .kind = EXPECT_GLOBAL });
	if (place_global_find(word.text, false, &found)) {
		mark_put(p->lex.marks, word.spot.at, word.len, MARK_COMMAND);
		return parse_global(p, &found, &word);
	}

	struct text near = { 0 };

	advice_global(word.text, &near);
	diag_fail_at(p->diag, word.spot.line, word.spot.column, "bad command name %s%s", word.text,
	             text_str(&near));
	text_free(&near);
	return false;
}

static bool parse_commands(struct parser *p, char close);

bool parse_block(struct parser *p, const struct place *place)
{
	struct place before = p->place;
	const struct scope_name *names = p->scope.names;
	struct spot spot = lex_spot(&p->lex);

	if (!parse_deeper(p, &spot) || !lex_take(&p->lex, '{'))
		return false;
	p->place = *place;
	if (!parse_commands(p, '}'))
		return false;
	p->place = before;
	p->scope.names = names;
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
		code_emit(p->program, OP_GO, &spot)->text = place->path;
	return true;
}

struct path_walk {
	struct place place;
	bool slashed; /* the next word follows a slash directly */
	bool any;     /* there was at least one step */
	bool joined;  /* something stands between the last step and here */
};

/* "set" alone is the wizard of the root; "set x 5" gives a variable a value. */
static bool is_other_set(const struct parser *p, const struct place_word *found)
{
	struct lex lex = p->lex;

	lex.marks = NULL;
	lex_blanks(&lex);
	return found->kind == WORD_COMMAND && found->action != NULL &&
	       found->action->nfields == 0 && found->action->items == NULL &&
	       !lex_command_ends(&lex);
}

/*
 * A command of the language needs no colon where no word of the menu is the same; it goes before
 * those that only begin so.
 */
static bool walk_find(const struct parser *p, const struct path_walk *walk, const struct word *word,
                      struct place_word *ret_found)
{
	bool found = place_find(&walk->place, word->text, ret_found);

	if (walk->any || (found && ret_found->len == word->len && !is_other_set(p, ret_found)))
		return found;
	return place_global_find(word->text, true, ret_found) || found;
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

/* From the first word on; *@ret_value is set when the last one is a path. */
static bool parse_path(struct parser *p, bool wanted, bool *ret_value)
{
	struct path_walk walk = { .place = p->place, .joined = true };

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
		*ret_value = wanted;
		if (word.len == 0 && walk.any && walk_ends(p))
			return parse_move(p, &walk.place, wanted);
		if (word.len == 0 && lex_peek(&p->lex) == '{' && !wanted)
			return parse_block(p, &walk.place);
		*ret_value = true;
		if (strcmp(word.text, "..") == 0) {
			walk.place = place_parent(&walk.place, p->arena);
		} else if (word.len == 0) {
			return parse_fail(p, &word.spot,
			                  wanted ? "expected command name" : "syntax error");
		} else if (!walk_find(p, &walk, &word, &found)) {
			return bad_command(p, &walk.place, &word);
		} else if (found.kind == WORD_COMMAND) {
			struct command command = command_of(&walk.place, &found);

			mark_put(p->lex.marks, word.spot.at, word.len, MARK_COMMAND);
			if (found.command == COMMAND_STATEMENT || found.command == COMMAND_BUILTIN)
				return parse_global(p, &found, &word);
			return parse_word_end(p) && parse_call(p, &command, &word, wanted);
		} else {
			mark_put(p->lex.marks, word.spot.at, word.len, MARK_MENU);
			walk.place = place_child(&walk.place, found.text, found.len, p->arena);
		}
		walk_join(p, &walk);
	}
}

bool parse_statement(struct parser *p, bool wanted, bool *ret_value)
{
	*ret_value = true;
	if (lex_peek(&p->lex) == ':')
		return parse_colon(p);
	if (lex_peek(&p->lex) == '$')
		return statement_invoke(p);
	return parse_path(p, wanted, ret_value);
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

		bool value;

		if (!parse_statement(p, false, &value))
			return false;
		if (value)
			code_emit(p->program, OP_DROP, &spot);
		lex_blanks(&p->lex);
		spot = lex_spot(&p->lex);
		if (!lex_command_ends(&p->lex) || lex_peek(&p->lex) == ')' ||
		    lex_peek(&p->lex) == ']' || (lex_peek(&p->lex) == '}' && close != '}'))
			return parse_fail_end(p, &spot);
	}
}

static bool parse_whole(struct parser *p, const char *path, struct program *program, bool open)
{
	*program =
		(struct program){ .several_lines = memchr(p->lex.text, '\n', p->lex.len) != NULL };
	p->program = p->whole = program;
	p->arena = &program->arena;
	p->scope = (struct scope){ .program = program, .arena = p->arena, .open = open };
	if (p->expect != NULL)
		*p->expect = (struct expect){ .kind = EXPECT_NOTHING };
	p->place = place_at(p->place.menus, arena_strdup(p->arena, path));
	return parse_commands(p, 0);
}

bool parse_program(const struct menu *const *menus, const char *path, const char *text, size_t len,
                   struct program *program, struct expect *expect, struct diag *diag)
{
	return parse_marked(menus, path, lex_over(text, len), program, expect, diag);
}

bool parse_marked(const struct menu *const *menus, const char *path, struct lex lex,
                  struct program *program, struct expect *expect, struct diag *diag)
{
	struct parser p = {
		.lex = lex, .place = { .menus = menus }, .expect = expect, .diag = diag
	};

	return parse_whole(&p, path, program, false);
}

bool parse_function(const struct menu *const *menus, const char *text, size_t len,
                    struct program *program, struct diag *diag)
{
	struct parser p = { .lex = lex_over(text, len), .place = { .menus = menus }, .diag = diag };

	return parse_whole(&p, "/", program, true);
}

bool parse_check(const struct menu *const *menus, const char *text, size_t len, struct diag *diag)
{
	struct program program;

	bool ok = parse_program(menus, "/", text, len, &program, NULL, diag);

	program_free(&program);
	return ok;
}
