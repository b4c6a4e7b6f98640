#include "manage/scripts.h"

#include <string.h>

#include "lib/mem.h"

struct scripts *scripts_new(size_t n)
{
	struct scripts *scripts = mem_new(1, sizeof *scripts + n * sizeof scripts->at[0]);

	scripts->n = n;
	return scripts;
}

void scripts_free(struct scripts *scripts)
{
	for (size_t i = 0; scripts != NULL && i < scripts->n; i++)
		mem_free(scripts->at[i].source);
	mem_free(scripts);
}

void scripts_replace(struct scripts **current, struct scripts *scripts)
{
	for (size_t i = 0; i < scripts->n; i++) {
		const struct script *old = scripts_find_id(*current, scripts->at[i].id);

		if (old == NULL)
			continue;
		scripts->at[i].run_count = old->run_count;
		scripts->at[i].last_started = old->last_started;
	}
	scripts_free(*current);
	*current = scripts;
}

struct script *scripts_find(struct scripts *scripts, const char *name)
{
	for (size_t i = 0; scripts != NULL && i < scripts->n; i++)
		if (strcmp(scripts->at[i].name, name) == 0)
			return &scripts->at[i];
	return NULL;
}

struct script *scripts_find_id(struct scripts *scripts, uint32_t id)
{
	for (size_t i = 0; scripts != NULL && i < scripts->n; i++)
		if (scripts->at[i].id == id)
			return &scripts->at[i];
	return NULL;
}
