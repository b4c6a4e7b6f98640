/* Which of two values comes first. */
#include <string.h>

#include "lang/value.h"

static int order(bool less, bool more)
{
	return less ? -1 : more;
}

static int addr_compare(const struct ip_addr *a, const struct ip_addr *b)
{
	if (a->family != b->family)
		return order(a->family < b->family, true);
	if (a->family == IP_V4)
		return order(a->v4.v<b->v4.v, a->v4.v> b->v4.v);
	return memcmp(a->v6, b->v6, sizeof a->v6);
}

static int prefix_compare(const struct ip_prefix *a, const struct ip_prefix *b)
{
	int by_addr = addr_compare(&a->addr, &b->addr);

	return by_addr != 0 ? by_addr : order(a->bits<b->bits, a->bits> b->bits);
}

static int ids_compare(const struct id_list *a, const struct id_list *b)
{
	for (size_t i = 0; i < a->n && i < b->n; i++)
		if (a->at[i] != b->at[i])
			return order(a->at[i] < b->at[i], true);
	return order(a->n<b->n, a->n> b->n);
}

/* Element by element, names included; the shorter comes first. */
static int list_compare(const struct value *a, const struct value *b, bool *ret_comparable)
{
	struct arena arena = { 0 };
	struct pair left, right;
	int result = 0;

	for (size_t i = 0; result == 0 && *ret_comparable; i++) {
		bool more_left = value_element(a, i, &arena, &left);
		bool more_right = value_element(b, i, &arena, &right);

		if (!more_left || !more_right) {
			result = order(more_right, more_left);
			break;
		}
		result = value_compare(&left.key, &right.key, ret_comparable);
		if (result == 0)
			result = value_compare(&left.value, &right.value, ret_comparable);
	}
	arena_free(&arena);
	return result;
}

static int same_kind(const struct value *a, const struct value *b, bool *ret_comparable)
{
	switch (a->kind) {
	case VALUE_NIL:
		return 0;
	case VALUE_BOOL:
	case VALUE_NUM:
	case VALUE_TIME:
		return order(a->number<b->number, a->number> b->number);
	case VALUE_TEXT:
	case VALUE_CODE:
		return strcmp(a->text, b->text);
	case VALUE_IP:
		return addr_compare(&a->prefix.addr, &b->prefix.addr);
	case VALUE_PREFIX:
		return prefix_compare(&a->prefix, &b->prefix);
	case VALUE_IDS:
		return ids_compare(&a->ids, &b->ids);
	case VALUE_ARRAY:
		return list_compare(a, b, ret_comparable);
	}
	return 0;
}

static bool is_list(const struct value *value)
{
	return value->kind == VALUE_IDS || value->kind == VALUE_ARRAY;
}

int value_compare(const struct value *a, const struct value *b, bool *ret_comparable)
{
	struct arena arena = { 0 };
	struct value left = *a, right = *b;
	int result = 1;

	*ret_comparable = true;
	if (left.kind == VALUE_TEXT && right.kind != VALUE_TEXT)
		left = value_guess(&arena, left.text);
	if (right.kind == VALUE_TEXT && left.kind != VALUE_TEXT && a->kind != VALUE_TEXT)
		right = value_guess(&arena, right.text);
	if (left.kind == right.kind)
		result = same_kind(&left, &right, ret_comparable);
	else if (is_list(&left) && is_list(&right))
		result = list_compare(&left, &right, ret_comparable);
	else
		*ret_comparable = false;
	arena_free(&arena);
	return result;
}
