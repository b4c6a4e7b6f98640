#include "lang/code.h"

#include <string.h>

#include "lib/mem.h"

struct op *code_emit(struct program *program, enum op_code code, const struct spot *spot)
{
	if (program->nops == program->size) {
		program->size = program->size > 0 ? program->size * 2 : 8;
		program->ops = mem_resize(program->ops, program->size, sizeof program->ops[0]);
	}

	struct op *op = &program->ops[program->nops++];

	*op = (struct op){ .code = code, .line = spot->line, .column = spot->column };
	return op;
}

void code_push(struct program *program, struct arena *arena, struct value value,
               const struct spot *spot)
{
	struct value *kept = arena_new(arena, 1, sizeof *kept);

	*kept = value;
	code_emit(program, OP_PUSH, spot)->value = kept;
}

void code_store(struct program *program, unsigned slot, const struct spot *spot)
{
	code_emit(program, OP_STORE, spot)->slot = slot;
}

void code_load(struct program *program, unsigned slot, const struct spot *spot)
{
	code_emit(program, OP_LOAD, spot)->slot = slot;
}

size_t code_here(const struct program *program)
{
	return program->nops;
}

void code_aim_at(struct program *program, size_t from, size_t to)
{
	program->ops[from].jump = (int)((long)to - (long)from);
}

void code_aim(struct program *program, size_t from)
{
	code_aim_at(program, from, program->nops);
}

void code_jump_back(struct program *program, size_t to, const struct spot *spot)
{
	size_t from = code_here(program);

	code_emit(program, OP_JUMP, spot);
	code_aim_at(program, from, to);
}

struct code_piece code_cut(struct program *program, struct arena *arena, size_t from)
{
	struct code_piece piece = { .n = program->nops - from };

	piece.ops = arena_new(arena, piece.n + 1, sizeof piece.ops[0]);
	if (piece.n > 0)
		memcpy(piece.ops, program->ops + from, piece.n * sizeof piece.ops[0]);
	program->nops = from;
	return piece;
}

void code_paste(struct program *program, const struct code_piece *piece)
{
	static const struct spot nowhere;

	for (size_t i = 0; i < piece->n; i++)
		*code_emit(program, OP_DROP, &nowhere) = piece->ops[i];
}

void code_piece_tried(struct code_piece *piece)
{
	for (size_t i = 0; i < piece->n; i++)
		if (piece->ops[i].code == OP_BREAK || piece->ops[i].code == OP_CONTINUE)
			piece->ops[i].count++;
}

void code_loop(struct program *program, unsigned loop, size_t from, size_t next)
{
	for (size_t i = from; i < program->nops; i++) {
		struct op *op = &program->ops[i];
		bool ends = op->code == OP_BREAK;

		if ((!ends && op->code != OP_CONTINUE) || op->slot != loop)
			continue;
		op->code = OP_JUMP;
		code_aim_at(program, i, ends ? program->nops : next);
	}
}
