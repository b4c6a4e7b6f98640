#include "lib/mem.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static _Noreturn void out_of_memory(size_t count, size_t size)
{
	fprintf(stderr, "towpath: out of memory (%zu x %zu bytes)\n", count, size);
	abort();
}

void *mem_try(size_t count, size_t size)
{
	return calloc(count > 0 ? count : 1, size > 0 ? size : 1);
}

void *mem_new(size_t count, size_t size)
{
	void *p = mem_try(count, size);

	if (p == NULL)
		out_of_memory(count, size);
	return p;
}

void *mem_new_aligned(size_t align, size_t size)
{
	size_t whole = (size + align - 1) / align * align;
	void *p = aligned_alloc(align, whole);

	if (p == NULL)
		out_of_memory(1, size);
	memset(p, 0, whole);
	return p;
}

void *mem_resize(void *old, size_t count, size_t size)
{
	if (count == 0) {
		free(old);
		return NULL;
	}
	if (size > 0 && count > SIZE_MAX / size)
		out_of_memory(count, size);

	void *p = realloc(old, count * size);

	if (p == NULL)
		out_of_memory(count, size);
	return p;
}

char *mem_strdup(const char *text)
{
	size_t len = strlen(text) + 1;
	char *copy = mem_new(len, 1);

	memcpy(copy, text, len);
	return copy;
}

void mem_free(void *memory)
{
	free(memory);
}
