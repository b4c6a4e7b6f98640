/*
 * exec_keys.c -- actions that have the terminal to themselves: /tool/telnet.
 *
 * They are told where somebody sits and get what is typed; what they say goes out as it is, as fast
 * as it is taken.
 */
#include "conf/conf.h"
#include "lang/exec.h"

bool exec_keys_allowed(struct run *run, const struct action *action)
{
	if (action->keys == NULL || (run->host.asks && run->host.terminal != NULL))
		return true;
	(void)diag_fail(&run->diag, NULL,
	                "failure: %s needs somebody at a terminal\n"
	                "it can't be called by a script, a file or a line of -c",
	                action->name);
	return exec_fail(run);
}

static void tell_terminal(struct run *run)
{
	struct action_terminal now = { 0 };

	run->host.terminal(run->host.arg, &now);
	if (now.width == run->terminal.width && now.height == run->terminal.height &&
	    now.dumb == run->terminal.dumb)
		return;
	run->terminal = now;
	run->action->terminal(conf_router(run->host.conf), run->action_state, &run->terminal);
}

void exec_keys_begin(struct run *run)
{
	if (!run_takes_keys(run))
		return;
	run->terminal = (struct action_terminal){ 0 };
	run->due = run->now;
	tell_terminal(run);
}

bool exec_keys_turn(struct run *run)
{
	if (!run_takes_keys(run))
		return true;
	run->due = mono_never();
	tell_terminal(run);
	return run->host.has_room == NULL || run->host.has_room(run->host.arg);
}

void exec_keys_flush(struct run *run)
{
	if (run->out.len == 0)
		return;
	run->due = run->now;
	exec_show(run, SHOW_BYTES);
}
