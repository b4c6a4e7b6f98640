/*
 * verdict.h -- what a flow's record remembers of a walk, and how it is replayed.
 *
 * A walk that ended in sending, or at this router itself, is remembered in the record, per
 * direction, when the next packet must come to the same end: no rule that has to see each packet
 * stood on the way, the packet told nothing new about the connection's state, and it was whole and
 * without options. replay() then does for a packet what the walk would have done (ARCHITECTURE, D3
 * and D4).
 */
#ifndef ROUTER_VERDICT_H
#define ROUTER_VERDICT_H

#include "router/router.h"

struct walk;

/* Taken before the packet is sent, because after that it is gone. */
struct verdict_note {
	bool fit; /* to be remembered at all */
	uint32_t flow;
	uint8_t dir;
	iface_id in;
	bool local; /* it was for this router */
	struct route route;
	uint64_t trail;
	bool asked_lists;
};

struct verdict_note verdict_note_of(const struct walk *walk, const struct pkt *p);
/* @neigh: where it went, or NEIGH_NONE (also for what was for this router). */
void verdict_remember(struct router *router, const struct verdict_note *note, uint32_t neigh);

/*
 * Carry out what is remembered for @p (p->hash set). False: nothing fits, @p is untouched and must
 * walk. True: @p was taken.
 */
bool verdict_replay(struct router *router, struct pkt *p);

#endif
