/* eth.h -- the Ethernet II header (IEEE 802.3, 3.2.6) and the 802.1Q tag. */
#ifndef WIRE_ETH_H
#define WIRE_ETH_H

#include "wire/cursor.h"

#define ETH_HEADER_BYTES 14
#define ETH_AT_TYPE      12
#define ETH_MTU_BYTES    1500
#define ETH_TYPE_IP4     0x0800
#define ETH_TYPE_ARP     0x0806
#define ETH_TYPE_VLAN    0x8100
#define ETH_TYPE_IP6     0x86dd
#define ETH_TYPE_SVLAN   0x88a8

#define ETH_TAG_BYTES  4
#define ETH_TAG_ID_MAX 4094 /* IEEE 802.1Q, table 9-2: 4095 is reserved */

struct eth_header {
	struct mac dst, src;
	uint16_t type;
};

/* What stands behind the tag's own EtherType (IEEE 802.1Q, 9.6). */
struct eth_tag {
	uint8_t priority; /* 0 to 7 */
	bool drop_eligible;
	uint16_t id;   /* 0: a priority only, of no VLAN */
	uint16_t type; /* the EtherType of what is tagged */
};

/* False when the bytes are too few; the reader then stands anywhere. */
MUST_USE bool eth_parse(struct reader *r, struct eth_header *ret_header);
void eth_build(struct writer *w, const struct eth_header *header);

/* Is @type the EtherType of a tag? */
static inline bool eth_type_is_tag(uint16_t type)
{
	return type == ETH_TYPE_VLAN || type == ETH_TYPE_SVLAN;
}

/* The reader stands behind a header whose type is a tag's. */
MUST_USE bool eth_tag_parse(struct reader *r, struct eth_tag *ret_tag);
void eth_tag_build(struct writer *w, const struct eth_tag *tag);

#endif
