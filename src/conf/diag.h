/*
 * diag.h -- what a person is told when their input can't be taken.
 *
 * A diag names the field, says what is wrong and what would be right. The texts are those of
 * RouterOS where it has one (they are what people search for), followed by ours: what to do.
 */
#ifndef CONF_DIAG_H
#define CONF_DIAG_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/must.h"

#define DIAG_TEXT_BYTES  512
#define DIAG_FIELD_BYTES 48

struct diag {
	bool failed;
	bool at_position;             /* the text ends in "(line L column C)" when printed */
	unsigned line, column;        /* 1-based; 0: not known */
	char field[DIAG_FIELD_BYTES]; /* "" when it is not about one field */
	char text[DIAG_TEXT_BYTES];
};

/*
 * Fill @diag, unless it already holds an earlier failure, and return false, so that a check can
 * end in `return diag_fail(diag, "gateway", "...")`. @field may be NULL.
 */
bool diag_fail(struct diag *diag, const char *field, const char *format, ...) PRINTF_LIKE(3, 4);

/* The same for errors of the line itself, which carry a position. */
bool diag_fail_at(struct diag *diag, unsigned line, unsigned column, const char *format, ...)
	PRINTF_LIKE(4, 5);

/*
 * How many bytes of the text are RouterOS's words. *@ret_ours is what follows them, what would be
 * right, without the new line or colon between them; "" when there is nothing.
 */
size_t diag_words(const struct diag *diag, const char **ret_ours);

#endif
