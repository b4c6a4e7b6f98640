/*
 * line.h -- a line that is being typed: bytes from a terminal in, bytes to a terminal out.
 *
 * Emacs keys, arrows, history. Knows no terminal but one that wraps at `width` and understands
 * the usual ANSI sequences; makes no system calls.
 *
 * Memory: the text up to LINE_BYTES_MAX, the last HISTORY_LINES entries.
 */
#ifndef UI_LINE_H
#define UI_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/text.h"

#define HISTORY_LINES 200

enum line_event {
	LINE_NONE,
	LINE_ENTER,
	LINE_TAB,
	LINE_HELP,      /* ? or F1 */
	LINE_INTERRUPT, /* Ctrl-C: the line has been dropped */
	LINE_CLOSE,     /* Ctrl-D on an empty line */
};

struct line {
	struct text text;
	size_t cursor; /* offset in bytes */
	struct text prompt;
	size_t width; /* of the terminal; 0: it never wraps */
	size_t row;   /* of the cursor, below the row of the prompt */

	char *history[HISTORY_LINES]; /* oldest first */
	size_t nhistory;
	size_t browsing;   /* which entry is shown; nhistory: the line itself */
	struct text draft; /* the line itself meanwhile */

	char escape[16]; /* an escape sequence so far, behind ESC */
	size_t escape_len;
	bool in_escape, after_return;
	bool masked; /* a secret is typed: shown as stars, and ? is one of its characters */
};

void line_free(struct line *line);
/* Begin a new line behind @prompt. */
void line_start(struct line *line, const char *prompt, struct text *out);
/* Draw prompt and text again on a fresh row. */
void line_draw(struct line *line, struct text *out);
enum line_event line_byte(struct line *line, uint8_t byte, struct text *out);
const char *line_text(const struct line *line);
/* Put @word in place of the bytes from @from to the cursor. */
void line_replace(struct line *line, size_t from, const char *word, struct text *out);
/* Keep @entry for Up and Ctrl-P. */
void line_remember(struct line *line, const char *entry);

#endif
