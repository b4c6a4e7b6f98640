#include "lang/mark.h"

void mark_put(struct marks *marks, size_t at, size_t len, enum mark_kind kind)
{
	if (marks != NULL && marks->n < LEX_MARKS_MAX)
		marks->at[marks->n++] = (struct mark){ .at = at, .len = len, .kind = kind };
}
