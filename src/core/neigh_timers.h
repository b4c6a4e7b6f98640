/*
 * neigh_timers.h -- which neighbour's time is over next: a binary heap of entries by due time.
 *
 * Setting and stopping cost the logarithm of the number of entries, asking nothing. Memory: for as
 * many entries as the table has, at start.
 */
#ifndef CORE_NEIGH_TIMERS_H
#define CORE_NEIGH_TIMERS_H

#include "core/neigh.h"

struct neigh_timers {
	struct neigh **at; /* a heap; each entry knows its place in it, from 1 */
	uint32_t n;
};

void neigh_timers_init(struct neigh_timers *timers, uint32_t max);
void neigh_timers_free(struct neigh_timers *timers);
/* @n is due at n->due, which may have changed. */
void neigh_timers_set(struct neigh_timers *timers, struct neigh *n);
/* @n is not due at all; it may have been so before. */
void neigh_timers_stop(struct neigh_timers *timers, struct neigh *n);
/* The first that is due, or NULL; of several at one time, the one that stands first in the table.
 */
struct neigh *neigh_timers_first(const struct neigh_timers *timers);

#endif
