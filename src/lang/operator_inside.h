/*
 * operator_inside.h -- the inside of operators: operator.c tells them apart and does those on any
 * value, operator_number.c counts.
 */
#ifndef LANG_OPERATOR_INSIDE_H
#define LANG_OPERATOR_INSIDE_H

#include "lang/operator.h"

struct operation {
	enum operator op;
	const struct value *left, *right; /* right NULL: of one operand */
	struct arena *arena;
	struct value *ret_value;
	struct diag *diag;
};

/* These two go together too badly; always false. */
bool operator_refuse(const struct operation *o, const char *advice);
/* Text as what it reads like. */
struct value operator_guess(const struct operation *o, const struct value *value);
bool operator_arithmetic(const struct operation *o);
bool operator_bits(const struct operation *o);

#endif
