#include "lang/variables.h"

#include <string.h>

#include "conf/diag.h"
#include "lib/mem.h"

struct named {
	char *name;
	struct variable variable;
};

struct variables {
	struct named *at;
	size_t n, size;
	size_t bytes; /* of names and values */
};

void variable_set(struct variable *variable, const struct value *value)
{
	struct arena before = variable->arena;

	variable->arena = (struct arena){ 0 };
	variable->value = value_copy(value, &variable->arena);
	arena_free(&before);
}

void variable_free(struct variable *variable)
{
	arena_free(&variable->arena);
	*variable = (struct variable){ 0 };
}

struct variables *variables_new(void)
{
	return mem_new(1, sizeof(struct variables));
}

void variables_free(struct variables *variables)
{
	if (variables == NULL)
		return;
	for (size_t i = 0; i < variables->n; i++) {
		mem_free(variables->at[i].name);
		variable_free(&variables->at[i].variable);
	}
	mem_free(variables->at);
	mem_free(variables);
}

static struct named *find(const struct variables *variables, const char *name)
{
	for (size_t i = 0; i < variables->n; i++)
		if (strcmp(variables->at[i].name, name) == 0)
			return &variables->at[i];
	return NULL;
}

struct value variables_get(const struct variables *variables, const char *name)
{
	const struct named *named = find(variables, name);

	return named != NULL ? named->variable.value : value_nil();
}

const char *variables_name(const struct variables *variables, size_t i)
{
	return i < variables->n ? variables->at[i].name : NULL;
}

static size_t named_bytes(const struct named *named)
{
	return sizeof *named + strlen(named->name) + named->variable.arena.total_bytes;
}

static void drop(struct variables *variables, struct named *named)
{
	size_t behind = variables->n - 1 - (size_t)(named - variables->at);

	variables->bytes -= named_bytes(named);
	mem_free(named->name);
	variable_free(&named->variable);
	memmove(named, named + 1, behind * sizeof *named);
	variables->n--;
}

static struct named *add(struct variables *variables, const char *name)
{
	struct named *named;

	if (variables->n == variables->size) {
		variables->size = 2 * variables->size + 8;
		variables->at = mem_resize(variables->at, variables->size, sizeof variables->at[0]);
	}
	named = &variables->at[variables->n++];
	*named = (struct named){ .name = mem_strdup(name) };
	variables->bytes += named_bytes(named);
	return named;
}

bool variables_set(struct variables *variables, const char *name, const struct value *value,
                   struct diag *diag)
{
	struct named *named = find(variables, name);

	if (value->kind == VALUE_NIL) {
		if (named != NULL)
			drop(variables, named);
		return true;
	}
	if (variables->bytes + value_bytes(value) > VARIABLES_BYTES)
		return diag_fail(diag, NULL,
		                 "failure: the global variables take %u MiB already, which is "
		                 "the limit; :environment print shows them",
		                 VARIABLES_BYTES >> 20);
	if (named == NULL)
		named = add(variables, name);
	variables->bytes -= named_bytes(named);
	variable_set(&named->variable, value);
	variables->bytes += named_bytes(named);
	return true;
}
