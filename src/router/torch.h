/*
 * torch.h -- /tool/torch: who talks to whom through one interface just now, and how much.
 *
 * A torch is a tap (core/tap.h) that sums up the frames of one interface by a key of the fields
 * that were asked for. A line is seen from the interface's far side: frames that come in count as
 * they are, of those that leave both ends are swapped, so that a conversation is one line with two
 * directions. What the table has no room for is counted as `others`: sums are exact always.
 *
 * Memory: one table of TORCH_ENTRIES, from torch_start() to torch_stop(). Threads: the router's.
 */
#ifndef ROUTER_TORCH_H
#define ROUTER_TORCH_H

#include "router/capture_filter.h"

#define TORCH_ENTRIES 1024
#define TORCHES_MAX   8 /* at once: each looks at every frame */

enum torch_by { /* bits: what is told apart */
	TORCH_MAC_PROTOCOL = 1 << 0,
	TORCH_VLAN = 1 << 1,
	TORCH_IP_PROTOCOL = 1 << 2,
	TORCH_DSCP = 1 << 3,
	TORCH_SRC = 1 << 4,
	TORCH_DST = 1 << 5,
	TORCH_PORT = 1 << 6, /* both ends' */
};

struct torch_spec {
	iface_id iface;
	uint32_t by;                  /* enum torch_by */
	struct capture_filter filter; /* of a frame with its ends as they are counted */
	struct capture_ranges dscps;
};

struct torch_key { /* what is not told apart is zero */
	ip4 src, dst;
	uint16_t sport, dport;
	uint16_t type, vlan;
	uint8_t proto, dscp;
	bool has_ip, has_ports; /* the fields of IPv4 and the ports are what a frame said */
	uint32_t unused;        /* makes whole words */
};

struct torch_sums {
	uint64_t bytes[2], packets[2]; /* by enum tap_side */
};

struct torch_entry {
	struct torch_key key;
	struct torch_sums sums;
};

struct torch {
	struct tap tap; /* first: the tap is cast back to this; due is the owner's */
	struct torch_spec spec;
	struct hash_key hash;
	struct torch_entry *entries; /* the first n are of this interval */
	uint16_t *places;            /* of a key's hash: 1 + its entry; 0: none */
	uint32_t n;
	struct torch_sums others, total;
};

/* NULL: there are TORCHES_MAX. */
struct torch *torch_start(struct net *net, const struct torch_spec *spec);
void torch_stop(struct net *net, struct torch *torch);

/* The entries in the order of their bytes, most first. Frames may be counted only after
 * torch_clear() then. */
void torch_sort(struct torch *torch);
/* A new interval. */
void torch_clear(struct torch *torch);

static inline void torch_add(struct torch_sums *sums, const struct torch_sums *more)
{
	for (unsigned side = 0; side < 2; side++) {
		sums->bytes[side] += more->bytes[side];
		sums->packets[side] += more->packets[side];
	}
}

#endif
