#include "ui/login_name.h"

#include <string.h>

#include "lib/text.h"

#define WIDTH_LEAST 20
#define SIZE_MOST   10000

/* Always false, so that a check can end in it. */
static bool refuse(struct text *why, const char *format, ...) PRINTF_LIKE(2, 3);

static bool refuse(struct text *why, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	if (why != NULL)
		text_vprintf(why, format, args);
	va_end(args);
	return false;
}

/* Names go to prompts and logs: nothing in them may do something to a terminal. */
static bool is_plain(const char *name, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)name[i] <= ' ' || (unsigned char)name[i] >= 0x7f)
			return false;
	return true;
}

static bool take_size(const char *number, size_t digits, char letter, struct login_name *name,
                      struct text *why)
{
	uint64_t least = letter == 'w' ? WIDTH_LEAST : 1, n = 0;

	if (digits == 0 || !text_to_u64(number, digits, &n) || n < least || n > SIZE_MOST)
		return refuse(why,
		              "the login option %c needs a number from %u to %u before it, as in "
		              "+80w",
		              letter, (unsigned)least, SIZE_MOST);
	if (letter == 'w')
		name->width = (unsigned)n;
	else
		name->height = (unsigned)n;
	return true;
}

/* One option: a number, if it takes one, and a letter. */
static bool take_option(const char *number, size_t digits, struct login_name *name,
                        struct text *why)
{
	char letter = number[digits];

	if (letter == 'w' || letter == 'h')
		return take_size(number, digits, letter, name, why);
	if (letter == '\0' || strchr("cte", letter) == NULL)
		return refuse(why, "there is no such login option; there are c (no colours), t (no "
		                   "detection), e (a dumb terminal), 80w and 24h (its size)");
	if (digits > 0)
		return refuse(why, "the login option %c takes no number before it", letter);
	name->no_colour = name->no_colour || letter == 'c';
	name->no_detection = name->no_detection || letter == 't';
	name->dumb = name->dumb || letter == 'e';
	return true;
}

bool login_name_parse(const char *typed, struct login_name *ret_name, struct text *why)
{
	struct login_name name = { .width = 0 };
	size_t len = strcspn(typed, "+");
	const char *at = typed + len + (typed[len] == '+');

	if (len >= sizeof name.who || !is_plain(typed, len))
		return refuse(why, "a login name has at most %zu letters, digits and signs",
		              sizeof name.who - 1);
	memcpy(name.who, typed, len);
	while (*at != '\0') {
		size_t digits = strspn(at, "0123456789");

		if (!take_option(at, digits, &name, why))
			return false;
		at += digits + 1;
	}
	*ret_name = name;
	return true;
}
