/* What a command takes: its own arguments, then the fields of its menu. */
#include <string.h>

#include "conf/menu.h"
#include "conf/type.h"
#include "lang/builtin.h"
#include "lang/grammar.h"
#include "lang/print_params.h"
#include "lang/statement.h"

/* Every stored item has these two, whatever its menu. */
static const struct field field_comment = {
	.name = "comment",
	.type = &type_string,
	.max = 255,
	.help = "A note for people",
};
static const struct field field_disabled = {
	.name = "disabled",
	.type = &type_bool,
	.help = "Keep the item, but don't use it",
};

static const struct field field_partial = { .name = "partial", .type = &type_bool };
static const struct field field_verbose = { .name = "verbose", .type = &type_bool };

static const struct param numbers = {
	.kind = PARAM_ITEMS,
	.name = "numbers",
	.alias = ".id",
	.help = "Items: numbers of the last print, names, *ids or [find ...]",
	.positional = true,
};
static const struct param comment = {
	.kind = PARAM_VALUE,
	.name = "comment",
	.field = &field_comment,
	.help = "A note for people",
	.positional = true,
};
static const struct param disabled = {
	.kind = PARAM_VALUE,
	.name = "disabled",
	.field = &field_disabled,
	.help = "Keep the item, but don't use it",
};
static const struct param where = {
	.kind = PARAM_WHERE,
	.name = "where",
	.help = "Only items for which the expression is true",
};

static const struct param add_params[] = {
	{ .kind = PARAM_ITEMS, .name = "place-before", .help = "Item before which to insert" },
	{ .kind = PARAM_ITEMS, .name = "copy-from", .help = "Item whose properties to take over" },
};
static const struct param move_params[] = {
	{ .kind = PARAM_ITEMS,
	  .name = "destination",
	  .help = "Item before which to put them; the end when it is not given",
	  .positional = true },
};
static const struct param name_params[] = {
	{ .kind = PARAM_FIELDS,
	  .name = "value-name",
	  .help = "Names of properties",
	  .positional = true },
};
static const struct param reset_params[] = {
	{ .kind = PARAM_FIELDS,
	  .name = "value-name",
	  .help = "Names of properties; all that may have a default when none is given",
	  .positional = true },
};
static const struct param import_params[] = {
	{ .kind = PARAM_VALUE,
	  .name = "file-name",
	  .files = ".rsc",
	  .help = "Which of the router's files to run",
	  .positional = true },
	{ .kind = PARAM_FLAG,
	  .name = "dry-run",
	  .option = OPTION_DRY_RUN,
	  .help = "Change nothing; say what would be added, changed and removed" },
	{ .kind = PARAM_VALUE, .name = "from-line", .help = "Leave out the lines before this one" },
	{ .kind = PARAM_VALUE,
	  .name = "partial",
	  .field = &field_partial,
	  .help = "yes: line by line, and what is before an error stays; no: all or nothing" },
	{ .kind = PARAM_VALUE,
	  .name = "verbose",
	  .field = &field_verbose,
	  .help = "yes: show each command before it is carried out" },
};
static const struct param export_params[] = {
	{ .kind = PARAM_VALUE,
	  .name = "file",
	  .files = ".rsc",
	  .help = "Write it to this file of the router's, for import" },
	{ .kind = PARAM_FLAG,
	  .name = "compact",
	  .option = OPTION_COMPACT,
	  .help = "Only what differs from the defaults" },
	{ .kind = PARAM_FLAG,
	  .name = "hide-sensitive",
	  .option = OPTION_HIDE_SENSITIVE,
	  .help = "Without passwords" },
	{ .kind = PARAM_VALUE,
	  .name = "path",
	  .help = "Only these menus and those below, without those behind a !: "
	          "/ip/firewall,!/ip/firewall/nat" },
	{ .kind = PARAM_FLAG,
	  .name = "show-sensitive",
	  .option = OPTION_SHOW_SENSITIVE,
	  .help = "Passwords, too" },
	{ .kind = PARAM_FLAG,
	  .name = "terse",
	  .option = OPTION_TERSE,
	  .help = "Each line by itself" },
	{ .kind = PARAM_FLAG,
	  .name = "verbose",
	  .option = OPTION_VERBOSE,
	  .help = "Defaults, too" },
};
/* The command's own arguments besides the menu's fields. */
struct own {
	bool items, where, comment, disabled, fields;
	const struct param *more;
	size_t nmore;
};

#define MORE(array) .more = (array), .nmore = ARRAY_LEN(array)

static const struct own owns[] = {
	[VERB_ADD] = { .fields = true, .comment = true, .disabled = true, MORE(add_params) },
	[VERB_SET] = { .items = true, .fields = true, .comment = true, .disabled = true },
	[VERB_REMOVE] = { .items = true },
	[VERB_ENABLE] = { .items = true },
	[VERB_DISABLE] = { .items = true },
	[VERB_MOVE] = { .items = true, MORE(move_params) },
	[VERB_COMMENT] = { .items = true, .comment = true },
	[VERB_UNSET] = { .items = true, MORE(name_params) },
	[VERB_PRINT] = { .where = true, MORE(print_params) },
	[VERB_FIND] = { .where = true },
	[VERB_GET] = { .items = true, MORE(name_params) },
	[VERB_EXPORT] = { .where = true, MORE(export_params) },
	[VERB_EDIT] = { .items = true, MORE(name_params) },
	[VERB_ACTION] = { .fields = true },
	[VERB_RESET] = { .items = true, MORE(reset_params) },
};

static const struct own items_action_own = { .items = true };
static const struct own monitor_own = { .fields = true, MORE(monitor_params) };
static const struct own none_own;
static const struct own import_own = { MORE(import_params) };

static const struct own *own_of(const struct command *command)
{
	if (command->kind == COMMAND_IMPORT)
		return &import_own;
	if (command->kind == COMMAND_VERB && command->verb == VERB_ACTION &&
	    command->action->items != NULL)
		return &items_action_own;
	if (command->kind == COMMAND_VERB && command->verb == VERB_ACTION &&
	    command->action->look != NULL)
		return &monitor_own;
	return command->kind == COMMAND_VERB ? &owns[command->verb] : &none_own;
}

static bool is_settings(const struct command *command)
{
	return command->menu != NULL && command->menu->kind == MENU_SETTINGS;
}

bool command_takes_items(const struct command *command)
{
	return own_of(command)->items && !is_settings(command);
}

static const struct field *fields_of(const struct command *command, size_t *ret_n)
{
	const struct menu *menu = command->older != NULL ? command->older : command->menu;

	if (command->kind != COMMAND_VERB || !own_of(command)->fields || menu == NULL) {
		*ret_n = 0;
		return NULL;
	}
	if (command->verb == VERB_ACTION) {
		*ret_n = command->action->nfields;
		return command->action->fields;
	}
	*ret_n = menu->nfields;
	return menu->fields;
}

static bool has_field(const struct command *command, const char *name)
{
	size_t n;
	const struct field *fields = fields_of(command, &n);

	for (size_t i = 0; i < n; i++)
		if (strcmp(fields[i].name, name) == 0)
			return true;
	return false;
}

static struct param field_param(const struct command *command, const struct field *field)
{
	if ((field->flags & (F_READ_ONLY | F_DEFAULT_NAME)) != 0)
		return (struct param){ .kind = PARAM_NONE };
	return (struct param){ .kind = PARAM_VALUE,
		               .name = field->name,
		               .alias = field->alias,
		               .help = field->help,
		               .field = field,
		               .positional =
		                       (field->flags & F_UNNAMED) != 0 && command->verb != VERB_SET,
		               .unsettable = command->verb == VERB_SET };
}

static bool has_rows(const struct command *command)
{
	return command->menu != NULL && command->menu->kind != MENU_FOLDER;
}

/* The arguments that every verb of its kind has: items, comment, disabled, where. */
static struct param common_param(const struct command *command, size_t index)
{
	const struct own *own = own_of(command);
	bool settings = is_settings(command);
	struct param none = { .kind = PARAM_NONE };

	switch (index) {
	case 0:
		return command_takes_items(command) ? numbers : none;
	case 1:
		if (!own->comment || settings || has_field(command, comment.name))
			return none;
		return comment;
	case 2:
		return own->disabled && !settings && !has_field(command, disabled.name) ? disabled
		                                                                        : none;
	default:
		return own->where && !settings && has_rows(command) ? where : none;
	}
}

#define COMMON_PARAMS 4

static bool own_stands(const struct command *command, const struct param *param)
{
	if (command->menu == NULL || command->kind != COMMAND_VERB)
		return true;
	if (strcmp(param->name, "place-before") == 0)
		return command->menu->kind == MENU_ORDERED;
	if (is_settings(command) && command->verb == VERB_PRINT)
		return strcmp(param->name, "proplist") == 0 || strcmp(param->name, "file") == 0 ||
		       strcmp(param->name, "interval") == 0 ||
		       (param->option &
		        (OPTION_AS_VALUE | OPTION_SHOW_SENSITIVE | OPTION_WITHOUT_PAGING |
		         OPTION_DETAIL | OPTION_APPEND | OPTION_TIMESTAMP)) != 0;
	return true;
}

/* The parameters of what the language has by itself. */
static bool global_param(const struct command *command, size_t index, struct param *ret_param)
{
	if (command->kind == COMMAND_STATEMENT) {
		if (index >= command->statement->nparams)
			return false;
		*ret_param = command->statement->params[index].param;
	} else {
		const struct builtin_param *param = &command->builtin->params[index];

		if (index >= command->builtin->nparams)
			return false;
		*ret_param = (struct param){ .name = param->name,
			                     .help = param->help,
			                     .positional = param->positional };
	}
	ret_param->kind = PARAM_VALUE;
	ret_param->index = index;
	return true;
}

bool command_param(const struct command *command, size_t index, struct param *ret_param)
{
	if (command->kind == COMMAND_STATEMENT || command->kind == COMMAND_BUILTIN)
		return global_param(command, index, ret_param);

	const struct own *own = own_of(command);
	size_t at = index, nfields;
	const struct field *fields = fields_of(command, &nfields);
	struct param param = { .kind = PARAM_NONE };

	must(index < PARAM_MAX);
	if (at < COMMON_PARAMS) {
		param = common_param(command, at);
	} else if ((at -= COMMON_PARAMS) < own->nmore) {
		if (own_stands(command, &own->more[at]))
			param = own->more[at];
	} else if ((at -= own->nmore) < nfields) {
		param = field_param(command, &fields[at]);
	} else {
		return false;
	}
	if (command->verb == VERB_ADD || command->verb == VERB_SET)
		param.positional = param.positional && param.field != &field_comment;
	param.index = index;
	*ret_param = param;
	return true;
}

/* 2: exactly @text; 1: @text begins it; 0: neither. */
static int match(const char *name, const char *text, size_t len)
{
	if (name == NULL || strncmp(name, text, len) != 0)
		return 0;
	return name[len] == '\0' ? 2 : 1;
}

static int match_either(const char *name, const char *alias, const char *text)
{
	int by_name = match(name, text, strlen(text));
	int by_alias = match(alias, text, strlen(text));

	return by_name > by_alias ? by_name : by_alias;
}

bool command_find(const struct command *command, const char *name, struct param *ret_param)
{
	struct param param, found = { .kind = PARAM_NONE };
	size_t partly = 0;

	if (*name == '\0')
		return false;
	for (size_t i = 0; command_param(command, i, &param); i++) {
		int how =
			param.kind == PARAM_NONE ? 0 : match_either(param.name, param.alias, name);

		if (how == 2) {
			*ret_param = param;
			return true;
		}
		if (how == 1) {
			found = param;
			partly++;
		}
	}
	if (partly != 1)
		return false;
	*ret_param = found;
	return true;
}

const struct field *menu_field_find(const struct menu *menu, const char *name)
{
	const struct field *found = NULL;
	size_t partly = 0;

	for (size_t i = 0; *name != '\0' && i < menu->nfields; i++) {
		int how = match_either(menu->fields[i].name, menu->fields[i].alias, name);

		if (how == 2)
			return &menu->fields[i];
		if (how == 1) {
			found = &menu->fields[i];
			partly++;
		}
	}
	return partly == 1 ? found : NULL;
}

uint32_t menu_flag_find(const struct menu *menu, const char *name)
{
	if (strcmp(name, "disabled") == 0)
		return ROW_DISABLED;
	if (strcmp(name, "dynamic") == 0)
		return ROW_DYNAMIC;
	for (size_t i = 0; i < menu->nflags; i++)
		if (strcmp(menu->flags[i].word, name) == 0)
			return (uint32_t)ROW_MENU_FIRST << i;
	return 0;
}
