#include "router/capture.h"

#include <string.h>

#include "lib/mem.h"

enum {
	RECORD_BYTES_MIN = 64,
	BEFORE_MAX = 16, /* records of one packet: interfaces over interfaces */
};

static uint32_t record_bytes(uint32_t len)
{
	uint32_t bytes = ((uint32_t)sizeof(struct capture_record) + len + 7) & ~7U;

	return bytes < RECORD_BYTES_MIN ? RECORD_BYTES_MIN : bytes;
}

struct capture *capture_new(uint32_t bytes, bool scroll, uint64_t first, mono now)
{
	struct capture *capture = mem_new(1, sizeof *capture);

	capture->size = bytes & ~7U;
	capture->index_n = capture->size / RECORD_BYTES_MIN + 1;
	capture->memory = mem_new_aligned(64, (capture->size + 63) & ~63UL);
	capture->places = mem_new(capture->index_n, sizeof capture->places[0]);
	capture->first = capture->next = capture->written = first;
	capture->started = first;
	capture->started_at = now;
	capture->scroll = scroll;
	return capture;
}

void capture_free(struct capture *capture)
{
	if (capture == NULL)
		return;
	mem_free(capture->memory);
	mem_free(capture->places);
	mem_free(capture);
}

static struct capture_record *record_at(const struct capture *capture, uint64_t number)
{
	uint64_t place = capture->places[number % capture->index_n];

	return (struct capture_record *)(void *)(capture->memory + place * 8);
}

struct capture_record *capture_get(const struct capture *capture, uint64_t number)
{
	if (number < capture->first || number >= capture->next)
		return NULL;
	return record_at(capture, number);
}

/* Is there room for @bytes behind the newest record, or at the block's begin? */
static bool room_find(struct capture *capture, uint32_t bytes)
{
	uint32_t head;

	if (capture->first == capture->next) {
		capture->tail = 0;
		return true;
	}
	head = (uint32_t)((uint8_t *)record_at(capture, capture->first) - capture->memory);
	if (capture->tail <= head)
		return head - capture->tail >= bytes;
	if (capture->size - capture->tail >= bytes)
		return true;
	if (head < bytes)
		return false;
	capture->tail = 0;
	return true;
}

static bool room_make(struct capture *capture, uint32_t bytes)
{
	if (bytes > capture->size)
		return false;
	while (!room_find(capture, bytes)) {
		if (!capture->scroll && capture->first >= capture->written)
			return false;
		if (capture->first >= capture->written)
			capture->unwritten++;
		capture->first++;
	}
	return true;
}

struct capture_record *capture_put(struct capture *capture, const struct net *net,
                                   const struct iface *iface, const struct pkt *p,
                                   enum tap_side side, uint32_t cut)
{
	uint32_t len = p->len < cut ? p->len : cut;
	uint32_t bytes = record_bytes(len);
	struct capture_record *record;

	if (!room_make(capture, bytes)) {
		capture->refused++;
		return NULL;
	}
	capture->places[capture->next % capture->index_n] = capture->tail / 8;
	record = record_at(capture, capture->next);
	*record = (struct capture_record){
		.number = capture->next++,
		.at = net->now,
		.wall_ns = net->now.ns + (uint64_t)net->wall_offset_ns,
		.len = len,
		.wire_len = p->len,
		.iface = iface->id,
		.side = (uint8_t)side,
		.raw = iface->point_to_point,
	};
	memcpy(record->bytes, p->bytes, len);
	capture->tail += bytes;
	return record;
}

bool capture_is_tight(const struct capture *capture, uint64_t number)
{
	const struct capture_record *record = capture_get(capture, number);
	uint32_t at;

	if (record == NULL)
		return false;
	at = (uint32_t)((const uint8_t *)record - capture->memory);
	return (capture->tail > at ? 0 : capture->size) + capture->tail - at > capture->size / 2;
}

void capture_tell(struct capture *capture, uint64_t number, enum capture_fate fate,
                  enum drop_reason reason)
{
	struct capture_record *record = capture_get(capture, number);

	for (unsigned i = 0; record != NULL && i < BEFORE_MAX; i++) {
		if (record->fate == CAPTURE_OPEN || fate == CAPTURE_SENT) {
			record->fate = (uint8_t)fate;
			record->reason = (uint8_t)reason;
		}
		record = capture_get(capture, record->before);
	}
}
