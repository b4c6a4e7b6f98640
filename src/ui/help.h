/*
 * help.h -- what ? and a second Tab show, made of the schema alone.
 */
#ifndef UI_HELP_H
#define UI_HELP_H

#include <stdbool.h>
#include <stddef.h>

struct candidates;
struct text;

/* One line for each word that could stand there, with what it is for. */
void help_print(const struct candidates *candidates, bool colour, struct text *out);
/* Only the words, in columns of a terminal that is @width wide (0: 80). */
void help_list(const struct candidates *candidates, size_t width, struct text *out);

#endif
