/*
 * frame_head.h -- what a capture says of a frame at a glance: who, to whom, what.
 *
 * For people: nothing is judged, and what the bytes don't reach to is left out.
 */
#ifndef WIRE_FRAME_HEAD_H
#define WIRE_FRAME_HEAD_H

#include "wire/cursor.h"

#define FRAME_NO_VLAN UINT16_MAX

struct frame_head {
	struct mac dst, src; /* zeroes where there is no Ethernet header */
	uint16_t type;       /* EtherType behind all tags; 0: too short */
	uint16_t vlan;       /* of the outermost tag, or FRAME_NO_VLAN */
	bool has_ip;         /* IPv4: the fields below are filled */
	bool has_ports;      /* TCP or UDP, and its first fragment */
	uint8_t proto, tos;
	ip4 ip_src, ip_dst;
	uint16_t sport, dport;
	uint16_t header_bytes; /* as far as headers go that were understood */
};

/* @raw: the bytes begin with the IPv4 header. */
struct frame_head frame_head_read(const uint8_t *bytes, size_t len, bool raw);

#endif
