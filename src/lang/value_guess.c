/* What an unquoted word is, and which length of time a text means. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lang/value.h"
#include "lib/must.h"
#include "lib/text.h"

struct unit {
	const char *word;
	int64_t ns;
};

#define SECOND 1000000000LL

/* Largest first; each at most once, in this order. */
static const struct unit units[] = {
	{ "w", 604800 * SECOND }, { "d", 86400 * SECOND },
	{ "h", 3600 * SECOND },   { "m", 60 * SECOND },
	{ "s", SECOND },          { "ms", 1000000 },
	{ "us", 1000 },           { "ns", 1 },
};

enum {
	UNIT_DAY = 1,
	FRACTION_DIGITS = 9,
};

struct reader {
	const char *at;
	int64_t sum;
	bool ok;
};

static int64_t read_digits(struct reader *r, size_t least, size_t most)
{
	size_t len = strspn(r->at, "0123456789");
	uint64_t number = 0;

	if (len < least || len > most || !text_to_u64(r->at, len, &number) || number > INT64_MAX)
		r->ok = false;
	r->at += len;
	return r->ok ? (int64_t)number : 0;
}

static void add(struct reader *r, int64_t count, int64_t ns)
{
	int64_t product;

	if (__builtin_mul_overflow(count, ns, &product) ||
	    __builtin_add_overflow(r->sum, product, &r->sum))
		r->ok = false;
}

/* ".5": as part of @unit_ns, as many digits as make sense. */
static void read_fraction(struct reader *r, int64_t unit_ns)
{
	const char *from = ++r->at;
	int64_t value = read_digits(r, 1, FRACTION_DIGITS);

	for (const char *digit = from; r->ok && digit < r->at; digit++)
		unit_ns /= 10;
	add(r, value, unit_ns);
}

/* ":MM[:SS[.fff]]" behind @hours, to the end. */
static void read_clock(struct reader *r, int64_t hours)
{
	add(r, hours, 3600 * SECOND);
	r->at++;
	for (int64_t unit = 60; r->ok && unit >= 1; unit /= 60) {
		int64_t value = read_digits(r, 2, 2);

		if (value > 59)
			r->ok = false;
		add(r, value, unit * SECOND);
		if (unit == 60 && *r->at != ':')
			break;
		if (unit == 60)
			r->at++;
		else if (*r->at == '.')
			read_fraction(r, SECOND);
	}
	if (*r->at != '\0')
		r->ok = false;
}

/* The unit at the reader, or at its fraction; the last one was @last. */
static int find_unit(struct reader *r, const char *at, int last)
{
	size_t len = strspn(at, "wdhmsun");

	for (int i = last + 1; i < (int)ARRAY_LEN(units); i++)
		if (strlen(units[i].word) == len && memcmp(units[i].word, at, len) == 0)
			return i;
	r->ok = false;
	return last;
}

bool value_time_read(const char *text, int64_t *ret_ns)
{
	bool negative = text[0] == '-';
	struct reader r = { .at = text + negative, .ok = true };
	int last = -1;

	do {
		int64_t value = read_digits(&r, 1, 18);
		const char *fraction = r.at;

		if (r.ok && *r.at == ':') {
			r.ok = last <= UNIT_DAY;
			read_clock(&r, value);
			break;
		}
		if (*fraction == '.')
			fraction += 1 + strspn(fraction + 1, "0123456789");
		last = find_unit(&r, fraction, last);
		if (!r.ok)
			break;
		add(&r, value, units[last].ns);
		if (*r.at == '.')
			read_fraction(&r, units[last].ns);
		r.at += strlen(units[last].word);
	} while (r.ok && *r.at != '\0');
	*ret_ns = negative ? -r.sum : r.sum;
	return r.ok;
}

/* Thousandths, millionths or billionths, whichever say it all. */
static void print_fraction(uint64_t ns, struct text *out)
{
	if (ns % 1000000 == 0)
		text_printf(out, ".%03u", (unsigned)(ns / 1000000));
	else if (ns % 1000 == 0)
		text_printf(out, ".%06u", (unsigned)(ns / 1000));
	else
		text_printf(out, ".%09u", (unsigned)ns);
}

void value_time_print(int64_t ns, struct text *out)
{
	uint64_t rest = ns < 0 ? 0 - (uint64_t)ns : (uint64_t)ns;
	uint64_t seconds = rest / SECOND;

	if (ns < 0)
		text_char(out, '-');
	if (seconds >= 604800)
		text_printf(out, "%uw", (unsigned)(seconds / 604800));
	if (seconds / 86400 % 7 > 0)
		text_printf(out, "%ud", (unsigned)(seconds / 86400 % 7));
	text_printf(out, "%02u:%02u:%02u", (unsigned)(seconds / 3600 % 24),
	            (unsigned)(seconds / 60 % 60), (unsigned)(seconds % 60));
	if (rest % SECOND != 0)
		print_fraction(rest % SECOND, out);
}

static bool guess_number(const char *word, int64_t *ret_number)
{
	const char *digits = word + (word[0] == '-');
	bool hex = digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'X');
	size_t len = strlen(hex ? digits + 2 : digits);
	char *end;

	if (len == 0 ||
	    strspn(hex ? digits + 2 : digits, hex ? "0123456789abcdefABCDEF" : "0123456789") != len)
		return false;
	errno = 0;
	*ret_number = strtoll(word, &end, hex ? 16 : 10);
	return errno == 0;
}

static bool guess_id(struct arena *arena, const char *word, struct value *ret_value)
{
	size_t len = word[0] == '*' ? strlen(word + 1) : 0;

	if (len == 0 || len > 8 || strspn(word + 1, "0123456789abcdefABCDEF") != len)
		return false;
	*ret_value = value_id(arena, (uint32_t)strtoul(word + 1, NULL, 16));
	return true;
}

struct value value_guess(struct arena *arena, const char *word)
{
	size_t len = strlen(word);
	struct value value;
	int64_t number;

	if (guess_number(word, &number))
		return value_num(number);
	if (strcmp(word, "true") == 0 || strcmp(word, "yes") == 0)
		return value_bool(true);
	if (strcmp(word, "false") == 0 || strcmp(word, "no") == 0)
		return value_bool(false);
	if (value_time_read(word, &number))
		return value_time(number);
	if (guess_id(arena, word, &value))
		return value;
	value = (struct value){ .kind = VALUE_PREFIX };
	if (ip_prefix_parse(word, len, &value.prefix)) {
		if (memchr(word, '/', len) == NULL)
			return value_ip(value.prefix.addr);
		return value;
	}
	return value_text(arena, word);
}
