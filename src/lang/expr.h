/*
 * expr.h -- which rows are meant: the expression behind where and find.
 *
 * Tests of properties (= != < > <= >= ~), a bare property (set, or yes), flags as booleans,
 * joined by && || ! ( ) or their words; tests that stand side by side must all hold.
 *
 * Memory: nodes in the caller's arena; expr_free() for what the regular expressions hold.
 */
#ifndef LANG_EXPR_H
#define LANG_EXPR_H

#include <stdbool.h>

#include "conf/menu.h"
#include "lang/grammar.h"
#include "lang/lex.h"
#include "lib/arena.h"

struct diag;
struct expr;
struct value;

struct expr_source {
	struct lex *lex;
	struct arena *arena;
	struct command command; /* whose menu's properties may be named */
	struct expect *expect;  /* may be NULL */
	struct diag *diag;
	/*
	 * Reads a value that begins with one of "$([{. A NULL text means that it is computed:
	 * *@ret_nth says which one it is of the values that expr_bind() is given. NULL: plain
	 * strings only.
	 */
	bool (*value)(void *arg, struct word *ret_word, size_t *ret_nth);
	void *value_arg;
	unsigned depth, tests; /* so far */
};

/* Read to the end of the command; *@ret_expr stays NULL when there is nothing. */
MUST_USE bool expr_parse(struct expr_source *source, struct expr **ret_expr);
/*
 * Read the values that the tests compare with, once for many rows; they last as long as @arena.
 * @computed: those of where that had to be computed. False: one of them is no regular expression.
 */
MUST_USE bool expr_bind(struct expr *expr, const struct conf_state *state,
                        const struct value *computed, struct arena *arena, struct diag *diag);
/* Whether @row (of the menu, status filled) is meant. NULL means every row. */
bool expr_holds(const struct expr *expr, const struct conf_state *state, const struct row *row);
void expr_free(struct expr *expr);

/* Whether property @field of @row has a value that is worth showing. */
bool row_shows(const struct menu *menu, const struct field *field, const struct row *row);
/* Its text, or nothing when it has none. */
void row_field_text(const struct menu *menu, const struct field *field,
                    const struct conf_state *state, const struct row *row, struct text *out);

#endif
