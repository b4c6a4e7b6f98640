/*
 * mark.h -- which bytes of a text the parser has taken for what; for colours while it is typed.
 *
 * Marks are put as words are read, so that they are there up to an error, too. Of two that overlap
 * the later one holds.
 */
#ifndef LANG_MARK_H
#define LANG_MARK_H

#include <stddef.h>

#define LEX_MARKS_MAX 512 /* what stands behind them gets none */

enum mark_kind {
	MARK_MENU,
	MARK_COMMAND,
	MARK_NAME, /* of an argument or property */
	MARK_VARIABLE,
};

struct mark {
	size_t at, len; /* bytes of the text */
	enum mark_kind kind;
};

struct marks {
	struct mark at[LEX_MARKS_MAX];
	size_t n;
};

/* @marks may be NULL: nobody wants to know. */
void mark_put(struct marks *marks, size_t at, size_t len, enum mark_kind kind);

#endif
