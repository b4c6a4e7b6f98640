/*
 * drop_record.h -- the last packets that were lost, with their first bytes.
 *
 * For every reason the last DROP_RECORDS ones are kept, so that a flood of one kind does not push
 * the others out. What is kept are the bytes as they stood when the packet ended: one that had
 * been translated already shows what would have left, and `arrived` what came. Packets that a port
 * did not take when it was flushed (DROP_TX_FULL) are counted only, and so is what could not be
 * made.
 *
 * Threads: the router's. Memory: one place for each, made at start.
 */
#ifndef CORE_DROP_RECORD_H
#define CORE_DROP_RECORD_H

#include "core/pkt.h"
#include "lib/mono.h"

#define DROP_RECORDS      8  /* of each reason */
#define DROP_RECORD_BYTES 96 /* a frame with a SYN and all of its options fits */

struct drop_record {
	uint64_t number; /* counted over all reasons, from 1; 0: nothing is kept here */
	mono at;
	struct tuple arrived; /* source zero: it was no IPv4 packet, or was not looked at */
	iface_id in;          /* IFACE_NONE: the router's own */
	uint8_t reason;       /* enum drop_reason */
	bool framed;          /* the bytes begin with an Ethernet header, not with the IP one */
	uint16_t kept;        /* bytes here */
	uint32_t len;         /* bytes that there were */
	uint8_t bytes[DROP_RECORD_BYTES];
};

struct drop_records;

MUST_USE struct drop_records *drop_records_new(void);
void drop_records_free(struct drop_records *records);
/* Forget all of them. */
void drop_records_clear(struct drop_records *records);

/* @p ends for @reason at @now; pkt_drop()'s part. */
void drop_record_add(struct drop_records *records, const struct pkt *p, enum drop_reason reason,
                     mono now);
/* The record at place @i below DROP_RECORDS of @reason (in no order), or NULL. */
const struct drop_record *drop_record_at(const struct drop_records *records,
                                         enum drop_reason reason, unsigned i);
/* All of them, the oldest first, into @ret_all (DROP_COUNT * DROP_RECORDS places); how many. */
unsigned drop_records_sort(const struct drop_records *records, const struct drop_record **ret_all);

#endif
