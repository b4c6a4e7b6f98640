/*
 * keys.h -- what the keys of the console do, in words.
 *
 * The keys themselves are taken in line.c, pager.c, live.c and editor.c; that those of the line and
 * this table are the same is tested.
 *
 * Memory:  a constant table. Threads: any.
 */
#ifndef UI_KEYS_H
#define UI_KEYS_H

#include <stddef.h>

struct key_words {
	const char *where; /* entries of one place have the same pointer, and stand together */
	const char *keys;  /* "Ctrl-A, Home" */
	const char *help;
};

extern const struct key_words keys_all[];
extern const size_t keys_n;

#endif
