/*
 * parser.h -- the inside of the parser, which two files share: parse.c walks paths and commands,
 * parse_args.c reads what stands behind a command.
 */
#ifndef LANG_PARSER_H
#define LANG_PARSER_H

#include "lang/parse.h"

struct parser {
	struct lex lex;
	struct program *program;
	struct arena *arena;
	struct place place; /* where the text has moved to so far */
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
/* One command, or a path to move to; @wanted: its value is asked for, so it must be a command. */
bool parse_statement(struct parser *p, bool wanted);

/* The arguments of @call, to the end of the command. */
bool parse_args(struct parser *p, struct call *call);

#endif
