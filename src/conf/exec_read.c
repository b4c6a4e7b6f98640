/* Commands that only read: print, find, get, export; and put. */
#include <string.h>

#include "conf/conf.h"
#include "conf/exec.h"
#include "conf/expr.h"

/* Collect the menu's items and say which of them the command is about. */
static bool select_rows(struct exec *exec, const struct conf_state *state, struct items *items,
                        bool **ret_shown)
{
	struct run *run = exec->run;
	struct id_list from = { 0 };
	const struct arg *arg = call_arg(exec->call, "from");

	items_collect(run->host.conf, state, exec->menu, &run->arena, items);
	if (arg != NULL) {
		struct value value = exec_value(exec, arg);

		if (!exec_items(exec, arg, &value, &from))
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
			return exec_unknown_property(exec, arg, name);
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

static bool read_print(struct exec *exec)
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
			exec_push(run, value_text(&run->arena, text_str(&run->out)));
			text_clear(&run->out);
		} else {
			exec_push(run, (struct value){ .kind = VALUE_NIL });
			exec_flush(run);
		}
	}
	conf_release(run->host.conf, state);
	return ok;
}

static bool read_find(struct exec *exec)
{
	struct run *run = exec->run;
	const struct conf_state *state = conf_hold(run->host.conf);
	struct value found = { .kind = VALUE_IDS };
	struct items items;
	bool *shown = NULL;
	bool ok = select_rows(exec, state, &items, &shown);

	for (size_t i = 0; ok && i < items.n; i++)
		/* What is made of another item can't be changed: "remove [find]" means the rest. */
		if (shown[i] && items.at[i]->id != 0 && !row_is_made_of(items.at[i]->id))
			id_list_push(&found.ids, &run->arena, items.at[i]->id);
	if (ok)
		exec_push(run, found);
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
		exec_push(run, value_text(&run->arena, text_str(&text)));
	text_free(&text);
	return ok || exec_unknown_property(exec, name_arg, name);
}

static bool read_get(struct exec *exec)
{
	struct run *run = exec->run;
	bool settings = exec->menu->kind == MENU_SETTINGS;
	const struct arg *name_arg = NULL;
	const char *name = NULL;
	uint32_t id = 0;

	if (!exec_need_items(exec))
		return false;
	for (const struct arg *arg = exec->call->args; arg != NULL; arg = arg->next) {
		struct value value = exec_value(exec, arg);

		if (arg->param.kind == PARAM_FIELDS) {
			name_arg = arg;
			name = value_str(&value, &run->arena);
		} else if (!exec_item(exec, arg, &value, &id)) {
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
		(void)diag_fail(&run->diag, NULL,
		                "no such item\nit is gone; print shows which there are");
		(void)exec_fail(run);
	}
	ok = ok && get_from(exec, state, row, name_arg, name);
	conf_release(run->host.conf, state);
	return ok;
}

static bool read_export(struct exec *exec)
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
	if (call_arg(exec->call, "file") != NULL)
		return exec_file_export(exec);
	exec_push(run, exec->wanted ? value_text(&run->arena, text_str(&run->out))
	                            : (struct value){ .kind = VALUE_NIL });
	if (exec->wanted)
		text_clear(&run->out);
	exec_flush(run);
	return true;
}

bool exec_read_put(struct exec *exec)
{
	struct run *run = exec->run;
	const struct arg *arg = call_arg(exec->call, "message");

	if (arg == NULL) {
		(void)diag_fail(&run->diag, "message",
		                "missing value(s) of argument(s) message\n"
		                "say what to print: :put hello, or :put [/ip/route/find]");
		return exec_fail(run);
	}

	struct value value = exec_value(exec, arg);

	text_add(&run->out, value_str(&value, &run->arena));
	text_char(&run->out, '\n');
	exec_flush(run);
	run->depth -= exec->call->ncomputed;
	exec_push(run, (struct value){ .kind = VALUE_NIL });
	return true;
}

bool exec_read(struct exec *exec)
{
	switch (exec->call->command.verb) {
	case VERB_PRINT:
		return read_print(exec);
	case VERB_FIND:
		return read_find(exec);
	case VERB_GET:
		return read_get(exec);
	default:
		return read_export(exec);
	}
}
