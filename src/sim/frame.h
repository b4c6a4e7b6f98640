/*
 * frame.h -- frames on their way through a simulated world, and whether they are sound.
 *
 * Memory: each frame is its own allocation of just its size, so that a sanitizer sees the first
 * byte read behind it.
 */
#ifndef SIM_FRAME_H
#define SIM_FRAME_H

#include "core/port.h"
#include "lib/must.h"

struct frame {
	struct frame *next; /* in its queue */
	struct offload offload;
	uint32_t len;
	uint8_t memory[]; /* PORT_HEADROOM_BYTES, then the bytes */
};

/* First in, first out. All zeroes to start with. */
struct frame_queue {
	struct frame *first, *last;
	unsigned n;
};

/* A copy of @bytes. */
MUST_USE struct frame *frame_new(const uint8_t *bytes, uint32_t len, const struct offload *offload);
void frame_free(struct frame *frame);
uint8_t *frame_bytes(struct frame *frame);
const uint8_t *frame_bytes_const(const struct frame *frame);
bool frame_equal(const struct frame *a, const struct frame *b);

void frame_queue_put(struct frame_queue *queue, struct frame *frame);
/* The oldest, or NULL. */
struct frame *frame_queue_take(struct frame_queue *queue);
void frame_queue_clear(struct frame_queue *queue);

/*
 * What is wrong with the frame's IPv4 and transport checksums (partial ones are finished on a
 * copy)? NULL: nothing, or it is no IPv4. @l4: false when the sender had the transport checksum
 * wrong already.
 */
const char *frame_fault(const struct frame *frame, bool l4);

#endif
