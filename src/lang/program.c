#include "lang/program.h"

#include <string.h>

#include "lang/expr.h"
#include "lib/mem.h"

static void free_code(struct program *program)
{
	for (struct call *call = program->calls; call != NULL; call = call->next)
		expr_free(call->where);
	mem_free(program->ops);
}

void program_free(struct program *program)
{
	for (struct program *function = program->functions; function != NULL;
	     function = function->next)
		free_code(function);
	free_code(program);
	arena_free(&program->arena);
	*program = (struct program){ 0 };
}

const struct program *program_function(const struct program *program, const char *source)
{
	for (const struct program *function = program->functions; function != NULL;
	     function = function->next)
		if (function->source != NULL && strcmp(function->source, source) == 0)
			return function;
	return NULL;
}

const struct arg *call_arg(const struct call *call, const char *name)
{
	for (const struct arg *arg = call->args; arg != NULL; arg = arg->next)
		if (strcmp(arg->param.name, name) == 0)
			return arg;
	return NULL;
}
