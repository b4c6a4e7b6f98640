/*
 * line.h -- a line that is being typed: bytes from a terminal in, bytes to a terminal out.
 *
 * Emacs keys, arrows, history, incremental search, pastes. A text of several lines (an entry of
 * the history, or one that Ctrl-\ has split) is edited as it stands. Knows no terminal but one that
 * wraps at `width` and understands the usual ANSI sequences, or a dumb one; makes no system calls.
 *
 *   line_start() -> line_byte() for all that has come -> line_refresh() once, ...
 *
 * Memory: the text up to LINE_BYTES_MAX, and what the terminal shows of it.
 */
#ifndef UI_LINE_H
#define UI_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/text.h"

struct recall;

#define LINE_ITSELF UINT64_MAX

enum line_event {
	LINE_NONE,
	LINE_ENTER,
	LINE_TAB,
	LINE_HELP,      /* ? or F1 */
	LINE_SAFE,      /* Ctrl-X or F4 */
	LINE_INTERRUPT, /* Ctrl-C: the line has been dropped */
	LINE_CLOSE,     /* Ctrl-D on an empty line */
};

/* What others know about a line; each may be NULL. */
struct line_hooks {
	void *arg;
	/* The colour (enum colour) of each byte of @text, into @colours, which holds zeroes. */
	void (*colour)(void *arg, const char *text, size_t len, char *colours);
	/* What Ctrl-R finds besides the history, one by one; NULL: no more. */
	const char *(*place)(void *arg, size_t index);
};

/* What the terminal shows: prompt and text, in which '\n' begins a new row. */
struct line_picture {
	struct text bytes, colours;
	size_t cursor; /* offset in bytes */
};

/* Ctrl-R: what is looked for, in the history from its end and then among the places. */
struct line_search {
	bool on, failed;
	struct text wanted;
	size_t at;         /* how many are older than the one shown */
	struct text draft; /* the line before */
};

struct line {
	struct text text;
	size_t cursor; /* offset in bytes */
	struct text prompt;
	size_t width; /* of the terminal; 0: it never wraps */
	bool dumb;    /* the terminal understands no sequences */
	bool quoted;  /* the lines before have left a quote open */
	struct line_hooks hooks;
	struct line_picture shown;

	struct recall *history; /* NULL: none */
	uint64_t browsing;      /* which entry is shown, or LINE_ITSELF */
	struct text draft;      /* the line itself meanwhile */
	struct line_search search;
	struct text killed; /* what Ctrl-Y puts back */

	char escape[16]; /* an escape sequence so far, behind ESC */
	size_t escape_len;
	bool in_escape, after_return, in_paste;
	bool half;   /* of a character some bytes are still to come */
	bool masked; /* a secret is typed: shown as stars, and kept nowhere else */
};

void line_free(struct line *line);
/* Begin a new line behind @prompt. */
void line_start(struct line *line, const char *prompt, struct text *out);
/* Draw prompt and text again on a fresh row. */
void line_draw(struct line *line, struct text *out);
/* Make the terminal show what the line is now. */
void line_refresh(struct line *line, struct text *out);
/* Take the line off the terminal: something is to be shown in its place. */
void line_take_away(struct line *line, struct text *out);
/* Go below the line, which stays as it is. */
void line_leave(struct line *line, struct text *out);
/* One byte from the terminal. What it changes is drawn by line_refresh(), or before the event. */
enum line_event line_byte(struct line *line, uint8_t byte, struct text *out);
const char *line_text(const struct line *line);
/* Put @word in place of the bytes from @from to the cursor. */
void line_replace(struct line *line, size_t from, const char *word, struct text *out);

#endif
