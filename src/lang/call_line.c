/* A command as it is kept in the history: as it was typed, unless there is a secret in it. */
#include <string.h>

#include "conf/conf.h"
#include "lang/exec.h"

bool call_has_secret(const struct call *call)
{
	for (const struct arg *arg = call->args; arg != NULL; arg = arg->next)
		if (arg->param.field != NULL && (arg->param.field->flags & F_SECRET) != 0)
			return true;
	return false;
}

static void put_arg(const struct arg *arg, struct text *out)
{
	const struct field *field = arg->param.field;

	text_char(out, ' ');
	if (arg->param.kind != PARAM_ITEMS)
		text_printf(out, "%s=", arg->param.name);
	if (field != NULL && (field->flags & F_SECRET) != 0)
		text_add(out, "*****");
	else if (arg->computed)
		text_add(out, "[...]");
	else if (arg->value != NULL)
		conf_quote(arg->value, out);
}

const char *call_line(const struct call *call, struct arena *arena)
{
	const char *path = call->command.place.path;
	struct text line = { 0 };
	const char *kept;

	if (!call_has_secret(call))
		return arena_printf(arena, "%s/%s", strcmp(path, "/") == 0 ? "" : path, call->text);
	text_printf(&line, "%s/%s", strcmp(path, "/") == 0 ? "" : path,
	            command_word(&call->command));
	for (const struct arg *arg = call->args; arg != NULL; arg = arg->next)
		put_arg(arg, &line);
	kept = arena_strdup(arena, text_str(&line));
	text_free(&line);
	return kept;
}
