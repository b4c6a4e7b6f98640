#include "lang/run.h"

#include "conf/conf.h"
#include "conf/draft.h"
#include "lang/exec.h"
#include "lang/permission.h"
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
	case VERB_EDIT:
		return exec_edit(exec);
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
	if (!permission_check(run, permission_needed(call))) {
		ok = false;
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
	const struct op *op = &run->code->ops[run->at++];

	switch (op->code) {
	case OP_CALL:
		if (!exec_ask_missing(run, op))
			run_call(run, op->call, op->wanted);
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
	       run->asking != NULL || run->sleeping;
}

/* While nobody takes what was shown, nothing more is done: what stands behind a page may depend on
 * how it is answered. */
static bool has_reader(const struct run *run)
{
	return run->host.has_room == NULL || run->host.has_room(run->host.arg);
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
	exec_ask_stop(run);
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
		exec_import_turn(run, now, budget);
	if (run->sleeping && mono_due(run->wake, now))
		run->sleeping = false;
}

/* How it goes on, after so many operations. */
static enum run_state state_of(struct run *run)
{
	if (run->asking != NULL)
		return RUN_ASKING;
	if (run->reading != NULL)
		return run->stuck ? RUN_WAITING : RUN_RUNNING;
	if (run->inner != NULL)
		return run->inner_state == RUN_DONE ? RUN_RUNNING : run->inner_state;
	if (waits(run))
		return RUN_WAITING;
	if (!more(run))
		return RUN_DONE;
	return has_reader(run) ? RUN_RUNNING : RUN_WAITING;
}

enum run_state run_step(struct run *run, mono now, unsigned budget)
{
	run->now = now;
	check_time(run);
	turn_waiting(run, now, budget);
	while (budget-- > 0 && !waits(run) && more(run) && has_reader(run))
		run_op(run);
	return state_of(run);
}

mono run_next(const struct run *run)
{
	if (run->inner != NULL)
		return run_next(run->inner);
	if (run->sleeping)
		return run->wake;
	if (run->monitor != NULL || run_takes_keys(run))
		return run->due;
	return run->reading != NULL && run->stuck && run->due.ns > run->now.ns ? run->due
	                                                                       : mono_never();
}

bool run_takes_keys(const struct run *run)
{
	return run->action != NULL && run->action->keys != NULL;
}

size_t run_keys(struct run *run, const char *bytes, size_t n)
{
	if (!run_takes_keys(run))
		return 0;
	return run->action->keys(conf_router(run->host.conf), run->action_state, bytes, n);
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
	run->sleeping = false;
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
	exec_script_free(run);
	text_free(&run->out);
	text_free(&run->notice);
	program_free(&run->program);
	mem_free(run->stack);
	arena_free(&run->arena);
	mem_free(run);
}
