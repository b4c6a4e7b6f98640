/*
 * byte_queue.h -- bytes that wait to be understood or to be sent: first in, first out.
 *
 * Memory:  grows as needed up to a limit that is set at the start; shrinks when it is empty.
 * Threads: one at a time.
 */
#ifndef OS_BYTE_QUEUE_H
#define OS_BYTE_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/must.h"

struct byte_queue {
	uint8_t *bytes;
	size_t size;       /* of the memory */
	size_t start, len; /* the bytes that wait */
	size_t limit;      /* of `len` */
};

/* No memory is taken yet. */
struct byte_queue byte_queue_make(size_t limit);
void byte_queue_free(struct byte_queue *queue);

static inline const uint8_t *byte_queue_bytes(const struct byte_queue *queue)
{
	return queue->bytes + queue->start;
}

/* Room for @len bytes behind those that wait, to be filled and then counted by byte_queue_grow();
 * NULL when that would go beyond the limit. */
MUST_USE uint8_t *byte_queue_room(struct byte_queue *queue, size_t len);
void byte_queue_grow(struct byte_queue *queue, size_t len);
/* The first @len bytes are done with. */
void byte_queue_drop(struct byte_queue *queue, size_t len);

/* Read once from @fd, what comes. Returns how many bytes, 0 at the end of the file, or -errno
 * (-EAGAIN: nothing there; -ENOBUFS: the limit is reached). */
MUST_USE int64_t byte_queue_read(struct byte_queue *queue, int fd);
/* Send as much as a socket takes now. 0 (look at `len` for what is left) or -errno. */
MUST_USE int byte_queue_send(struct byte_queue *queue, int fd);

#endif
