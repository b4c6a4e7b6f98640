/*
 * shared_memory.h -- memory with a name of its own, for tables that are to outlive a process.
 *
 * Pages are zero and cost nothing until they are touched, so a table may be large.
 *
 * Threads: any.
 */
#ifndef OS_SHARED_MEMORY_H
#define OS_SHARED_MEMORY_H

#include <stddef.h>

#include "lib/must.h"

/*
 * @bytes zeroed bytes at a page's start, in a memfd called @name. 0, @ret_bytes and the descriptor
 * @ret_fd (the caller's), or -errno.
 */
MUST_USE int shared_memory_new(const char *name, size_t bytes, void **ret_bytes, int *ret_fd);
void shared_memory_free(void *memory, size_t bytes, int fd);

#endif
