#include "lang/run.h"

#include "conf/draft.h"
#include "lang/exec.h"
#include "lib/mem.h"

static bool carry_out(struct exec *exec)
{
	switch (exec->call->command.verb) {
	case VERB_PRINT:
	case VERB_FIND:
		return exec_rows(exec);
	case VERB_GET:
	case VERB_EXPORT:
		return exec_read(exec);
	case VERB_ACTION:
		return exec_action(exec);
	default:
		return exec_change(exec);
	}
}

void run_call(struct run *run, const struct call *call, bool wanted)
{
	struct exec exec = {
		.run = run, .call = call, .menu = call->command.menu, .wanted = wanted
	};
	bool ok = true;

	must(run->depth >= call->ncomputed);
	exec_import_echo(run, call);
	exec.computed = run->depth - call->ncomputed;
	if (call->command.kind == COMMAND_PUT) {
		ok = exec_read_put(&exec);
	} else if (call->command.kind == COMMAND_IMPORT) {
		ok = exec_import(&exec);
	} else if (call->command.kind == COMMAND_QUIT) {
		run->finished = true;
		run->host.quit(run->host.arg);
	} else {
		ok = carry_out(&exec);
	}
	if (ok)
		return;
	run->failed = true;
	exec_locate(run, call, &run->diag);
}

static void run_op(struct run *run)
{
	const struct op *op = &run->program.ops[run->at++];

	switch (op->code) {
	case OP_CALL:
		if (!exec_ask_missing(run, op))
			run_call(run, op->call, op->wanted);
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

static bool waits(const struct run *run)
{
	return run->changing || run->action != NULL || run->inner != NULL || run->reading != NULL ||
	       run->asking != NULL;
}

/* While nobody takes what was shown, nothing more is done: what stands behind a page may depend on
 * how it is answered. */
static bool has_reader(const struct run *run)
{
	return run->host.has_room == NULL || run->host.has_room(run->host.arg);
}

enum run_state run_step(struct run *run, mono now, unsigned budget)
{
	run->now = now;
	if (run->action != NULL)
		exec_action_turn(run, now);
	if (run->reading != NULL)
		exec_rows_turn(run);
	if (run->inner != NULL)
		exec_import_turn(run, now, budget);
	while (budget-- > 0 && !waits(run) && !over(run) && has_reader(run))
		run_op(run);
	if (run->asking != NULL)
		return RUN_ASKING;
	if (run->reading != NULL)
		return run->stuck ? RUN_WAITING : RUN_RUNNING;
	if (run->inner != NULL && !run->inner->changing && run->inner->action == NULL)
		return RUN_RUNNING;
	if (waits(run))
		return RUN_WAITING;
	if (over(run))
		return RUN_DONE;
	return has_reader(run) ? RUN_RUNNING : RUN_WAITING;
}

mono run_next(const struct run *run)
{
	if (run->inner != NULL)
		return run_next(run->inner);
	return run->reading != NULL && run->stuck && run->due.ns > run->now.ns ? run->due
	                                                                       : mono_never();
}

const struct question *run_question(const struct run *run)
{
	return exec_ask_question(run);
}

bool run_answer(struct run *run, const char *text, struct diag *diag)
{
	return exec_ask_answer(run, text, diag);
}

void run_interrupt(struct run *run)
{
	if (run->inner != NULL)
		run_interrupt(run->inner);
	exec_ask_stop(run);
	exec_action_stop(run);
	exec_rows_stop(run);
	exec_flush(run);
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
	run_free(run->inner);
	conf_draft_free(run->import.draft);
	exec_ask_stop(run);
	exec_action_stop(run);
	exec_rows_stop(run);
	text_free(&run->out);
	text_free(&run->notice);
	program_free(&run->program);
	mem_free(run->stack);
	arena_free(&run->arena);
	mem_free(run);
}
