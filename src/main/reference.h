/*
 * reference.h -- what the console takes, as a text: made of the tables that the console reads.
 *
 *   reference.c           the program: which text to make
 *   reference_menu.c      the menus: properties, flags, commands
 *   reference_language.c  what is the same in all of them: keys, common commands, the language
 */
#ifndef MAIN_REFERENCE_H
#define MAIN_REFERENCE_H

#include "lang/grammar.h"
#include "main/book.h"

struct conf_state;

struct reference {
	struct book *book;
	const struct conf_state *state; /* of a router that has nothing yet: no names of items */
};

/* A section for each menu, in the order of their paths. */
void reference_menus(const struct reference *reference);
/* The commands that lists have in common, with their arguments. */
void reference_commands(struct book *book);
/* The commands that stand behind a colon. */
void reference_language(struct book *book);
void reference_keys(struct book *book);

/* An entry for an argument that is no property. */
void reference_param(struct book *book, unsigned depth, const struct param *param, bool required);

#endif
