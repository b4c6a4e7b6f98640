/*
 * advice.h -- what would have been right, for a word that means nothing where it stands.
 *
 * Each function appends one line, beginning with its line break, to a message of RouterOS's: the
 * word, where it was looked for, and the words near it, or else the words there are.
 *
 * Threads: any; reads constant tables only.
 */
#ifndef LANG_ADVICE_H
#define LANG_ADVICE_H

#include "lang/grammar.h"

struct text;

/* @word is no menu or command at @place, or the beginning of several. */
void advice_place(const struct place *place, const char *word, struct text *out);
/* @word is no command of the language. */
void advice_global(const char *word, struct text *out);
/* @word is no argument of @command; "": something else than a word stands there. */
void advice_argument(const struct command *command, const char *word, struct text *out);
/* @word is no property of @menu's items, nor one of their flags. */
void advice_property(const struct menu *menu, const char *word, struct text *out);

#endif
