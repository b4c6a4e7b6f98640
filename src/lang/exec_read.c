/* What only reads and is no list: get. */
#include <string.h>

#include "conf/conf.h"
#include "lang/exec.h"

/* Catches the row that is offered. */
struct catch_sink {
	struct row_sink sink;
	const struct menu *menu;
	struct arena *arena;
	struct items items;
};

static bool catch_row(struct row_sink *sink, const struct row *row)
{
	struct catch_sink *mine = (struct catch_sink *)sink;

	items_add(&mine->items, mine->arena, mine->menu, row, ITEM_NO_NUMBER);
	return false;
}

/* The row with @id, or of settings the only one; NULL: it is not there. */
static const struct row *item_of(struct exec *exec, const struct conf_state *state, uint32_t id)
{
	struct conf *conf = exec->run->host.conf;
	struct catch_sink sink = { .sink = { catch_row },
		                   .menu = exec->menu,
		                   .arena = &exec->run->arena };

	if (exec->menu->kind == MENU_SETTINGS)
		(void)conf_rows_walk(conf, state, exec->menu, &sink.sink);
	else
		(void)conf_row_show(conf, state, exec->menu, id, &sink.sink);
	return sink.items.n > 0 ? sink.items.at[0] : NULL;
}

static bool get_from(struct exec *exec, const struct conf_state *state, const struct row *row,
                     const struct arg *name_arg, const char *name)
{
	struct run *run = exec->run;
	struct value value;
	bool ok = true;

	if (name_arg == NULL)
		value = value_row(exec->menu, state, row, &run->arena);
	else
		ok = value_property(exec->menu, state, row, name, &run->arena, &value);
	if (ok)
		exec_push(run, value);
	return ok || exec_unknown_property(exec, name_arg, name);
}

static bool read_get(struct exec *exec)
{
	struct run *run = exec->run;
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

	const struct conf_state *state = exec_hold(run);
	const struct row *row = item_of(exec, state, id);
	bool ok = row != NULL;

	if (!ok) {
		(void)diag_fail(&run->diag, NULL,
		                "no such item\nit is gone; print shows which there are");
		(void)exec_fail(run);
	}
	ok = ok && get_from(exec, state, row, name_arg, name);
	exec_release(run, state);
	return ok;
}

bool exec_read(struct exec *exec)
{
	switch (exec->call->command.verb) {
	case VERB_GET:
		return read_get(exec);
	default:
		return exec_export(exec);
	}
}
