#include "menu/type_address_list.h"

#include <string.h>

#include "conf/diag.h"
#include "fw/rule.h"
#include "lib/must.h"

/* Letters that no address has, dots and dashes: somebody's name. */
static bool is_host_name(const char *text)
{
	bool letter = false;

	if (strchr(text, ':') != NULL)
		return false;
	for (const char *at = text; *at != '\0'; at++) {
		bool here = (*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z');

		if (!here && strchr("0123456789.-_", *at) == NULL)
			return false;
		letter |= here;
	}
	return letter;
}

static bool listed_parse(const struct field *field, const struct conf_state *state,
                         const char *text, void *at, struct diag *diag)
{
	if (is_host_name(text))
		return diag_fail(diag, field->name,
		                 "invalid value for argument %s: %s is a name, and DNS names are "
		                 "not resolved yet; give an address, a network or a range",
		                 field->name, text);
	return type_range.parse(field, state, text, at, diag);
}

static void listed_print(const struct field *field, const struct conf_state *state, const void *at,
                         struct text *out)
{
	type_range.print(field, state, at, out);
}

static int listed_compare(const void *a, const void *b, size_t bytes)
{
	return type_range.compare(a, b, bytes);
}

const struct type type_listed_address = {
	.name = "address, network or range",
	.parse = listed_parse,
	.print = listed_print,
	.compare = listed_compare,
};

static bool match_parse(const struct field *field, const struct conf_state *state, const char *text,
                        void *at, struct diag *diag)
{
	struct match_address_list match = { .on = true, .negate = text[0] == '!' };
	struct field inner = *field;

	inner.bytes = sizeof match.name;
	inner.min = 1;
	if (!type_word.parse(&inner, state, text + match.negate, match.name, diag))
		return false;
	memcpy(at, &match, sizeof match);
	return true;
}

static void match_print(const struct field *field, const struct conf_state *state, const void *at,
                        struct text *out)
{
	struct match_address_list match;

	memcpy(&match, at, sizeof match);
	if (match.on)
		text_printf(out, "%s%s", match.negate ? "!" : "", match.name);
}

const struct type type_match_address_list = {
	.name = "[!]address list",
	.parse = match_parse,
	.print = match_print,
};

static struct field plain_time(const struct field *field)
{
	struct field inner = *field;

	inner.bytes = sizeof(uint64_t);
	inner.min = 1000;
	inner.max = UINT32_MAX * 1000LL;
	return inner;
}

static bool timeout_parse(const struct field *field, const struct conf_state *state,
                          const char *text, void *at, struct diag *diag)
{
	struct field inner = plain_time(field);
	uint64_t ms = 0;
	uint32_t seconds;

	if (strcmp(text, "none-static") == 0)
		return diag_fail(diag, field->name,
		                 "invalid value for argument %s: what rules add is not stored, so "
		                 "there is no none-static; none-dynamic stays until the router "
		                 "restarts",
		                 field->name);
	if (strcmp(text, "none-dynamic") != 0 && !type_time.parse(&inner, state, text, &ms, diag))
		return false;
	seconds = (uint32_t)((ms + 999) / 1000);
	memcpy(at, &seconds, sizeof seconds);
	return true;
}

static void timeout_print(const struct field *field, const struct conf_state *state, const void *at,
                          struct text *out)
{
	struct field inner = plain_time(field);
	uint32_t seconds;
	uint64_t ms;

	memcpy(&seconds, at, sizeof seconds);
	ms = seconds * 1000ULL;
	if (seconds == 0)
		text_add(out, "none-dynamic");
	else
		type_time.print(&inner, state, &ms, out);
}

static int timeout_compare(const void *a, const void *b, size_t bytes)
{
	uint64_t x = type_number(a, bytes), y = type_number(b, bytes);

	return x < y ? -1 : x > y;
}

static void timeout_choices(const struct field *field, const struct conf_state *state,
                            struct choice_sink *sink)
{
	sink->choice(sink, "none-dynamic", "until it is removed or the router restarts");
}

const struct type type_address_list_timeout = {
	.name = "time or none-dynamic",
	.parse = timeout_parse,
	.print = timeout_print,
	.compare = timeout_compare,
	.choices = timeout_choices,
};
