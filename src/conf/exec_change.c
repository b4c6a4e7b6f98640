/* Commands that change the configuration. */
#include <string.h>

#include "conf/conf.h"
#include "conf/exec.h"

static struct request_field *field_append(struct exec *exec, struct request *request,
                                          const struct arg *arg, const char *name,
                                          const char *value)
{
	struct request_field **end = &request->fields;
	struct request_field *field = arena_new(request->arena, 1, sizeof *field);

	while (*end != NULL)
		end = &(*end)->next;
	*end = field;
	*field = (struct request_field){ .name = name,
		                         .value = value,
		                         .line = arg->spot.line,
		                         .column = arg->spot.column,
		                         .value_column = arg->value_spot.column };
	return field;
}

/* The names of unset, separated by commas, become fields without a value. */
static bool unset_fields(struct exec *exec, struct request *request, const struct arg *arg,
                         const char *names)
{
	while (*names != '\0') {
		size_t len = strcspn(names, ",");
		const char *name = arena_strndup(request->arena, names, len);
		const struct field *field = menu_field_find(exec->menu, name);

		if (field == NULL && strcmp(name, "comment") != 0)
			return exec_unknown_property(exec, arg, name);
		field_append(exec, request, arg, field != NULL ? field->name : name, NULL);
		names += len + (names[len] == ',');
	}
	return true;
}

static bool request_arg(struct exec *exec, struct request *request, struct id_list *ids,
                        const struct arg *arg)
{
	struct value value = exec_value(exec, arg);
	struct arena *arena = &exec->run->arena;
	uint32_t id;

	switch (arg->param.kind) {
	case PARAM_ITEMS:
		if (strcmp(arg->param.name, "numbers") == 0)
			return exec_items(exec, arg, &value, ids);
		if (!exec_item(exec, arg, &value, &id))
			return false;
		if (strcmp(arg->param.name, "copy-from") == 0)
			field_append(exec, request, arg, arg->param.name,
			             arena_printf(arena, "*%X", id));
		else
			request->place_before = id;
		return true;
	case PARAM_FIELDS:
		return unset_fields(exec, request, arg, value_str(&value, arena));
	case PARAM_VALUE:
		field_append(exec, request, arg, arg->param.name,
		             value.kind == VALUE_NIL && !arg->computed ? NULL
		                                                       : value_str(&value, arena));
		return true;
	default:
		return true;
	}
}

static void warn_row(struct run *run, const struct conf_state *state, const struct row *row)
{
	const struct menu *menu = run->request->menu;
	struct text text = { 0 };

	if (row != NULL && menu->warn(conf_router(run->host.conf), state, row, &text))
		exec_notice(run, text_str(&text));
	text_free(&text);
}

/* What is a person to be told about the rows they have just made or changed? */
static void warn_rows(struct run *run)
{
	const struct menu *menu = run->request->menu;
	const struct conf_state *state = conf_hold(run->host.conf);
	struct rows rows = conf_state_rows(state, menu->path);

	if (menu->warn != NULL && menu->kind == MENU_SETTINGS && rows.n == 1)
		warn_row(run, state, rows.at[0]);
	for (size_t i = 0; menu->warn != NULL && i < run->request->nids; i++)
		warn_row(run, state, conf_state_row(state, menu->path, run->request->ids[i]));
	conf_release(run->host.conf, state);
}

static void take_answer(struct run *run, const struct conf_answer *answer)
{
	const struct call *call = run->call;

	exec_notice(run, text_str(&run->notice));
	if (!answer->ok) {
		run->diag = *answer->diag;
		exec_locate(run, call, &run->diag);
		(void)exec_fail(run);
		return;
	}
	if (call->command.verb == VERB_ADD) {
		struct value id = value_id(&run->arena, answer->id);

		run->request->ids = id.ids.at;
		run->request->nids = id.ids.n;
		exec_push(run, id);
	} else {
		exec_push(run, (struct value){ .kind = VALUE_NIL });
	}
	if (call->command.verb == VERB_ADD || call->command.verb == VERB_SET ||
	    call->command.verb == VERB_ENABLE)
		warn_rows(run);
}

static void answered(void *arg, const struct conf_answer *answer)
{
	struct run *run = arg;

	run->changing = false;
	if (!run->orphan)
		take_answer(run, answer);
	text_free(&run->notice);
	if (run->orphan)
		run_free(run);
}

bool exec_change(struct exec *exec)
{
	struct run *run = exec->run;
	const struct command *command = &exec->call->command;
	struct request *request = arena_new(&run->arena, 1, sizeof *request);
	struct id_list ids = { 0 };

	*request = (struct request){ .menu = command->older != NULL ? command->older : exec->menu,
		                     .verb = command->verb,
		                     .who = run->host.who,
		                     .door = run->host.door,
		                     .line = arena_printf(&run->arena, "%s/%s", command->place.path,
		                                          exec->call->text),
		                     .arena = &run->arena,
		                     .notice = &run->notice };
	if (command->older != NULL && command->verb != VERB_ADD && command->verb != VERB_SET)
		request->menu = exec->menu;
	if (!exec_need_items(exec))
		return false;
	for (const struct arg *arg = exec->call->args; arg != NULL; arg = arg->next)
		if (!request_arg(exec, request, &ids, arg))
			return false;
	request->ids = ids.at;
	request->nids = ids.n;
	run->depth -= exec->call->ncomputed;
	if (ids.n == 0 && command_takes_items(command)) { /* [find ...] has found nothing */
		exec_push(run, (struct value){ .kind = VALUE_NIL });
		return true;
	}
	run->call = exec->call;
	run->request = request;
	run->changing = true;
	conf_change(run->host.conf, request, answered, run);
	return true;
}
