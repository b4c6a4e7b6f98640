/*
 * inner.h -- which interfaces lie on the inner side, where the router may answer people unasked.
 *
 * If some interface is in the list LAN, those that are in it and no others. Otherwise an interface
 * with an address, all of whose addresses are private (RFC 1918), that is not in the list WAN and
 * that no default route leaves by, in use or not: a spare way out is a way out. What is in doubt is
 * outside.
 *
 * Memory: none. Threads: the router's.
 */
#ifndef ROUTER_INNER_H
#define ROUTER_INNER_H

#include <stdint.h>

#include "core/net.h"

/* Bits of iface->lists. */
struct inner_lists {
	uint64_t lan, wan; /* 0: there is no such list */
};

/* Which interfaces do: their ids to @ret_ifaces, in order. Returns how many. */
unsigned inner_ifaces(const struct net *net, const struct inner_lists *lists,
                      iface_id ret_ifaces[IFACE_MAX]);

#endif
