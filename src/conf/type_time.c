/*
 * type_time.c -- lengths of time: 1d2h3m4s500ms, 01:02:03, 1d02:03:04.5, 10 (seconds).
 */
#include <string.h>

#include "conf/diag.h"
#include "conf/type.h"
#include "lib/must.h"
#include "lib/text.h"

struct unit {
	const char *word;
	uint64_t ms;
};

/* Largest first; each at most once, in this order. */
static const struct unit units[] = {
	{ "w", 604800000 }, { "d", 86400000 }, { "h", 3600000 },
	{ "m", 60000 },     { "s", 1000 },     { "ms", 1 },
};

/* Longer than this is not a time that anybody means; it keeps sums from overflowing. */
#define MOST_MS (1ULL << 53)

static bool digits_read(const char **at, uint64_t *ret_value, size_t *ret_len)
{
	size_t len = strspn(*at, "0123456789");

	if (!text_to_u64(*at, len, ret_value) || *ret_value > MOST_MS)
		return false;
	*at += len;
	*ret_len = len;
	return true;
}

static int unit_find(const char **at)
{
	size_t len = strspn(*at, "wdhms");

	for (size_t i = 0; i < ARRAY_LEN(units); i++) {
		if (strlen(units[i].word) == len && memcmp(units[i].word, *at, len) == 0) {
			*at += len;
			return (int)i;
		}
	}
	return -1;
}

/* ".5" after seconds: tenths, hundredths, thousandths. */
static bool fraction_read(const char **at, uint64_t *ms)
{
	uint64_t value;
	size_t len;

	if (**at != '.')
		return true;
	(*at)++;
	if (!digits_read(at, &value, &len) || len > 3)
		return false;
	for (; len < 3; len++)
		value *= 10;
	*ms += value;
	return true;
}

/* ":MM[:SS[.fff]]" after @hours was read. */
static bool clock_read(const char *at, uint64_t hours, uint64_t *ms)
{
	uint64_t value;
	size_t len;

	*ms += hours * 3600000;
	at++;
	if (!digits_read(&at, &value, &len) || len != 2 || value > 59)
		return false;
	*ms += value * 60000;
	if (*at == '\0')
		return true;
	if (*at++ != ':' || !digits_read(&at, &value, &len) || len != 2 || value > 59)
		return false;
	*ms += value * 1000;
	return fraction_read(&at, ms) && *at == '\0';
}

static bool time_read(const char *at, uint64_t *ret_ms)
{
	uint64_t ms = 0;
	int last = -1;

	do {
		uint64_t value;
		size_t len;

		if (!digits_read(&at, &value, &len) || value > MOST_MS / units[0].ms)
			return false;
		if (*at == ':') {
			*ret_ms = ms;
			return last <= 1 && clock_read(at, value, ret_ms);
		}
		if (*at == '\0' || *at == '.') { /* seconds are meant when no unit is given */
			*ret_ms = ms + value * 1000;
			return last == -1 && fraction_read(&at, ret_ms) && *at == '\0';
		}

		int unit = unit_find(&at);

		if (unit <= last)
			return false;
		ms += value * units[unit].ms;
		last = unit;
	} while (*at != '\0');
	*ret_ms = ms;
	return true;
}

static void time_write(uint64_t ms, struct text *out)
{
	if (ms == 0)
		text_add(out, "0s");
	for (size_t i = 0; i < ARRAY_LEN(units); i++) {
		if (ms >= units[i].ms)
			text_printf(out, "%llu%s", (unsigned long long)(ms / units[i].ms),
			            units[i].word);
		ms %= units[i].ms;
	}
}

static bool time_in_range(const struct field *field, uint64_t ms, struct diag *diag)
{
	char low_buffer[48], high_buffer[48];
	struct text low = text_into(low_buffer, sizeof low_buffer);
	struct text high = text_into(high_buffer, sizeof high_buffer);

	if (field->max <= field->min || (ms >= (uint64_t)field->min && ms <= (uint64_t)field->max))
		return true;
	time_write((uint64_t)field->min, &low);
	time_write((uint64_t)field->max, &high);
	return diag_fail(diag, field->name, "value of %s out of range (%s..%s)", field->name,
	                 low_buffer, high_buffer);
}

static bool time_parse(const struct field *field, const struct conf_state *state, const char *text,
                       void *at, struct diag *diag)
{
	uint64_t ms;

	if (!time_read(text, &ms))
		return diag_fail(
			diag, field->name,
			"invalid value for argument %s: %s is not a length of time such as "
			"1d2h3m4s500ms, 00:01:30 or 90",
			field->name, text[0] == '\0' ? "nothing" : text);
	if (!time_in_range(field, ms, diag))
		return false;
	type_number_put(at, field->bytes, ms);
	return true;
}

static void time_print(const struct field *field, const struct conf_state *state, const void *at,
                       struct text *out)
{
	time_write(type_number(at, field->bytes), out);
}

static int time_compare(const void *a, const void *b, size_t bytes)
{
	uint64_t left = type_number(a, bytes);
	uint64_t right = type_number(b, bytes);

	return left < right ? -1 : left > right;
}

const struct type type_time = {
	.name = "time",
	.looks = "1d2h3m4s500ms or 26:03:04",
	.parse = time_parse,
	.print = time_print,
	.compare = time_compare,
};
