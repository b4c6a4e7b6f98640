#include "lang/operator.h"

#include <string.h>

#include "conf/diag.h"
#include "lang/operator_inside.h"
#include "lang/pattern.h"
#include "lib/must.h"
#include "lib/text.h"

static const char *const signs[OPERATORS] = {
	[OPERATOR_ADD] = "+",
	[OPERATOR_SUB] = "-",
	[OPERATOR_MUL] = "*",
	[OPERATOR_DIV] = "/",
	[OPERATOR_MOD] = "%",
	[OPERATOR_LESS] = "<",
	[OPERATOR_GREATER] = ">",
	[OPERATOR_EQUAL] = "=",
	[OPERATOR_NOT_EQUAL] = "!=",
	[OPERATOR_LESS_EQUAL] = "<=",
	[OPERATOR_GREATER_EQUAL] = ">=",
	[OPERATOR_AND] = "&&",
	[OPERATOR_OR] = "||",
	[OPERATOR_NOT] = "!",
	[OPERATOR_NEGATE] = "-",
	[OPERATOR_IN] = "in",
	[OPERATOR_BIT_OR] = "|",
	[OPERATOR_BIT_AND] = "&",
	[OPERATOR_BIT_XOR] = "^",
	[OPERATOR_BIT_NOT] = "~",
	[OPERATOR_SHIFT_LEFT] = "<<",
	[OPERATOR_SHIFT_RIGHT] = ">>",
	[OPERATOR_CONCAT] = ".",
	[OPERATOR_JOIN] = ",",
	[OPERATOR_ELEMENT] = "->",
	[OPERATOR_MATCH] = "~",
};

const char *operator_sign(enum operator op)
{
	return signs[op];
}

bool operator_refuse(const struct operation *o, const char *advice)
{
	struct text text = { 0 };
	const struct value *operands[] = { o->left, o->right };

	text_printf(&text, "operator %s can't take", signs[o->op]);
	for (int i = 0; i < 2 && operands[i] != NULL; i++)
		text_printf(&text, "%s %s \"%.40s\"", i > 0 ? " and" : "",
		            value_kind_word(operands[i]), value_str(operands[i], o->arena));
	(void)diag_fail(o->diag, NULL, "%s\n%s", text_str(&text), advice);
	text_free(&text);
	return false;
}

static bool holds(enum operator op, int compared)
{
	switch (op) {
	case OPERATOR_LESS:
		return compared < 0;
	case OPERATOR_GREATER:
		return compared > 0;
	case OPERATOR_LESS_EQUAL:
		return compared <= 0;
	case OPERATOR_GREATER_EQUAL:
		return compared >= 0;
	case OPERATOR_EQUAL:
		return compared == 0;
	default:
		return compared != 0;
	}
}

static bool apply_compare(const struct operation *o)
{
	bool comparable, equality = o->op == OPERATOR_EQUAL || o->op == OPERATOR_NOT_EQUAL;
	int compared = value_compare(o->left, o->right, &comparable);

	if (!comparable && !equality)
		return operator_refuse(o, "what is compared must be of one kind; :typeof says "
		                          "which, and :tonum, :totime, :toip, :tostr convert");
	*o->ret_value = value_bool(holds(o->op, compared));
	return true;
}

static bool apply_logic(const struct operation *o)
{
	bool left, right = false;

	if (!value_truth(o->left, &left, o->diag))
		return false;
	if (o->right != NULL && !value_truth(o->right, &right, o->diag))
		return false;
	*o->ret_value = value_bool(o->op == OPERATOR_NOT   ? !left
	                           : o->op == OPERATOR_AND ? left && right
	                                                   : left || right);
	return true;
}

static bool addr_in(const struct ip_prefix *inner, const struct ip_prefix *outer)
{
	return inner->addr.family == IP_V4 && outer->addr.family == IP_V4 &&
	       inner->bits >= outer->bits &&
	       ip4_within(inner->addr.v4, outer->addr.v4, outer->bits);
}

/* @value as a network: an address is one of 32 bits. */
static bool as_prefix(const struct operation *o, const struct value *value,
                      struct ip_prefix *ret_prefix)
{
	struct value guess = operator_guess(o, value);

	*ret_prefix = guess.prefix;
	if (guess.kind == VALUE_IP)
		ret_prefix->bits = 32;
	return guess.kind == VALUE_IP || guess.kind == VALUE_PREFIX;
}

static bool in_array(const struct operation *o)
{
	struct pair pair;

	for (size_t i = 0; value_element(o->right, i, o->arena, &pair); i++) {
		bool comparable;

		if (value_compare(o->left, &pair.value, &comparable) == 0 && comparable)
			return true;
	}
	return false;
}

static bool apply_in(const struct operation *o)
{
	struct ip_prefix inner, outer;

	if (o->right->kind == VALUE_ARRAY || o->right->kind == VALUE_IDS) {
		*o->ret_value = value_bool(in_array(o));
		return true;
	}
	if (!as_prefix(o, o->left, &inner) || !as_prefix(o, o->right, &outer))
		return operator_refuse(o,
		                       "it says whether an address or network lies in a network, "
		                       "as in (10.0.0.1 in 10.0.0.0/8), or whether an array has "
		                       "an element");
	*o->ret_value = value_bool(addr_in(&inner, &outer));
	return true;
}

static bool apply_concat(const struct operation *o)
{
	struct text text = { 0 };

	value_print(o->left, &text);
	value_print(o->right, &text);
	*o->ret_value = value_text(o->arena, text_str(&text));
	text_free(&text);
	return true;
}

/* The elements of @value behind those at @pairs; NULL only counts. */
static size_t spread(const struct operation *o, const struct value *value, struct pair *pairs)
{
	struct pair pair;
	size_t n = 0;

	while (value_element(value, n, o->arena, &pair)) {
		if (pair.key.kind == VALUE_NUM)
			pair.key = value_nil();
		if (pairs != NULL)
			pairs[n] = pair;
		n++;
	}
	return n;
}

static bool apply_join(const struct operation *o)
{
	size_t left = spread(o, o->left, NULL), right = spread(o, o->right, NULL);
	struct pair *pairs = arena_new(o->arena, left + right + 1, sizeof *pairs);

	(void)spread(o, o->left, pairs);
	(void)spread(o, o->right, pairs + left);
	*o->ret_value = value_array(o->arena, pairs, left + right);
	return true;
}

static bool apply_element(const struct operation *o)
{
	struct value key = *o->right;
	const struct value *found;
	struct pair pair;

	*o->ret_value = value_nil();
	if (o->left->kind == VALUE_NIL)
		return true;
	if (key.kind != VALUE_NUM)
		key = value_text(o->arena, value_str(&key, o->arena));
	if (o->left->kind == VALUE_IDS) {
		if (key.kind == VALUE_NUM && key.number >= 0 &&
		    value_element(o->left, (size_t)key.number, o->arena, &pair))
			*o->ret_value = pair.value;
		return true;
	}
	if (o->left->kind != VALUE_ARRAY)
		return operator_refuse(o, "it takes an element out of an array: "
		                          "($array->0), ($array->\"name\")");
	found = value_find(o->left, &key);
	if (found != NULL)
		*o->ret_value = *found;
	return true;
}

static bool apply_match(const struct operation *o)
{
	regex_t regex;
	struct pair pair;
	bool matches = false;
	const char *wrong = pattern_compile(&regex, value_str(o->right, o->arena));

	if (wrong != NULL)
		return operator_refuse(o, wrong);
	for (size_t i = 0; !matches && value_element(o->left, i, o->arena, &pair); i++)
		matches = pattern_matches(&regex, value_str(&pair.value, o->arena));
	if (o->left->kind == VALUE_NIL)
		matches = pattern_matches(&regex, "");
	pattern_free(&regex);
	*o->ret_value = value_bool(matches);
	return true;
}

static bool (*const appliers[OPERATORS])(const struct operation *o) = {
	[OPERATOR_ADD] = operator_arithmetic,
	[OPERATOR_SUB] = operator_arithmetic,
	[OPERATOR_MUL] = operator_arithmetic,
	[OPERATOR_DIV] = operator_arithmetic,
	[OPERATOR_MOD] = operator_arithmetic,
	[OPERATOR_LESS] = apply_compare,
	[OPERATOR_GREATER] = apply_compare,
	[OPERATOR_EQUAL] = apply_compare,
	[OPERATOR_NOT_EQUAL] = apply_compare,
	[OPERATOR_LESS_EQUAL] = apply_compare,
	[OPERATOR_GREATER_EQUAL] = apply_compare,
	[OPERATOR_AND] = apply_logic,
	[OPERATOR_OR] = apply_logic,
	[OPERATOR_NOT] = apply_logic,
	[OPERATOR_NEGATE] = operator_arithmetic,
	[OPERATOR_IN] = apply_in,
	[OPERATOR_BIT_OR] = operator_bits,
	[OPERATOR_BIT_AND] = operator_bits,
	[OPERATOR_BIT_XOR] = operator_bits,
	[OPERATOR_BIT_NOT] = operator_bits,
	[OPERATOR_SHIFT_LEFT] = operator_bits,
	[OPERATOR_SHIFT_RIGHT] = operator_bits,
	[OPERATOR_CONCAT] = apply_concat,
	[OPERATOR_JOIN] = apply_join,
	[OPERATOR_ELEMENT] = apply_element,
	[OPERATOR_MATCH] = apply_match,
};

bool operator_apply(enum operator op, const struct value *left, const struct value *right,
                    struct arena *arena, struct value *ret_value, struct diag *diag)
{
	bool unary = op == OPERATOR_NOT || op == OPERATOR_NEGATE || op == OPERATOR_BIT_NOT;
	struct operation o = { .op = op,
		               .left = left,
		               .right = unary ? NULL : right,
		               .arena = arena,
		               .ret_value = ret_value,
		               .diag = diag };

	must(op < OPERATORS && left != NULL && (unary || right != NULL));
	return appliers[op](&o);
}
