/*
 * stations.h -- behind which port of its bridge a station is (IEEE 802.1Q, 8.8).
 *
 * Learnt from the source address of what comes in, forgotten when nothing was heard for the
 * bridge's ageing time. The hash is keyed, so nobody outside can choose addresses that collide. A
 * full table gives a new station the place of an old one of the same port: who invents addresses
 * pushes out only his own.
 *
 * Memory: one table for all bridges, sized at start.
 */
#ifndef LAN_STATIONS_H
#define LAN_STATIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/route.h"
#include "lib/hash.h"
#include "lib/mono.h"

struct stations;

struct lan_station {
	struct mac mac;
	iface_id bridge, port; /* bridge IFACE_NONE: the place is free */
	uint32_t next;         /* in its hash chain */
	mono seen;             /* last heard */
};

enum stations_news {
	STATIONS_KNOWN,
	STATIONS_NEW,
	STATIONS_MOVED, /* it was behind another port */
	STATIONS_FULL,  /* not learnt */
};

MUST_USE struct stations *stations_new(uint32_t max, const struct hash_key *key);
void stations_free(struct stations *stations);

/* How long @bridge remembers what it does not hear. */
void stations_set_ageing(struct stations *stations, iface_id bridge, uint64_t ms);
/* A frame from @mac came in by @port of @bridge. */
enum stations_news stations_learn(struct stations *stations, iface_id bridge, iface_id port,
                                  const struct mac *mac, mono now);
/* The port behind which @mac is; IFACE_NONE: not known (any more). */
iface_id stations_find(const struct stations *stations, iface_id bridge, const struct mac *mac,
                       mono now);
/* Forget all behind @port (its link is gone, it left its bridge). */
void stations_forget(struct stations *stations, iface_id port);
/* Forget whom nobody has heard for too long. Returns when there is more to do. */
mono stations_turn(struct stations *stations, mono now);
mono stations_due(const struct stations *stations);
/* How many there are. */
uint32_t stations_used(const struct stations *stations);
/* Walk: @at starts at 0; NULL at the end. */
const struct lan_station *stations_next(const struct stations *stations, uint32_t *at);

#endif
