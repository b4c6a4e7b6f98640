/*
 * parser.h -- the inside of the parser, which its files share.
 *
 *   parse.c             paths, commands, blocks
 *   parse_args.c        what stands behind a menu's command
 *   parse_value.c       a value: "...", $name, [command], {array}, a word
 *   parse_expression.c  ( ... )
 *   statement*.c        the commands of the language itself
 *
 * Each leaves its code in the program: of a value, operations that push one.
 */
#ifndef LANG_PARSER_H
#define LANG_PARSER_H

#include "lang/code.h"
#include "lang/parse.h"
#include "lang/scope.h"

struct parser {
	struct lex lex;
	struct program *program; /* that is written: of the text, or of a function in it */
	struct program *whole;   /* of the text */
	struct arena *arena;
	struct place place; /* where the text has moved to so far */
	struct scope scope;
	unsigned loop, loops; /* the innermost loop, 0: none; how many there were */
	struct expect *expect;
	struct diag *diag;
	unsigned depth;
};

/* Fail at @spot; always false. */
bool parse_fail(struct parser *p, const struct spot *spot, const char *text);
bool parse_fail_end(struct parser *p, const struct spot *spot);
/* One bracket further in; false when there are too many. */
bool parse_deeper(struct parser *p, const struct spot *spot);
/* What follows a word must be a blank or the end of the command. */
bool parse_word_end(struct parser *p);
/*
 * One command, or a path to move to. @wanted: its value is asked for, so it must be a command.
 * @ret_value: whether it leaves a value.
 */
bool parse_statement(struct parser *p, bool wanted, bool *ret_value);
/* { commands } with names of its own; leaves no value. */
bool parse_block(struct parser *p, const struct place *place);

/* --- parse_args.c --- */

/* The arguments of @call, to the end of the command. */
bool parse_args(struct parser *p, struct call *call);

/* --- parse_value.c --- */

/* Whether a value that has to be computed, or may have to be, begins here. */
bool parse_value_ahead(const struct parser *p);
/*
 * That value. A string that is whole as it stands comes back in *@ret_text and leaves no code;
 * otherwise that is NULL. @what: for the completion of a string; may be NULL.
 */
bool parse_value_text(struct parser *p, const struct expect *what, const char **ret_text);
/* Any value, as code; a word is what it looks like. Nothing is taken where no value stands. */
bool parse_value_any(struct parser *p, const struct expect *what);
/* [command] */
bool parse_value_bracket(struct parser *p);
/* $name */
bool parse_value_load(struct parser *p);
/* The same, and what stands behind -> */
bool parse_value_variable(struct parser *p);
/* {1;2;a=3} */
bool parse_value_array(struct parser *p);
/* { commands } as a function: its source, compiled. */
bool parse_value_code(struct parser *p);
/* The word behind "$", or in quotes. */
bool parse_value_name(struct parser *p, struct word *ret_word);
/* Nobody has declared the variable @word. Always false. */
bool parse_value_unknown(struct parser *p, const struct word *word);

/* --- parse_expression.c --- */

/* ( expression ) */
bool parse_expression(struct parser *p);
/* "->", if it is next. */
bool parse_expression_arrow(struct parser *p);
/* What stands behind it. */
bool parse_expression_key(struct parser *p);
/* Any number of "->key". */
bool parse_expression_elements(struct parser *p);

#endif
