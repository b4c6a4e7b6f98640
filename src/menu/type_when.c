/*
 * type_when.c -- matchers of a word or two: time, src-mac-address, ttl, ipv4-options, ipsec-policy.
 */
#include <string.h>

#include "conf/diag.h"
#include "fw/match_text.h"
#include "lib/must.h"
#include "menu/type_match.h"

static bool take_not(const char **text)
{
	bool negate = **text == '!';

	*text += negate;
	return negate;
}

static void print_not(bool negate, struct text *out)
{
	if (negate)
		text_char(out, '!');
}

/* One time of day of @len bytes: 8h, 08:00:00, 1d for the end of it. */
static bool day_time_read(const char *text, size_t len, uint32_t *ret_s)
{
	static const struct field any = { .name = "time", .bytes = sizeof(uint64_t) };
	struct diag ignored = { 0 };
	char buffer[32];
	uint64_t ms;

	if (len >= sizeof buffer)
		return false;
	memcpy(buffer, text, len);
	buffer[len] = '\0';
	if (!type_time.parse(&any, NULL, buffer, &ms, &ignored) || ms % 1000 != 0 ||
	    ms / 1000 > DAY_S)
		return false;
	*ret_s = (uint32_t)(ms / 1000);
	return true;
}

static bool days_read(const char *text, uint8_t *ret_days)
{
	while (*text == ',') {
		size_t len = strcspn(++text, ","), day = 0;

		while (day < WEEK_DAYS &&
		       (strlen(week_words[day]) != len || memcmp(week_words[day], text, len) != 0))
			day++;
		if (day == WEEK_DAYS)
			return false;
		*ret_days |= (uint8_t)(1U << day);
		text += len;
	}
	return *ret_days != 0;
}

static bool week_read(const char *text, struct match_week *match)
{
	size_t from_len = strcspn(text, "-,");
	const char *to = text + from_len + 1;
	size_t to_len;

	if (text[from_len] != '-')
		return false;
	to_len = strcspn(to, ",");
	return day_time_read(text, from_len, &match->from_s) &&
	       day_time_read(to, to_len, &match->to_s) && days_read(to + to_len, &match->days);
}

static bool week_parse(const struct field *field, const struct conf_state *state, const char *text,
                       void *at, struct diag *diag)
{
	struct match_week match = { .on = true, .negate = take_not(&text) };

	if (!week_read(text, &match))
		return diag_fail(diag, field->name,
		                 "invalid value for argument %s: %s is not from-to,days (in UTC), "
		                 "such as 8h-18h,mon,tue,wed,thu,fri",
		                 field->name, text[0] == '\0' ? "nothing" : text);
	memcpy(at, &match, sizeof match);
	return true;
}

static void week_print(const struct field *field, const struct conf_state *state, const void *at,
                       struct text *out)
{
	struct match_week match;

	memcpy(&match, at, sizeof match);
	if (!match.on)
		return;
	print_not(match.negate, out);
	match_text_week(&match, out);
}

const struct type type_match_week = {
	.name = "[!]from-to,days",
	.parse = week_parse,
	.print = week_print,
};

static bool mac_match_parse(const struct field *field, const struct conf_state *state,
                            const char *text, void *at, struct diag *diag)
{
	struct match_mac match = { .on = true, .negate = take_not(&text) };
	struct mac mac;

	if (!type_mac.parse(field, state, text, &mac, diag))
		return false;
	memcpy(match.mac, mac.b, sizeof match.mac);
	memcpy(at, &match, sizeof match);
	return true;
}

static void mac_match_print(const struct field *field, const struct conf_state *state,
                            const void *at, struct text *out)
{
	struct match_mac match;

	memcpy(&match, at, sizeof match);
	if (!match.on)
		return;
	print_not(match.negate, out);
	match_text_mac(&match, out);
}

const struct type type_match_mac = {
	.name = "[!]MAC address",
	.parse = mac_match_parse,
	.print = mac_match_print,
};

static bool kind_parse(const struct field *field, const struct conf_state *state, const char *text,
                       void *at, struct diag *diag)
{
	struct match_kind match = { .on = true, .negate = take_not(&text) };
	struct field inner = *field;

	inner.bytes = sizeof match.kind;
	inner.flags |= F_REQUIRED;
	if (!type_enum.parse(&inner, state, text, &match.kind, diag))
		return false;
	memcpy(at, &match, sizeof match);
	return true;
}

static void kind_print(const struct field *field, const struct conf_state *state, const void *at,
                       struct text *out)
{
	struct match_kind match;

	memcpy(&match, at, sizeof match);
	if (!match.on)
		return;
	print_not(match.negate, out);
	text_add(out, field->words[match.kind]);
}

static void kind_choices(const struct field *field, const struct conf_state *state,
                         struct choice_sink *sink)
{
	type_enum.choices(field, state, sink);
}

const struct type type_match_kind = {
	.name = "[!]word",
	.parse = kind_parse,
	.print = kind_print,
	.choices = kind_choices,
};

enum ttl_test {
	TTL_EQUAL,
	TTL_NOT_EQUAL,
	TTL_LESS,
	TTL_GREATER,
	TTL_TESTS,
};

static const char *const ttl_words[TTL_TESTS + 1] = {
	[TTL_EQUAL] = "equal:",
	[TTL_NOT_EQUAL] = "not-equal:",
	[TTL_LESS] = "less-than:",
	[TTL_GREATER] = "greater-than:",
};

static bool ttl_set(struct match_number *match, unsigned test, uint64_t n)
{
	match->low = test == TTL_LESS ? 0 : (uint32_t)n + (test == TTL_GREATER);
	match->high = test == TTL_GREATER ? UINT8_MAX : (uint32_t)n - (test == TTL_LESS);
	match->negate ^= test == TTL_NOT_EQUAL;
	return n <= UINT8_MAX && !(test == TTL_LESS && n == 0) &&
	       !(test == TTL_GREATER && n == UINT8_MAX);
}

/* RouterOS's form; the other one is a plain number or range. */
static bool ttl_parse(const struct field *field, const struct conf_state *state, const char *text,
                      void *at, struct diag *diag)
{
	const char *word = text;
	struct match_number match = { .on = true, .negate = take_not(&word) };
	unsigned test = 0;
	uint64_t n = 0;

	while (test < TTL_TESTS && strncmp(word, ttl_words[test], strlen(ttl_words[test])) != 0)
		test++;
	if (test == TTL_TESTS)
		return type_match_number.parse(field, state, text, at, diag);
	word += strlen(ttl_words[test]);
	if (!text_to_u64(word, strlen(word), &n) || n > UINT8_MAX || !ttl_set(&match, test, n))
		return diag_fail(diag, field->name,
		                 "invalid value for argument %s: %s fits no packet, or is not such "
		                 "as equal:64, not-equal:64, less-than:10 (1 to 255), "
		                 "greater-than:100 (0 to 254)",
		                 field->name, text);
	memcpy(at, &match, sizeof match);
	return true;
}

static void ttl_print(const struct field *field, const struct conf_state *state, const void *at,
                      struct text *out)
{
	struct match_number match;

	memcpy(&match, at, sizeof match);
	if (!match.on)
		return;
	if (match.low == match.high) {
		text_printf(out, "%s%u", ttl_words[match.negate ? TTL_NOT_EQUAL : TTL_EQUAL],
		            match.low);
		return;
	}
	print_not(match.negate, out);
	if (match.low == 0 && match.high < UINT8_MAX)
		text_printf(out, "%s%u", ttl_words[TTL_LESS], match.high + 1);
	else if (match.high == UINT8_MAX && match.low > 0)
		text_printf(out, "%s%u", ttl_words[TTL_GREATER], match.low - 1);
	else
		text_printf(out, "%u-%u", match.low, match.high);
}

static void ttl_choices(const struct field *field, const struct conf_state *state,
                        struct choice_sink *sink)
{
	for (unsigned i = 0; i < TTL_TESTS; i++)
		sink->choice(sink, ttl_words[i], NULL);
}

const struct type type_match_ttl = {
	.name = "equal|not-equal|less-than|greater-than:n, or [!]a number or range",
	.parse = ttl_parse,
	.print = ttl_print,
	.choices = ttl_choices,
};

static bool new_ttl_parse(const struct field *field, const struct conf_state *state,
                          const char *text, void *at, struct diag *diag)
{
	size_t len = strcspn(text, ":");
	struct ttl_change change = { .how = TTL_CHANGE_SET };
	uint64_t n = 0;

	while (rule_ttl_change_words[change.how] != NULL &&
	       (strlen(rule_ttl_change_words[change.how]) != len ||
	        memcmp(rule_ttl_change_words[change.how], text, len) != 0))
		change.how++;
	if (rule_ttl_change_words[change.how] == NULL || text[len] != ':' ||
	    !text_to_u64(text + len + 1, strlen(text + len + 1), &n) || n == 0 || n > UINT8_MAX)
		return diag_fail(diag, field->name,
		                 "invalid value for argument %s: %s is not set:n, increment:n or "
		                 "decrement:n, with a number of 1 to 255",
		                 field->name, text[0] == '\0' ? "nothing" : text);
	change.n = (uint8_t)n;
	memcpy(at, &change, sizeof change);
	return true;
}

static void new_ttl_print(const struct field *field, const struct conf_state *state, const void *at,
                          struct text *out)
{
	struct ttl_change change;

	memcpy(&change, at, sizeof change);
	match_text_ttl_change(&change, out);
}

const struct type type_new_ttl = {
	.name = "set|increment|decrement:n",
	.parse = new_ttl_parse,
	.print = new_ttl_print,
};
