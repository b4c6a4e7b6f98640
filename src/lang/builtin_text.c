/* Builtins that look into texts and arrays, and :range that makes one. */
#include <string.h>

#include "conf/diag.h"
#include "lang/builtin_inside.h"
#include "lib/must.h"
#include "lib/text.h"

static const struct builtin_param len_params[] = {
	{ "value", "text or array", true, true, NULL },
};

static bool call_len(struct builtin_call *call)
{
	call->result = value_num((int64_t)value_count(&call->args[0]));
	return true;
}

BUILTIN("len", len, "number of characters of a text, or of elements of an array");

static const struct builtin_param pick_params[] = {
	{ "value", "text or array", true, true, NULL },
	{ "begin", "first position, counted from 0", true, true, NULL },
	{ "end", "position behind the last one (by default only one is taken)", true, false, NULL },
};

static bool is_array(const struct value *value)
{
	return value->kind == VALUE_ARRAY || value->kind == VALUE_IDS;
}

static void pick_elements(struct builtin_call *call, size_t begin, size_t end)
{
	struct pair *pairs = arena_new(call->arena, end - begin + 1, sizeof *pairs);
	struct pair pair;
	size_t n = 0;

	for (size_t i = begin; i < end && value_element(&call->args[0], i, call->arena, &pair);
	     i++) {
		pairs[n++] = pair;
		if (pair.key.kind == VALUE_NUM)
			pairs[n - 1].key = value_nil();
	}
	call->result = value_array(call->arena, pairs, n);
	if (!builtin_given(call, 2))
		call->result = pairs[0].value;
}

static bool call_pick(struct builtin_call *call)
{
	int64_t count = (int64_t)value_count(&call->args[0]);
	int64_t begin, end;

	if (!builtin_number(call, 1, "begin", 0, &begin) ||
	    !builtin_number(call, 2, "end", begin < count ? begin + 1 : count, &end))
		return false;
	if (begin < 0 || end < 0)
		return diag_fail(call->diag, begin < 0 ? "begin" : "end",
		                 "value of %s out of range (0..%lld)\npositions are counted from 0 "
		                 "at the beginning",
		                 begin < 0 ? "begin" : "end", (long long)count);
	if (end > count)
		end = count;
	call->result = value_missing();
	if (begin >= end)
		return true;
	if (is_array(&call->args[0]))
		pick_elements(call, (size_t)begin, (size_t)end);
	else
		call->result = (struct value){
			.kind = VALUE_TEXT,
			.text = arena_strndup(call->arena, builtin_text(call, 0) + begin,
			                      (size_t)(end - begin)),
		};
	return true;
}

BUILTIN("pick", pick, "a part of a text or of an array");

static const struct builtin_param find_in_params[] = {
	{ "in", "text or array to look in", true, true, NULL },
	{ "what", "part of the text, or element", true, true, NULL },
	{ "from", "look behind this position (default -1: from the beginning)", true, false, NULL },
};

static int64_t find_element(struct builtin_call *call, size_t from)
{
	struct pair pair;

	for (size_t i = from; value_element(&call->args[0], i, call->arena, &pair); i++) {
		bool comparable;

		if (value_compare(&pair.value, &call->args[1], &comparable) == 0 && comparable)
			return (int64_t)i;
	}
	return -1;
}

static int64_t find_text(struct builtin_call *call, size_t from)
{
	const char *in = builtin_text(call, 0);
	const char *found = from <= strlen(in) ? strstr(in + from, builtin_text(call, 1)) : NULL;

	return found != NULL ? found - in : -1;
}

static bool call_find_in(struct builtin_call *call)
{
	int64_t from, at;

	if (!builtin_number(call, 2, "from", -1, &from))
		return false;
	if (from < -1)
		from = -1;
	at = is_array(&call->args[0]) ? find_element(call, (size_t)from + 1)
	                              : find_text(call, (size_t)from + 1);
	call->result = at >= 0 ? value_num(at) : value_missing();
	return true;
}

BUILTIN("find", find_in, "position of a part in a text, or of an element in an array");

static const struct builtin_param range_params[] = {
	{ "from", "first number", true, true, NULL },
	{ "to", "last number", true, true, NULL },
	{ "step", "distance (default 1, or -1 when it counts down)", true, false, NULL },
};

#define RANGE_MOST 65536

static bool call_range(struct builtin_call *call)
{
	int64_t from, to, step, span;

	if (!builtin_number(call, 0, "from", 0, &from) || !builtin_number(call, 1, "to", 0, &to) ||
	    !builtin_number(call, 2, "step", from <= to ? 1 : -1, &step))
		return false;
	if (step == 0)
		return diag_fail(call->diag, "step",
		                 "invalid value for argument step\n0 would never arrive");
	if (__builtin_sub_overflow(to, from, &span) || step == INT64_MIN)
		return diag_fail(call->diag, "to", "value of to out of range");
	span = step > 0 ? span / step : -(span / -step);
	span = (step > 0) == (to >= from) || to == from ? (to - from) / step + 1 : 0;
	if (span > RANGE_MOST)
		return diag_fail(call->diag, "to",
		                 "value of to out of range\n%lld numbers are too many for an array "
		                 "(%d at most); :for counts without one",
		                 (long long)span, RANGE_MOST);

	struct pair *pairs = arena_new(call->arena, (size_t)span + 1, sizeof *pairs);

	for (int64_t i = 0; i < span; i++)
		pairs[i].value = value_num(from + i * step);
	call->result = value_array(call->arena, pairs, (size_t)span);
	return true;
}

BUILTIN("range", range, "array of numbers from one to another");

static bool convert_lines(struct builtin_call *call, bool crlf)
{
	const char *in = builtin_text(call, 0);
	struct text out = { 0 };

	for (; *in != '\0'; in++) {
		if (*in == '\r' && in[1] == '\n')
			continue;
		text_add(&out, *in == '\n' && crlf ? "\r" : "");
		text_char(&out, *in);
	}
	call->result = value_text(call->arena, text_str(&out));
	text_free(&out);
	return true;
}

static const struct builtin_param tocrlf_params[] = {
	{ "value", "text", true, true, NULL },
};

static bool call_tocrlf(struct builtin_call *call)
{
	return convert_lines(call, true);
}

BUILTIN("tocrlf", tocrlf, "text whose lines end as Windows has it (\\r\\n)");

static const struct builtin_param tolf_params[] = {
	{ "value", "text", true, true, NULL },
};

static bool call_tolf(struct builtin_call *call)
{
	return convert_lines(call, false);
}

BUILTIN("tolf", tolf, "text whose lines end as Unix has it (\\n)");
