/*
 * book.h -- a text with chapters and lists, written as Markdown or as a manual page.
 *
 * A paragraph is what book_words() and book_code() write until book_end(); an entry of a list
 * begins by book_entry() instead. Words are plain: what means something to the form is escaped.
 *
 * Memory: the text; book_free().
 */
#ifndef MAIN_BOOK_H
#define MAIN_BOOK_H

#include "lib/text.h"

enum book_form {
	BOOK_MARKDOWN,
	BOOK_MAN, /* man(7) */
};

struct book {
	enum book_form form;
	struct text out;
	struct text paragraph; /* so far, escaped */
	unsigned depth;        /* of the entry before; 0: none */
	bool in_entry;
	bool headed; /* nothing has come since the heading */
};

/* The head of a manual page: "towpath", "1", "User commands", what it is. Nothing in Markdown. */
void book_page(struct book *book, const char *name, const char *section, const char *volume,
               const char *what);
void book_chapter(struct book *book, const char *title);
void book_section(struct book *book, const char *title);

/* An entry about @term, in a list (depth 1) or below an entry of it (2). */
void book_entry(struct book *book, unsigned depth, const char *term);
void book_words(struct book *book, const char *words);
void book_code(struct book *book, const char *code);
/* Plain words, with code between backquotes. */
void book_marked(struct book *book, const char *words);
void book_printf(struct book *book, const char *format, ...) PRINTF_LIKE(2, 3);
void book_end(struct book *book);
/* A line to be typed, as it is. */
void book_typed(struct book *book, const char *line);

const char *book_text(const struct book *book);
void book_free(struct book *book);

#endif
