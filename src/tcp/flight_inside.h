/*
 * flight_inside.h -- a flight's pool and its tree; for flight*.c only.
 *
 * The tree is a treap (Seidel and Aragon, 1996): ordered by sequence number from left to right, and
 * by a number made of the record's place from top to bottom, which keeps it as flat as a random
 * one.
 */
#ifndef TCP_FLIGHT_INSIDE_H
#define TCP_FLIGHT_INSIDE_H

#include "tcp/flight.h"

struct flight_pool {
	struct flight_record *records; /* records[0] stands for none */
	uint32_t size, used;
	uint32_t free;      /* the first of those given back, linked by next */
	uint32_t untouched; /* from here on none was ever taken */
};

/* @at, which is not in the tree, comes right behind @previous (0: before all). */
void flight_tree_insert(struct flight *flight, struct flight_pool *pool, uint32_t at,
                        uint32_t previous);
void flight_tree_remove(struct flight *flight, struct flight_pool *pool, uint32_t at);
/* The record that holds @seq, or else the first after it; 0: there is none. */
uint32_t flight_tree_find(const struct flight *flight, const struct flight_pool *pool,
                          uint32_t seq);

#endif
