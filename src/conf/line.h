/*
 * line.h -- console lines as they are written, not read: for export, history and notices.
 *
 * Words come in alphabetical order of the parameters' names, as people know it from RouterOS.
 */
#ifndef CONF_LINE_H
#define CONF_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "conf/diff.h"
#include "conf/request.h"
#include "lib/arena.h"
#include "lib/text.h"

/* Write @value so that a line reads it back: quoted and escaped if need be (ROUTEROS.md 1.2). */
void line_quote(const char *value, struct text *out);

/* The parameters of a line under way. All zeroes to start with. */
struct words {
	struct arena arena;
	struct word {
		const char *name;
		const char *text; /* the whole word: name=value */
		struct word *next;
	} * first; /* sorted by name */
	size_t n;
};

void words_put(struct words *words, const char *name, const char *value);
/* A word that stands by itself: a flag (blackhole), or the removal of a value (!name). */
void words_put_bare(struct words *words, const char *name, const char *text);
void words_free(struct words *words);

/* How much of a row is to be said. */
struct words_options {
	bool verbose; /* defaults too */
	bool secrets;
};

/* The values of @row, its comment and whether it is disabled. */
void words_row(struct words *words, const struct menu *menu, const struct row *row,
               const struct conf_state *state, const struct words_options *options);
/* What makes @old into @new. */
void words_change(struct words *words, const struct menu *menu, const struct row *old,
                  const struct row *new, const struct conf_state *state);

/* Append the words, each after a blank. @fold_at: fold before this column; 0: never. */
void words_print(const struct words *words, size_t start_column, size_t fold_at, struct text *out);

/*
 * One change as a line of its own: "/ip/address/set *5 comment=x". Secrets are in it: the line is
 * for doing, and whoever shows it hides them. @state: the one the change leads to, for names.
 */
void line_change(const struct change *change, const struct conf_state *state, struct text *out);
/* All of them, a line each (CHANGE_PLACE has none). */
void line_diff(const struct diff *diff, const struct conf_state *state, struct text *out);
/* What was asked for, in today's spelling. */
void line_request(const struct request *request, struct text *out);

#endif
