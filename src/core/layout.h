/*
 * layout.h -- where the headers of a frame begin, read from its bytes.
 *
 * For what is done to finished frames at a port: cutting segments, putting them together. They may
 * be no packets that the router has parsed (a bridge's), and have VLAN tags.
 */
#ifndef CORE_LAYOUT_H
#define CORE_LAYOUT_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/must.h"

#define LAYOUT_TAGS_MAX 2 /* IEEE 802.1ad: one within the other */

/* Offsets from the frame's first byte. */
struct layout {
	uint16_t l3, l4, payload;
	uint8_t proto; /* IPPROTO_TCP or IPPROTO_UDP */
};

/*
 * True when the @len bytes at @bytes are Ethernet, at most two VLAN tags, an IPv4 header that is no
 * fragment's and a whole TCP or UDP header. Lengths and checksums are not looked at.
 */
MUST_USE bool layout_read(const uint8_t *bytes, uint32_t len, struct layout *ret_layout);

#endif
