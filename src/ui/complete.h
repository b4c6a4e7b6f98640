/*
 * complete.h -- what could stand at the cursor, word for word.
 *
 * The parser says what it would accept there; the words come from the menus' tables, from types
 * that can list their values, and from the names of items. All that is offered is accepted.
 *
 * Memory: in the candidates' arena; candidates_free().
 */
#ifndef UI_COMPLETE_H
#define UI_COMPLETE_H

#include <stddef.h>

#include "lang/grammar.h"
#include "lang/parse.h"
#include "lib/arena.h"

struct conf;

struct candidate {
	const char *text; /* as it is to be typed */
	const char *help; /* may be NULL */
	char next;        /* what is typed behind it when it is the only one: ' ', '=' or '/' */
	bool menu;
};

struct candidates {
	struct arena arena;
	struct program program; /* holds what `expect` points to */
	struct expect expect;
	size_t from; /* where the word begins that they would replace */
	struct candidate *at;
	size_t n, size;
};

/* What could stand at the end of @text, typed at the menu @path; sorted, without doubles. */
void candidates_find(struct conf *conf, const char *path, const char *text, size_t len,
                     struct candidates *ret_candidates);
/* How much of @word begins something that @expect has; names only, of items and values none. */
size_t candidates_reach(const struct expect *expect, const char *word, size_t len);
/* The bytes that all of them begin with. */
size_t candidates_common(const struct candidates *candidates);
void candidates_free(struct candidates *candidates);

#endif
