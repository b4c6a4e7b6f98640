/*
 * frame_ring.h -- frames that wait, first in, first out, in one area of bytes.
 *
 * A frame lies in one piece, with PORT_HEADROOM_BYTES before it that may be written. The oldest
 * ones may be lent out (a port's receive()) while others come in behind them.
 *
 * Memory: the area, once; it is touched as far as it is used.
 */
#ifndef API_FRAME_RING_H
#define API_FRAME_RING_H

#include "core/port.h"
#include "lib/must.h"

struct frame_ring {
	uint8_t *area;
	uint32_t size;       /* bytes of it */
	uint32_t first;      /* of the oldest record */
	uint32_t next;       /* of the oldest that is not lent */
	uint32_t end;        /* where the next record goes */
	uint32_t used, lent; /* bytes of records, and how many of them are lent */
	uint32_t waiting;    /* frames that are not lent */
};

/* The least that holds the largest frame. */
#define FRAME_RING_BYTES_MIN (2U * (PORT_FRAME_BYTES_MAX + 256))

/* All zeroes is a ring that takes nothing. @bytes: at least FRAME_RING_BYTES_MIN. */
void frame_ring_init(struct frame_ring *ring, uint32_t bytes);
void frame_ring_free(struct frame_ring *ring);
/* Copy @frame to the end; false: it does not fit. */
MUST_USE bool frame_ring_put(struct frame_ring *ring, const struct port_frame *frame);
/* Lend out the oldest frame that is not; false: there is none. */
MUST_USE bool frame_ring_lend(struct frame_ring *ring, struct port_frame *ret_frame);
/* All that is lent is gone. */
void frame_ring_release(struct frame_ring *ring);
/* All that waits is gone; what is lent stays so. Returns how many frames that were. */
uint32_t frame_ring_drop(struct frame_ring *ring);

#endif
