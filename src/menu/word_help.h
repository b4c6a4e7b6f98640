/*
 * word_help.h -- what the words mean that a field may have as its value, and the flags of items.
 *
 * Threads: any; reads a constant table only.
 */
#ifndef MENU_WORD_HELP_H
#define MENU_WORD_HELP_H

struct field;

/* For conf_setup.word_help: @field NULL for a flag. NULL when there is nothing to say. */
const char *word_help(const struct field *field, const char *word);

#endif
