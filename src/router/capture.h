/*
 * capture.h -- frames that are kept for a while: a ring in memory.
 *
 * Records lie one behind the other in one block of memory and have numbers that count from 1. When
 * the block is full, the oldest make room (scrolling), or no more are taken in. A record's fate is
 * told later: what became of the packet that it shows.
 *
 * Memory: one block and its index, at capture_new(). Threads: the router's.
 */
#ifndef ROUTER_CAPTURE_H
#define ROUTER_CAPTURE_H

#include "core/tap.h"

enum capture_fate {
	CAPTURE_OPEN,    /* not known yet */
	CAPTURE_SENT,    /* left by a port */
	CAPTURE_DROPPED, /* record->reason says why */
	CAPTURE_DONE,    /* did what it was sent for */
};

struct capture_record {
	uint64_t number;
	uint64_t before; /* an earlier record of the same packet; 0: none */
	mono at;
	uint64_t wall_ns;
	uint32_t len, wire_len; /* bytes kept, and bytes there were */
	iface_id iface;
	uint8_t side;   /* enum tap_side */
	uint8_t fate;   /* enum capture_fate */
	uint8_t reason; /* enum drop_reason */
	bool raw;       /* begins with its IP header */
	uint8_t bytes[];
};

struct capture {
	uint8_t *memory;
	uint32_t *places;     /* of record n at n % index_n, in units of 8 bytes */
	uint64_t first, next; /* numbers: the oldest record there is, and the one to come */
	uint64_t started;     /* number of its first record */
	mono started_at;
	uint64_t refused;   /* frames for which there was no room */
	uint64_t written;   /* records before this number are in a file, too */
	uint64_t unwritten; /* records that made room before they were */
	uint32_t size, tail, index_n;
	bool scroll;
};

/* Its first record gets the number @first. */
struct capture *capture_new(uint32_t bytes, bool scroll, uint64_t first, mono now);
void capture_free(struct capture *capture);

/* Keep the first @cut bytes of @p. NULL: no room. */
struct capture_record *capture_put(struct capture *capture, const struct net *net,
                                   const struct iface *iface, const struct pkt *p,
                                   enum tap_side side, uint32_t cut);
/* The record @number, or NULL when it has made room. */
struct capture_record *capture_get(const struct capture *capture, uint64_t number);
/* Do the records from @number on fill half of the memory, so that they should not wait? */
bool capture_is_tight(const struct capture *capture, uint64_t number);
/* What became of the packet with the records from @number on back. That it left counts more than
 * that a copy of it was dropped. */
void capture_tell(struct capture *capture, uint64_t number, enum capture_fate fate,
                  enum drop_reason reason);

#endif
