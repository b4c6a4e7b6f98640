/*
 * colour.h -- what a console line is made of, shown by colours while it is typed.
 *
 * The parser says what is a menu, a command, the name of an argument; and from where on it can't
 * go on. A word that is still being typed is wrong from the first character that leads nowhere.
 *
 * Memory: none that stays. Time: one parse; a text over COLOUR_BYTES_MAX gets no colours.
 */
#ifndef UI_COLOUR_H
#define UI_COLOUR_H

#include <stddef.h>

#define COLOUR_BYTES_MAX 4096

struct menu;

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

/*
 * The colour of each byte of @text, typed at the menu @path behind the lines of @before (of an
 * entry that is still open; may be empty), into @colours, which holds COLOUR_NONE for each.
 */
void colour_text(const struct menu *const *menus, const char *path, const char *before,
                 const char *text, size_t len, char *colours);

#endif
