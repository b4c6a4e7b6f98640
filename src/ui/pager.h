/*
 * pager.h -- long output stops after each page: -- [Q quit|D dump|down]
 *
 * On a terminal whose height is known, what is to be read (print, export) is shown as far as the
 * screen goes; the rest waits here for a key, and the program that makes it waits, too. Who has
 * typed on already, or pasted several lines, is not asked: nothing that was typed is lost.
 *
 *   space, f, Page Down   the next page          d   all the rest without stopping
 *   Enter, j, Down        one more line          q   nothing more; so does Ctrl-C
 *
 * Memory: what one flush of the program holds: a page of 256 items, or a short list as a whole.
 */
#ifndef UI_PAGER_H
#define UI_PAGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/text.h"

struct session;

struct pager {
	struct text waiting;
	size_t at;       /* of the waiting, what was shown */
	size_t rows;     /* of the screen, filled since the last stop */
	bool asks;       /* for a key */
	bool dump, quit; /* what the key has said, for the rest of the program */
	bool in_escape, after_return;
};

/* A program begins, or has ended. */
void pager_reset(struct pager *pager);
/* Show @bytes page by page. */
void pager_out(struct session *session, const char *bytes, size_t len);
/* Whether something waits for a key; what comes now has to wait behind it. */
bool pager_waits(const struct pager *pager);
/* True: the key was for the pager. */
bool pager_key(struct session *session, uint8_t byte);
/* Show nothing of what waits. */
void pager_drop(struct session *session);

/* How many rows of a terminal the first line of @bytes takes; @ret_len: its bytes, the end of the
 * line included. @width 0: one. */
size_t pager_line_rows(const char *bytes, size_t len, size_t width, size_t *ret_len);

#endif
