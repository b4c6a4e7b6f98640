/* Statements that say what runs, and how often. */
#include "conf/diag.h"
#include "lang/act.h"
#include "lang/parser.h"
#include "lang/statement.h"

static const char no_loop[] =
	"syntax error\nthis stands in a loop only: :for, :foreach, :while or :do ... while=";

/* A jump that is aimed later. */
static size_t jump(struct parser *p, enum op_code code, const struct statement_call *call)
{
	size_t at = code_here(p->program);

	code_emit(p->program, code, &call->spot);
	return at;
}

static void push_bool(struct parser *p, const struct statement_call *call, bool yes)
{
	code_push(p->program, p->arena, value_bool(yes), &call->spot);
}

static void push_number(struct parser *p, const struct statement_call *call, int64_t number)
{
	code_push(p->program, p->arena, value_num(number), &call->spot);
}

bool statement_emit_if(struct parser *p, struct statement_call *call)
{
	size_t otherwise, end;

	statement_paste(p, call, 0);
	otherwise = jump(p, OP_UNLESS, call);
	statement_paste(p, call, 1);
	end = jump(p, OP_JUMP, call);
	code_aim(p->program, otherwise);
	statement_paste(p, call, 2);
	code_aim(p->program, end);
	return true;
}

bool statement_emit_while(struct parser *p, struct statement_call *call)
{
	size_t from = code_here(p->program), end;

	statement_paste(p, call, 0);
	end = jump(p, OP_UNLESS, call);
	statement_paste(p, call, 1);
	code_jump_back(p->program, from, &call->spot);
	code_aim(p->program, end);
	code_loop(p->program, call->loop, from, from);
	return true;
}

bool statement_emit_for(struct parser *p, struct statement_call *call)
{
	struct program *program = p->program;
	size_t from;

	for (unsigned i = 0; i < 3; i++) {
		if (call->given[i + 1].given)
			statement_paste(p, call, i + 1);
		else
			code_push(program, p->arena, value_nil(), &call->spot);
		code_store(program, call->slots + i, &call->given[i + 1].spot);
	}
	from = jump(p, OP_COUNT, call);
	program->ops[from].slot = call->slots;
	statement_paste(p, call, 4);
	code_jump_back(program, from, &call->spot);
	code_aim(program, from);
	code_loop(program, call->loop, from, from);
	return true;
}

bool statement_emit_foreach(struct parser *p, struct statement_call *call)
{
	struct program *program = p->program;
	size_t from;

	statement_paste(p, call, 1);
	code_store(program, call->slots, &call->spot);
	push_number(p, call, 0);
	code_store(program, call->slots + 1, &call->spot);
	from = jump(p, OP_EACH, call);
	program->ops[from].slot = call->slots;
	program->ops[from].count = call->key;
	statement_paste(p, call, 2);
	code_jump_back(program, from, &call->spot);
	code_aim(program, from);
	code_loop(program, call->loop, from, from);
	return true;
}

/* Argument @i, in a try: what it jumps to on an error is returned, to be aimed. */
static size_t paste_tried(struct parser *p, struct statement_call *call, size_t i)
{
	size_t try = jump(p, OP_TRY, call);

	code_piece_tried(&call->given[i].code);
	statement_paste(p, call, i);
	jump(p, OP_TRIED, call);
	return try;
}

/* Without while= it is no loop: what leaves one in it means the loop around it. */
static bool means_outer(struct parser *p, struct statement_call *call, struct code_piece *piece)
{
	for (size_t i = 0; i < piece->n; i++) {
		struct op *op = &piece->ops[i];

		if ((op->code != OP_BREAK && op->code != OP_CONTINUE) || op->slot != call->loop)
			continue;
		if (p->loop == 0)
			return diag_fail_at(p->diag, op->line, op->column, "%s", no_loop);
		op->slot = p->loop;
	}
	return true;
}

bool statement_emit_do(struct parser *p, struct statement_call *call)
{
	struct program *program = p->program;
	size_t from = code_here(program), next, end;

	if (!call->given[1].given && (!means_outer(p, call, &call->given[0].code) ||
	                              !means_outer(p, call, &call->given[2].code)))
		return false;
	if (call->given[2].given) {
		size_t try = paste_tried(p, call, 0);

		end = jump(p, OP_JUMP, call);
		code_aim(program, try);
		jump(p, OP_DROP, call); /* the message */
		statement_paste(p, call, 2);
		code_aim(program, end);
	} else {
		statement_paste(p, call, 0);
	}
	next = code_here(program);
	if (call->given[1].given) {
		statement_paste(p, call, 1);
		end = jump(p, OP_UNLESS, call);
		code_jump_back(program, from, &call->spot);
		code_aim(program, end);
	}
	code_loop(program, call->loop, from, next);
	return true;
}

bool statement_emit_onerror(struct parser *p, struct statement_call *call)
{
	struct program *program = p->program;
	size_t try = paste_tried(p, call, 1), end;

	push_bool(p, call, false);
	end = jump(p, OP_JUMP, call);
	code_aim(program, try);
	code_store(program, call->slots + 3, &call->spot);
	statement_paste(p, call, 2);
	push_bool(p, call, true);
	code_aim(program, end);
	return true;
}

static void act(struct parser *p, const struct statement_call *call, op_act *what, unsigned count)
{
	struct op *op = code_emit(p->program, OP_ACT, &call->spot);

	op->act = what;
	op->count = count;
}

/* Slots: the tries that are left, the pause, the message. */
bool statement_emit_retry(struct parser *p, struct statement_call *call)
{
	struct program *program = p->program;
	unsigned left = call->slots, pause = left + 1, message = left + 2;
	size_t from, try, end, over;
	struct op *op;

	statement_paste(p, call, 2);
	code_store(program, left, &call->spot);
	statement_paste(p, call, 1);
	code_store(program, pause, &call->spot);
	from = code_here(program);
	try = paste_tried(p, call, 0);
	end = jump(p, OP_JUMP, call);
	code_aim(program, try);
	code_store(program, message, &call->spot);
	code_load(program, left, &call->spot);
	push_number(p, call, 1);
	op = code_emit(program, OP_OPERATE, &call->spot);
	op->operator= OPERATOR_SUB;
	op->count = 2;
	code_store(program, left, &call->spot);
	code_load(program, left, &call->spot);
	push_number(p, call, 0);
	op = code_emit(program, OP_OPERATE, &call->spot);
	op->operator= OPERATOR_GREATER;
	op->count = 2;
	over = jump(p, OP_UNLESS, call);
	code_load(program, pause, &call->spot);
	act(p, call, act_delay, 1);
	jump(p, OP_DROP, call);
	code_jump_back(program, from, &call->spot);
	code_aim(program, over);
	if (call->given[3].given) {
		statement_paste(p, call, 3);
	} else {
		code_load(program, message, &call->spot);
		act(p, call, act_error, 1);
		jump(p, OP_DROP, call);
	}
	code_aim(program, end);
	return true;
}

bool statement_emit_return(struct parser *p, struct statement_call *call)
{
	if (call->given[0].given)
		statement_paste(p, call, 0);
	else
		code_push(p->program, p->arena, value_nil(), &call->spot);
	jump(p, OP_RETURN, call);
	return true;
}

static bool leave(struct parser *p, const struct statement_call *call, enum op_code code)
{
	if (p->loop == 0)
		return diag_fail_at(p->diag, call->spot.line, call->spot.column, "%s", no_loop);
	code_emit(p->program, code, &call->spot)->slot = p->loop;
	return true;
}

bool statement_emit_break(struct parser *p, struct statement_call *call)
{
	return leave(p, call, OP_BREAK);
}

bool statement_emit_continue(struct parser *p, struct statement_call *call)
{
	return leave(p, call, OP_CONTINUE);
}

bool statement_emit_time(struct parser *p, struct statement_call *call)
{
	unsigned began = scope_slots(&p->scope, 1);

	act(p, call, act_clock, 0);
	code_store(p->program, began, &call->spot);
	statement_paste(p, call, 0);
	code_load(p->program, began, &call->spot);
	act(p, call, act_elapsed, 1);
	return true;
}
