/*
 * mem.h -- the only place that asks the C library for memory.
 *
 * Memory is taken at start (budgets) or by configuration and console, never per packet. Running
 * out at start ends the process with a sentence; mem_try() is for sizes that a user chose.
 *
 * Areas of 2 MiB and more that are aligned or grow (flows, routes), and pools of 32 MiB and more,
 * lie in large pages where the system gives them.
 */
#ifndef LIB_MEM_H
#define LIB_MEM_H

#include <stddef.h>

#include "lib/must.h"

/* Zeroed memory for @count objects of @size bytes; never NULL. Give back with mem_free(). */
MUST_USE void *mem_new(size_t count, size_t size);
/* @size zeroed bytes, the first of them at a multiple of @align (a power of two). */
MUST_USE void *mem_new_aligned(size_t align, size_t size);
/* Like mem_new(), but NULL when there is none. */
MUST_USE void *mem_try(size_t count, size_t size);
/* Grow or shrink to @count objects; what is new is not zeroed. Never NULL unless count is 0. */
MUST_USE void *mem_resize(void *old, size_t count, size_t size);
MUST_USE char *mem_strdup(const char *text);
void mem_free(void *memory);

#endif
