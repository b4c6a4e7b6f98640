/*
 * builtin.h -- the global commands that compute: :len, :pick, :tostr and their like.
 *
 * What changes the course of a program (:if, :foreach, :return), its variables or the router is
 * not here but in the machine. What can't be converted yields "nil", as it does in RouterOS; what
 * makes no sense is an error.
 *
 * Memory:  results in the caller's arena; they may share the arguments'.
 * Threads: any.
 */
#ifndef LANG_BUILTIN_H
#define LANG_BUILTIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lang/value.h"
#include "lib/mono.h"

struct diag;
struct random;

struct builtin_param {
	const char *name, *help;
	bool positional, required;
	const char *const *words; /* the values there are, NULL-terminated; NULL: any */
};

struct builtin_call {
	const struct value *args; /* one for each parameter of the builtin, NIL when not given */
	uint64_t given;           /* bit i: args[i] was given */
	struct arena *arena;
	wall now;
	struct random *random;
	struct diag *diag; /* where it fails; the caller adds the place */
	struct value result;
};

struct builtin {
	const char *name, *help;
	const struct builtin_param *params; /* positional ones first, in their order */
	size_t nparams;
	bool (*call)(struct builtin_call *call);
};

#define BUILTIN_PARAMS     6
#define BUILTIN_TEXT_BYTES (1u << 20) /* results are no longer than this */

extern const struct builtin *const builtins_all[]; /* NULL-terminated, sorted by name */

/* By its whole name, without the colon; NULL: there is none. */
const struct builtin *builtin_find(const char *name);
/* Call it. What is required and missing, and values that are none of `words`, are errors here. */
MUST_USE bool builtin_run(const struct builtin *builtin, struct builtin_call *call);

#endif
