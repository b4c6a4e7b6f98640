#include "lang/run.h"

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

static void run_call(struct run *run, const struct op *op)
{
	struct exec exec = {
		.run = run, .call = op->call, .menu = op->call->command.menu, .wanted = op->wanted
	};
	bool ok = true;

	must(run->depth >= op->call->ncomputed);
	exec.computed = run->depth - op->call->ncomputed;
	if (op->call->command.kind == COMMAND_IMPORT) {
		ok = exec_file_import(&exec);
	} else if (op->call->command.kind == COMMAND_QUIT) {
		run->finished = true;
		run->host.quit(run->host.arg);
	} else {
		ok = carry_out(&exec);
	}
	if (ok)
		return;
	run->failed = true;
	exec_locate(run, op->call, &run->diag);
}

static void run_op(struct run *run)
{
	const struct op *op = &run->code->ops[run->at++];

	switch (op->code) {
	case OP_CALL:
		run_call(run, op);
		return;
	case OP_DROP:
		must(run->depth > run->frame->base);
		run->depth--;
		exec_settle(run);
		break;
	case OP_GO:
		run->host.go(run->host.arg, op->text);
		break;
	default:
		if (exec_script(run, op))
			break;
		run->failed = true;
		exec_locate_op(run, op, &run->diag);
		return;
	}
	exec_script_check(run);
}

struct run *run_new(const struct run_host *host, struct program *program)
{
	struct run *run = mem_new(1, sizeof *run);
	struct frame *frame = mem_new(1, sizeof *frame);

	run->host = *host;
	run->program = *program;
	run->code = &run->program;
	frame->nslots = program->nslots;
	frame->slots = mem_new(program->nslots + 1, sizeof frame->slots[0]);
	run->frame = frame;
	if (run->host.globals == NULL)
		run->host.globals = run->own = variables_new();
	if (run->host.memory_bytes == 0)
		run->host.memory_bytes = RUN_MEMORY_BYTES;
	*program = (struct program){ 0 };
	return run;
}

/* Whether there is another operation; errors go where they are caught, functions end. */
static bool more(struct run *run)
{
	if (run->interrupted || run->finished)
		return false;
	if (run->failed && !exec_script_catch(run))
		return false;
	if (run->at < run->code->nops)
		return true;
	if (run->frame->caller == NULL)
		return false;
	exec_script_return(run, value_nil());
	return true;
}

static bool waits(const struct run *run)
{
	return run->changing || run->action != NULL || run->inner != NULL || run->reading != NULL ||
	       run->sleeping;
}

static void check_time(struct run *run)
{
	uint64_t most = run->host.time_ns;

	if (!run->begun)
		run->began = run->now;
	run->begun = true;
	if (most == 0 || run->failed || mono_since_ns(run->now, run->began) < most)
		return;
	if (run->changing) /* the disk has the last word */
		return;
	exec_action_stop(run);
	exec_rows_stop(run);
	run_free(run->inner);
	run->inner = NULL;
	run->sleeping = false;
	(void)diag_fail(&run->diag, NULL,
	                "failure: the script has run for %llu seconds, which is its limit",
	                (unsigned long long)(most / NS_PER_S));
	(void)exec_fail_limit(run);
}

static void turn_waiting(struct run *run, mono now, unsigned budget)
{
	if (run->action != NULL)
		exec_action_turn(run, now);
	if (run->reading != NULL)
		exec_rows_turn(run);
	if (run->inner != NULL)
		exec_file_turn(run, now, budget);
	if (run->sleeping && mono_due(run->wake, now))
		run->sleeping = false;
}

enum run_state run_step(struct run *run, mono now, unsigned budget)
{
	run->now = now;
	check_time(run);
	turn_waiting(run, now, budget);
	while (budget-- > 0 && !waits(run) && more(run))
		run_op(run);
	if (run->reading != NULL)
		return run->stuck ? RUN_WAITING : RUN_RUNNING;
	if (run->inner != NULL)
		return run->inner_state;
	if (waits(run) && !run->interrupted)
		return RUN_WAITING;
	if (run->changing)
		return RUN_WAITING;
	return more(run) ? RUN_RUNNING : RUN_DONE;
}

void run_interrupt(struct run *run)
{
	if (run->inner != NULL)
		run_interrupt(run->inner);
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
	exec_action_stop(run);
	exec_rows_stop(run);
	exec_script_free(run);
	text_free(&run->out);
	text_free(&run->notice);
	program_free(&run->program);
	mem_free(run->stack);
	arena_free(&run->arena);
	mem_free(run);
}
