/*
 * scope.h -- which variables a place in a script knows.
 *
 * A block sees the names of those around it, and its own hide them. A function's body sees none
 * from outside: what it names and does not declare is an argument.
 *
 * Memory: names in the program's arena.
 */
#ifndef LANG_SCOPE_H
#define LANG_SCOPE_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/arena.h"

struct program;

struct scope_name {
	const char *name;
	bool global;
	unsigned slot; /* unless it is global */
	const struct scope_name *outer;
};

struct scope {
	const struct scope_name *names; /* the innermost first */
	struct program *program;        /* whose slots they get */
	struct arena *arena;
	bool open; /* a function: unknown names are arguments */
};

/* One that is known from here on. Returns its slot. */
unsigned scope_local(struct scope *scope, const char *name);
void scope_local_at(struct scope *scope, const char *name, unsigned slot);
void scope_global(struct scope *scope, const char *name);
/* @n slots without a name, side by side; the first. */
unsigned scope_slots(struct scope *scope, unsigned n);
/* What @name is here; NULL: nobody has declared it. */
const struct scope_name *scope_find(const struct scope *scope, const char *name);
/* The same, but in a function an unknown name becomes an argument of it. */
const struct scope_name *scope_use(struct scope *scope, const char *name);

#endif
