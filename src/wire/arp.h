/* arp.h -- ARP for IPv4 over Ethernet (RFC 826). */
#ifndef WIRE_ARP_H
#define WIRE_ARP_H

#include "wire/cursor.h"

#define ARP_BYTES   28
#define ARP_REQUEST 1
#define ARP_REPLY   2

struct arp {
	uint16_t operation;
	struct mac sender_mac, target_mac;
	ip4 sender_ip, target_ip;
};

/* False: too short, or not Ethernet and IPv4 with lengths 6 and 4. */
MUST_USE bool arp_parse(struct reader *r, struct arp *ret_arp);
void arp_build(struct writer *w, const struct arp *arp);

#endif
