#include "conf/run.h"

#include <string.h>

#include "conf/conf.h"
#include "conf/diag.h"
#include "conf/expr.h"
#include "conf/type.h"
#include "conf/value.h"
#include "lib/mem.h"
#include "lib/text.h"

struct run {
	struct run_host host;
	struct program program;
	size_t at;           /* the operation to come */
	struct value *stack; /* values that wait for the command around them */
	size_t depth, stack_size;
	struct arena arena; /* of the command at the outside; emptied when the stack is */
	struct diag diag;
	bool failed, interrupted, finished;

	/* A change on its way. */
	const struct call *call;
	struct request *request;
	struct text notice;
	bool changing, answered, orphan;

	/* An action at work. */
	const struct action *action;
	void *action_state;
	struct text out;
};

/* What a command works with. */
struct exec {
	struct run *run;
	const struct call *call;
	const struct menu *menu;
	bool wanted;
	size_t computed; /* where on the stack its next computed argument lies */
};

static bool run_fail(struct run *run)
{
	run->failed = true;
	return false;
}

/* In a script, an error without a place of its own gets that of its argument or command. */
static void locate(const struct run *run, const struct call *call, struct diag *diag)
{
	const struct arg *arg = diag->field[0] != '\0' ? call_arg(call, diag->field) : NULL;
	const struct spot *spot = arg != NULL ? &arg->value_spot : &call->spot;

	if (diag->at_position || !run->program.several_lines)
		return;
	diag->at_position = true;
	if (diag->line != 0)
		return;
	diag->line = spot->line;
	diag->column = spot->column;
}

static void push(struct run *run, struct value value)
{
	if (run->depth == run->stack_size) {
		run->stack_size = run->stack_size > 0 ? run->stack_size * 2 : 16;
		run->stack = mem_resize(run->stack, run->stack_size, sizeof run->stack[0]);
	}
	run->stack[run->depth++] = value;
}

/* A line that is a command is what an older spelling was rewritten into. */
static void notice_lines(struct run *run, const char *text)
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

static void flush(struct run *run)
{
	if (run->out.len > 0)
		run->host.out(run->host.arg, text_str(&run->out), run->out.len);
	text_clear(&run->out);
}

/* --- arguments --- */

/* The value of @arg: as typed, or what the command in brackets has yielded. */
static struct value arg_value(struct exec *exec, const struct arg *arg)
{
	if (arg->computed)
		return exec->run->stack[exec->computed++];
	return (struct value){ .kind = arg->value != NULL ? VALUE_TEXT : VALUE_NIL,
		               .text = arg->value };
}

static bool arg_items(struct exec *exec, const struct arg *arg, const struct value *value,
                      struct id_list *list)
{
	struct run *run = exec->run;

	if (value->kind == VALUE_IDS) {
		for (size_t i = 0; i < value->ids.n; i++)
			id_list_push(list, &run->arena, value->ids.at[i]);
		return true;
	}

	const struct conf_state *state = conf_hold(run->host.conf);
	struct selector selector = { .conf = run->host.conf,
		                     .state = state,
		                     .menu = exec->menu,
		                     .numbering = run->host.numbering,
		                     .arena = &run->arena,
		                     .spot = arg->value_spot };
	bool ok = items_select(&selector, value_str(value, &run->arena), list, &run->diag);

	conf_release(run->host.conf, state);
	return ok || run_fail(run);
}

/* Exactly one item, for place-before and its like. */
static bool arg_item(struct exec *exec, const struct arg *arg, const struct value *value,
                     uint32_t *ret_id)
{
	struct id_list list = { 0 };

	if (!arg_items(exec, arg, value, &list))
		return false;
	if (list.n == 1) {
		*ret_id = list.at[0];
		return true;
	}
	diag_fail_at(&exec->run->diag, arg->value_spot.line, arg->value_spot.column,
	             "expected item id\n%s means one item, not %zu", arg->param.name, list.n);
	return run_fail(exec->run);
}

static bool need_items(struct exec *exec)
{
	if (!command_takes_items(&exec->call->command) || call_arg(exec->call, "numbers") != NULL)
		return true;
	(void)diag_fail(&exec->run->diag, "numbers", "missing value(s) of argument(s) numbers");
	return run_fail(exec->run);
}

/* --- changes --- */

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

static bool unknown_property(struct exec *exec, const struct arg *arg, const char *name)
{
	diag_fail_at(&exec->run->diag, arg->value_spot.line, arg->value_spot.column,
	             "input does not match any value of %s\nthere is no property \"%s\" here",
	             arg->param.name, name);
	return run_fail(exec->run);
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
			return unknown_property(exec, arg, name);
		field_append(exec, request, arg, field != NULL ? field->name : name, NULL);
		names += len + (names[len] == ',');
	}
	return true;
}

static bool request_arg(struct exec *exec, struct request *request, struct id_list *ids,
                        const struct arg *arg)
{
	struct value value = arg_value(exec, arg);
	struct arena *arena = &exec->run->arena;
	uint32_t id;

	switch (arg->param.kind) {
	case PARAM_ITEMS:
		if (strcmp(arg->param.name, "numbers") == 0)
			return arg_items(exec, arg, &value, ids);
		if (!arg_item(exec, arg, &value, &id))
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

/* What is a person to be told about the rows they have just made or changed? */
static void warn_rows(struct run *run)
{
	const struct menu *menu = run->request->menu;
	const struct conf_state *state = conf_hold(run->host.conf);
	struct text text = { 0 };

	for (size_t i = 0; menu->warn != NULL && i < run->request->nids; i++) {
		const struct row *row = conf_state_row(state, menu->path, run->request->ids[i]);

		text_clear(&text);
		if (row != NULL && menu->warn(conf_router(run->host.conf), state, row, &text))
			notice_lines(run, text_str(&text));
	}
	text_free(&text);
	conf_release(run->host.conf, state);
}

static void take_answer(struct run *run, const struct conf_answer *answer)
{
	const struct call *call = run->call;

	notice_lines(run, text_str(&run->notice));
	if (!answer->ok) {
		run->diag = *answer->diag;
		locate(run, call, &run->diag);
		(void)run_fail(run);
		return;
	}
	if (call->command.verb == VERB_ADD) {
		struct value id = value_id(&run->arena, answer->id);

		run->request->ids = id.ids.at;
		run->request->nids = id.ids.n;
		push(run, id);
	} else {
		push(run, (struct value){ .kind = VALUE_NIL });
	}
	if (call->command.verb == VERB_ADD || call->command.verb == VERB_SET ||
	    call->command.verb == VERB_ENABLE)
		warn_rows(run);
}

static void answered(void *arg, const struct conf_answer *answer)
{
	struct run *run = arg;

	run->changing = false;
	run->answered = true;
	if (!run->orphan)
		take_answer(run, answer);
	text_free(&run->notice);
	if (run->orphan)
		run_free(run);
}

static bool exec_change(struct exec *exec)
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
	if (!need_items(exec))
		return false;
	for (const struct arg *arg = exec->call->args; arg != NULL; arg = arg->next)
		if (!request_arg(exec, request, &ids, arg))
			return false;
	request->ids = ids.at;
	request->nids = ids.n;
	run->depth -= exec->call->ncomputed;
	if (ids.n == 0 && command_takes_items(command)) { /* [find ...] has found nothing */
		push(run, (struct value){ .kind = VALUE_NIL });
		return true;
	}
	run->call = exec->call;
	run->request = request;
	run->changing = true;
	run->answered = false;
	conf_change(run->host.conf, request, answered, run);
	return true;
}

/* --- reading --- */

/* Collect the menu's items and say which of them the command is about. */
static bool select_rows(struct exec *exec, const struct conf_state *state, struct items *items,
                        bool **ret_shown)
{
	struct run *run = exec->run;
	struct id_list from = { 0 };
	const struct arg *arg = call_arg(exec->call, "from");

	items_collect(run->host.conf, state, exec->menu, &run->arena, items);
	if (arg != NULL) {
		struct value value = arg_value(exec, arg);

		if (!arg_items(exec, arg, &value, &from))
			return false;
	}
	*ret_shown = arena_new(&run->arena, items->n + 1, sizeof **ret_shown);
	expr_bind(exec->call->where, state, &run->arena);
	for (size_t i = 0; i < items->n; i++) {
		bool meant = arg == NULL;

		for (size_t j = 0; j < from.n && !meant; j++)
			meant = from.at[j] == items->at[i]->id;
		(*ret_shown)[i] = meant && expr_holds(exec->call->where, state, items->at[i]);
	}
	return true;
}

/* Each of the comma-separated names must be a property's. */
static bool check_names(struct exec *exec, const struct arg *arg, const char *names)
{
	while (*names != '\0') {
		size_t len = strcspn(names, ",");
		const char *name = arena_strndup(&exec->run->arena, names, len);

		if (menu_field_find(exec->menu, name) == NULL && strcmp(name, ".id") != 0)
			return unknown_property(exec, arg, name);
		names += len + (names[len] == ',');
	}
	return true;
}

static bool print_proplist(struct exec *exec, const char **ret_names)
{
	const struct arg *arg = call_arg(exec->call, "proplist");

	*ret_names = NULL;
	if (arg == NULL)
		return true;
	*ret_names = arg->value != NULL ? arg->value : "";
	return check_names(exec, arg, *ret_names);
}

static bool exec_print(struct exec *exec)
{
	struct run *run = exec->run;
	const struct conf_state *state = conf_hold(run->host.conf);
	const char *proplist;
	struct items items;
	bool *shown = NULL;
	bool ok = print_proplist(exec, &proplist) && select_rows(exec, state, &items, &shown);

	if (ok) {
		struct print_job job = { .call = exec->call,
			                 .state = state,
			                 .items = &items,
			                 .shown = shown,
			                 .proplist = proplist,
			                 .wanted = exec->wanted };

		if (!exec->wanted && (exec->call->options & OPTION_COUNT_ONLY) == 0)
			numbering_set(run->host.numbering, exec->menu, &items);
		run->host.print(run->host.arg, &job, &run->out);
		run->depth -= exec->call->ncomputed;
		if (exec->wanted) {
			push(run, value_text(&run->arena, text_str(&run->out)));
			text_clear(&run->out);
		} else {
			push(run, (struct value){ .kind = VALUE_NIL });
			flush(run);
		}
	}
	conf_release(run->host.conf, state);
	return ok;
}

static bool exec_find(struct exec *exec)
{
	struct run *run = exec->run;
	const struct conf_state *state = conf_hold(run->host.conf);
	struct value found = { .kind = VALUE_IDS };
	struct items items;
	bool *shown = NULL;
	bool ok = select_rows(exec, state, &items, &shown);

	for (size_t i = 0; ok && i < items.n; i++)
		if (shown[i] && items.at[i]->id != 0)
			id_list_push(&found.ids, &run->arena, items.at[i]->id);
	if (ok)
		push(run, found);
	conf_release(run->host.conf, state);
	return ok;
}

static const struct row *item_of(const struct items *items, uint32_t id)
{
	for (size_t i = 0; i < items->n; i++)
		if (items->at[i]->id == id)
			return items->at[i];
	return NULL;
}

static bool get_from(struct exec *exec, const struct conf_state *state, const struct row *row,
                     const struct arg *name_arg, const char *name)
{
	struct run *run = exec->run;
	struct text text = { 0 };
	bool ok = true;

	if (name_arg == NULL)
		value_row(exec->menu, state, row, &text);
	else
		ok = value_property(exec->menu, state, row, name, &text);
	if (ok)
		push(run, value_text(&run->arena, text_str(&text)));
	text_free(&text);
	return ok || unknown_property(exec, name_arg, name);
}

static bool exec_get(struct exec *exec)
{
	struct run *run = exec->run;
	bool settings = exec->menu->kind == MENU_SETTINGS;
	const struct arg *name_arg = NULL;
	const char *name = NULL;
	uint32_t id = 0;

	if (!need_items(exec))
		return false;
	for (const struct arg *arg = exec->call->args; arg != NULL; arg = arg->next) {
		struct value value = arg_value(exec, arg);

		if (arg->param.kind == PARAM_FIELDS) {
			name_arg = arg;
			name = value_str(&value, &run->arena);
		} else if (!arg_item(exec, arg, &value, &id)) {
			return false;
		}
	}
	run->depth -= exec->call->ncomputed;

	const struct conf_state *state = conf_hold(run->host.conf);
	struct items items;

	items_collect(run->host.conf, state, exec->menu, &run->arena, &items);

	const struct row *row = settings && items.n > 0 ? items.at[0] : item_of(&items, id);
	bool ok = row != NULL;

	if (!ok) {
		(void)diag_fail(&run->diag, NULL, "no such item");
		(void)run_fail(run);
	}
	ok = ok && get_from(exec, state, row, name_arg, name);
	conf_release(run->host.conf, state);
	return ok;
}

static bool exec_export(struct exec *exec)
{
	struct run *run = exec->run;
	unsigned options = exec->call->options;

	conf_export(run->host.conf,
	            &(struct export_options){
			    .path = exec->menu != NULL ? exec->menu->path
	                                               : exec->call->command.place.path,
			    .verbose = (options & OPTION_VERBOSE) != 0,
			    .terse = (options & OPTION_TERSE) != 0,
			    .show_sensitive = (options & OPTION_SHOW_SENSITIVE) != 0 },
	            &run->out);
	push(run, exec->wanted ? value_text(&run->arena, text_str(&run->out))
	                       : (struct value){ .kind = VALUE_NIL });
	if (exec->wanted)
		text_clear(&run->out);
	flush(run);
	return true;
}

static bool exec_put(struct exec *exec)
{
	struct run *run = exec->run;
	const struct arg *arg = call_arg(exec->call, "message");

	if (arg == NULL) {
		(void)diag_fail(&run->diag, "message", "missing value(s) of argument(s) message");
		return run_fail(run);
	}

	struct value value = arg_value(exec, arg);

	text_add(&run->out, value_str(&value, &run->arena));
	text_char(&run->out, '\n');
	flush(run);
	run->depth -= exec->call->ncomputed;
	push(run, (struct value){ .kind = VALUE_NIL });
	return true;
}

/* --- actions --- */

static bool read_field(struct exec *exec, const struct field *field, const char *text, void *args)
{
	struct run *run = exec->run;
	const struct conf_state *state = conf_hold(run->host.conf);
	uint8_t *at = (uint8_t *)args + field->offset;

	memset(at, 0, field->bytes);

	bool ok = field->type->parse(field, state, text, at, &run->diag);

	conf_release(run->host.conf, state);
	return ok || run_fail(run);
}

/* The defaults, and a complaint about what has none and must be given. */
static bool action_defaults(struct exec *exec, void *args)
{
	const struct action *action = exec->call->command.action;
	struct text missing = { 0 };

	for (size_t i = 0; i < action->nfields; i++) {
		const struct field *field = &action->fields[i];

		if (field->dflt != NULL && !read_field(exec, field, field->dflt, args))
			return false;
		if ((field->flags & F_REQUIRED) != 0 && call_arg(exec->call, field->name) == NULL)
			text_printf(&missing, "%s%s", missing.len > 0 ? ", " : "", field->name);
	}

	bool ok = missing.len == 0;

	if (!ok)
		(void)diag_fail(&exec->run->diag, NULL, "missing value(s) of argument(s) %s",
		                text_str(&missing));
	text_free(&missing);
	return ok || run_fail(exec->run);
}

static bool exec_action(struct exec *exec)
{
	struct run *run = exec->run;
	const struct action *action = exec->call->command.action;
	void *args = arena_new(&run->arena, 1, action->args_size + 1);
	void *state = arena_new(&run->arena, 1, action->state_size + 1);

	if (!action_defaults(exec, args))
		return false;
	for (const struct arg *arg = exec->call->args; arg != NULL; arg = arg->next) {
		struct value value = arg_value(exec, arg);

		if (!read_field(exec, arg->param.field, value_str(&value, &run->arena), args))
			return false;
	}
	run->depth -= exec->call->ncomputed;

	bool ok = action->start(conf_router(run->host.conf), args, state, &run->out, &run->diag);

	flush(run);
	if (!ok)
		return run_fail(run);
	if (action->turn == NULL) {
		push(run, (struct value){ .kind = VALUE_NIL });
		return true;
	}
	run->action = action;
	run->action_state = state;
	return true;
}

static void action_turn(struct run *run, mono now)
{
	bool over =
		run->action->turn(conf_router(run->host.conf), run->action_state, &run->out, now);

	flush(run);
	if (!over)
		return;
	run->action = NULL;
	push(run, (struct value){ .kind = VALUE_NIL });
}

static void action_stop(struct run *run)
{
	if (run->action == NULL)
		return;
	if (run->action->stop != NULL)
		run->action->stop(conf_router(run->host.conf), run->action_state, &run->out);
	run->action = NULL;
}

/* --- the machine --- */

static bool exec_verb(struct exec *exec)
{
	switch (exec->call->command.verb) {
	case VERB_PRINT:
		return exec_print(exec);
	case VERB_FIND:
		return exec_find(exec);
	case VERB_GET:
		return exec_get(exec);
	case VERB_EXPORT:
		return exec_export(exec);
	case VERB_ACTION:
		return exec_action(exec);
	default:
		return exec_change(exec);
	}
}

static void exec_call(struct run *run, const struct op *op)
{
	struct exec exec = {
		.run = run, .call = op->call, .menu = op->call->command.menu, .wanted = op->wanted
	};
	bool ok = true;

	must(run->depth >= op->call->ncomputed);
	exec.computed = run->depth - op->call->ncomputed;
	if (op->call->command.kind == COMMAND_PUT) {
		ok = exec_put(&exec);
	} else if (op->call->command.kind == COMMAND_QUIT) {
		run->finished = true;
		run->host.quit(run->host.arg);
	} else {
		ok = exec_verb(&exec);
	}
	if (!ok)
		locate(run, op->call, &run->diag);
}

static void exec_op(struct run *run)
{
	const struct op *op = &run->program.ops[run->at++];

	switch (op->code) {
	case OP_CALL:
		exec_call(run, op);
		break;
	case OP_DROP:
		must(run->depth > 0);
		if (--run->depth == 0)
			arena_free(&run->arena);
		break;
	case OP_GO:
		run->host.go(run->host.arg, op->path);
		break;
	}
}

struct run *run_new(const struct run_host *host, struct program *program)
{
	struct run *run = mem_new(1, sizeof *run);

	run->host = *host;
	run->program = *program;
	*program = (struct program){ 0 };
	return run;
}

static bool over(const struct run *run)
{
	return run->failed || run->interrupted || run->finished || run->at == run->program.nops;
}

enum run_state run_step(struct run *run, mono now, unsigned budget)
{
	if (run->action != NULL)
		action_turn(run, now);
	while (budget-- > 0 && !run->changing && run->action == NULL && !over(run))
		exec_op(run);
	if (run->changing || run->action != NULL)
		return RUN_WAITING;
	return over(run) ? RUN_DONE : RUN_RUNNING;
}

void run_interrupt(struct run *run)
{
	action_stop(run);
	flush(run);
	run->interrupted = true;
}

bool run_ok(const struct run *run)
{
	return !run->failed;
}

bool run_interrupted(const struct run *run)
{
	return run->interrupted;
}

const struct diag *run_diag(const struct run *run)
{
	return &run->diag;
}

void run_free(struct run *run)
{
	if (run == NULL)
		return;
	if (run->changing) {
		run->orphan = true;
		return;
	}
	action_stop(run);
	text_free(&run->out);
	text_free(&run->notice);
	program_free(&run->program);
	mem_free(run->stack);
	arena_free(&run->arena);
	mem_free(run);
}
