/* Builtins whose answer nobody can compute: chance, and the time. */
#include <string.h>

#include "conf/diag.h"
#include "lang/builtin_inside.h"
#include "lib/must.h"
#include "lib/random.h"

static const struct builtin_param rndnum_params[] = {
	{ "from", "lowest number", true, true, NULL },
	{ "to", "highest number", true, true, NULL },
};

/* Evenly from 0 to @most: draws beyond the last whole stretch are thrown away. */
static uint64_t draw(struct random *random, uint64_t most)
{
	uint64_t span = most + 1, beyond = span != 0 ? UINT64_MAX - UINT64_MAX % span : 0, drawn;

	do {
		drawn = random_u64(random);
	} while (span != 0 && drawn >= beyond);
	return span != 0 ? drawn % span : drawn;
}

static bool call_rndnum(struct builtin_call *call)
{
	int64_t from, to;

	if (!builtin_number(call, 0, "from", 0, &from) || !builtin_number(call, 1, "to", 0, &to))
		return false;
	if (from > to)
		return diag_fail(call->diag, "to",
		                 "value of to out of range\nit must not be below from (%lld)",
		                 (long long)from);
	call->result = value_num(
		(int64_t)((uint64_t)from + draw(call->random, (uint64_t)to - (uint64_t)from)));
	return true;
}

BUILTIN("rndnum", rndnum, "random number between two numbers");

static const struct builtin_param rndstr_params[] = {
	{ "length", "number of characters (default 16)", true, false, NULL },
	{ "from", "characters to draw from (default letters and digits)", true, false, NULL },
};

#define RANDOM_TEXT_MOST 4096

static bool call_rndstr(struct builtin_call *call)
{
	const char *from = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
	int64_t length;
	char *out;

	if (!builtin_number(call, 0, "length", 16, &length))
		return false;
	if (length < 1 || length > RANDOM_TEXT_MOST)
		return diag_fail(call->diag, "length", "value of length out of range (1..%d)",
		                 RANDOM_TEXT_MOST);
	if (builtin_given(call, 1))
		from = builtin_text(call, 1);
	if (*from == '\0')
		return diag_fail(call->diag, "from",
		                 "invalid value for argument from\nit must name at least one "
		                 "character");
	out = arena_new(call->arena, (size_t)length + 1, 1);
	for (int64_t i = 0; i < length; i++)
		out[i] = from[random_below(call->random, (uint32_t)strlen(from))];
	call->result = (struct value){ .kind = VALUE_TEXT, .text = out };
	return true;
}

BUILTIN("rndstr", rndstr, "random text, for a password or a name");

static bool call_timestamp(struct builtin_call *call)
{
	call->result = value_time(call->now.ns);
	return true;
}

const struct builtin builtin_timestamp = {
	.name = "timestamp",
	.help = "time since 1970-01-01 00:00:00 UTC",
	.call = call_timestamp,
};
