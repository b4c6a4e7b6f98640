#include "fw/marks.h"

#include <string.h>

#include "lib/mem.h"

struct marks {
	uint32_t n;
	char names[MARKS_MAX][MARK_NAME_BYTES];
};

struct marks *marks_new(void)
{
	return mem_new(1, sizeof(struct marks));
}

void marks_free(struct marks *marks)
{
	mem_free(marks);
}

uint32_t mark_find(const struct marks *marks, const char *name)
{
	for (uint32_t i = 0; i < marks->n; i++) {
		if (strcmp(marks->names[i], name) == 0)
			return i + 1;
	}
	return 0;
}

uint32_t mark_number(struct marks *marks, const char *name)
{
	size_t len = strlen(name);
	uint32_t number = mark_find(marks, name);

	must(len > 0 && len < MARK_NAME_BYTES);
	if (number != 0 || marks->n == MARKS_MAX)
		return number;
	memcpy(marks->names[marks->n], name, len + 1);
	return ++marks->n;
}

const char *mark_name(const struct marks *marks, uint32_t number)
{
	return number > 0 && number <= marks->n ? marks->names[number - 1] : NULL;
}
