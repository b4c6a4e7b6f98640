/*
 * system.h -- what others want to know of the menus below /system.
 */
#ifndef MENU_SYSTEM_H
#define MENU_SYSTEM_H

#include <stdbool.h>

#define NOTE_BYTES 4096

struct conf_state;
struct text;

struct note_row {
	bool show_at_login;
	char note[NOTE_BYTES];
};

/* What a login is to be told besides: the note of /system/note, a whole line. False: nothing. */
bool system_note_at_login(const struct conf_state *state, struct text *out);

#endif
