/*
 * exec_edit.c -- edit: one property of one item in an editor. What comes of it is an ordinary set;
 * what can't be set goes back to the editor, so that no text is lost.
 */
#include <string.h>

#include "conf/conf.h"
#include "conf/type.h"
#include "lang/asking.h"

/* The set that follows: the item by its id, and the property. */
static struct call *set_call(struct run *run, const struct call *edit, uint32_t id,
                             const char *property)
{
	struct call *call = arena_new(&run->arena, 1, sizeof *call);
	struct arg *item = arena_new(&run->arena, 1, sizeof *item);
	struct arg *value = arena_new(&run->arena, 1, sizeof *value);

	*call = (struct call){ .command = edit->command, .spot = edit->spot, .text = edit->text };
	call->command.verb = VERB_SET;
	item->value = arena_printf(&run->arena, "*%X", id);
	item->spot = item->value_spot = value->spot = value->value_spot = edit->spot;
	must(command_find(&call->command, property, &value->param));
	call->args = value;
	if (command_takes_items(&call->command)) {
		must(command_find(&call->command, "numbers", &item->param));
		item->next = value;
		call->args = item;
	}
	return call;
}

/* The item that is meant, or with settings the only one. */
static const struct row *find_row(struct exec *exec, const struct conf_state *state,
                                  const struct id_list *ids)
{
	const char *path = exec->menu->path;
	struct rows rows = conf_state_rows(state, path);

	if (!command_takes_items(&exec->call->command))
		return rows.n == 1 ? rows.at[0] : NULL;
	return ids->n == 1 ? conf_state_row(state, path, ids->at[0]) : NULL;
}

static void open_editor(struct exec *exec, const struct row *row, const char *property,
                        const char *text)
{
	struct run *run = exec->run;
	struct asking *asking = arena_new(&run->arena, 1, sizeof *asking);

	*asking = (struct asking){ .set = set_call(run, exec->call, row->id, property) };
	question_line(&asking->question, property, "", NULL);
	asking->question.edit = arena_strdup(&run->arena, text);
	run->asking = asking;
}

static bool edit_row(struct exec *exec, const struct conf_state *state, const struct row *row,
                     const char *name, const struct arg *arg)
{
	const struct field *field = menu_field_find(exec->menu, name);
	struct text text = { 0 };

	if (strcmp(name, "comment") == 0 && row->comment != NULL) {
		open_editor(exec, row, "comment", row->comment);
		return true;
	}
	if (field == NULL)
		return exec_unknown_property(exec, arg, name);
	if ((field->flags & (F_READ_ONLY | F_DEFAULT_NAME | F_SECRET)) != 0) {
		(void)diag_fail(&exec->run->diag, "value-name", "failure: %s can't be edited\n%s",
		                field->name,
		                (field->flags & F_SECRET) != 0 ? "a secret is set, not shown"
		                                               : "it is the router's to say");
		return exec_fail(exec->run);
	}
	conf_field_print(state, field, row, &text);
	open_editor(exec, row, field->name, text_str(&text));
	text_free(&text);
	return true;
}

bool exec_edit(struct exec *exec)
{
	struct run *run = exec->run;
	const struct arg *which = call_arg(exec->call, "value-name");
	const struct conf_state *state;
	struct id_list ids = { 0 };
	const struct row *row;
	const char *name = "";
	bool ok = false;

	if (!exec_need_items(exec))
		return false;
	for (const struct arg *arg = exec->call->args; arg != NULL; arg = arg->next) {
		struct value value = exec_value(exec, arg);

		if (arg == which)
			name = value_str(&value, &run->arena);
		else if (!exec_items(exec, arg, &value, &ids))
			return false;
	}
	run->depth -= exec->call->ncomputed;
	state = exec_hold(run);
	row = find_row(exec, state, &ids);
	if (which == NULL)
		(void)diag_fail(&run->diag, "value-name",
		                "missing value(s) of argument(s) value-name\n"
		                "say which property: edit 0 comment");
	else if (!run->host.asks)
		(void)diag_fail(&run->diag, NULL, "failure: edit needs a terminal\nuse set %s=...",
		                name);
	else if (row == NULL)
		(void)diag_fail(&run->diag, "numbers",
		                "expected item id\nedit opens one stored item at a time");
	else
		ok = edit_row(exec, state, row, name, which);
	exec_release(run, state);
	return ok || exec_fail(run);
}

/* Whether @text can be the value; the rest is for the set to say. */
static bool fits(struct run *run, const struct field *field, const char *text, struct diag *diag)
{
	const struct conf_state *state = exec_hold(run);
	bool ok = field->type->parse(field, state, text, arena_new(&run->arena, 1, field->bytes),
	                             diag);

	exec_release(run, state);
	return ok;
}

bool exec_edit_answer(struct run *run, const char *text, struct diag *diag)
{
	struct asking *asking = run->asking;
	struct arg *value = asking->set->args;

	while (value->next != NULL)
		value = value->next;
	asking->question.edit = arena_strdup(&run->arena, text);
	if (!fits(run, value->param.field, text, diag))
		return false;
	value->value = asking->question.edit;
	run->asking = NULL;
	run_call(run, asking->set, false);
	return true;
}
