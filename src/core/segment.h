/*
 * segment.h -- a frame that was to be cut later is cut here, for a port that can't.
 *
 *     if (segment_begin(&cut, p))
 *             while (segment_left(&cut))
 *                     send(segment_next(&cut, net, finish));
 *
 * What a card does with a TCP segment far larger than the MTU (GSO_TCP4), or with datagrams in a
 * row (GSO_UDP4): each piece gets the headers of the whole and its own lengths, IP identification,
 * sequence number, flags and checksums.
 *
 * Memory: each piece is a buffer of the packet pool; the whole stays where it is, and is read only.
 */
#ifndef CORE_SEGMENT_H
#define CORE_SEGMENT_H

#include "core/layout.h"
#include "core/pkt.h"

/* What a TCP with the largest options and the smallest MSS that Linux takes (48) sends at least.
 * Less is refused: a frame would become tens of thousands. */
#define SEGMENT_BYTES_MIN 8

struct segment_cut {
	const struct pkt *whole;
	struct layout layout;
	uint32_t payload_bytes; /* of the whole */
	uint32_t piece_bytes;   /* payload of each piece but the last */
	uint32_t at;            /* payload cut so far */
	uint16_t pieces;        /* made so far */
	bool unsummed;          /* UDP without a checksum */
};

/* False when @whole is no GSO frame over IPv4 whose bytes agree with what its offload says. */
MUST_USE bool segment_begin(struct segment_cut *cut, const struct pkt *whole);

/* The length of the largest frame that will come out. */
uint32_t segment_frame_bytes(const struct segment_cut *cut);

static inline bool segment_left(const struct segment_cut *cut)
{
	return cut->at < cut->payload_bytes;
}

/*
 * The next piece: an owned packet of which bytes and offload are filled. Its checksum is finished
 * when @finish, else partial. NULL: no buffer is free; may be called again.
 */
MUST_USE struct pkt *segment_next(struct segment_cut *cut, struct net *net, bool finish);

#endif
