#include "core/explain.h"

#include <stdarg.h>

#include "lib/text.h"

void explain_add(struct explain *why, const char *stage, const char *format, ...)
{
	va_list args;

	if (why->n == EXPLAIN_STEPS) {
		why->cut = true;
		return;
	}

	struct explain_step *step = &why->steps[why->n++];
	struct text text = text_into(step->text, sizeof step->text);

	step->stage = stage;
	va_start(args, format);
	text_vprintf(&text, format, args);
	va_end(args);
	why->cut = why->cut || text.cut;
}
