#include "host/inbox.h"

#include <string.h>

#include "lib/mem.h"

#define NONE UINT32_MAX

/* The first cell of a datagram has a head; of the others only `rest` and the bytes are used. */
struct cell {
	uint32_t rest; /* of the same datagram, or the next free one: place + 1 */
	uint32_t next; /* datagram in the row: place + 1 */
	struct datagram d;
	uint8_t bytes[];
};

enum {
	FIRST_BYTES = INBOX_CELL_BYTES - sizeof(struct cell),
	REST_AT = sizeof(uint32_t),
	REST_BYTES = INBOX_CELL_BYTES - REST_AT,
	SHARE = 4, /* no inbox gets more than this part of the cells */
};

struct inboxes {
	uint8_t *cells;
	struct inbox *all;
	uint32_t cells_n, cells_fresh, cells_free, cells_used;
	uint32_t capacity, fresh, free;
};

struct inboxes *inboxes_new(uint32_t sockets, uint32_t cells)
{
	struct inboxes *all = mem_new(1, sizeof *all);

	all->cells = mem_new(cells, INBOX_CELL_BYTES);
	all->cells_n = cells;
	all->all = mem_new(sockets, sizeof all->all[0]);
	all->capacity = sockets;
	return all;
}

void inboxes_free(struct inboxes *all)
{
	if (all == NULL)
		return;
	mem_free(all->cells);
	mem_free(all->all);
	mem_free(all);
}

uint32_t inboxes_free_cells(const struct inboxes *all)
{
	return all->cells_n - all->cells_used;
}

static struct cell *cell_at(const struct inboxes *all, uint32_t place)
{
	return (struct cell *)(void *)(all->cells + (size_t)(place - 1) * INBOX_CELL_BYTES);
}

struct inbox *inbox_new(struct inboxes *all)
{
	struct inbox *inbox;

	if (all->free == 0 && all->fresh == all->capacity)
		return NULL;
	if (all->free != 0) {
		inbox = &all->all[all->free - 1];
		all->free = inbox->next;
	} else {
		inbox = &all->all[all->fresh++];
	}
	*inbox = (struct inbox){ .lost = 0 };
	return inbox;
}

void inbox_free(struct inboxes *all, struct inbox *inbox)
{
	while (inbox->datagrams.n > 0)
		inbox_drop(all, &inbox->datagrams);
	while (inbox->errors.n > 0)
		inbox_drop(all, &inbox->errors);
	inbox->next = all->free;
	all->free = (uint32_t)(inbox - all->all) + 1;
}

static uint32_t cells_for(uint32_t len)
{
	return len <= FIRST_BYTES ? 1 : 1 + (len - FIRST_BYTES + REST_BYTES - 1) / REST_BYTES;
}

static uint32_t cell_take(struct inboxes *all)
{
	uint32_t place = all->cells_free;

	if (place == 0)
		place = ++all->cells_fresh;
	else
		all->cells_free = cell_at(all, place)->rest;
	all->cells_used++;
	return place;
}

/* Where cell @place keeps bytes, and how many. */
static uint8_t *cell_bytes(const struct inboxes *all, uint32_t place, bool first, uint32_t *ret_n)
{
	*ret_n = first ? FIRST_BYTES : REST_BYTES;
	return (uint8_t *)cell_at(all, place) + (first ? sizeof(struct cell) : REST_AT);
}

/* Cells with the @len bytes at @bytes; there are enough free ones. */
static uint32_t fill(struct inboxes *all, const uint8_t *bytes, uint32_t len)
{
	uint32_t first = cell_take(all), at = first, done = 0;

	for (;;) {
		uint32_t n;
		uint8_t *to = cell_bytes(all, at, at == first, &n);

		n = len - done < n ? len - done : n;
		if (n > 0)
			memcpy(to, bytes + done, n);
		done += n;
		if (done == len)
			break;

		uint32_t rest = cell_take(all);

		cell_at(all, at)->rest = rest;
		at = rest;
	}
	cell_at(all, at)->rest = 0;
	return first;
}

static bool has_room(const struct inboxes *all, const struct inbox_row *row, uint32_t cells,
                     uint32_t budget)
{
	uint64_t after = (uint64_t)row->bytes + (uint64_t)cells * INBOX_CELL_BYTES;

	/* A budget too small for a single one still lets one in, as Linux does. */
	if (cells > inboxes_free_cells(all) || (after > budget && row->n > 0))
		return false;
	return after <= (uint64_t)all->cells_n / SHARE * INBOX_CELL_BYTES;
}

bool inbox_put(struct inboxes *all, struct inbox *inbox, struct inbox_row *row,
               const struct datagram *d, const void *bytes, uint32_t budget)
{
	uint32_t cells = cells_for(d->len), place;

	if (!has_room(all, row, cells, budget)) {
		inbox->lost++;
		return false;
	}
	place = fill(all, bytes, d->len);
	cell_at(all, place)->d = *d;
	cell_at(all, place)->next = 0;
	if (row->n == 0)
		row->head = place;
	else
		cell_at(all, row->tail)->next = place;
	row->tail = place;
	row->n++;
	row->bytes += cells * INBOX_CELL_BYTES;
	return true;
}

const struct datagram *inbox_first(const struct inboxes *all, const struct inbox_row *row)
{
	return row->n > 0 ? &cell_at(all, row->head)->d : NULL;
}

size_t inbox_copy(const struct inboxes *all, const struct inbox_row *row, void *bytes, size_t n)
{
	const struct datagram *d = inbox_first(all, row);
	size_t len = d != NULL && d->len < n ? d->len : n, done = 0;
	uint32_t at = row->head;

	if (d == NULL)
		return 0;
	while (done < len) {
		uint32_t have;
		const uint8_t *from = cell_bytes(all, at, at == row->head, &have);

		if (have > len - done)
			have = (uint32_t)(len - done);
		memcpy((uint8_t *)bytes + done, from, have);
		done += have;
		at = cell_at(all, at)->rest;
	}
	return len;
}

void inbox_drop(struct inboxes *all, struct inbox_row *row)
{
	uint32_t at = row->head, next;

	must(row->n > 0);
	next = cell_at(all, at)->next;
	row->bytes -= cells_for(cell_at(all, at)->d.len) * INBOX_CELL_BYTES;
	row->n--;
	row->head = next;
	while (at != 0) {
		uint32_t rest = cell_at(all, at)->rest;

		cell_at(all, at)->rest = all->cells_free;
		all->cells_free = at;
		all->cells_used--;
		at = rest;
	}
}
