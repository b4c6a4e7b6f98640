/*
 * lex.h -- the words of a line.
 *
 * A word is a run of letters, digits and . : * / + - _ ~ " | and the like; `,` `<` `>` `=` are
 * words by themselves; `#` begins a comment. The first error stays: whatever is asked for
 * afterwards fails, too, so that a parser may ask once at the end of a line.
 */
#ifndef SCRIPT_LEX_H
#define SCRIPT_LEX_H

#include "script/names.h"
#include "script/script.h"

struct lex {
	const char *line;
	size_t len, at;
	unsigned number; /* of the line, from 1 */
	struct script_error *error;
	bool failed;
};

struct word {
	const char *at;
	size_t len; /* 0: the line has ended */
	unsigned column;
};

struct word lex_peek(const struct lex *lex);
struct word lex_take(struct lex *lex);
/* Take the next word if it is @text. */
bool lex_is(struct lex *lex, const char *text);
/* It has to be. */
bool lex_need(struct lex *lex, const char *text);
bool lex_ended(const struct lex *lex);
bool word_is(struct word word, const char *text);

/* What is wrong with @word, and what would be right. Always false. */
bool lex_fail(struct lex *lex, struct word word, const char *what, const char *right);

/* `7`, `3~9` or `*`. */
bool lex_range(struct lex *lex, const char *what, struct range *ret_range);
bool lex_number(struct lex *lex, const char *what, int64_t min, int64_t max, int64_t *ret_number);
bool lex_name(struct lex *lex, const char *what, char name[SCRIPT_NAME_BYTES]);
/* `192.0.2.2:80`; each half may be `*`. */
bool lex_ends(struct lex *lex, struct ends_with *ret_ends);
bool lex_address(struct lex *lex, const char *what, ip4 *ret_address);
bool lex_word(struct lex *lex, const struct word_value *table, const char *what, int *ret_value);
/* All that is left, as it stands. */
bool lex_rest(struct lex *lex, const char *what, char *text, size_t size);
/* Seconds with up to six digits after the point, as microseconds. */
bool word_to_us(struct word word, int64_t *ret_us);

#endif
