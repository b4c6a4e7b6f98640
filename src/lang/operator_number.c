/* Operators that count: with numbers, times and addresses. */
#include "lang/operator_inside.h"

struct value operator_guess(const struct operation *o, const struct value *value)
{
	return value->kind == VALUE_TEXT ? value_guess(o->arena, value->text) : *value;
}

static bool too_large(const struct operation *o)
{
	return operator_refuse(o, "the result is out of range "
	                          "(-9223372036854775808..9223372036854775807)");
}

static bool compute(enum operator op, int64_t a, int64_t b, int64_t *ret_number)
{
	switch (op) {
	case OPERATOR_ADD:
		return !__builtin_add_overflow(a, b, ret_number);
	case OPERATOR_SUB:
		return !__builtin_sub_overflow(a, b, ret_number);
	case OPERATOR_MUL:
		return !__builtin_mul_overflow(a, b, ret_number);
	case OPERATOR_DIV:
		*ret_number = b == -1 ? (int64_t)(0 - (uint64_t)a) : a / b;
		return b != -1 || a != INT64_MIN;
	default:
		*ret_number = b == -1 ? 0 : a % b;
		return true;
	}
}

/* 10.0.0.1 + 5, 10.0.0.9 - 3, 5 + 10.0.0.1, 10.0.0.9 - 10.0.0.1. */
static bool add_address(const struct operation *o, const struct value *a, const struct value *b)
{
	bool both = a->kind == VALUE_IP && b->kind == VALUE_IP;
	int64_t left = a->kind == VALUE_IP ? a->prefix.addr.v4.v : a->number;
	int64_t right = b->kind == VALUE_IP ? b->prefix.addr.v4.v : b->number;
	bool known = o->op == OPERATOR_SUB ? a->kind == VALUE_IP : !both;
	int64_t sum;

	if ((o->op != OPERATOR_ADD && o->op != OPERATOR_SUB) || !known)
		return operator_refuse(o,
		                       "addresses can be moved by a number, as in (10.0.0.1 + 5), "
		                       "and their distance taken, as in (10.0.0.9 - 10.0.0.1)");
	if (!compute(o->op, left, right, &sum) || (!both && (sum < 0 || sum > UINT32_MAX)))
		return operator_refuse(o, "the result is out of range (0.0.0.0..255.255.255.255)");
	*o->ret_value = both ? value_num(sum) : value_ip(ip_addr_v4((ip4){ (uint32_t)sum }));
	return true;
}

#define SECOND 1000000000LL

/* Of a time and a number: times a number, or a number of seconds more or less. */
static bool mixed_time(const struct operation *o, struct value *a, struct value *b)
{
	struct value *number = a->kind == VALUE_NUM ? a : b;

	if (o->op == OPERATOR_MUL || (number == b && (o->op == OPERATOR_DIV)))
		return true;
	return !__builtin_mul_overflow(number->number, SECOND, &number->number);
}

static bool countable(const struct value *value)
{
	return value->kind == VALUE_NUM || value->kind == VALUE_TIME || value->kind == VALUE_IP;
}

static bool negate(const struct operation *o)
{
	struct value value = operator_guess(o, o->left);

	if (value.kind != VALUE_NUM && value.kind != VALUE_TIME)
		return operator_refuse(o, "it turns round the sign of a number or a time");
	if (!compute(OPERATOR_SUB, 0, value.number, &value.number))
		return too_large(o);
	*o->ret_value = value;
	return true;
}

static enum value_kind kind_of_result(enum operator op, enum value_kind a, enum value_kind b)
{
	if (a != VALUE_TIME && b != VALUE_TIME)
		return VALUE_NUM;
	if (a == VALUE_TIME && b == VALUE_TIME && op == OPERATOR_DIV)
		return VALUE_NUM;
	return VALUE_TIME;
}

bool operator_arithmetic(const struct operation *o)
{
	if (o->op == OPERATOR_NEGATE)
		return negate(o);

	struct value a = operator_guess(o, o->left), b = operator_guess(o, o->right);
	enum value_kind kind = kind_of_result(o->op, a.kind, b.kind);
	bool divides = o->op == OPERATOR_DIV || o->op == OPERATOR_MOD;

	if (!countable(&a) || !countable(&b))
		return operator_refuse(o, "it counts with numbers, times and addresses; "
		                          "(\"a\" . \"b\") joins texts");
	if (a.kind == VALUE_IP || b.kind == VALUE_IP)
		return add_address(o, &a, &b);
	if (a.kind == VALUE_TIME && b.kind == VALUE_TIME && o->op == OPERATOR_MUL)
		return operator_refuse(o, "a time can be taken so many times: (10s * 3)");
	if (divides && b.number == 0)
		return operator_refuse(o, "division by zero");
	if (a.kind != b.kind && !mixed_time(o, &a, &b))
		return too_large(o);
	if (!compute(o->op, a.number, b.number, &a.number))
		return too_large(o);
	*o->ret_value = (struct value){ .kind = kind, .number = a.number };
	return true;
}

static uint64_t shift(uint64_t bits, uint64_t places, bool left)
{
	if (places > 63)
		return 0;
	return left ? bits << places : bits >> places;
}

static uint64_t combine(enum operator op, uint64_t a, uint64_t b)
{
	switch (op) {
	case OPERATOR_BIT_OR:
		return a | b;
	case OPERATOR_BIT_AND:
		return a & b;
	case OPERATOR_BIT_XOR:
		return a ^ b;
	case OPERATOR_BIT_NOT:
		return ~a;
	default:
		return shift(a, b, op == OPERATOR_SHIFT_LEFT);
	}
}

static bool bits_of(const struct value *value, uint64_t *ret_bits)
{
	*ret_bits = value->kind == VALUE_IP ? value->prefix.addr.v4.v : (uint64_t)value->number;
	return value->kind == VALUE_IP || value->kind == VALUE_NUM;
}

bool operator_bits(const struct operation *o)
{
	struct value a = operator_guess(o, o->left);
	struct value b = o->right != NULL ? operator_guess(o, o->right) : value_num(0);
	bool shifts = o->op == OPERATOR_SHIFT_LEFT || o->op == OPERATOR_SHIFT_RIGHT;
	uint64_t left, right, bits;

	if (!bits_of(&a, &left) || !bits_of(&b, &right) || (shifts && b.kind != VALUE_NUM))
		return operator_refuse(o, "it takes the bits of addresses and numbers, as in "
		                          "(10.0.5.1 & 255.255.255.0) or (1 << 4)");
	if (shifts && b.number < 0)
		return operator_refuse(o, "bits can't be shifted by less than nothing");
	bits = combine(o->op, left, right);
	if (a.kind == VALUE_IP || (!shifts && b.kind == VALUE_IP))
		*o->ret_value = value_ip(ip_addr_v4((ip4){ (uint32_t)bits }));
	else
		*o->ret_value = value_num((int64_t)bits);
	return true;
}
