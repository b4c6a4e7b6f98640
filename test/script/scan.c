#include "script/scan.h"

#include <stdio.h>
#include <string.h>

#include "lib/text.h"

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static bool is_alone(char c)
{
	return c == ',' || c == '<' || c == '>' || c == '=';
}

struct word scan_peek(const struct scan *scan)
{
	size_t at = scan->at, end;

	while (at < scan->len && is_space(scan->line[at]))
		at++;
	end = at;
	if (at < scan->len && scan->line[at] != '#') {
		end++;
		while (!is_alone(scan->line[at]) && end < scan->len && !is_space(scan->line[end]) &&
		       !is_alone(scan->line[end]))
			end++;
	}
	return (struct word){ scan->line + at, end - at, (unsigned)at + 1 };
}

struct word scan_take(struct scan *scan)
{
	struct word word = scan_peek(scan);

	scan->at = (size_t)(word.at - scan->line) + word.len;
	return word;
}

bool word_is(struct word word, const char *text)
{
	return word.len == strlen(text) && memcmp(word.at, text, word.len) == 0;
}

bool scan_is(struct scan *scan, const char *text)
{
	if (!word_is(scan_peek(scan), text))
		return false;
	scan_take(scan);
	return true;
}

bool scan_need(struct scan *scan, const char *text)
{
	if (scan_is(scan, text))
		return true;

	char right[64];

	snprintf(right, sizeof right, "\"%s\"", text);
	return scan_fail(scan, scan_peek(scan), "does not belong here", right);
}

bool scan_ended(const struct scan *scan)
{
	return scan_peek(scan).len == 0;
}

bool scan_fail(struct scan *scan, struct word word, const char *what, const char *right)
{
	struct script_error *error = scan->error;
	int shown = word.len < 40 ? (int)word.len : 40;

	if (scan->failed)
		return false;
	scan->failed = true;
	error->line = scan->number;
	error->column = word.column;
	if (word.len == 0)
		snprintf(error->text, sizeof error->text, "the line ends too early; expected %s",
		         right);
	else
		snprintf(error->text, sizeof error->text, "\"%.*s\" %s; expected %s", shown,
		         word.at, what, right);
	return false;
}

static bool word_to_number(const char *at, size_t len, int64_t *ret_number)
{
	bool negative = len > 1 && at[0] == '-';
	uint64_t number;

	if (!text_to_u64(at + negative, len - negative, &number) || number > INT64_MAX / 2)
		return false;
	*ret_number = negative ? -(int64_t)number : (int64_t)number;
	return true;
}

static bool word_to_range(struct word word, struct range *ret_range)
{
	const char *tilde = word.len > 0 ? memchr(word.at, '~', word.len) : NULL;
	size_t low = tilde != NULL ? (size_t)(tilde - word.at) : word.len;

	ret_range->given = true;
	if (word_is(word, "*")) {
		ret_range->low = INT64_MIN;
		ret_range->high = INT64_MAX;
		return true;
	}
	if (!word_to_number(word.at, low, &ret_range->low))
		return false;
	ret_range->high = ret_range->low;
	return tilde == NULL || (word_to_number(tilde + 1, word.len - low - 1, &ret_range->high) &&
	                         ret_range->high >= ret_range->low);
}

bool scan_range(struct scan *scan, const char *what, struct range *ret_range)
{
	struct word word = scan_take(scan);

	if (!scan->failed && word_to_range(word, ret_range))
		return true;

	char text[64];

	snprintf(text, sizeof text, "is no %s", what);
	return scan_fail(scan, word, text, "a number like 7, a range like 3~9, or *");
}

bool scan_number(struct scan *scan, const char *what, int64_t min, int64_t max, int64_t *ret_number)
{
	struct word word = scan_take(scan);
	int64_t number;

	if (!scan->failed && word_to_number(word.at, word.len, &number) && number >= min &&
	    number <= max) {
		*ret_number = number;
		return true;
	}

	char text[64], right[64];

	snprintf(text, sizeof text, "is no %s", what);
	snprintf(right, sizeof right, "a number from %lld to %lld", (long long)min, (long long)max);
	return scan_fail(scan, word, text, right);
}

bool scan_name(struct scan *scan, const char *what, char name[SCRIPT_NAME_BYTES])
{
	struct word word = scan_take(scan);
	bool good = word.len > 0 && word.len < SCRIPT_NAME_BYTES;

	for (size_t i = 0; good && i < word.len; i++)
		good = (word.at[i] >= 'a' && word.at[i] <= 'z') ||
		       (word.at[i] >= '0' && word.at[i] <= '9');
	if (!good || scan->failed) {
		char text[64];

		snprintf(text, sizeof text, "is no name of a %s", what);
		return scan_fail(scan, word, text, "up to 11 small letters and digits");
	}
	memset(name, 0, SCRIPT_NAME_BYTES);
	memcpy(name, word.at, word.len);
	return true;
}

static bool word_to_address(const char *at, size_t len, ip4 *ret_address)
{
	return ip4_parse(at, len, ret_address);
}

bool scan_address(struct scan *scan, const char *what, ip4 *ret_address)
{
	struct word word = scan_take(scan);

	if (!scan->failed && word_to_address(word.at, word.len, ret_address))
		return true;

	char text[64];

	snprintf(text, sizeof text, "is no address of %s", what);
	return scan_fail(scan, word, text, "one like 192.0.2.2");
}

bool scan_ends(struct scan *scan, struct ends_with *ret_ends)
{
	static const char right[] = "an address and a port like 192.0.2.2:80, either may be *";
	struct word word = scan_take(scan);
	const char *colon = word.len > 0 ? memchr(word.at, ':', word.len) : NULL;
	size_t host = colon != NULL ? (size_t)(colon - word.at) : 0;
	struct word port = { word.at + host + 1, word.len - host - 1, word.column };

	memset(ret_ends, 0, sizeof *ret_ends);
	if (scan->failed || colon == NULL || port.len == 0)
		return scan_fail(scan, word, "has no port", right);
	ret_ends->given = true;
	ret_ends->any_address = host == 1 && *word.at == '*';
	if (!ret_ends->any_address && !word_to_address(word.at, host, &ret_ends->address))
		return scan_fail(scan, word, "has no address before the colon", right);
	if (!word_to_range(port, &ret_ends->port) ||
	    (!word_is(port, "*") && (ret_ends->port.low < 0 || ret_ends->port.high > 65535)))
		return scan_fail(scan, word, "has no port after the colon", right);
	return true;
}

bool scan_word(struct scan *scan, const struct word_value *table, const char *what, int *ret_value)
{
	struct word word = scan_take(scan);

	if (!scan->failed && names_value(table, word.at, word.len, ret_value))
		return true;

	struct text right = { 0 };
	char text[64];

	for (const struct word_value *known = table; known->word != NULL; known++) {
		text_add(&right, known == table ? "" : " ");
		text_add(&right, known->word);
	}
	snprintf(text, sizeof text, "is no %s", what);
	scan_fail(scan, word, text, text_str(&right));
	text_free(&right);
	return false;
}

bool scan_rest(struct scan *scan, const char *what, char *text, size_t size)
{
	struct word word = scan_peek(scan);
	size_t len = scan->len - (size_t)(word.at - scan->line);

	while (len > 0 && is_space(word.at[len - 1]))
		len--;
	if (word.len == 0 || len >= size) {
		word.len = len;
		return scan_fail(scan, word, "is too long", what);
	}
	memcpy(text, word.at, len);
	text[len] = '\0';
	scan->at = scan->len;
	return true;
}

bool word_to_us(struct word word, int64_t *ret_us)
{
	const char *point = word.len > 0 ? memchr(word.at, '.', word.len) : NULL;
	size_t whole = point != NULL ? (size_t)(point - word.at) : word.len;
	size_t digits = point != NULL ? word.len - whole - 1 : 0;
	uint64_t seconds = 0, part = 0;

	if (digits > 6 || (whole == 0 && digits == 0) || (point != NULL && digits == 0) ||
	    (whole > 0 && !text_to_u64(word.at, whole, &seconds)) ||
	    (digits > 0 && !text_to_u64(point + 1, digits, &part)) || seconds > 100000)
		return false;
	for (size_t i = digits; digits > 0 && i < 6; i++)
		part *= 10;
	*ret_us = (int64_t)(seconds * 1000000 + part);
	return true;
}
