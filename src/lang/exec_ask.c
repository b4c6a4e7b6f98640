/*
 * exec_ask.c -- what a machine asks the person at the console: arguments that a command lacks, and
 * the questions of a menu's action (setup, reboot).
 *
 * The machine stands still meanwhile; run_answer() lets it go on. Where nobody can answer, a
 * command without its arguments fails as ever, and an action says what to type instead.
 */
#include <string.h>

#include "conf/conf.h"
#include "conf/type.h"
#include "lang/asking.h"
#include "lang/permission.h"

#define UNATTENDED_MAX 16 /* questions that a script may answer with one word */

/* --- arguments --- */

static bool is_missing(const struct call *call, const struct param *param)
{
	const struct command *command = &call->command;

	if (call_arg(call, param->name) != NULL)
		return false;
	if (param->kind == PARAM_ITEMS)
		return strcmp(param->name, "numbers") == 0;
	if (param->kind != PARAM_VALUE || param->field == NULL || command->older != NULL ||
	    (param->field->flags & F_REQUIRED) == 0)
		return false;
	return command->verb == VERB_ACTION ||
	       (command->verb == VERB_ADD && call_arg(call, "copy-from") == NULL);
}

/* The first argument that @call needs and lacks. */
static bool next_missing(const struct call *call, struct param *ret_param)
{
	if (call->command.kind != COMMAND_VERB)
		return false;
	for (size_t i = 0; command_param(&call->command, i, ret_param); i++)
		if (ret_param->kind != PARAM_NONE && is_missing(call, ret_param))
			return true;
	return false;
}

static void ask_param(struct asking *asking)
{
	const struct field *field = asking->param.field;

	question_line(&asking->question, asking->param.name, "", asking->param.help);
	asking->question.secret = field != NULL && (field->flags & F_SECRET) != 0;
}

/* The call as it was compiled stays as it is: a loop may come by again. */
static struct call *copy_call(struct run *run, const struct call *call)
{
	struct call *copy = arena_new(&run->arena, 1, sizeof *copy);
	struct arg **end = &copy->args;

	*copy = *call;
	copy->args = NULL;
	for (const struct arg *arg = call->args; arg != NULL; arg = arg->next) {
		*end = arena_new(&run->arena, 1, sizeof **end);
		**end = *arg;
		(*end)->next = NULL;
		end = &(*end)->next;
	}
	return copy;
}

bool exec_ask_missing(struct run *run, const struct op *op)
{
	struct param param;
	struct asking *asking;

	if (!run->host.asks || !next_missing(op->call, &param) ||
	    (permission_needed(op->call) & permission_lacking(run)) != 0)
		return false;
	asking = arena_new(&run->arena, 1, sizeof *asking);
	*asking = (struct asking){ .call = copy_call(run, op->call), .op = op, .param = param };
	ask_param(asking);
	run->asking = asking;
	return true;
}

/* What can be known to be wrong is said while it can still be typed again. */
static bool value_fits(struct run *run, const struct asking *asking, const char *text,
                       struct diag *diag)
{
	const struct field *field = asking->param.field;
	const struct conf_state *state = exec_hold(run);
	struct id_list list = { 0 };
	bool ok;

	if (asking->param.kind == PARAM_ITEMS) {
		struct selector selector = { .conf = run->host.conf,
			                     .state = state,
			                     .menu = asking->call->command.menu,
			                     .numbering = run->host.numbering,
			                     .arena = &run->arena };

		ok = items_select(&selector, text, &list, diag);
		diag->at_position = false;
	} else {
		ok = field->type->parse(field, state, text, arena_new(&run->arena, 1, field->bytes),
		                        diag);
	}
	exec_release(run, state);
	return ok;
}

static bool take_value(struct run *run, const char *text, struct diag *diag)
{
	struct asking *asking = run->asking;
	struct arg **end = &asking->call->args;
	struct arg *arg = arena_new(&run->arena, 1, sizeof *arg);

	if (!value_fits(run, asking, text, diag))
		return false;
	*arg = (struct arg){ .param = asking->param,
		             .value = arena_strdup(&run->arena, text),
		             .spot = asking->call->spot,
		             .value_spot = asking->call->spot };
	while (*end != NULL)
		end = &(*end)->next;
	*end = arg;
	if (next_missing(asking->call, &asking->param)) {
		ask_param(asking);
		return true;
	}
	run->asking = NULL;
	run_call(run, asking->call, asking->op->wanted);
	return true;
}

/* --- actions --- */

bool exec_ask_next(struct run *run, struct diag *diag)
{
	struct asking *asking = run->asking;
	const struct action *action = asking->action;

	asking->question = (struct question){ 0 };
	if (action->ask(conf_router(run->host.conf), asking->state, &asking->question))
		return true;
	if (action->fill != NULL)
		return exec_ask_draft(run, diag);
	run->asking = NULL;
	if (action->change != NULL)
		return exec_action_change(run, asking->action_call, asking->state);
	exec_push(run, (struct value){ .kind = VALUE_NIL });
	return true;
}

static bool take_answer(struct run *run, const char *text, struct diag *diag)
{
	struct asking *asking = run->asking;
	bool ok;

	if (asking->draft != NULL)
		return exec_ask_draft_answer(run, text, diag);
	ok = asking->action->answer(conf_router(run->host.conf), asking->state, text, &run->out,
	                            diag);
	exec_flush(run);
	if (ok)
		ok = exec_ask_next(run, diag);
	else
		(void)exec_ask_next(run, diag);
	exec_flush(run);
	return ok;
}

static bool answer_unattended(struct run *run)
{
	const struct action *action = run->asking->action;

	if (action->unattended == NULL) {
		run->asking = NULL;
		(void)diag_fail(&run->diag, NULL,
		                "failure: %s asks questions, and nobody can answer them here\n%s",
		                action->name, action->instead);
		return exec_fail(run);
	}
	for (unsigned i = 0; run->asking != NULL; i++) {
		must(i < UNATTENDED_MAX);
		if (!take_answer(run, action->unattended, &run->diag))
			return exec_fail(run);
	}
	return true;
}

bool exec_ask_begin(struct exec *exec, void *state)
{
	struct run *run = exec->run;
	const struct call *call = exec->call;
	struct asking *asking = arena_new(&run->arena, 1, sizeof *asking);

	if (run->host.draft != NULL) { /* a dry run reboots nothing */
		(void)diag_fail(&run->diag, NULL,
		                "failure: %s can't be part of a change that is made as a whole",
		                call->command.action->name);
		return exec_fail(run);
	}
	*asking = (struct asking){ .action = call->command.action,
		                   .action_call = call,
		                   .state = state,
		                   .line = arena_strdup(&run->arena, call->text) };
	run->asking = asking;
	if (!exec_ask_next(run, &run->diag))
		return exec_fail(run);
	return run->asking == NULL || run->host.asks || answer_unattended(run);
}

bool exec_ask_answer(struct run *run, const char *text, struct diag *diag)
{
	must(run->asking != NULL);
	if (run->asking->set != NULL)
		return exec_edit_answer(run, text, diag);
	return run->asking->action != NULL ? take_answer(run, text, diag)
	                                   : take_value(run, text, diag);
}

const struct question *exec_ask_question(const struct run *run)
{
	return run->asking != NULL ? &run->asking->question : NULL;
}

void exec_ask_stop(struct run *run)
{
	struct asking *asking = run->asking;

	if (asking == NULL)
		return;
	exec_ask_draft_drop(asking);
	if (asking->action != NULL && asking->action->stop != NULL)
		asking->action->stop(conf_router(run->host.conf), asking->state, &run->out);
	run->asking = NULL;
}
