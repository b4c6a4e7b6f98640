#include "conf/diag.h"

#include <stdarg.h>

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
