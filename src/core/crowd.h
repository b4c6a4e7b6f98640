/*
 * crowd.h -- which ports of an outer address are free towards one remote end that many talk to.
 *
 * Translated TCP connections share ports as long as their answers can be told apart (RFC 7857, 3).
 * A free port is guessed: one of a few tries is free unless most are in use towards the same remote
 * end. For such an end, and only for it, a map of ports is kept: made once, by whoever has the
 * flows, and kept up to date with every flow that begins or ends. So the choice takes constant time
 * at any fill. When all maps are in use the one asked least lately gives way.
 *
 * Threads: the router's. Memory: at start.
 */
#ifndef CORE_CROWD_H
#define CORE_CROWD_H

#include "core/pkt.h"
#include "core/port_map.h"
#include "lib/hash.h"

struct crowds;

#define CROWDS_DEFAULT 64 /* of 8 KiB */

MUST_USE struct crowds *crowds_new(unsigned n, const struct hash_key *key);
void crowds_free(struct crowds *crowds);
/* Forget all of them: the flows are others now. */
void crowds_clear(struct crowds *crowds);

/* The ports in use of @answer's destination towards its source (@answer's dport aside). NULL: no
 * map is kept of them. */
struct port_map *crowd_find(struct crowds *crowds, const struct tuple *answer);
/* Begin to keep one. The map is empty: enter the flows that are there. */
struct port_map *crowd_open(struct crowds *crowds, const struct tuple *answer);
/* A flow whose packets come as @answer begins (@there) or ends. Costs next to nothing as long as
 * there are no crowds. */
void crowds_note(struct crowds *crowds, const struct tuple *answer, bool there);

#endif
