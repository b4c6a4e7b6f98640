#include "lang/exec.h"

#include <string.h>

#include "conf/conf.h"
#include "conf/draft.h"
#include "lang/advice.h"
#include "lib/mem.h"

uint32_t exec_trial(const struct run *run)
{
	return run->host.trial != NULL ? *run->host.trial : 0;
}

bool exec_fail(struct run *run)
{
	run->failed = true;
	return false;
}

bool exec_fail_limit(struct run *run)
{
	run->limited = true;
	return exec_fail(run);
}

void exec_settle(struct run *run)
{
	if (run->depth == run->frame->base)
		arena_free(&run->arena);
}

void run_failed_at(const struct run *run, struct text *out)
{
	const struct call *call = run->failed_call;
	const char *path = call != NULL ? call->command.place.path : NULL;

	if (call != NULL)
		text_printf(out, " (%s%s%s; line %u)", path, strcmp(path, "/") == 0 ? "" : "/",
		            command_word(&call->command), run->failed_line);
	else if (run->failed_line > 0)
		text_printf(out, " (line %u)", run->failed_line);
}

static void locate(struct run *run, unsigned line, unsigned column, struct diag *diag)
{
	run->failed_line = diag->line > 0 ? diag->line : line;
	if (diag->at_position || !run->code->several_lines)
		return;
	diag->at_position = true;
	if (diag->line != 0)
		return;
	diag->line = line;
	diag->column = column;
}

void exec_locate(struct run *run, const struct call *call, struct diag *diag)
{
	const struct arg *arg = diag->field[0] != '\0' ? call_arg(call, diag->field) : NULL;
	const struct spot *spot = arg != NULL ? &arg->value_spot : &call->spot;

	run->failed_call = call;
	locate(run, spot->line, spot->column, diag);
}

void exec_locate_op(struct run *run, const struct op *op, struct diag *diag)
{
	run->failed_call = NULL;
	locate(run, op->line, op->column, diag);
}

void exec_push(struct run *run, struct value value)
{
	if (run->depth == run->stack_size) {
		run->stack_size = run->stack_size > 0 ? run->stack_size * 2 : 16;
		run->stack = mem_resize(run->stack, run->stack_size, sizeof run->stack[0]);
	}
	run->stack[run->depth++] = value;
}

/* A line that is a command is what an older spelling was rewritten into. */
void exec_notice(struct run *run, const char *text)
{
	while (*text != '\0') {
		size_t len = strcspn(text, "\n");

		if (len > 0)
			run->host.notice(run->host.arg,
			                 arena_printf(&run->arena, "%s%.*s",
			                              *text == '/' ? "understood as: " : "",
			                              (int)len, text));
		text += len + (text[len] == '\n');
	}
}

const struct conf_state *exec_hold(struct run *run)
{
	return run->host.draft != NULL ? conf_draft_state(run->host.draft)
	                               : conf_hold(run->host.conf);
}

void exec_release(struct run *run, const struct conf_state *state)
{
	if (run->host.draft == NULL)
		conf_release(run->host.conf, state);
}

void exec_flush(struct run *run)
{
	if (run->out.len > 0)
		run->host.out(run->host.arg, text_str(&run->out), run->out.len);
	text_clear(&run->out);
}

void exec_show(struct run *run, enum show how)
{
	if ((run->out.len > 0 || how != SHOW_PAGE) && run->host.show != NULL)
		run->host.show(run->host.arg, how, text_str(&run->out), run->out.len);
	else
		exec_flush(run);
	text_clear(&run->out);
}

struct value exec_value(struct exec *exec, const struct arg *arg)
{
	if (arg->computed)
		return exec->run->stack[exec->computed + arg->nth];
	if (arg->value == NULL)
		return value_nil();
	return (struct value){ .kind = VALUE_TEXT, .text = arg->value };
}

static const char *element_text(const struct value *value, struct arena *arena)
{
	if (value->kind == VALUE_BOOL)
		return value->number != 0 ? "yes" : "no";
	return value_str(value, arena);
}

const char *exec_text(struct exec *exec, const struct arg *arg)
{
	struct arena *arena = &exec->run->arena;
	struct value value = exec_value(exec, arg);
	struct text text = { 0 };
	const char *str;
	struct pair pair;

	if (value.kind == VALUE_NIL && !arg->computed)
		return NULL;
	if (value.kind != VALUE_ARRAY)
		return element_text(&value, arena);
	for (size_t i = 0; value_element(&value, i, arena, &pair); i++)
		text_printf(&text, "%s%s", i > 0 ? "," : "", element_text(&pair.value, arena));
	str = arena_strdup(arena, text_str(&text));
	text_free(&text);
	return str;
}

const struct value *exec_where(const struct exec *exec)
{
	const struct call *call = exec->call;

	if (call->nwhere == 0)
		return NULL;
	return exec->run->stack + exec->computed + (call->ncomputed - call->nwhere);
}

/* Each element of an array means items: ids that were collected, or names. */
static bool items_of_array(struct exec *exec, const struct arg *arg, const struct value *value,
                           struct id_list *list)
{
	struct pair pair;

	for (size_t i = 0; value_element(value, i, &exec->run->arena, &pair); i++)
		if (!exec_items(exec, arg, &pair.value, list))
			return false;
	return true;
}

bool exec_items(struct exec *exec, const struct arg *arg, const struct value *value,
                struct id_list *list)
{
	struct run *run = exec->run;

	if (value->kind == VALUE_IDS) {
		for (size_t i = 0; i < value->ids.n; i++)
			id_list_push(list, &run->arena, value->ids.at[i]);
		return true;
	}
	if (value->kind == VALUE_ARRAY)
		return items_of_array(exec, arg, value, list);

	const struct conf_state *state = exec_hold(run);
	struct selector selector = { .conf = run->host.conf,
		                     .state = state,
		                     .menu = exec->menu,
		                     .numbering = run->host.numbering,
		                     .arena = &run->arena,
		                     .spot = arg->value_spot };
	bool ok = items_select(&selector, value_str(value, &run->arena), list, &run->diag);

	exec_release(run, state);
	return ok || exec_fail(run);
}

bool exec_item(struct exec *exec, const struct arg *arg, const struct value *value,
               uint32_t *ret_id)
{
	struct id_list list = { 0 };

	if (!exec_items(exec, arg, value, &list))
		return false;
	if (list.n == 1) {
		*ret_id = list.at[0];
		return true;
	}
	diag_fail_at(&exec->run->diag, arg->value_spot.line, arg->value_spot.column,
	             "expected item id\n%s means one item, not %zu", arg->param.name, list.n);
	return exec_fail(exec->run);
}

bool exec_need_items(struct exec *exec)
{
	if (!command_takes_items(&exec->call->command) || call_arg(exec->call, "numbers") != NULL)
		return true;
	(void)diag_fail(&exec->run->diag, "numbers",
	                "missing value(s) of argument(s) numbers\n"
	                "say which items: numbers of the last print, names, *ids or [find ...]");
	return exec_fail(exec->run);
}

bool exec_unknown_property(struct exec *exec, const struct arg *arg, const char *name)
{
	struct text advice = { 0 };

	advice_property(exec->menu, name, &advice);
	diag_fail_at(&exec->run->diag, arg->value_spot.line, arg->value_spot.column,
	             "input does not match any value of %s%s", arg->param.name, text_str(&advice));
	text_free(&advice);
	return exec_fail(exec->run);
}
