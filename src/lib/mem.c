#include "lib/mem.h"

#include <malloc.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define LARGE_PAGE_BYTES ((size_t)2 << 20) /* of x86-64, and of arm64 with pages of 4 KiB */
/* A pool of that size is for very many: that its first use takes whole large pages is no loss. */
#define POOL_BYTES ((size_t)32 << 20)

static _Noreturn void out_of_memory(size_t count, size_t size)
{
	fprintf(stderr, "towpath: out of memory (%zu x %zu bytes)\n", count, size);
	abort();
}

/* Ask for large pages under what is looked into at random places: the processor has few entries for
 * pages, and a miss of these costs more than the memory itself. */
static void want_large_pages(void *p, size_t size)
{
	uintptr_t first = ((uintptr_t)p + LARGE_PAGE_BYTES - 1) & ~(LARGE_PAGE_BYTES - 1);
	uintptr_t end = ((uintptr_t)p + size) & ~(LARGE_PAGE_BYTES - 1);

	if (first < end)
		(void)madvise((void *)first, end - first, MADV_HUGEPAGE);
}

void *mem_try(size_t count, size_t size)
{
	void *p = calloc(count > 0 ? count : 1, size > 0 ? size : 1);

	if (p != NULL && count * size >= POOL_BYTES)
		want_large_pages(p, count * size);
	return p;
}

void *mem_new(size_t count, size_t size)
{
	void *p = mem_try(count, size);

	if (p == NULL)
		out_of_memory(count, size);
	return p;
}

/* @size bytes at a multiple of @align; what is large in large pages, where the system has them. */
static void *take_aligned(size_t align, size_t size)
{
	bool large = size >= LARGE_PAGE_BYTES;
	size_t step = large && align < LARGE_PAGE_BYTES ? LARGE_PAGE_BYTES : align;
	size_t whole = (size + step - 1) / step * step;
	void *p = aligned_alloc(step, whole);

	if (p == NULL)
		out_of_memory(1, size);
	if (large)
		(void)madvise(p, whole, MADV_HUGEPAGE);
	return p;
}

void *mem_new_aligned(size_t align, size_t size)
{
	void *p = take_aligned(align, size);

	memset(p, 0, size);
	return p;
}

/*
 * Not by realloc(): where it moves an area, pages stay as small as they were. Whole pages are
 * taken, so that who grows by little finds room most of the time.
 */
static void *resize_large(void *old, size_t size)
{
	size_t has = old != NULL ? malloc_usable_size(old) : 0;

	if (has >= size && has / 2 < size)
		return old;

	void *p = take_aligned(LARGE_PAGE_BYTES, size);

	if (has > 0)
		memcpy(p, old, has < size ? has : size);
	free(old);
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
	if (count * size >= LARGE_PAGE_BYTES)
		return resize_large(old, count * size);

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
