/* export: the configuration as lines, to the console or to a file of the router's. */
#include <string.h>

#include "conf/conf.h"
#include "lang/exec.h"
#include "lang/expr.h"

/* Which rows where means. */
struct chooser {
	struct row_sink sink; /* first */
	struct exec *exec;
	const struct conf_state *state;
	bool holds;
};

static bool judge_row(struct row_sink *sink, const struct row *row)
{
	struct chooser *chooser = (struct chooser *)sink;

	chooser->holds = expr_holds(chooser->exec->call->where, chooser->state, row);
	return false;
}

/* The row is shown with its status: where may ask for that. */
static bool is_wanted(void *arg, const struct menu *menu, const struct row *row)
{
	struct chooser *chooser = arg;

	chooser->holds = false;
	if (menu == chooser->exec->menu)
		(void)conf_row_show(chooser->exec->run->host.conf, chooser->state, menu, row->id,
		                    &chooser->sink);
	return chooser->holds;
}

/* Some menu is at or below the @len bytes of @path. */
static bool leads_somewhere(const struct menu *const *menus, const char *path, size_t len)
{
	for (; *menus != NULL; menus++) {
		const char *menu = (*menus)->path;

		if (len > 1 && strncmp(menu, path, len) == 0 &&
		    (menu[len] == '\0' || menu[len] == '/'))
			return true;
	}
	return len == 1 && *path == '/';
}

static bool check_choice(struct exec *exec, const struct arg *arg, const char *choice)
{
	struct run *run = exec->run;

	while (*choice != '\0') {
		size_t len = strcspn(choice, ",");
		size_t not = *choice == '!';

		if (!leads_somewhere(conf_menus(run->host.conf), choice + not, len - not )) {
			diag_fail_at(&run->diag, arg->value_spot.line, arg->value_spot.column,
			             "invalid value for argument path\nthere is no menu %.*s; "
			             "write it as in path=/ip/firewall,!/ip/firewall/nat",
			             (int)(len - not ), choice + not );
			return exec_fail(run);
		}
		choice += len + (choice[len] == ',');
	}
	return true;
}

static bool take_arguments(struct exec *exec, struct export_options *options)
{
	for (const struct arg *arg = exec->call->args; arg != NULL; arg = arg->next) {
		if (strcmp(arg->param.name, "file") == 0 && !exec_file_name(exec, "file"))
			return false;
		if (strcmp(arg->param.name, "path") != 0)
			continue;
		options->choice = exec_text(exec, arg);
		if (!check_choice(exec, arg, options->choice))
			return false;
	}
	return true;
}

static bool write(struct exec *exec, struct export_options *options)
{
	struct run *run = exec->run;
	struct chooser chooser = { .sink = { judge_row }, .exec = exec, .state = exec_hold(run) };

	options->state = chooser.state;
	if (exec->call->where != NULL) {
		if (!expr_bind(exec->call->where, chooser.state, exec_where(exec), &run->arena,
		               &run->diag)) {
			exec_release(run, chooser.state);
			return exec_fail(run);
		}
		options->wanted = is_wanted;
		options->arg = &chooser;
	}
	conf_export(run->host.conf, options, &run->out);
	exec_release(run, chooser.state);
	return true;
}

bool exec_export(struct exec *exec)
{
	struct run *run = exec->run;
	unsigned flags = exec->call->options;
	struct export_options options = {
		.path = exec->menu != NULL ? exec->menu->path : exec->call->command.place.path,
		.verbose = (flags & OPTION_VERBOSE) != 0,
		.terse = (flags & OPTION_TERSE) != 0,
		.show_sensitive = (flags & OPTION_SHOW_SENSITIVE) != 0 &&
		                  (flags & OPTION_HIDE_SENSITIVE) == 0,
	};

	if (!take_arguments(exec, &options) || !write(exec, &options))
		return false;
	run->depth -= exec->call->ncomputed;
	if (call_arg(exec->call, "file") != NULL)
		return exec_file_export(run);
	exec_push(run, exec->wanted ? value_text(&run->arena, text_str(&run->out))
	                            : (struct value){ .kind = VALUE_NIL });
	if (exec->wanted)
		text_clear(&run->out);
	exec_show(run, SHOW_PAGE);
	return true;
}
