/*
 * colour.h -- what a console line is made of, shown by colours while it is typed.
 *
 * Memory: none of its own.
 */
#ifndef UI_COLOUR_H
#define UI_COLOUR_H

#include <stddef.h>

enum colour {
	COLOUR_NONE,
	COLOUR_MENU,
	COLOUR_COMMAND,
	COLOUR_NAME, /* of an argument */
	COLOUR_VARIABLE,
	COLOUR_ERROR,
};

/* What makes a terminal write in it from here on. */
const char *colour_sequence(enum colour colour);

#endif
