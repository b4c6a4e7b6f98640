#include "script/lex.h"

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

struct word lex_peek(const struct lex *lex)
{
	size_t at = lex->at, end;

	while (at < lex->len && is_space(lex->line[at]))
		at++;
	end = at;
	if (at < lex->len && lex->line[at] != '#') {
		end++;
		while (!is_alone(lex->line[at]) && end < lex->len && !is_space(lex->line[end]) &&
		       !is_alone(lex->line[end]))
			end++;
	}
	return (struct word){ lex->line + at, end - at, (unsigned)at + 1 };
}

struct word lex_take(struct lex *lex)
{
	struct word word = lex_peek(lex);

	lex->at = (size_t)(word.at - lex->line) + word.len;
	return word;
}

bool word_is(struct word word, const char *text)
{
	return word.len == strlen(text) && memcmp(word.at, text, word.len) == 0;
}

bool lex_is(struct lex *lex, const char *text)
{
	if (!word_is(lex_peek(lex), text))
		return false;
	lex_take(lex);
	return true;
}

bool lex_need(struct lex *lex, const char *text)
{
	if (lex_is(lex, text))
		return true;

	char right[64];

	snprintf(right, sizeof right, "\"%s\"", text);
	return lex_fail(lex, lex_peek(lex), "does not belong here", right);
}

bool lex_ended(const struct lex *lex)
{
	return lex_peek(lex).len == 0;
}

bool lex_fail(struct lex *lex, struct word word, const char *what, const char *right)
{
	struct script_error *error = lex->error;
	int shown = word.len < 40 ? (int)word.len : 40;

	if (lex->failed)
		return false;
	lex->failed = true;
	error->line = lex->number;
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

bool lex_range(struct lex *lex, const char *what, struct range *ret_range)
{
	struct word word = lex_take(lex);

	if (!lex->failed && word_to_range(word, ret_range))
		return true;

	char text[64];

	snprintf(text, sizeof text, "is no %s", what);
	return lex_fail(lex, word, text, "a number like 7, a range like 3~9, or *");
}

bool lex_number(struct lex *lex, const char *what, int64_t min, int64_t max, int64_t *ret_number)
{
	struct word word = lex_take(lex);
	int64_t number;

	if (!lex->failed && word_to_number(word.at, word.len, &number) && number >= min &&
	    number <= max) {
		*ret_number = number;
		return true;
	}

	char text[64], right[64];

	snprintf(text, sizeof text, "is no %s", what);
	snprintf(right, sizeof right, "a number from %lld to %lld", (long long)min, (long long)max);
	return lex_fail(lex, word, text, right);
}

bool lex_name(struct lex *lex, const char *what, char name[SCRIPT_NAME_BYTES])
{
	struct word word = lex_take(lex);
	bool good = word.len > 0 && word.len < SCRIPT_NAME_BYTES;

	for (size_t i = 0; good && i < word.len; i++)
		good = (word.at[i] >= 'a' && word.at[i] <= 'z') ||
		       (word.at[i] >= '0' && word.at[i] <= '9');
	if (!good || lex->failed) {
		char text[64];

		snprintf(text, sizeof text, "is no name of a %s", what);
		return lex_fail(lex, word, text, "up to 11 small letters and digits");
	}
	memset(name, 0, SCRIPT_NAME_BYTES);
	memcpy(name, word.at, word.len);
	return true;
}

static bool word_to_address(const char *at, size_t len, ip4 *ret_address)
{
	return ip4_parse(at, len, ret_address);
}

bool lex_address(struct lex *lex, const char *what, ip4 *ret_address)
{
	struct word word = lex_take(lex);

	if (!lex->failed && word_to_address(word.at, word.len, ret_address))
		return true;

	char text[64];

	snprintf(text, sizeof text, "is no address of %s", what);
	return lex_fail(lex, word, text, "one like 192.0.2.2");
}

bool lex_ends(struct lex *lex, struct ends_with *ret_ends)
{
	static const char right[] = "an address and a port like 192.0.2.2:80, either may be *";
	struct word word = lex_take(lex);
	const char *colon = word.len > 0 ? memchr(word.at, ':', word.len) : NULL;
	size_t host = colon != NULL ? (size_t)(colon - word.at) : 0;
	struct word port = { word.at + host + 1, word.len - host - 1, word.column };

	memset(ret_ends, 0, sizeof *ret_ends);
	if (lex->failed || colon == NULL || port.len == 0)
		return lex_fail(lex, word, "has no port", right);
	ret_ends->given = true;
	ret_ends->any_address = host == 1 && *word.at == '*';
	if (!ret_ends->any_address && !word_to_address(word.at, host, &ret_ends->address))
		return lex_fail(lex, word, "has no address before the colon", right);
	if (!word_to_range(port, &ret_ends->port) ||
	    (!word_is(port, "*") && (ret_ends->port.low < 0 || ret_ends->port.high > 65535)))
		return lex_fail(lex, word, "has no port after the colon", right);
	return true;
}

bool lex_word(struct lex *lex, const struct word_value *table, const char *what, int *ret_value)
{
	struct word word = lex_take(lex);

	if (!lex->failed && names_value(table, word.at, word.len, ret_value))
		return true;

	struct text right = { 0 };
	char text[64];

	for (const struct word_value *known = table; known->word != NULL; known++) {
		text_add(&right, known == table ? "" : " ");
		text_add(&right, known->word);
	}
	snprintf(text, sizeof text, "is no %s", what);
	lex_fail(lex, word, text, text_str(&right));
	text_free(&right);
	return false;
}

bool lex_rest(struct lex *lex, const char *what, char *text, size_t size)
{
	struct word word = lex_peek(lex);
	size_t len = lex->len - (size_t)(word.at - lex->line);

	while (len > 0 && is_space(word.at[len - 1]))
		len--;
	if (word.len == 0 || len >= size) {
		word.len = len;
		return lex_fail(lex, word, "is too long", what);
	}
	memcpy(text, word.at, len);
	text[len] = '\0';
	lex->at = lex->len;
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
