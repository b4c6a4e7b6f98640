#include "lib/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "lib/mem.h"

#define BLOCK_BYTES 4096

struct arena_block {
	struct arena_block *next;
	size_t size_bytes;
	alignas(max_align_t) uint8_t bytes[];
};

static void block_add(struct arena *arena, size_t need)
{
	size_t size = need > BLOCK_BYTES ? need : BLOCK_BYTES;
	struct arena_block *block = mem_new(1, sizeof *block + size);

	block->size_bytes = size;
	block->next = arena->first;
	arena->first = block;
	arena->used_bytes = 0;
	arena->total_bytes += size;
}

void *arena_new(struct arena *arena, size_t count, size_t size)
{
	must(size == 0 || count <= (SIZE_MAX / 2) / size);

	size_t align = alignof(max_align_t);
	size_t need = (count * size + align - 1) / align * align;

	if (arena->first == NULL || arena->first->size_bytes - arena->used_bytes < need)
		block_add(arena, need);

	void *p = arena->first->bytes + arena->used_bytes;

	arena->used_bytes += need;
	return p;
}

char *arena_strndup(struct arena *arena, const char *text, size_t len)
{
	char *copy = arena_new(arena, len + 1, 1);

	memcpy(copy, text, len);
	return copy;
}

char *arena_strdup(struct arena *arena, const char *text)
{
	return arena_strndup(arena, text, strlen(text));
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
	va_list args, again;

	va_start(args, format);
	va_copy(again, args);
	int len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	must(len >= 0);

	char *p = arena_new(arena, (size_t)len + 1, 1);

	vsnprintf(p, (size_t)len + 1, format, again);
	va_end(again);
	return p;
}

void arena_free(struct arena *arena)
{
	while (arena->first != NULL) {
		struct arena_block *next = arena->first->next;

		mem_free(arena->first);
		arena->first = next;
	}
	*arena = (struct arena){ 0 };
}
