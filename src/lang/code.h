/*
 * code.h -- operations, as the parser writes them.
 *
 * Jumps are relative, and break and continue stay open until their loop is whole: so what was
 * compiled in the order of the text (do= before while=) can be cut out and pasted where it runs.
 *
 * Memory: a program's; what is cut lies in its arena.
 */
#ifndef LANG_CODE_H
#define LANG_CODE_H

#include "lang/lex.h"
#include "lang/program.h"

struct code_piece {
	struct op *ops;
	size_t n;
};

/* @spot: for errors while it runs. What it returns is good until the next one. */
struct op *code_emit(struct program *program, enum op_code code, const struct spot *spot);
void code_push(struct program *program, struct arena *arena, struct value value,
               const struct spot *spot);
void code_store(struct program *program, unsigned slot, const struct spot *spot);
void code_load(struct program *program, unsigned slot, const struct spot *spot);
/* Where the next operation will stand. */
size_t code_here(const struct program *program);
/* The jump at @from leads here; the jump at @from leads to @to. */
void code_aim(struct program *program, size_t from);
void code_aim_at(struct program *program, size_t from, size_t to);
/* A jump to @to, which is behind us. */
void code_jump_back(struct program *program, size_t to, const struct spot *spot);

/* Take out all from @from on. */
struct code_piece code_cut(struct program *program, struct arena *arena, size_t from);
void code_paste(struct program *program, const struct code_piece *piece);
/* @piece will stand in a try: what leaves a loop around it leaves that, too. */
void code_piece_tried(struct code_piece *piece);
/* The loop @loop is whole: it begins at @from, goes on to its next round at @next and ends here. */
void code_loop(struct program *program, unsigned loop, size_t from, size_t next);

#endif
