#include "conf/request.h"

#include <string.h>

struct request_field *request_field(const struct request *request, const char *name)
{
	for (struct request_field *f = request->fields; f != NULL; f = f->next) {
		if (strcmp(f->name, name) == 0)
			return f;
	}
	return NULL;
}

void request_put(struct request *request, const char *name, const char *value)
{
	struct request_field *field = request_field(request, name);
	struct request_field **end = &request->fields;

	if (field == NULL) {
		field = arena_new(request->arena, 1, sizeof *field);
		field->name = arena_strdup(request->arena, name);
		while (*end != NULL)
			end = &(*end)->next;
		*end = field;
	}
	field->value = value != NULL ? arena_strdup(request->arena, value) : NULL;
}

void request_drop(struct request *request, const char *name)
{
	struct request_field **at = &request->fields;

	while (*at != NULL) {
		if (strcmp((*at)->name, name) == 0)
			*at = (*at)->next;
		else
			at = &(*at)->next;
	}
}
