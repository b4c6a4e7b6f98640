#include "lang/value.h"

#include <stdlib.h>
#include <string.h>

#include "conf/diag.h"
#include "lib/must.h"
#include "lib/text.h"

struct value value_nil(void)
{
	return (struct value){ .kind = VALUE_NIL };
}

struct value value_missing(void)
{
	return (struct value){ .kind = VALUE_NIL, .number = 1 };
}

struct value value_bool(bool truth)
{
	return (struct value){ .kind = VALUE_BOOL, .number = truth };
}

struct value value_num(int64_t number)
{
	return (struct value){ .kind = VALUE_NUM, .number = number };
}

struct value value_time(int64_t ns)
{
	return (struct value){ .kind = VALUE_TIME, .number = ns };
}

struct value value_ip(struct ip_addr addr)
{
	return (struct value){ .kind = VALUE_IP, .prefix = { .addr = addr } };
}

struct value value_text(struct arena *arena, const char *text)
{
	return (struct value){ .kind = VALUE_TEXT, .text = arena_strdup(arena, text) };
}

struct value value_id(struct arena *arena, uint32_t id)
{
	struct value value = { .kind = VALUE_IDS };

	id_list_push(&value.ids, arena, id);
	return value;
}

struct value value_code(struct arena *arena, const char *source, size_t len)
{
	return (struct value){ .kind = VALUE_CODE, .text = arena_strndup(arena, source, len) };
}

static int key_order(const struct value *a, const struct value *b)
{
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (a->kind == VALUE_TEXT)
		return strcmp(a->text, b->text);
	return a->number < b->number ? -1 : a->number > b->number;
}

/* Elements of one name stay in the order in which they came. */
static int pair_order(const void *left, const void *right)
{
	const struct pair *const *a = left, *const *b = right;
	int order = key_order(&(*a)->key, &(*b)->key);

	return order != 0 ? order : *a < *b ? -1 : 1;
}

/* The arrays among the elements of @array: how deep they are, and an end to it. */
static void bound_depth(struct array *array, struct pair *at, struct arena *arena)
{
	array->depth = 1;
	for (size_t i = 0; i < array->n; i++) {
		if (at[i].value.kind != VALUE_ARRAY)
			continue;

		unsigned depth = at[i].value.array->depth + 1;

		if (depth > VALUE_DEPTH)
			at[i].value = value_text(arena, value_str(&at[i].value, arena));
		else if (depth > array->depth)
			array->depth = depth;
	}
}

struct value value_array(struct arena *arena, const struct pair *pairs, size_t n)
{
	struct array *array = arena_new(arena, 1, sizeof *array);
	struct pair *at = arena_new(arena, n + 1, sizeof *at);
	const struct pair **named = arena_new(arena, n + 1, sizeof(struct pair *));
	size_t nnamed = 0;

	for (size_t i = 0; i < n; i++) {
		must(pairs[i].key.kind <= VALUE_TEXT);
		if (pairs[i].key.kind == VALUE_NIL)
			at[array->n++] = pairs[i];
		else
			named[nnamed++] = &pairs[i];
	}
	qsort(named, nnamed, sizeof(struct pair *), pair_order);
	for (size_t i = 0; i < nnamed; i++) {
		if (i + 1 < nnamed && key_order(&named[i]->key, &named[i + 1]->key) == 0)
			continue;
		at[array->n++] = *named[i];
	}
	bound_depth(array, at, arena);
	array->at = at;
	return (struct value){ .kind = VALUE_ARRAY, .array = array };
}

static struct value copy_array(const struct array *array, struct arena *arena)
{
	struct array *copy = arena_new(arena, 1, sizeof *copy);
	struct pair *at = arena_new(arena, array->n + 1, sizeof *at);

	for (size_t i = 0; i < array->n; i++) {
		at[i].key = value_copy(&array->at[i].key, arena);
		at[i].value = value_copy(&array->at[i].value, arena);
	}
	*copy = (struct array){ .n = array->n, .depth = array->depth, .at = at };
	return (struct value){ .kind = VALUE_ARRAY, .array = copy };
}

struct value value_copy(const struct value *value, struct arena *arena)
{
	struct value copy = *value;

	switch (value->kind) {
	case VALUE_TEXT:
	case VALUE_CODE:
		copy.text = arena_strdup(arena, value->text);
		break;
	case VALUE_IDS:
		copy.ids = (struct id_list){ 0 };
		for (size_t i = 0; i < value->ids.n; i++)
			id_list_push(&copy.ids, arena, value->ids.at[i]);
		break;
	case VALUE_ARRAY:
		return copy_array(value->array, arena);
	default:
		break;
	}
	return copy;
}

static void print_array(const struct array *array, struct text *out)
{
	for (size_t i = 0; i < array->n; i++) {
		if (i > 0)
			text_char(out, ';');
		if (array->at[i].key.kind != VALUE_NIL) {
			value_print(&array->at[i].key, out);
			text_char(out, '=');
		}
		value_print(&array->at[i].value, out);
	}
}

void value_print(const struct value *value, struct text *out)
{
	switch (value->kind) {
	case VALUE_NIL:
		break;
	case VALUE_BOOL:
		text_add(out, value->number != 0 ? "true" : "false");
		break;
	case VALUE_NUM:
		text_printf(out, "%lld", (long long)value->number);
		break;
	case VALUE_TEXT:
	case VALUE_CODE:
		text_add(out, value->text);
		break;
	case VALUE_TIME:
		value_time_print(value->number, out);
		break;
	case VALUE_IP:
		ip_addr_print(&value->prefix.addr, out);
		break;
	case VALUE_PREFIX:
		ip_prefix_print(&value->prefix, out);
		break;
	case VALUE_IDS:
		for (size_t i = 0; i < value->ids.n; i++)
			text_printf(out, "%s*%X", i > 0 ? ";" : "", value->ids.at[i]);
		break;
	case VALUE_ARRAY:
		print_array(value->array, out);
		break;
	}
}

const char *value_str(const struct value *value, struct arena *arena)
{
	struct text text = { 0 };
	const char *str;

	if (value->kind == VALUE_TEXT || value->kind == VALUE_CODE)
		return value->text;
	value_print(value, &text);
	str = arena_strdup(arena, text_str(&text));
	text_free(&text);
	return str;
}

const char *value_kind_word(const struct value *value)
{
	static const char *const words[] = {
		[VALUE_NIL] = "nothing", [VALUE_BOOL] = "bool",        [VALUE_NUM] = "num",
		[VALUE_TEXT] = "str",    [VALUE_TIME] = "time",        [VALUE_IP] = "ip",
		[VALUE_IDS] = "array",   [VALUE_PREFIX] = "ip-prefix", [VALUE_ARRAY] = "array",
		[VALUE_CODE] = "code",
	};

	if (value->kind == VALUE_NIL && value->number != 0)
		return "nil";
	if (value->kind == VALUE_IDS && value->ids.n == 1)
		return "id";
	return words[value->kind];
}

bool value_truth(const struct value *value, bool *ret_truth, struct diag *diag)
{
	struct arena arena = { 0 };
	struct value guess = *value;
	bool ok;

	if (value->kind == VALUE_TEXT)
		guess = value_guess(&arena, value->text);
	ok = guess.kind == VALUE_BOOL || guess.kind == VALUE_NIL;
	*ret_truth = guess.kind == VALUE_BOOL && guess.number != 0;
	if (!ok)
		(void)diag_fail(
			diag, NULL,
			"conditional not boolean\n\"%.40s\" is of type %s; a condition is true "
			"or false: compare it, as in ($x = 5) or ([:len $x] > 0)",
			value_str(value, &arena), value_kind_word(value));
	arena_free(&arena);
	return ok;
}

size_t value_count(const struct value *value)
{
	struct text text = { 0 };
	size_t len;

	if (value->kind == VALUE_ARRAY)
		return value->array->n;
	if (value->kind == VALUE_IDS)
		return value->ids.n;
	value_print(value, &text);
	len = text.len;
	text_free(&text);
	return len;
}

bool value_element(const struct value *value, size_t i, struct arena *arena, struct pair *ret_pair)
{
	size_t n = value->kind == VALUE_ARRAY ? value->array->n
	           : value->kind == VALUE_IDS ? value->ids.n
	                                      : value->kind != VALUE_NIL;

	if (i >= n)
		return false;
	*ret_pair = (struct pair){ .key = value_num((int64_t)i), .value = *value };
	if (value->kind == VALUE_IDS)
		ret_pair->value = value_id(arena, value->ids.at[i]);
	if (value->kind != VALUE_ARRAY)
		return true;
	ret_pair->value = value->array->at[i].value;
	if (value->array->at[i].key.kind != VALUE_NIL)
		ret_pair->key = value->array->at[i].key;
	return true;
}

static bool key_names(const struct value *key, size_t i, const struct value *wanted)
{
	if (key->kind == VALUE_NIL)
		return wanted->kind == VALUE_NUM && wanted->number == (int64_t)i;
	return key_order(key, wanted) == 0;
}

const struct value *value_find(const struct value *value, const struct value *key)
{
	must(value->kind == VALUE_ARRAY);
	for (size_t i = 0; i < value->array->n; i++)
		if (key_names(&value->array->at[i].key, i, key))
			return &value->array->at[i].value;
	return NULL;
}

size_t value_bytes(const struct value *value)
{
	size_t bytes = sizeof *value;

	if (value->kind == VALUE_TEXT || value->kind == VALUE_CODE)
		return bytes + strlen(value->text) + 1;
	if (value->kind == VALUE_IDS)
		return bytes + value->ids.n * sizeof *value->ids.at;
	if (value->kind != VALUE_ARRAY)
		return bytes;
	for (size_t i = 0; i < value->array->n; i++)
		bytes += value_bytes(&value->array->at[i].key) +
		         value_bytes(&value->array->at[i].value);
	return bytes + sizeof *value->array;
}
