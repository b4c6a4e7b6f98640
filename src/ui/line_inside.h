/*
 * line_inside.h -- the inside of the line editor, which its files share.
 *
 *   line.c         the text and what keys do to it
 *   line_keys.c    which key some bytes are
 *   line_draw.c    what the terminal shows
 *   line_search.c  Ctrl-R
 */
#ifndef UI_LINE_INSIDE_H
#define UI_LINE_INSIDE_H

#include "ui/line.h"

#define LINE_BELL '\a'

#define CTRL(letter) ((letter)&0x1f)

enum line_key {
	KEY_NONE, /* not a whole one yet, or none that we know */
	KEY_DELETE_BACK = 0x7f,
	KEY_UP = 256,
	KEY_DOWN,
	KEY_LEFT,
	KEY_RIGHT,
	KEY_HOME,
	KEY_END,
	KEY_DELETE,
	KEY_WORD_LEFT,
	KEY_WORD_RIGHT,
	KEY_WORD_DELETE,
	KEY_WORD_DELETE_BACK,
	KEY_HELP,
	KEY_SEARCH,
	KEY_SAFE,
	KEY_REPAINT,
	KEY_PASTE_BEGINS,
	KEY_PASTE_ENDS,
};

/* --- line.c --- */

/* Put @len bytes in place of those from @from to @to; the cursor is behind them. */
void line_splice(struct line *line, size_t from, size_t to, const char *bytes, size_t len);

/* --- line_keys.c --- */

/* The key that ends with @byte: a byte by itself, or one of enum line_key. */
int line_key(struct line *line, uint8_t byte);

/* --- line_search.c --- */

void line_search_start(struct line *line);
/* Take @key while the search is on. False: it has ended, and the key is for the line. */
bool line_search_key(struct line *line, int key, struct text *out);
void line_search_free(struct line *line);

#endif
