/*
 * lex.h -- the characters of a console line, taken apart into words.
 *
 * What ends a word depends on what is expected, so the parser asks for a word of a kind instead
 * of being handed tokens. Every word knows where it stood, counted from 1 and in bytes.
 *
 * Memory: words are copied into the caller's arena.
 */
#ifndef LANG_LEX_H
#define LANG_LEX_H

#include <stdbool.h>
#include <stddef.h>

#include "lang/mark.h"
#include "lib/arena.h"

struct diag;
struct text;

/* A place in the text. */
struct spot {
	size_t at; /* offset in bytes */
	unsigned line, column;
};

struct lex {
	const char *text;
	size_t len, at;
	unsigned line;
	size_t line_at;      /* where the current line begins */
	struct marks *marks; /* of what is read; NULL: none are wanted */
};

struct word {
	const char *text; /* terminated; holds no zero byte otherwise */
	size_t len;
	struct spot spot;
	bool quoted;
};

enum lex_kind {
	LEX_PATH,  /* menus and commands: ends at a slash, too */
	LEX_NAME,  /* names of arguments */
	LEX_VALUE, /* values */
	LEX_TEST,  /* in where: ends at operators, too */
};

#define LEX_END (-1)

struct lex lex_over(const char *text, size_t len);
struct spot lex_spot(const struct lex *lex);
/* The next character, or LEX_END. */
int lex_peek(const struct lex *lex);
/* Take @c if it is next. */
bool lex_take(struct lex *lex, char c);
/* Skip blanks and joined lines; true when there were any. */
bool lex_blanks(struct lex *lex);
/*
 * Skip what may stand between two commands: blanks, new lines, semicolons, comments. True when a
 * command may begin here, as it may after a new line or semicolon, or at @start.
 */
bool lex_gap(struct lex *lex, bool start);
/* No more of this command: the end, a new line, a semicolon, a comment or a closing bracket. */
bool lex_command_ends(const struct lex *lex);

/* An unquoted word, possibly empty. */
struct word lex_word(struct lex *lex, enum lex_kind kind, struct arena *arena);
/* The string whose opening quote is next. False with @diag when it is not well-formed. */
bool lex_string(struct lex *lex, struct arena *arena, struct word *ret_word, struct diag *diag);

/*
 * The same piece by piece: what stands from here to the closing quote, which is taken (*@ret_end),
 * or to a "$", which is next.
 */
bool lex_string_piece(struct lex *lex, struct arena *arena, struct word *ret_word, bool *ret_end,
                      struct diag *diag);
/* The name of a variable: letters, digits and "_"; possibly empty. */
struct word lex_variable(struct lex *lex, struct arena *arena);
/* Skip blanks, joined lines and new lines, as in brackets; true when there were any. */
bool lex_space(struct lex *lex);
/*
 * A number, time, address, id or plain word in an expression, possibly empty. A slash belongs to it
 * before a digit only, a hyphen in words only: 10.0.0.0/8, 1000/$i, ether1-lan, 5-3.
 */
struct word lex_literal(struct lex *lex, struct arena *arena);

/*
 * What is still open at the end of @text: its brackets and quote, outermost first, into @open
 * (emptied first), a backslash for a line to be joined. Empty: the text is whole.
 */
void lex_open(const char *text, size_t len, struct text *open);

#endif
