#include "os/byte_queue.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/mem.h"

#define READ_BYTES 16384
#define KEEP_BYTES 65536 /* an empty queue keeps this much memory */

struct byte_queue byte_queue_make(size_t limit)
{
	return (struct byte_queue){ .limit = limit };
}

void byte_queue_free(struct byte_queue *queue)
{
	mem_free(queue->bytes);
	*queue = (struct byte_queue){ .limit = queue->limit };
}

uint8_t *byte_queue_room(struct byte_queue *queue, size_t len)
{
	if (len > queue->limit - queue->len)
		return NULL;
	if (queue->start + queue->len + len <= queue->size)
		return queue->bytes + queue->start + queue->len;
	if (queue->start > 0) {
		memmove(queue->bytes, queue->bytes + queue->start, queue->len);
		queue->start = 0;
	}
	if (queue->len + len > queue->size) {
		size_t size = queue->size > 0 ? queue->size : 4096;

		while (size < queue->len + len)
			size *= 2;
		queue->bytes = mem_resize(queue->bytes, size, 1);
		queue->size = size;
	}
	return queue->bytes + queue->len;
}

void byte_queue_grow(struct byte_queue *queue, size_t len)
{
	must(len <= queue->size - queue->start - queue->len);
	queue->len += len;
}

void byte_queue_drop(struct byte_queue *queue, size_t len)
{
	must(len <= queue->len);
	queue->start += len;
	queue->len -= len;
	if (queue->len > 0)
		return;
	queue->start = 0;
	if (queue->size > KEEP_BYTES)
		byte_queue_free(queue);
}

int64_t byte_queue_read(struct byte_queue *queue, int fd)
{
	size_t left = queue->limit - queue->len;
	size_t len = left < READ_BYTES ? left : READ_BYTES;

	if (len == 0)
		return -ENOBUFS;

	uint8_t *to = byte_queue_room(queue, len);

	must(to != NULL);
	for (;;) {
		ssize_t n = read(fd, to, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		byte_queue_grow(queue, (size_t)n);
		return n;
	}
}

int byte_queue_send(struct byte_queue *queue, int fd)
{
	while (queue->len > 0) {
		ssize_t n =
			send(fd, byte_queue_bytes(queue), queue->len, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN ? 0 : -errno;
		byte_queue_drop(queue, (size_t)n);
	}
	return 0;
}
