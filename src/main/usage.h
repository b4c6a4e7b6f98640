/*
 * usage.h -- how a program is called: one table for its --help and its manual page.
 *
 * Texts are sentences in one line; what a person types stands in backquotes in those that only the
 * manual shows.
 *
 * Memory:  constant tables. Threads: any.
 */
#ifndef MAIN_USAGE_H
#define MAIN_USAGE_H

#include <stdbool.h>
#include <stddef.h>

struct text;

struct usage_option {
	const char *spelled; /* "--store DIR" */
	const char *what;
	bool detail; /* of the option before it */
};

struct usage_call {
	const char *spelled; /* what is behind the program's name */
	const char *what;    /* in a few words; NULL: nothing to say */
};

/* A chapter of the manual. */
struct usage_chapter {
	const char *title;
	const char *const *paragraphs; /* NULL-terminated */
	bool typed;                    /* they are lines to be typed, shown as they are */
};

struct usage {
	const char *name, *section, *volume; /* "towpath", "1", "User commands" */
	const char *what;                    /* the program in a few words */
	const struct usage_call *calls;
	size_t ncalls;
	const char *summary;
	const struct usage_option *options;
	size_t noptions;
	const char *const *notes; /* NULL-terminated; behind the options, and in the manual */
	const struct usage_chapter *chapters;
	size_t nchapters;
	const char *const *see; /* NULL-terminated: "towpathd(8)" */
};

extern const struct usage usage_towpath, usage_towpathd;

/* What --help prints. */
void usage_print(const struct usage *usage, struct text *out);

#endif
