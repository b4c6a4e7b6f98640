/* Builtins that make one kind of value of another, and tell which it is. */
#include <string.h>

#include "conf/diag.h"
#include "lang/builtin_inside.h"
#include "lib/must.h"
#include "lib/text.h"

static struct value guess(struct builtin_call *call)
{
	if (call->args[0].kind == VALUE_TEXT)
		return value_guess(call->arena, call->args[0].text);
	return call->args[0];
}

#define SECOND 1000000000LL

static const struct builtin_param typeof_params[] = {
	{ "value", "anything", true, false, NULL },
};

static bool call_typeof(struct builtin_call *call)
{
	call->result = value_text(call->arena, value_kind_word(&call->args[0]));
	return true;
}

BUILTIN("typeof", typeof,
        "kind of a value: nothing nil bool num str time ip ip-prefix id array code");

static const struct builtin_param tostr_params[] = {
	{ "value", "anything", true, true, NULL },
};

static bool call_tostr(struct builtin_call *call)
{
	call->result = value_text(call->arena, builtin_text(call, 0));
	return true;
}

BUILTIN("tostr", tostr, "value as text");

static const struct builtin_param tonum_params[] = {
	{ "value", "number as text, time (in seconds), address or yes|no", true, true, NULL },
};

static bool call_tonum(struct builtin_call *call)
{
	struct value value = guess(call);

	switch (value.kind) {
	case VALUE_NUM:
	case VALUE_BOOL:
		call->result = value_num(value.number);
		break;
	case VALUE_TIME:
		call->result = value_num(value.number / SECOND);
		break;
	case VALUE_IP:
		call->result = value_num(value.prefix.addr.v4.v);
		break;
	default:
		call->result = value_missing();
	}
	return true;
}

BUILTIN("tonum", tonum, "value as a number, or nil");

static const struct builtin_param tobool_params[] = {
	{ "value", "yes, no, true, false or a number", true, true, NULL },
};

static bool call_tobool(struct builtin_call *call)
{
	struct value value = guess(call);

	call->result = value_missing();
	if (value.kind == VALUE_BOOL || value.kind == VALUE_NUM)
		call->result = value_bool(value.number != 0);
	return true;
}

BUILTIN("tobool", tobool, "value as true or false, or nil");

static const struct builtin_param toid_params[] = {
	{ "value", "internal number of an item, as in *1A", true, true, NULL },
};

static bool call_toid(struct builtin_call *call)
{
	struct value value = guess(call);

	call->result = value_missing();
	if (value.kind == VALUE_IDS)
		call->result = value;
	else if (value.kind == VALUE_NUM && value.number >= 0 && value.number <= UINT32_MAX)
		call->result = value_id(call->arena, (uint32_t)value.number);
	return true;
}

BUILTIN("toid", toid, "value as the internal number of an item, or nil");

static const struct builtin_param toip_params[] = {
	{ "value", "address as text, or its number", true, true, NULL },
};

static bool call_toip(struct builtin_call *call)
{
	struct value value = guess(call);

	call->result = value_missing();
	if (value.kind == VALUE_IP)
		call->result = value;
	else if (value.kind == VALUE_NUM && value.number >= 0 && value.number <= UINT32_MAX)
		call->result = value_ip(ip_addr_v4((ip4){ (uint32_t)value.number }));
	return true;
}

BUILTIN("toip", toip, "value as an address, or nil");

static const struct builtin_param totime_params[] = {
	{ "value", "length of time, or a number of seconds", true, true, NULL },
};

static bool call_totime(struct builtin_call *call)
{
	struct value value = guess(call);
	int64_t ns;

	call->result = value_missing();
	if (value.kind == VALUE_TIME)
		call->result = value;
	else if (value.kind == VALUE_NUM && !__builtin_mul_overflow(value.number, SECOND, &ns))
		call->result = value_time(ns);
	return true;
}

BUILTIN("totime", totime, "value as a length of time, or nil");

static const struct builtin_param tonsec_params[] = {
	{ "value", "length of time", true, true, NULL },
};

static bool call_tonsec(struct builtin_call *call)
{
	struct value value = guess(call);

	call->result = value.kind == VALUE_TIME ? value_num(value.number) : value_missing();
	return true;
}

BUILTIN("tonsec", tonsec, "length of time as a number of nanoseconds, or nil");

static const struct builtin_param toarray_params[] = {
	{ "value", "texts separated by commas", true, true, NULL },
};

/* "1,2,x" is an array of three. */
static struct value split(struct builtin_call *call, const char *list)
{
	size_t n = 0, size = 1;

	for (const char *at = list; *at != '\0'; at++)
		size += *at == ',';

	struct pair *pairs = arena_new(call->arena, size, sizeof *pairs);

	while (*list != '\0') {
		size_t len = strcspn(list, ",");

		pairs[n++].value = value_guess(call->arena, arena_strndup(call->arena, list, len));
		list += len + (list[len] == ',');
	}
	return value_array(call->arena, pairs, n);
}

static bool call_toarray(struct builtin_call *call)
{
	const struct value *value = &call->args[0];

	if (value->kind == VALUE_ARRAY || value->kind == VALUE_IDS)
		call->result = *value;
	else
		call->result = split(call, builtin_text(call, 0));
	return true;
}

BUILTIN("toarray", toarray, "array of the parts of a text that commas separate");
