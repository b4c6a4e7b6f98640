/*
 * capture_filter.h -- which frames a person wants to see.
 *
 * Every list that has entries must hold. Of a list's entries one must (any), or all of them
 * (every): an address or a port is then either end's, so that two addresses with `every` are the
 * conversation of these two.
 */
#ifndef ROUTER_CAPTURE_FILTER_H
#define ROUTER_CAPTURE_FILTER_H

#include "core/tap.h"
#include "wire/frame_head.h"

#define CAPTURE_ENTRIES 16

struct capture_range {
	uint32_t low, high;
};

struct capture_ranges { /* of addresses or numbers */
	uint32_t n;
	struct capture_range at[CAPTURE_ENTRIES];
};

struct capture_macs {
	uint32_t n;
	struct mac at[CAPTURE_ENTRIES];
};

enum capture_direction {
	CAPTURE_ANY,
	CAPTURE_RX,
	CAPTURE_TX,
};

struct capture_filter {
	struct capture_ranges ifaces, types, vlans, protocols, sizes;
	struct capture_ranges addresses, src_addresses, dst_addresses;
	struct capture_ranges ports, src_ports, dst_ports;
	struct capture_macs macs, src_macs, dst_macs;
	uint8_t direction; /* enum capture_direction */
	bool every;
};

bool capture_filter_passes(const struct capture_filter *filter, const struct iface *iface,
                           enum tap_side side, const struct frame_head *head, uint32_t wire_len);

#endif
