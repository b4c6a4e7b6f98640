/*
 * inbox.h -- datagrams that wait until a program takes them, and errors about those it has sent.
 *
 * Each is kept in cells of one pool: one for what is known of it and its first bytes, more for the
 * rest. What a socket's budget (SO_RCVBUF) or the pool has no room for is lost, counted, as
 * datagrams may be. A full inbox costs whoever fills it and nobody else: a single one can't have
 * more than a quarter of the pool.
 *
 * Threads: the router's. Memory: struct host_budget, at start. Host byte order.
 */
#ifndef HOST_INBOX_H
#define HOST_INBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/route.h"
#include "lib/mono.h"
#include "lib/must.h"

struct inboxes;

/* What is known of a datagram that has come, or of an error about one that was sent. */
struct datagram {
	ip4 src, dst; /* of an error: of the packet it is about: ours, theirs */
	uint16_t sport, dport;
	iface_id in;
	uint8_t ttl, tos;
	uint32_t len; /* of the payload */
	mono at;
	/* Of an error (RFC 792); zeroes otherwise. */
	uint8_t type, code, origin; /* SOCK_ERROR_* */
	uint16_t error;             /* errno, not negative */
	uint32_t info;              /* next hop's MTU */
	ip4 offender;               /* who says so */
};

/* A row of them, oldest first. All zeroes: empty. */
struct inbox_row {
	uint32_t head, tail; /* cells: place + 1 */
	uint32_t n;
	uint32_t bytes; /* of cells */
};

struct inbox {
	struct inbox_row datagrams, errors;
	uint64_t lost;
	uint32_t next;         /* free ones */
	uint32_t next_waiting; /* of sockets that wait for room to send: place */
};

/* @sockets inboxes and @cells cells of INBOX_CELL_BYTES between them. */
#define INBOX_CELL_BYTES 512
MUST_USE struct inboxes *inboxes_new(uint32_t sockets, uint32_t cells);
void inboxes_free(struct inboxes *all);
/* How many cells are free, for tests and people. */
uint32_t inboxes_free_cells(const struct inboxes *all);

/* An empty one, or NULL: all are in use. */
MUST_USE struct inbox *inbox_new(struct inboxes *all);
void inbox_free(struct inboxes *all, struct inbox *inbox);

/* Add @d with @d->len bytes to @row, one of @inbox's. False: no room, or more than @budget bytes
 * would wait; then it is counted as lost. */
bool inbox_put(struct inboxes *all, struct inbox *inbox, struct inbox_row *row,
               const struct datagram *d, const void *bytes, uint32_t budget);
/* The oldest of @row; NULL: none. */
const struct datagram *inbox_first(const struct inboxes *all, const struct inbox_row *row);
/* Copy the first @n bytes of the oldest (at most its length); how many there were. */
size_t inbox_copy(const struct inboxes *all, const struct inbox_row *row, void *bytes, size_t n);
/* The oldest has been taken. */
void inbox_drop(struct inboxes *all, struct inbox_row *row);

#endif
