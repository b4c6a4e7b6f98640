/*
 * segment.h -- a network that several stations share: a hub, or a switch that learns.
 *
 * Each station has a cable of its own to it, with that cable's faults. A hub says everything to
 * everybody; a switch remembers behind which cable a card was heard last, and asks all of them for
 * those it has not heard. When a cable is pulled, what was learnt by it is forgotten.
 */
#ifndef SIM_SEGMENT_H
#define SIM_SEGMENT_H

#include "sim/link.h"

#define SEGMENT_LINKS 12
#define SEGMENT_CARDS 64

struct segment;

struct segment_socket { /* where a cable is plugged in */
	struct segment *segment;
	struct link *link;
	unsigned place;
};

struct segment_card {
	struct mac mac;
	uint8_t place; /* of the socket behind which it is */
	bool known;
};

struct segment {
	bool hub;
	struct segment_socket sockets[SEGMENT_LINKS];
	unsigned sockets_n;
	struct segment_card cards[SEGMENT_CARDS];
	unsigned next_card; /* which gives way when all places are taken */
	uint64_t flooded, switched;
};

/* Plug end 0 of @link in; the station is at end 1. The link stays the caller's. */
void segment_plug(struct segment *segment, struct link *link);

#endif
