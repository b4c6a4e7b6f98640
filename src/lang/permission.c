#include "lang/permission.h"

#include <string.h>

#include "conf/diag.h"
#include "conf/policy.h"
#include "conf/type.h"
#include "lang/exec.h"

static bool has_secrets(const struct menu *menu)
{
	for (size_t i = 0; i < menu->nfields; i++)
		if ((menu->fields[i].flags & F_SECRET) != 0)
			return true;
	return false;
}

/* Some of them by show-sensitive alone. */
static bool hides_secrets(const struct menu *menu)
{
	for (size_t i = 0; i < menu->nfields; i++)
		if (menu->fields[i].type->reveal != NULL)
			return true;
	return has_secrets(menu);
}

static bool lies_below(const struct menu *menu, const char *path)
{
	size_t len = strlen(path);

	return len == 1 || (strncmp(menu->path, path, len) == 0 &&
	                    (menu->path[len] == '\0' || menu->path[len] == '/'));
}

/* To see the secrets at and below the place of @call. */
static uint32_t secrets_need(const struct call *call)
{
	uint32_t needed = POLICY_SENSITIVE;

	for (const struct menu *const *menu = call->command.place.menus; *menu != NULL; menu++)
		if (hides_secrets(*menu) && lies_below(*menu, call->command.place.path))
			needed |= (*menu)->policy;
	return needed;
}

/* Values of secrets can be asked for, or tried one by one. */
static bool reads_secrets(const struct call *call)
{
	const struct menu *menu = call->command.menu;
	enum verb verb = call->command.verb;

	if ((call->options & OPTION_SHOW_SENSITIVE) != 0)
		return true;
	return menu != NULL && has_secrets(menu) &&
	       (verb == VERB_GET || call->where != NULL || (call->options & OPTION_AS_VALUE) != 0);
}

static uint32_t reading_needs(const struct call *call)
{
	uint32_t needed = POLICY_READ;

	if (reads_secrets(call))
		needed |= secrets_need(call);
	if (call_arg(call, "file") != NULL)
		needed |= POLICY_WRITE;
	return needed;
}

static uint32_t action_needs(const struct action *action)
{
	bool changes = action->items != NULL || action->change != NULL || action->fill != NULL;

	if (action->policy != 0)
		return action->policy;
	return changes ? POLICY_READ | POLICY_WRITE : POLICY_READ;
}

uint32_t permission_needed(const struct call *call)
{
	const struct command *command = &call->command;

	if (command->kind == COMMAND_IMPORT)
		return POLICY_READ; /* each line of the file is judged by itself */
	if (command->kind != COMMAND_VERB)
		return 0;
	switch (command->verb) {
	case VERB_PRINT:
	case VERB_FIND:
	case VERB_GET:
	case VERB_EXPORT:
		return reading_needs(call);
	case VERB_ACTION:
		return action_needs(command->action);
	default:
		return POLICY_WRITE | (command->menu != NULL ? command->menu->policy : 0);
	}
}

bool permission_given(uint32_t needed, uint32_t has, struct diag *diag)
{
	for (unsigned i = 0; i < POLICY_N; i++)
		if ((needed & ~has & 1U << i) != 0)
			return diag_fail(diag, NULL,
			                 "not enough permissions (9)\nthis needs the policy %s, "
			                 "which your group does not have",
			                 policy_words[i]);
	return true;
}

uint32_t permission_lacking(const struct run *run)
{
	return run->host.policies == NULL ? 0 : POLICY_ALL & ~run->host.policies(run->host.arg);
}

bool permission_check(struct run *run, uint32_t needed)
{
	return permission_given(needed, ~permission_lacking(run), &run->diag) || exec_fail(run);
}
