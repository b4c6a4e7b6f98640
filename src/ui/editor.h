/*
 * editor.h -- a text of several lines on the whole screen: bytes from a terminal in, a picture out.
 *
 * For `edit`: scripts, notes, comments. Keys as RouterOS's editor has them: Ctrl-O keeps the text
 * and leaves, Ctrl-C and Ctrl-X leave it as it was; Ctrl-K cuts to the end of the line, Ctrl-Y puts
 * that back; arrows, Home, End and the keys of Emacs move. Makes no system calls.
 *
 * Memory: the text, up to EDITOR_BYTES_MAX.
 */
#ifndef UI_EDITOR_H
#define UI_EDITOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/text.h"

#define EDITOR_BYTES_MAX 65535u

enum editor_event {
	EDITOR_NONE,
	EDITOR_SAVE,
	EDITOR_LEAVE,
};

struct editor {
	struct text text, title, note, cut;
	size_t cursor;        /* offset in bytes */
	size_t top, left;     /* the first line and column that are shown */
	size_t width, height; /* of the terminal; 0: as one of 80x24 */
	char escape[8];       /* an escape sequence so far, behind ESC */
	size_t escape_len;
	bool in_escape, after_return;
};

/* Show @text. @note: what is wrong with it, or "". */
void editor_open(struct editor *editor, const char *title, const char *text, const char *note,
                 struct text *out);
/* Back to the screen as it was, and forget the text. */
void editor_close(struct editor *editor, struct text *out);
/* A key; the caller draws when no more have come. */
enum editor_event editor_byte(struct editor *editor, uint8_t byte);
void editor_draw(struct editor *editor, struct text *out);
const char *editor_text(const struct editor *editor);
void editor_free(struct editor *editor);

#endif
