/* The language's own operations: variables, operators, jumps, functions, errors that are caught. */
#include <string.h>

#include "conf/conf.h"
#include "lang/builtin.h"
#include "lang/exec.h"
#include "lib/mem.h"

#define CALLS_MAX 100 /* functions that call one another */

static struct value pop(struct run *run)
{
	must(run->depth > run->frame->base);
	return run->stack[--run->depth];
}

static struct value *top(struct run *run, size_t n)
{
	must(run->depth >= run->frame->base + n);
	return run->stack + run->depth - n;
}

static void set_slot(struct run *run, struct frame *frame, unsigned slot, const struct value *value)
{
	struct variable *variable = &frame->slots[slot];

	run->slot_bytes -= variable->arena.total_bytes;
	variable_set(variable, value);
	run->slot_bytes += variable->arena.total_bytes;
}

static void store(struct run *run, const struct op *op)
{
	struct value value = pop(run);

	set_slot(run, run->frame, op->slot, &value);
	exec_settle(run);
}

static bool store_global(struct run *run, const struct op *op)
{
	struct value value = pop(run);
	bool ok = variables_set(run->host.globals, op->text, &value, &run->diag);

	exec_settle(run);
	return ok;
}

/* A copy: the variable may get another value before this one is used. */
static void load(struct run *run, const struct value *value)
{
	exec_push(run, value_copy(value, &run->arena));
}

static void load_global(struct run *run, const struct op *op)
{
	struct value value = variables_get(run->host.globals, op->text);

	load(run, &value);
}

static bool operate(struct run *run, const struct op *op)
{
	struct value *operands = top(run, op->count), result;

	if (!operator_apply(op->operator, operands, op->count > 1 ? operands + 1 : NULL,
	                    &run->arena, &result, &run->diag))
		return false;
	run->depth -= op->count;
	exec_push(run, result);
	return true;
}

static void join(struct run *run, const struct op *op)
{
	const struct value *parts = top(run, op->count);
	struct text text = { 0 };
	struct value value;

	for (unsigned i = 0; i < op->count; i++)
		value_print(&parts[i], &text);
	value = value_text(&run->arena, text_str(&text));
	text_free(&text);
	run->depth -= op->count;
	exec_push(run, value);
}

static void make_array(struct run *run, const struct op *op)
{
	size_t n = op->count;
	const struct value *from = top(run, 2 * n);
	struct pair *pairs = arena_new(&run->arena, n + 1, sizeof pairs[0]);
	struct value array;

	for (size_t i = 0; i < n; i++)
		pairs[i] = (struct pair){ from[2 * i], from[2 * i + 1] };
	array = value_array(&run->arena, pairs, n);
	run->depth -= 2 * n;
	exec_push(run, array);
}

static void jump(struct run *run, const struct op *op)
{
	run->at = (size_t)((long)run->at - 1 + op->jump);
}

static bool unless(struct run *run, const struct op *op)
{
	struct value value = pop(run);
	bool truth;

	if (!value_truth(&value, &truth, &run->diag))
		return false;
	exec_settle(run);
	if (!truth)
		jump(run, op);
	return true;
}

/* The left side of "and" or "or" may decide; what is no truth is for the operator to refuse. */
static void decide(struct run *run, const struct op *op, bool decides)
{
	const struct value *value = top(run, 1);

	if (value->kind == VALUE_BOOL && (value->number != 0) == decides)
		jump(run, op);
}

static void each(struct run *run, const struct op *op)
{
	struct frame *frame = run->frame;
	const struct variable *slots = frame->slots + op->slot;
	struct value next = value_num(slots[1].value.number + 1);
	struct pair pair;

	if (!value_element(&slots[0].value, (size_t)slots[1].value.number, &run->arena, &pair)) {
		jump(run, op);
		return;
	}
	set_slot(run, frame, op->slot + 1, &next);
	if (op->count > 0)
		set_slot(run, frame, op->slot + 2, &pair.key);
	set_slot(run, frame, op->slot + 3, &pair.value);
	exec_settle(run);
}

static bool as_number(struct run *run, struct value *value, const char *what)
{
	struct arena arena = { 0 };

	if (value->kind == VALUE_TEXT)
		*value = value_guess(&arena, value->text);
	arena_free(&arena);
	return value->kind == VALUE_NUM ||
	       diag_fail(&run->diag, NULL, "failure: %s= of :for takes a number, not %s", what,
	                 value_kind_word(value));
}

static bool count(struct run *run, const struct op *op)
{
	struct frame *frame = run->frame;
	const struct variable *slots = frame->slots + op->slot;
	struct value next = slots[0].value, last = slots[1].value, step = slots[2].value, after;
	int64_t sum;

	if (!as_number(run, &next, "from") || !as_number(run, &last, "to"))
		return false;
	if (step.kind == VALUE_NIL)
		step = value_num(next.number <= last.number ? 1 : -1);
	if (!as_number(run, &step, "step"))
		return false;
	if (step.number == 0)
		return diag_fail(&run->diag, NULL, "failure: step= of :for must not be 0");
	if (step.number > 0 ? next.number > last.number : next.number < last.number) {
		jump(run, op);
		return true;
	}
	set_slot(run, frame, op->slot + 3, &next);
	if (__builtin_add_overflow(next.number, step.number, &sum)) {
		/* Beyond what 64 bits hold there is nothing: this was the last. */
		sum = step.number > 0 ? INT64_MAX : INT64_MIN;
		after = value_num(step.number > 0 ? INT64_MIN : INT64_MAX);
		set_slot(run, frame, op->slot + 1, &after);
	}
	after = value_num(sum);
	set_slot(run, frame, op->slot, &after);
	set_slot(run, frame, op->slot + 2, &step);
	return true;
}

static void try(struct run *run, const struct op *op)
{
	if (run->ntries == run->tries_size) {
		run->tries_size = 2 * run->tries_size + 8;
		run->tries = mem_resize(run->tries, run->tries_size, sizeof run->tries[0]);
	}
	run->tries[run->ntries++] = (struct handler){ .frame = run->frame,
		                                      .at = (size_t)((long)run->at - 1 + op->jump),
		                                      .depth = run->depth };
}

/* --- functions --- */

const struct program *exec_script_compile(struct run *run, const char *source)
{
	const struct program *known = program_function(&run->program, source);
	struct compiled *compiled;
	size_t len = strlen(source);

	for (compiled = run->compiled; known == NULL && compiled != NULL; compiled = compiled->next)
		known = strcmp(compiled->program.source, source) == 0
		                ? &compiled->program
		                : program_function(&compiled->program, source);
	if (known != NULL)
		return known;
	compiled = mem_new(1, sizeof *compiled);
	if (!parse_function(conf_menus(run->host.conf), source, len, &compiled->program,
	                    &run->diag)) {
		run->diag.at_position = true;
		program_free(&compiled->program);
		mem_free(compiled);
		return NULL;
	}
	compiled->program.source = arena_strndup(&compiled->program.arena, source, len);
	compiled->next = run->compiled;
	run->compiled = compiled;
	run->code_bytes +=
		compiled->program.arena.total_bytes + compiled->program.size * sizeof(struct op);
	return &compiled->program;
}

/* The argument called @name of the @n that were given: "1" is the first without a name. */
static const struct value *argument(const struct value *given, unsigned n, const char *name)
{
	uint64_t wanted = 0, at = 0;
	bool number = text_to_u64(name, strlen(name), &wanted);

	for (unsigned i = 0; i < n; i++) {
		const struct value *key = &given[2 * i];

		if (key->kind == VALUE_NIL) {
			at++;
			if (number && at == wanted)
				return &given[2 * i + 1];
		} else if (strcmp(key->text, name) == 0) {
			return &given[2 * i + 1];
		}
	}
	return NULL;
}

static void enter(struct run *run, const struct program *program, unsigned n)
{
	struct frame *frame = mem_new(1, sizeof *frame);
	const struct value *given = top(run, 2 * (size_t)n);

	*frame = (struct frame){ .caller = run->frame,
		                 .nslots = program->nslots,
		                 .level = run->frame->level + 1,
		                 .ntries = run->ntries,
		                 .code = run->code,
		                 .at = run->at };
	frame->slots = mem_new(program->nslots + 1, sizeof frame->slots[0]);
	run->slot_bytes += sizeof *frame + program->nslots * sizeof frame->slots[0];
	for (const struct program_arg *arg = program->args; arg != NULL; arg = arg->next) {
		const struct value *value = argument(given, n, arg->name);

		if (value != NULL)
			set_slot(run, frame, arg->slot, value);
	}
	run->depth -= 2 * (size_t)n + 1;
	frame->base = run->depth;
	frame->arena = run->arena;
	run->frame_bytes += frame->arena.total_bytes;
	run->arena = (struct arena){ 0 };
	run->frame = frame;
	run->code = program;
	run->at = 0;
}

/* The function at work is no more; its caller's state is the machine's again. */
static void leave(struct run *run)
{
	struct frame *frame = run->frame;

	for (unsigned i = 0; i < frame->nslots; i++) {
		run->slot_bytes -= frame->slots[i].arena.total_bytes;
		variable_free(&frame->slots[i]);
	}
	arena_free(&run->arena);
	run->depth = frame->base;
	run->ntries = frame->ntries;
	run->frame = frame->caller;
	if (frame->caller != NULL) {
		run->slot_bytes -= sizeof *frame + frame->nslots * sizeof frame->slots[0];
		run->frame_bytes -= frame->arena.total_bytes;
		run->arena = frame->arena;
		run->code = frame->code;
		run->at = frame->at;
	}
	mem_free(frame->slots);
	mem_free(frame);
}

void exec_script_return(struct run *run, struct value value)
{
	struct frame *frame = run->frame;

	if (frame->caller == NULL) { /* of the text as a whole */
		run->depth = frame->base;
		run->at = run->code->nops;
		return;
	}
	value = value_copy(&value, &frame->arena);
	leave(run);
	exec_push(run, value);
}

static bool invoke(struct run *run, const struct op *op)
{
	const struct value *function = top(run, 2 * (size_t)op->count + 1);
	const struct program *program;

	if (function->kind != VALUE_CODE)
		return diag_fail(&run->diag, NULL,
		                 "failure: this is %s, not a function\n:put shows a variable; "
		                 ":global name do={ ... } makes a function, and :global name "
		                 "makes it known in another one",
		                 value_kind_word(function));
	if (run->frame->level >= CALLS_MAX) {
		(void)diag_fail(&run->diag, NULL,
		                "failure: %d functions call one another already, which is the "
		                "limit",
		                CALLS_MAX);
		return exec_fail_limit(run);
	}
	program = exec_script_compile(run, function->text);
	if (program == NULL)
		return false;
	enter(run, program, op->count);
	return true;
}

/* --- errors --- */

bool exec_script_catch(struct run *run)
{
	struct handler caught;
	struct value message;

	if (run->limited || run->ntries == 0)
		return false;
	caught = run->tries[--run->ntries];
	while (run->frame != caught.frame) {
		size_t ntries = run->ntries;

		leave(run);
		run->ntries = ntries;
	}
	run->depth = caught.depth;
	exec_settle(run);
	message = value_text(&run->arena, arena_strndup(&run->arena, run->diag.text,
	                                                strcspn(run->diag.text, "\n")));
	run->diag = (struct diag){ 0 };
	run->failed = false;
	run->failed_call = NULL;
	run->failed_line = 0;
	run->at = caught.at;
	exec_push(run, message);
	return true;
}

void exec_script_unwind(struct run *run)
{
	while (run->frame->caller != NULL)
		leave(run);
	run->ntries = 0;
}

void exec_script_check(struct run *run)
{
	size_t bytes =
		run->slot_bytes + run->frame_bytes + run->code_bytes + run->arena.total_bytes;

	if (run->failed || bytes <= run->host.memory_bytes)
		return;
	(void)diag_fail(&run->diag, NULL,
	                "failure: the script's values take more than %zu KiB, which is its limit",
	                run->host.memory_bytes >> 10);
	(void)exec_fail_limit(run);
}

void exec_script_free(struct run *run)
{
	while (run->frame != NULL)
		leave(run);
	while (run->compiled != NULL) {
		struct compiled *next = run->compiled->next;

		program_free(&run->compiled->program);
		mem_free(run->compiled);
		run->compiled = next;
	}
	variables_free(run->own);
	mem_free(run->tries);
}

/* --- commands that compute --- */

static bool call_builtin(struct run *run, const struct op *op)
{
	const struct conf_setup *doors = conf_doors(run->host.conf);
	struct builtin_call call = { .args = top(run, op->count),
		                     .given = op->given,
		                     .arena = &run->arena,
		                     .random = doors->random,
		                     .diag = &run->diag };

	if (doors->clock != NULL)
		call.now = clock_wall(doors->clock);
	if (!builtin_run(op->builtin, &call))
		return false;
	run->depth -= op->count;
	exec_push(run, call.result);
	return true;
}

bool exec_script(struct run *run, const struct op *op)
{
	switch (op->code) {
	case OP_PUSH:
		exec_push(run, *op->value);
		return true;
	case OP_LOAD:
		load(run, &run->frame->slots[op->slot].value);
		return true;
	case OP_STORE:
		store(run, op);
		return true;
	case OP_LOAD_GLOBAL:
		load_global(run, op);
		return true;
	case OP_STORE_GLOBAL:
		return store_global(run, op);
	case OP_OPERATE:
		return operate(run, op);
	case OP_JOIN:
		join(run, op);
		return true;
	case OP_ARRAY:
		make_array(run, op);
		return true;
	case OP_JUMP:
		run->ntries -= op->count;
		jump(run, op);
		return true;
	case OP_UNLESS:
		return unless(run, op);
	case OP_BOTH:
		decide(run, op, false);
		return true;
	case OP_EITHER:
		decide(run, op, true);
		return true;
	case OP_EACH:
		each(run, op);
		return true;
	case OP_COUNT:
		return count(run, op);
	case OP_TRY:
		try(run, op);
		return true;
	case OP_TRIED:
		run->ntries--;
		return true;
	case OP_INVOKE:
		return invoke(run, op);
	case OP_RETURN:
		exec_script_return(run, pop(run));
		return true;
	case OP_BUILTIN:
		return call_builtin(run, op);
	case OP_ACT:
		return op->act(run, op);
	default:
		must(false);
		return false;
	}
}
