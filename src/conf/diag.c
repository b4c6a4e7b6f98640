#include "conf/diag.h"

#include <stdarg.h>
#include <string.h>

#include "lib/must.h"
#include "lib/text.h"

PRINTF_LIKE(3, 0)
static void fill(struct diag *diag, const char *field, const char *format, va_list args)
{
	struct text name = text_into(diag->field, sizeof diag->field);
	struct text out = text_into(diag->text, sizeof diag->text);

	diag->failed = true;
	if (field != NULL)
		text_add(&name, field);
	text_vprintf(&out, format, args);
}

bool diag_fail(struct diag *diag, const char *field, const char *format, ...)
{
	va_list args;

	if (diag->failed)
		return false;
	va_start(args, format);
	fill(diag, field, format, args);
	va_end(args);
	return false;
}

bool diag_fail_at(struct diag *diag, unsigned line, unsigned column, const char *format, ...)
{
	va_list args;

	if (diag->failed)
		return false;
	va_start(args, format);
	fill(diag, NULL, format, args);
	va_end(args);
	diag->at_position = true;
	diag->line = line;
	diag->column = column;
	return false;
}

/* What these begin ends, unless at the end of the line, before a colon or semicolon. */
static bool is_short(const char *text)
{
	static const char *const begins[] = {
		"invalid value for argument ", "input does not match any value of ",
		"ambiguous value of ",         "value of ",
		"failure: already have ",
	};

	for (size_t i = 0; i < ARRAY_LEN(begins); i++)
		if (strncmp(text, begins[i], strlen(begins[i])) == 0)
			return true;
	return false;
}

size_t diag_words(const struct diag *diag, const char **ret_ours)
{
	const char *text = diag->text;
	size_t len = strcspn(text, "\n"), skip = text[len] == '\n';

	for (size_t i = strlen("failure:"); is_short(text) && i < len; i++) {
		if ((text[i] == ':' || text[i] == ';') && text[i + 1] == ' ') {
			len = i;
			skip = 2;
		}
	}
	*ret_ours = text + len + skip;
	return len;
}
