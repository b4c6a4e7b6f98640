/*
 * help.h -- what ? and a second Tab show, made of the schema alone.
 */
#ifndef UI_HELP_H
#define UI_HELP_H

#include <stdbool.h>
#include <stddef.h>

struct candidates;
struct field;
struct text;

/* One line for each word that could stand there, with what it is for. */
void help_print(const struct candidates *candidates, bool colour, struct text *out);
/* Only the words, in columns of a terminal that is @width wide (0: 80). */
void help_list(const struct candidates *candidates, size_t width, struct text *out);
/* The least and the most that @field takes: "68..65535"; nothing when it has no such limits. */
void help_bounds(const struct field *field, struct text *out);

#endif
