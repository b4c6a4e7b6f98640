/* Commands that change the configuration. */
#include <string.h>

#include "conf/conf.h"
#include "conf/draft.h"
#include "lang/exec.h"
#include "lang/permission.h"

#define JOINED_MAX 1000 /* rows that one transaction of a script adds */
#define JOINED_DRAFT_MAX                                                                           \
	8000 /* where nobody waits for the disk: all rows are looked at each time */

static size_t joined_max(const struct run *run)
{
	return run->host.draft != NULL ? JOINED_DRAFT_MAX : JOINED_MAX;
}

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
		return unset_fields(exec, request, arg, exec_text(exec, arg));
	case PARAM_VALUE:
		field_append(exec, request, arg, arg->param.name, exec_text(exec, arg));
		return true;
	default:
		return true;
	}
}

static void warn_row(struct run *run, const struct menu *menu, const struct conf_state *state,
                     const struct row *row)
{
	struct text text = { 0 };

	if (row != NULL && menu->warn(conf_router(run->host.conf), state, row, &text))
		exec_notice(run, text_str(&text));
	text_free(&text);
}

/* What is a person to be told about the rows they have just made or changed? */
static void warn_rows(struct run *run, const struct request *request)
{
	const struct menu *menu = request->menu;
	const struct conf_state *state = exec_hold(run);
	struct rows rows = conf_state_rows(state, menu->path);

	if (menu->warn != NULL && menu->kind == MENU_SETTINGS && rows.n == 1)
		warn_row(run, menu, state, rows.at[0]);
	for (size_t i = 0; menu->warn != NULL && i < request->nids; i++)
		warn_row(run, menu, state, conf_state_row(state, menu->path, request->ids[i]));
	exec_release(run, state);
}

static void warn_all(struct run *run)
{
	for (size_t i = 0; i < run->nrequests; i++) {
		struct request *request = run->requests[i];

		if (request->verb == VERB_ADD) {
			request->ids = &request->added;
			request->nids = 1;
		}
		if (request->verb == VERB_ADD || request->verb == VERB_SET ||
		    request->verb == VERB_ENABLE)
			warn_rows(run, request);
	}
}

static void take_answer(struct run *run, const struct conf_answer *answer)
{
	const struct call *call = run->call;

	if (!answer->ok && run->nrequests > 1) {
		/* One after another, up to the one that can't be: those before it are made, and
		 * it is named. */
		run->alone_until = run->at;
		run->at = run->first_at - 1;
		return;
	}
	exec_notice(run, text_str(&run->notice));
	if (!answer->ok) {
		run->diag = *answer->diag;
		exec_locate(run, call, &run->diag);
		(void)exec_fail(run);
		return;
	}
	if (call->command.verb == VERB_ADD)
		exec_push(run, value_id(&run->arena, answer->id));
	else
		exec_push(run, (struct value){ .kind = VALUE_NIL });
	warn_all(run);
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

static struct request *request_new(struct exec *exec, const struct call *call)
{
	struct run *run = exec->run;
	const struct command *command = &call->command;
	struct request *request = arena_new(&run->arena, 1, sizeof *request);

	*request =
		(struct request){ .menu = command->older != NULL ? command->older : command->menu,
		                  .verb = command->verb,
		                  .who = run->host.who,
		                  .door = run->host.door,
		                  .trial = exec_trial(run),
		                  .lacks = permission_lacking(run),
		                  .line = call_line(call, &run->arena),
		                  .arena = &run->arena,
		                  .notice = &run->notice };
	if (command->verb == VERB_RESET)
		request->verb = VERB_UNSET;
	if (command->older != NULL && command->verb != VERB_ADD && command->verb != VERB_SET)
		request->menu = command->menu;
	return request;
}

/* An add whose values are all there, and whose row will be stored. */
static bool is_plain_add(const struct op *op)
{
	const struct call *call = op->call;

	if (op->code != OP_CALL || op->wanted || call->command.kind != COMMAND_VERB ||
	    call->command.verb != VERB_ADD || call->ncomputed > 0)
		return false;
	for (const struct arg *arg = call->args; arg != NULL; arg = arg->next) {
		int i = menu_field(call->command.menu, arg->param.name);

		if (arg->param.kind != PARAM_VALUE)
			return false;
		if (i >= 0 && (call->command.menu->fields[i].flags & F_PASSING) != 0)
			return false;
	}
	return true;
}

/* The plain add that follows at once, its place in *@at; NULL: something else does. */
static const struct call *next_add(struct run *run, size_t *at)
{
	const struct op *ops = run->code->ops;
	size_t next = *at + 1;

	if (*at >= run->code->nops || ops[*at].code != OP_DROP)
		return NULL;
	while (next < run->code->nops && ops[next].code == OP_GO)
		next++;
	if (next >= run->code->nops || !is_plain_add(&ops[next]) ||
	    (permission_needed(ops[next].call) & permission_lacking(run)) != 0)
		return NULL;
	for (size_t i = *at + 1; i < next; i++)
		run->host.go(run->host.arg, ops[i].text);
	*at = next + 1;
	exec_import_echo(run, ops[next].call);
	return ops[next].call;
}

/*
 * A script that adds one row after another makes a transaction of many: each transaction looks at
 * all rows and waits for the disk, and 100,000 of them would take hours.
 */
static void join_adds(struct exec *exec)
{
	struct run *run = exec->run;
	const struct call *call;
	const char *line = run->requests[0]->line;

	if (run->at <= run->alone_until || !is_plain_add(&run->code->ops[run->at - 1]))
		return;
	while (run->nrequests < joined_max(run) && (call = next_add(run, &run->at)) != NULL) {
		struct request *request = request_new(exec, call);

		for (const struct arg *arg = call->args; arg != NULL; arg = arg->next)
			(void)request_arg(exec, request, NULL, arg);
		run->requests[run->nrequests++] = request;
	}
	if (run->nrequests > 1)
		run->requests[0]->line = arena_printf(&run->arena, "%s (and %zu that follow)", line,
		                                      run->nrequests - 1);
}

/* Nobody is waited for. */
static bool change_draft(struct run *run)
{
	struct diag diag = { 0 };
	struct conf_answer answer = { .diag = &diag };

	answer.ok = conf_draft_change_all(run->host.draft, run->requests, run->nrequests, &diag);
	answer.id = answer.ok ? run->requests[run->nrequests - 1]->added : 0;
	take_answer(run, &answer);
	text_free(&run->notice);
	return !run->failed;
}

/* reset without names: all but what an item is called, and what it can't be without. */
static void reset_all(struct request *request)
{
	const uint32_t stays = F_READ_ONLY | F_DEFAULT_NAME | F_KEY | F_REQUIRED | F_PASSING;

	for (size_t i = 0; i < request->menu->nfields; i++)
		if ((request->menu->fields[i].flags & stays) == 0)
			request_put(request, request->menu->fields[i].name, NULL);
}

bool exec_change(struct exec *exec)
{
	struct run *run = exec->run;
	struct request *request = request_new(exec, exec->call);
	struct id_list ids = { 0 };

	if (!exec_need_items(exec))
		return false;
	for (const struct arg *arg = exec->call->args; arg != NULL; arg = arg->next)
		if (!request_arg(exec, request, &ids, arg))
			return false;
	if (exec->call->command.verb == VERB_RESET && request->fields == NULL)
		reset_all(request);
	request->ids = ids.at;
	request->nids = ids.n;
	run->depth -= exec->call->ncomputed;
	if (ids.n == 0 &&
	    command_takes_items(&exec->call->command)) { /* [find ...] found nothing */
		exec_push(run, (struct value){ .kind = VALUE_NIL });
		return true;
	}
	run->call = exec->call;
	run->requests = arena_new(&run->arena, joined_max(run), sizeof(struct request *));
	run->requests[0] = request;
	run->nrequests = 1;
	run->first_at = run->at;
	join_adds(exec);
	if (run->host.draft != NULL)
		return change_draft(run);
	run->changing = true;
	conf_change_all(run->host.conf, run->requests, run->nrequests, answered, run);
	return true;
}
