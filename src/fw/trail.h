/*
 * trail.h -- which rules a packet matched, in 64 bits.
 *
 * Four places of 16 bits: the facility in the upper two, the rule's place in its set plus one in
 * the lower fourteen; an empty place is 0. Replay counts the rules of a flow's trail for every
 * packet, so that rule counters say the same on the replayed way (ARCHITECTURE, D3). A packet with
 * more matches than places keeps its flow on the slow way.
 */
#ifndef FW_TRAIL_H
#define FW_TRAIL_H

#include <stdbool.h>
#include <stdint.h>

#include "fw/rule.h"

#define TRAIL_PLACES 4

_Static_assert(FACILITY_COUNT <= 4, "a trail entry names the facility in 2 bits");

/* Add rule @place of @facility's set to @trail; false when it is full. */
static inline bool trail_add(uint64_t *trail, enum facility facility, uint32_t place)
{
	for (unsigned i = 0; i < TRAIL_PLACES; i++) {
		if ((*trail >> (16 * i) & 0xffff) == 0) {
			*trail |= (uint64_t)((uint32_t)facility << 14 | (place + 1)) << (16 * i);
			return true;
		}
	}
	return false;
}

#endif
