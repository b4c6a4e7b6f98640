/*
 * port_map.h -- which of 65536 ports are taken: a free one is found in constant time at any fill.
 *
 * A bit of level 0 is a port (1: taken); a bit of level 1 is a full word of level 0; a bit of level
 * 2 a full word of level 1. Even ports lie in the lower half and odd ones in the upper, so that the
 * ports of one parity within a range stand in a row (RFC 4787, REQ-4).
 *
 * Memory: none beside the struct; all zeroes are a map with every port free.
 */
#ifndef CORE_PORT_MAP_H
#define CORE_PORT_MAP_H

#include <stdbool.h>
#include <stdint.h>

enum {
	PORT_MAP_WORDS0 = 65536 / 64,
	PORT_MAP_WORDS1 = PORT_MAP_WORDS0 / 64,
};

struct port_map {
	uint64_t level0[PORT_MAP_WORDS0];
	uint64_t level1[PORT_MAP_WORDS1];
	uint64_t level2;
	uint32_t used;
};

enum port_parity {
	PORT_ANY,
	PORT_EVEN,
	PORT_ODD,
};

bool port_map_has(const struct port_map *map, uint16_t port);
/* It must be free / taken before. */
void port_map_set(struct port_map *map, uint16_t port);
void port_map_clear(struct port_map *map, uint16_t port);

/*
 * A free port from @low (1 or more) to @high, both included; 0: none. One of @parity if there is
 * any. @keyed says where to begin (RFC 6056, 3.3.3: not to be guessed without the key).
 */
uint16_t port_map_choose(const struct port_map *map, uint16_t low, uint16_t high,
                         enum port_parity parity, uint64_t keyed);

/* The same of @n maps (1 or more): a port that is free in all of them. With more than one it costs
 * a look at each word of theirs within the range, and no more at any fill: 1024 at most. */
uint16_t port_map_choose_among(const struct port_map *const *maps, unsigned n, uint16_t low,
                               uint16_t high, enum port_parity parity, uint64_t keyed);

#endif
