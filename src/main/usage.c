#include "main/usage.h"

#include <string.h>

#include "lib/text.h"

#define WIDTH         79
#define OPTION_COLUMN 2
#define DETAIL_COLUMN 8
#define TEXT_COLUMN   27

/* Write @words from column @at on; each further line begins at @indent. */
static void wrap(const char *words, size_t at, size_t indent, struct text *out)
{
	size_t column = at;

	while (*words != '\0') {
		size_t len = strcspn(words, " ");

		if (column > indent && column + 1 + len > WIDTH) {
			text_char(out, '\n');
			text_repeat(out, ' ', indent);
			column = indent;
		} else if (column > indent) {
			text_char(out, ' ');
			column++;
		}
		text_bytes(out, words, len);
		column += len;
		words += len;
		words += strspn(words, " ");
	}
	text_char(out, '\n');
}

static void print_option(const struct usage_option *option, struct text *out)
{
	size_t at = option->detail ? DETAIL_COLUMN : OPTION_COLUMN;
	size_t to = option->detail ? TEXT_COLUMN + 2 : TEXT_COLUMN;
	size_t end = at + strlen(option->spelled);

	text_repeat(out, ' ', at);
	text_add(out, option->spelled);
	if (end + 1 > to)
		text_char(out, '\n');
	text_repeat(out, ' ', end + 1 > to ? to : to - end);
	wrap(option->what, to, to, out);
}

void usage_print(const struct usage *usage, struct text *out)
{
	for (size_t i = 0; i < usage->ncalls; i++) {
		const struct usage_call *call = &usage->calls[i];

		text_printf(out, "%s %s %s", i == 0 ? "Usage:" : "      ", usage->name,
		            call->spelled);
		if (call->what != NULL) {
			size_t len = strlen(usage->name) + strlen(call->spelled);

			text_repeat(out, ' ', len < 42 ? 42 - len : 2);
			text_add(out, call->what);
		}
		text_char(out, '\n');
	}
	wrap(usage->summary, 0, 0, out);
	text_char(out, '\n');
	for (size_t i = 0; i < usage->noptions; i++)
		print_option(&usage->options[i], out);
	for (size_t i = 0; usage->notes[i] != NULL; i++) {
		text_char(out, '\n');
		wrap(usage->notes[i], 0, 0, out);
	}
}
