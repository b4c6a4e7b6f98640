#include "api/frame_ring.h"

#include <string.h>

#include "lib/mem.h"

/* Records begin at multiples of this, so a head fits wherever the area has bytes left. */
#define RECORD_STEP 64U

struct record {
	uint32_t bytes; /* of the whole record; the frame's length is in `frame` */
	bool skip;      /* nothing: the next record begins the area anew */
	struct port_frame frame;
};

_Static_assert(sizeof(struct record) <= RECORD_STEP, "a head is one step");

static uint32_t record_bytes(uint32_t len)
{
	return (RECORD_STEP + PORT_HEADROOM_BYTES + len + RECORD_STEP - 1) & ~(RECORD_STEP - 1);
}

static struct record *record_at(struct frame_ring *ring, uint32_t at)
{
	return (struct record *)(void *)(ring->area + at);
}

void frame_ring_init(struct frame_ring *ring, uint32_t bytes)
{
	must(bytes >= FRAME_RING_BYTES_MIN && bytes <= UINT32_MAX - RECORD_STEP);
	*ring = (struct frame_ring){ .size = bytes & ~(RECORD_STEP - 1) };
	ring->area = mem_new(ring->size / RECORD_STEP, RECORD_STEP);
}

void frame_ring_free(struct frame_ring *ring)
{
	mem_free(ring->area);
	*ring = (struct frame_ring){ 0 };
}

/* Find @need bytes in one piece, from ring->end on; what is left of the area is passed over. */
static bool make_room(struct frame_ring *ring, uint32_t need)
{
	uint32_t tail = ring->size - ring->end;

	if (ring->used == 0) {
		/* From the beginning again, where it is in the cache. */
		ring->first = ring->next = ring->end = 0;
		return need <= ring->size;
	}
	if (ring->end < ring->first)
		return need <= ring->first - ring->end;
	if (ring->end == ring->first)
		return false;
	if (need <= tail)
		return true;
	if (need > ring->first)
		return false;
	record_at(ring, ring->end)->skip = true;
	ring->used += tail;
	ring->end = 0;
	return true;
}

bool frame_ring_put(struct frame_ring *ring, const struct port_frame *frame)
{
	uint32_t need = record_bytes(frame->len);
	struct record *record;
	uint8_t *bytes;

	if (frame->len > PORT_FRAME_BYTES_MAX || !make_room(ring, need))
		return false;
	record = record_at(ring, ring->end);
	bytes = (uint8_t *)record + RECORD_STEP + PORT_HEADROOM_BYTES;
	memcpy(bytes, frame->bytes, frame->len);
	*record = (struct record){
		.bytes = need,
		.frame = { .bytes = bytes,
		           .len = frame->len,
		           .headroom = PORT_HEADROOM_BYTES,
		           .offload = frame->offload },
	};
	ring->end = ring->end + need == ring->size ? 0 : ring->end + need;
	ring->used += need;
	ring->waiting++;
	return true;
}

bool frame_ring_lend(struct frame_ring *ring, struct port_frame *ret_frame)
{
	const struct record *record;

	if (ring->waiting == 0)
		return false;
	record = record_at(ring, ring->next);
	if (record->skip) {
		ring->lent += ring->size - ring->next;
		ring->next = 0;
		record = record_at(ring, 0);
	}
	*ret_frame = record->frame;
	ring->lent += record->bytes;
	ring->next = ring->next + record->bytes == ring->size ? 0 : ring->next + record->bytes;
	ring->waiting--;
	return true;
}

void frame_ring_release(struct frame_ring *ring)
{
	ring->first = ring->next;
	ring->used -= ring->lent;
	ring->lent = 0;
}

uint32_t frame_ring_drop(struct frame_ring *ring)
{
	uint32_t dropped = ring->waiting;

	ring->end = ring->next;
	ring->used = ring->lent;
	ring->waiting = 0;
	return dropped;
}
