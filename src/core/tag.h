/*
 * tag.h -- a VLAN's tag put into a frame and taken out of it (IEEE 802.1Q, 9.3).
 *
 * The two hardware addresses move; all behind the tag stays where it is. The offsets of the packet
 * and of what a card still has to do move along.
 *
 * Memory: none; a push takes four bytes of the headroom. Threads: the router's.
 */
#ifndef CORE_TAG_H
#define CORE_TAG_H

#include "core/pkt.h"

/* Take the tag behind the addresses out. The frame has one: its type was looked at. */
void tag_pop(struct pkt *p);

/* Put one in: @type ETH_TYPE_VLAN or ETH_TYPE_SVLAN, priority 0. False: no headroom. */
MUST_USE bool tag_push(struct pkt *p, uint16_t type, uint16_t id);

#endif
