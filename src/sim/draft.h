/*
 * draft.h -- an IPv4 packet that a simulated host means to send, and how it becomes bytes.
 *
 * Everything that is 0 is left out. Addresses and ports are in host byte order.
 */
#ifndef SIM_DRAFT_H
#define SIM_DRAFT_H

#include "core/pkt.h"
#include "wire/cursor.h"

enum draft_sum {
	DRAFT_SUM_WHOLE,
	DRAFT_SUM_PARTIAL, /* a virtual card's: the pseudo-header's only */
	DRAFT_SUM_NONE,    /* UDP without a checksum */
	DRAFT_SUM_WRONG,
};

struct draft {
	struct mac dst_mac, src_mac;
	struct tuple tuple; /* for ICMP queries the identifier is sport */
	uint16_t id;
	uint8_t ttl, tos;
	bool dont_fragment;
	const uint8_t *options; /* of IPv4 */
	uint8_t options_bytes;  /* a multiple of 4 */

	uint8_t tcp_flags;
	uint32_t seq, ack;
	uint16_t mss; /* the option; 0: none */

	uint8_t icmp_type, icmp_code;
	uint16_t icmp_low; /* sequence number or MTU: the second word's lower half */

	const uint8_t *payload;
	uint32_t payload_bytes;
	enum draft_sum sum;
	uint16_t gso_bytes; /* payload of one segment; 0: an ordinary frame */
};

/* The length of the frame, or 0 when @size bytes do not hold it. */
uint32_t draft_build(const struct draft *draft, uint8_t *bytes, size_t size,
                     struct offload *ret_offload);

/* An ARP question or answer (ARP_REQUEST, ARP_REPLY) as a frame of the returned length. */
struct arp;
uint32_t draft_arp(const struct arp *arp, const struct mac *dst, uint8_t *bytes, size_t size);

#endif
