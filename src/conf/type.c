/*
 * type.c -- the basic types: yes and no, numbers, strings, words.
 */
#include "conf/type.h"

#include <string.h>

#include "conf/diag.h"
#include "lib/must.h"
#include "lib/text.h"

uint64_t type_number(const void *at, size_t bytes)
{
	uint8_t u8;
	uint16_t u16;
	uint32_t u32;
	uint64_t u64;

	switch (bytes) {
	case 1:
		memcpy(&u8, at, sizeof u8);
		return u8;
	case 2:
		memcpy(&u16, at, sizeof u16);
		return u16;
	case 4:
		memcpy(&u32, at, sizeof u32);
		return u32;
	default:
		must(bytes == 8);
		memcpy(&u64, at, sizeof u64);
		return u64;
	}
}

void type_number_put(void *at, size_t bytes, uint64_t number)
{
	uint8_t u8 = (uint8_t)number;
	uint16_t u16 = (uint16_t)number;
	uint32_t u32 = (uint32_t)number;

	must(bytes == 8 || number >> (8 * bytes) == 0);
	switch (bytes) {
	case 1:
		memcpy(at, &u8, sizeof u8);
		break;
	case 2:
		memcpy(at, &u16, sizeof u16);
		break;
	case 4:
		memcpy(at, &u32, sizeof u32);
		break;
	default:
		must(bytes == 8);
		memcpy(at, &number, sizeof number);
	}
}

static int number_compare(const void *a, const void *b, size_t bytes)
{
	uint64_t left = type_number(a, bytes);
	uint64_t right = type_number(b, bytes);

	return left < right ? -1 : left > right;
}

static bool bool_parse(const struct field *field, const struct conf_state *state, const char *text,
                       void *at, struct diag *diag)
{
	bool value = strcmp(text, "yes") == 0 || strcmp(text, "true") == 0;

	if (!value && strcmp(text, "no") != 0 && strcmp(text, "false") != 0)
		return diag_fail(diag, field->name,
		                 "invalid value for argument %s: %s is neither yes nor no",
		                 field->name, text);
	memcpy(at, &value, sizeof value);
	return true;
}

static void bool_print(const struct field *field, const struct conf_state *state, const void *at,
                       struct text *out)
{
	text_add(out, type_number(at, sizeof(bool)) != 0 ? "yes" : "no");
}

static void bool_choices(const struct field *field, const struct conf_state *state,
                         struct choice_sink *sink)
{
	sink->choice(sink, "yes", NULL);
	sink->choice(sink, "no", NULL);
}

const struct type type_bool = {
	.name = "yes|no",
	.parse = bool_parse,
	.print = bool_print,
	.compare = number_compare,
	.choices = bool_choices,
};

static uint64_t number_max(const struct field *field)
{
	uint64_t most = field->bytes >= 8 ? UINT64_MAX : (1ULL << (8 * field->bytes)) - 1;

	if (field->max > field->min && field->max >= 0 && (uint64_t)field->max < most)
		return (uint64_t)field->max;
	return most;
}

static uint64_t number_min(const struct field *field)
{
	return field->max > field->min && field->min > 0 ? (uint64_t)field->min : 0;
}

static bool out_of_range(const struct field *field, struct diag *diag)
{
	return diag_fail(diag, field->name, "value of %s out of range (%llu..%llu)", field->name,
	                 (unsigned long long)number_min(field),
	                 (unsigned long long)number_max(field));
}

/* "0x" and at most 16 digits. */
static bool hex_parse(const char *text, uint64_t *ret_value)
{
	size_t digits = strlen(text) - 2;
	uint64_t value = 0;

	if (digits == 0 || digits > 16 || strspn(text + 2, "0123456789abcdefABCDEF") != digits)
		return false;
	for (const char *p = text + 2; *p != '\0'; p++) {
		unsigned digit =
			*p <= '9' ? (unsigned)(*p - '0') : (unsigned)((*p | 0x20) - 'a') + 10;

		value = value << 4 | digit;
	}
	*ret_value = value;
	return true;
}

static bool uint_parse(const struct field *field, const struct conf_state *state, const char *text,
                       void *at, struct diag *diag)
{
	size_t len = strlen(text);
	size_t sign = text[0] == '-' || text[0] == '+';
	size_t digits = strspn(text + sign, "0123456789");
	uint64_t value;

	if (text[0] == '0' && text[1] == 'x' && hex_parse(text, &value))
		;
	else if (digits == 0)
		return diag_fail(diag, field->name,
		                 "invalid value for argument %s: %s is not a number (%llu..%llu)",
		                 field->name, text[0] == '\0' ? "nothing" : text,
		                 (unsigned long long)number_min(field),
		                 (unsigned long long)number_max(field));
	else if (sign + digits < len)
		return diag_fail(diag, field->name,
		                 "value of %s contains invalid trailing characters: a number ends "
		                 "before %s",
		                 field->name, text + sign + digits);
	else if (text[0] == '-' || !text_to_u64(text + sign, digits, &value))
		return out_of_range(field, diag);

	if (value < number_min(field) || value > number_max(field))
		return out_of_range(field, diag);
	type_number_put(at, field->bytes, value);
	return true;
}

static void uint_print(const struct field *field, const struct conf_state *state, const void *at,
                       struct text *out)
{
	text_printf(out, "%llu", (unsigned long long)type_number(at, field->bytes));
}

const struct type type_uint = {
	.name = "number",
	.parse = uint_parse,
	.print = uint_print,
	.compare = number_compare,
};

static size_t string_max(const struct field *field)
{
	size_t fits = (size_t)field->bytes - 1;

	return field->max > 0 && (size_t)field->max < fits ? (size_t)field->max : fits;
}

static bool string_parse(const struct field *field, const struct conf_state *state,
                         const char *text, void *at, struct diag *diag)
{
	size_t len = strlen(text);
	size_t most = string_max(field);
	size_t least = field->min > 0 ? (size_t)field->min : 0;

	if ((field->flags & F_KEY) != 0 && least == 0)
		least = 1; /* what has no name can't be named */
	if (len < least || len > most)
		return diag_fail(diag, field->name,
		                 "invalid value for argument %s: it must have %zu to %zu "
		                 "characters and has %zu",
		                 field->name, least, most, len);
	if ((field->flags & F_KEY) != 0 && (text[0] == '*' || text[0] == '!'))
		return diag_fail(diag, field->name,
		                 "invalid value for argument %s: a name can't begin with %c, which "
		                 "begins %s",
		                 field->name, text[0],
		                 text[0] == '*' ? "an internal id" : "what a rule excludes");
	memcpy(at, text, len + 1);
	return true;
}

static void string_print(const struct field *field, const struct conf_state *state, const void *at,
                         struct text *out)
{
	text_add(out, at);
}

const struct type type_string = {
	.name = "string",
	.parse = string_parse,
	.print = string_print,
};

static void word_choices(const struct field *field, const struct conf_state *state,
                         struct choice_sink *sink)
{
	for (size_t i = 0; field->words != NULL && field->words[i] != NULL; i++)
		sink->choice(sink, field->words[i], NULL);
}

const struct type type_word = {
	.name = "word",
	.parse = string_parse,
	.print = string_print,
	.choices = word_choices,
};

/* Which files are meant is for completion, which knows what there are. */
const struct type type_file = {
	.name = "file",
	.parse = string_parse,
	.print = string_print,
};

#define NO_WORD   (-1)
#define AMBIGUOUS (-2)

/* The index of the word that @text is or, unambiguously, begins. */
static int word_match(const char *const *words, const char *text, size_t len)
{
	int found = NO_WORD;

	for (int i = 0; words[i] != NULL && len > 0; i++) {
		if (strncmp(words[i], text, len) != 0)
			continue;
		if (words[i][len] == '\0')
			return i;
		found = found == NO_WORD ? i : AMBIGUOUS;
	}
	return found;
}

/* Those words that begin with @text of @len bytes, as "a, b, c". */
static void words_list(const char *const *words, const char *text, size_t len, struct text *out)
{
	const char *separator = "";

	for (size_t i = 0; words[i] != NULL; i++) {
		if (strncmp(words[i], text, len) != 0)
			continue;
		text_printf(out, "%s%s", separator, words[i]);
		separator = ", ";
	}
}

static bool word_fail(const struct field *field, int found, const char *text, size_t len,
                      struct diag *diag)
{
	char buffer[DIAG_TEXT_BYTES / 2];
	struct text list = text_into(buffer, sizeof buffer);

	if (found == AMBIGUOUS) {
		words_list(field->words, text, len, &list);
		return diag_fail(diag, field->name,
		                 "ambiguous value of %s, more than one possible value matches "
		                 "input: %.*s could be %s",
		                 field->name, (int)len, text, text_str(&list));
	}
	words_list(field->words, "", 0, &list);
	return diag_fail(diag, field->name,
	                 "input does not match any value of %s: there is no \"%.*s\"; there are %s",
	                 field->name, (int)len, text, text_str(&list));
}

static bool enum_parse(const struct field *field, const struct conf_state *state, const char *text,
                       void *at, struct diag *diag)
{
	int found = word_match(field->words, text, strlen(text));

	if (found < 0)
		return word_fail(field, found, text, strlen(text), diag);
	type_number_put(at, field->bytes, (uint64_t)found);
	return true;
}

static void enum_print(const struct field *field, const struct conf_state *state, const void *at,
                       struct text *out)
{
	uint64_t value = type_number(at, field->bytes);
	size_t n = 0;

	while (field->words[n] != NULL)
		n++;
	must(value < n);
	text_add(out, field->words[value]);
}

static void words_choices(const struct field *field, const struct conf_state *state,
                          struct choice_sink *sink)
{
	for (size_t i = 0; field->words[i] != NULL; i++)
		sink->choice(sink, field->words[i], NULL);
}

const struct type type_enum = {
	.name = "word",
	.parse = enum_parse,
	.print = enum_print,
	.compare = number_compare,
	.choices = words_choices,
};

static bool set_parse(const struct field *field, const struct conf_state *state, const char *text,
                      void *at, struct diag *diag)
{
	uint64_t bits = 0;

	for (const char *p = text; *p != '\0';) {
		size_t len = strcspn(p, ",");
		int found = word_match(field->words, p, len);

		if (found < 0)
			return word_fail(field, found, p, len, diag);
		bits |= 1ULL << found;
		p += len;
		if (*p == ',' && *++p == '\0')
			return word_fail(field, NO_WORD, "", 0, diag);
	}
	type_number_put(at, field->bytes, bits);
	return true;
}

static void set_print(const struct field *field, const struct conf_state *state, const void *at,
                      struct text *out)
{
	uint64_t bits = type_number(at, field->bytes);
	const char *separator = "";

	for (size_t i = 0; field->words[i] != NULL; i++) {
		if ((bits >> i & 1) == 0)
			continue;
		text_printf(out, "%s%s", separator, field->words[i]);
		separator = ",";
	}
}

const struct type type_set = {
	.name = "words",
	.parse = set_parse,
	.print = set_print,
	.compare = number_compare,
	.choices = words_choices,
};
