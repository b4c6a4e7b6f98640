/*
 * ip4_datagrams.h -- the datagrams of which only a part is here: ip4_reass.c's table.
 *
 * Found by hash, aged in the order in which they began, and counted by source, so that one sender's
 * flood of fragments costs its own datagrams: whoever has the most gives up its oldest first.
 *
 * Memory: all at start.
 */
#ifndef CORE_IP4_DATAGRAMS_H
#define CORE_IP4_DATAGRAMS_H

#include "core/pkt.h"
#include "lib/hash.h"
#include "lib/mono.h"

enum {
	IP4_PIECES_MAX = 128, /* of one datagram: 64 KiB in pieces for an MTU of 576 */
};

struct ip4_piece {
	struct pkt *pkt;
	uint32_t at, bytes; /* where its data stand in the datagram's */
};

/*
 * What came in by another interface is another datagram: nobody outside can spoil what hosts inside
 * send each other.
 */
struct ip4_datagram {
	bool used;
	bool spoilt; /* fragments overlapped: the rest of it is thrown away, too (RFC 5722, 4) */
	uint8_t proto;
	uint16_t id;
	iface_id in;
	ip4 src, dst;
	mono due;
	uint32_t have_bytes;
	uint32_t end_bytes; /* known with the last fragment; else 0 */
	unsigned n;
	struct ip4_piece pieces[IP4_PIECES_MAX]; /* by place, without overlap */

	/* The table's: places, or NONE. */
	uint32_t next;                   /* in the chain of its hash, or of those that are free */
	uint32_t older, newer;           /* of all */
	uint32_t mine_older, mine_newer; /* of its source's */
};

struct ip4_datagrams;

MUST_USE struct ip4_datagrams *ip4_datagrams_new(uint32_t max, const struct hash_key *key);
void ip4_datagrams_free(struct ip4_datagrams *all);

/* The one that @p, a fragment, belongs to, or NULL. Constant time. */
struct ip4_datagram *ip4_datagrams_find(struct ip4_datagrams *all, const struct pkt *p);
/* A new one for @p, without fragments, to end at @due (not before those that are there). NULL: no
 * place is free. */
struct ip4_datagram *ip4_datagrams_add(struct ip4_datagrams *all, const struct pkt *p, mono due);
/* @d ends; it has no fragments any more. */
void ip4_datagrams_remove(struct ip4_datagrams *all, struct ip4_datagram *d);
/* The one that began first, or NULL. */
struct ip4_datagram *ip4_datagrams_oldest(struct ip4_datagrams *all);
/* Who is to give way: the oldest of whoever has the most, but not @but (or NULL). NULL: none. */
struct ip4_datagram *ip4_datagrams_victim(struct ip4_datagrams *all,
                                          const struct ip4_datagram *but);

#endif
