/*
 * row.h -- one row: made, copied, filled from text, counted.
 *
 * A row is built (row_new, row_copy), filled, put into a state, and from then on never changed.
 * Many states share it; it goes when the last of them does.
 *
 * Memory:  a row is one block (row_new) and its comment.
 * Threads: the router's.
 */
#ifndef CONF_ROW_H
#define CONF_ROW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "conf/menu.h"
#include "lib/must.h"

struct conf_state;
struct diag;
struct text;

/* Not offered: the thing a MENU_FIXED row is for is not there. */
#define ROW_ABSENT (1u << 3)
/* The flags that are kept in the store. */
#define ROW_STORED_FLAGS ((uint32_t)(ROW_DISABLED | ROW_FIXED))

#define COMMENT_MAX 1024

/* A row of @menu, held once, all fields zero. */
struct row *row_blank(const struct menu *menu);
/* The same with every default filled in; NULL and @diag when one can't be (a reference). */
MUST_USE struct row *row_new(const struct menu *menu, const struct conf_state *state,
                             struct diag *diag);
/* A copy that may be changed, held once; without a position. @row may be an observed one. */
struct row *row_copy(const struct menu *menu, const struct row *row);
void row_hold(const struct row *row);
void row_release(const struct row *row);

/* Where the row stands among its menu's: rows are sorted by it; gaps are left on purpose. */
int64_t row_position(const struct row *row);
void row_position_set(struct row *row, int64_t position);
void row_comment_set(struct row *row, const char *comment);

static inline void *row_at(struct row *row, const struct field *field)
{
	return row->body + field->offset;
}

static inline const void *row_at_const(const struct row *row, const struct field *field)
{
	return row->body + field->offset;
}

/* Is the field kept in the store? Can a person set it? */
bool field_stored(const struct field *field);
bool field_settable(const struct field *field);

/* Read @text into field @i. On failure the row is as before and @diag is filled. */
MUST_USE bool row_put(const struct menu *menu, struct row *row, size_t i, const char *text,
                      const struct conf_state *state, struct diag *diag);
/* Back to the default, or to nothing. */
MUST_USE bool row_clear(const struct menu *menu, struct row *row, size_t i,
                        const struct conf_state *state, struct diag *diag);
/* Does field @i hold a value (given, or by default)? */
bool row_has(const struct menu *menu, const struct row *row, size_t i);

/* Same values, stored flags and comment? (Not: the same position.) */
bool row_same(const struct menu *menu, const struct row *a, const struct row *b);

/*
 * The stored form of the values: a line "name=value" for each given field, references by id. A
 * line that begins with "~" was not given, but by default refers to a row, and stays with it.
 */
void row_encode(const struct menu *menu, const struct row *row, struct text *out);
/* Read it back into a blank row; what is not there gets its default, found in @state. */
MUST_USE bool row_decode(const struct menu *menu, const char *encoded, struct row *row,
                         const struct conf_state *state, struct diag *diag);

#endif
