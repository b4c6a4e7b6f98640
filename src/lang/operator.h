/*
 * operator.h -- what + and its like make of two values (ROUTEROS.md, 1.6).
 *
 * Text that reads like a number, a time or an address counts as such where text makes no sense:
 * "5" + 3 is 8. Nothing comes round: a result too large for 64 bits is an error, and so is an
 * address beyond the last one.
 *
 * Memory:  results in the caller's arena; they may share the operands'.
 * Threads: any.
 */
#ifndef LANG_OPERATOR_H
#define LANG_OPERATOR_H

#include "lang/value.h"

struct diag;

enum operator{
	OPERATOR_ADD,
	OPERATOR_SUB,
	OPERATOR_MUL,
	OPERATOR_DIV,
	OPERATOR_MOD,
	OPERATOR_LESS,
	OPERATOR_GREATER,
	OPERATOR_EQUAL,
	OPERATOR_NOT_EQUAL,
	OPERATOR_LESS_EQUAL,
	OPERATOR_GREATER_EQUAL,
	OPERATOR_AND,
	OPERATOR_OR,
	OPERATOR_NOT, /* one operand */
	OPERATOR_NEGATE,
	OPERATOR_IN,
	OPERATOR_BIT_OR,
	OPERATOR_BIT_AND,
	OPERATOR_BIT_XOR,
	OPERATOR_BIT_NOT,
	OPERATOR_SHIFT_LEFT,
	OPERATOR_SHIFT_RIGHT,
	OPERATOR_CONCAT,  /* . */
	OPERATOR_JOIN,    /* , */
	OPERATOR_ELEMENT, /* -> */
	OPERATOR_MATCH,   /* ~ */
	OPERATORS,
};

/* As it is written: "+", "->". */
const char *operator_sign(enum operator op);
/*
 * @right is NULL for those with one operand. False with @diag: it says which operator, what it was
 * given, and what would be right.
 */
MUST_USE bool operator_apply(enum operator op, const struct value *left, const struct value *right,
                             struct arena *arena, struct value *ret_value, struct diag *diag);

#endif
