/* Commands that take their time: a menu's own actions. */
#include <string.h>

#include "conf/conf.h"
#include "conf/type.h"
#include "lang/exec.h"
#include "lang/permission.h"

static bool read_field(struct exec *exec, const struct field *field, const char *text, void *args)
{
	struct run *run = exec->run;
	const struct conf_state *state = exec_hold(run);
	uint8_t *at = (uint8_t *)args + field->offset;

	memset(at, 0, field->bytes);

	bool ok = field->type->parse(field, state, text, at, &run->diag);

	exec_release(run, state);
	return ok || exec_fail(run);
}

/* The defaults, and a complaint about what has none and must be given. */
static bool action_defaults(struct exec *exec, void *args)
{
	const struct action *action = exec->call->command.action;
	struct text missing = { 0 }, help = { 0 };

	for (size_t i = 0; i < action->nfields; i++) {
		const struct field *field = &action->fields[i];

		if (field->dflt != NULL && !read_field(exec, field, field->dflt, args))
			return false;
		if ((field->flags & F_REQUIRED) == 0 || call_arg(exec->call, field->name) != NULL)
			continue;
		text_printf(&missing, "%s%s", missing.len > 0 ? ", " : "", field->name);
		if (field->help != NULL)
			text_printf(&help, "%s%s: %s", help.len > 0 ? "; " : "\n", field->name,
			            field->help);
	}

	bool ok = missing.len == 0;

	if (!ok)
		(void)diag_fail(&exec->run->diag, NULL, "missing value(s) of argument(s) %s%s",
		                text_str(&missing), text_str(&help));
	text_free(&missing);
	text_free(&help);
	return ok || exec_fail(exec->run);
}

static bool act_on_items(struct exec *exec)
{
	struct run *run = exec->run;
	struct id_list ids = { 0 };

	if (!exec_need_items(exec))
		return false;
	for (const struct arg *arg = exec->call->args; arg != NULL; arg = arg->next) {
		struct value value = exec_value(exec, arg);

		if (!exec_items(exec, arg, &value, &ids))
			return false;
	}
	run->depth -= exec->call->ncomputed;
	exec->call->command.action->items(conf_router(run->host.conf), ids.at, ids.n);
	exec_push(run, (struct value){ .kind = VALUE_NIL });
	return true;
}

static bool read_arg(struct exec *exec, const struct arg *arg, void *args)
{
	const char *text;
	struct value value;
	uint32_t id;

	if ((arg->param.field->flags & F_ITEM) == 0)
		return read_field(exec, arg->param.field, exec_text(exec, arg), args);
	value = exec_value(exec, arg);
	if (!exec_item(exec, arg, &value, &id))
		return false;
	text = arena_printf(&exec->run->arena, "*%X", id);
	return read_field(exec, arg->param.field, text, args);
}

static void changed(void *arg, const struct conf_answer *answer)
{
	struct run *run = arg;

	run->changing = false;
	if (run->orphan) {
		run_free(run);
		return;
	}
	if (answer->ok) {
		text_add(&run->out, text_str(&run->notice));
		exec_flush(run);
		if (run->file[0] != '\0')
			exec_import_file(run);
		else
			exec_push(run, (struct value){ .kind = VALUE_NIL });
	} else {
		run->diag = *answer->diag;
		exec_locate(run, run->call, &run->diag);
		(void)exec_fail(run);
	}
	text_free(&run->notice);
}

bool exec_action_change(struct run *run, const struct call *call, const void *args)
{
	const struct action_caller caller = {
		.who = run->host.who,
		.door = run->host.door,
		.line = call_line(call, &run->arena),
		.lacks = permission_lacking(run),
		.trial = run->host.trial,
		.notice = &run->notice,
		.import = run->file,
	};

	if (run->host.draft != NULL) {
		(void)diag_fail(&run->diag, NULL,
		                "failure: %s is a change of its own, and can't be part of this one",
		                call->command.action->name);
		return exec_fail(run);
	}
	run->call = call;
	run->file[0] = '\0';
	run->changing = true;
	call->command.action->change(run->host.conf, &caller, args, changed, run);
	return true;
}

bool exec_action(struct exec *exec)
{
	struct run *run = exec->run;
	const struct action *action = exec->call->command.action;

	if (action->items != NULL)
		return act_on_items(exec);

	void *args = arena_new(&run->arena, 1, action->args_size + 1);
	void *state = arena_new(&run->arena, 1, action->state_size + 1);

	uint64_t interval_ms = 1000;

	if (!action_defaults(exec, args))
		return false;
	for (const struct arg *arg = exec->call->args; arg != NULL; arg = arg->next) {
		if (arg->param.kind == PARAM_FLAG)
			continue;
		if (arg->param.field == NULL) {
			if (!exec_monitor_interval(exec, exec_text(exec, arg), &interval_ms))
				return false;
			continue;
		}
		if (!read_arg(exec, arg, args))
			return false;
	}
	run->depth -= exec->call->ncomputed;
	if (!exec_keys_allowed(run, action))
		return false;
	if (action->needs != NULL &&
	    !permission_check(run, action->needs(conf_router(run->host.conf), args)))
		return false;
	if (action->change != NULL && action->ask == NULL)
		return exec_action_change(run, exec->call, args);

	bool ok = action->start(conf_router(run->host.conf), args, state, &run->out, &run->diag);

	exec_flush(run);
	if (!ok)
		return exec_fail(run);
	if (action->ask != NULL)
		return exec_ask_begin(exec, state);
	if (action->turn == NULL && action->look == NULL) {
		exec_push(run, (struct value){ .kind = VALUE_NIL });
		return true;
	}
	run->action = action;
	run->action_call = exec->call;
	run->action_state = state;
	exec_keys_begin(run);
	return action->look == NULL || exec_monitor_begin(exec, interval_ms);
}

void exec_action_turn(struct run *run, mono now)
{
	if (run->monitor != NULL) {
		exec_monitor_turn(run);
		return;
	}
	if (!exec_keys_turn(run))
		return;

	bool over =
		run->action->turn(conf_router(run->host.conf), run->action_state, &run->out, now);

	if (run->action->keys != NULL)
		exec_keys_flush(run);
	exec_flush(run);
	if (!over)
		return;

	const struct action *action = run->action;

	run->action = NULL;
	exec_push(run, (struct value){ .kind = VALUE_NIL });
	if (action->finish == NULL ||
	    action->finish(conf_router(run->host.conf), run->action_state, &run->diag))
		return;
	exec_locate(run, run->action_call, &run->diag);
	(void)exec_fail(run);
}

void exec_action_stop(struct run *run)
{
	if (run->action == NULL)
		return;
	exec_monitor_stop(run);
	if (run->action->stop != NULL)
		run->action->stop(conf_router(run->host.conf), run->action_state, &run->out);
	run->action = NULL;
}
