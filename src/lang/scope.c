#include "lang/scope.h"

#include <string.h>

#include "lang/program.h"

static void push(struct scope *scope, struct scope_name name)
{
	struct scope_name *kept = arena_new(scope->arena, 1, sizeof *kept);

	name.outer = scope->names;
	*kept = name;
	scope->names = kept;
}

unsigned scope_slots(struct scope *scope, unsigned n)
{
	unsigned first = scope->program->nslots;

	scope->program->nslots += n;
	return first;
}

void scope_local_at(struct scope *scope, const char *name, unsigned slot)
{
	push(scope, (struct scope_name){ .name = name, .slot = slot });
}

unsigned scope_local(struct scope *scope, const char *name)
{
	unsigned slot = scope_slots(scope, 1);

	scope_local_at(scope, name, slot);
	return slot;
}

void scope_global(struct scope *scope, const char *name)
{
	push(scope, (struct scope_name){ .name = name, .global = true });
}

const struct scope_name *scope_find(const struct scope *scope, const char *name)
{
	for (const struct scope_name *at = scope->names; at != NULL; at = at->outer)
		if (strcmp(at->name, name) == 0)
			return at;
	return NULL;
}

/* Arguments are known in all of the function, so they are not among the names of a block. */
static const struct scope_name *argument(struct scope *scope, const char *name)
{
	struct program *program = scope->program;
	struct program_arg *arg = program->args;
	struct scope_name *found = arena_new(scope->arena, 1, sizeof *found);

	while (arg != NULL && strcmp(arg->name, name) != 0)
		arg = arg->next;
	if (arg == NULL) {
		arg = arena_new(scope->arena, 1, sizeof *arg);
		*arg = (struct program_arg){ .name = arena_strdup(scope->arena, name),
			                     .slot = scope_slots(scope, 1),
			                     .next = program->args };
		program->args = arg;
	}
	*found = (struct scope_name){ .name = arg->name, .slot = arg->slot };
	return found;
}

const struct scope_name *scope_use(struct scope *scope, const char *name)
{
	const struct scope_name *found = scope_find(scope, name);

	return found == NULL && scope->open ? argument(scope, name) : found;
}
