/*
 * argument.h -- the words of a command line, one after the other.
 *
 * "--name value" and "--name=value" are the same. Errors are sentences in @why, without the
 * program's name.
 */
#ifndef MAIN_ARGUMENT_H
#define MAIN_ARGUMENT_H

#include <stdbool.h>

#include "lib/must.h"

struct text;

struct arguments {
	char *const *words; /* those that are left, NULL at the end */
};

enum argument_found {
	ARGUMENT_OTHER,      /* the word at the front is another one */
	ARGUMENT_TAKEN,      /* it was this one, and is off the front */
	ARGUMENT_INCOMPLETE, /* it is this one, but without its value: @why says so */
};

/* An option that stands alone. */
MUST_USE bool argument_flag(struct arguments *arguments, const char *name);
/* An option with a value, which lies in the word itself. @example shows how it is written. */
MUST_USE enum argument_found argument_value(struct arguments *arguments, const char *name,
                                            const char *example, const char **ret_value,
                                            struct text *why);

#endif
