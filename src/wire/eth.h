/* eth.h -- the Ethernet II header (IEEE 802.3, 3.2.6) and the 802.1Q tag. */
#ifndef WIRE_ETH_H
#define WIRE_ETH_H

#include "wire/cursor.h"

#define ETH_HEADER_BYTES 14
#define ETH_TYPE_IP4     0x0800
#define ETH_TYPE_ARP     0x0806
#define ETH_TYPE_VLAN    0x8100
#define ETH_TYPE_IP6     0x86dd
#define ETH_TYPE_SVLAN   0x88a8

struct eth_header {
	struct mac dst, src;
	uint16_t type;
};

/* False when the bytes are too few; the reader then stands anywhere. */
MUST_USE bool eth_parse(struct reader *r, struct eth_header *ret_header);
void eth_build(struct writer *w, const struct eth_header *header);

#endif
