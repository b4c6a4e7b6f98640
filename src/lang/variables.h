/*
 * variables.h -- the global variables that the scripts of a router share.
 *
 * They outlive the line or script that made them; each script says by :global which it means.
 *
 * Memory:  each value in an arena of its own; VARIABLES_BYTES for all of them.
 * Threads: the router's.
 */
#ifndef LANG_VARIABLES_H
#define LANG_VARIABLES_H

#include "lang/value.h"

#define VARIABLES_BYTES (16u << 20)

struct variables;
struct diag;

MUST_USE struct variables *variables_new(void);
void variables_free(struct variables *variables);

/* The value of @name, nothing when there is none; good until it is set again. */
struct value variables_get(const struct variables *variables, const char *name);
/* Nothing removes it. False with @diag: there is no room. */
MUST_USE bool variables_set(struct variables *variables, const char *name,
                            const struct value *value, struct diag *diag);
/* The @i'th in the order of their making; NULL: there are no more. */
const char *variables_name(const struct variables *variables, size_t i);

/* A place for one value, all zeroes to start with: local variables are these. */
struct variable {
	struct arena arena;
	struct value value;
};

void variable_set(struct variable *variable, const struct value *value);
void variable_free(struct variable *variable);

#endif
