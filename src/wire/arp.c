#include "wire/arp.h"

#include "wire/eth.h"

#define HARDWARE_ETHERNET 1 /* RFC 826, "ares_hrd$Ethernet" */

bool arp_parse(struct reader *r, struct arp *ret_arp)
{
	struct arp arp;
	uint16_t hardware = read_u16(r);
	uint16_t protocol = read_u16(r);
	uint8_t hardware_bytes = read_u8(r);
	uint8_t protocol_bytes = read_u8(r);

	arp.operation = read_u16(r);
	arp.sender_mac = read_mac(r);
	arp.sender_ip = read_ip4(r);
	arp.target_mac = read_mac(r);
	arp.target_ip = read_ip4(r);
	if (r->failed || hardware != HARDWARE_ETHERNET || protocol != ETH_TYPE_IP4 ||
	    hardware_bytes != 6 || protocol_bytes != 4)
		return false;
	*ret_arp = arp;
	return true;
}

void arp_build(struct writer *w, const struct arp *arp)
{
	write_u16(w, HARDWARE_ETHERNET);
	write_u16(w, ETH_TYPE_IP4);
	write_u8(w, 6);
	write_u8(w, 4);
	write_u16(w, arp->operation);
	write_mac(w, &arp->sender_mac);
	write_ip4(w, arp->sender_ip);
	write_mac(w, &arp->target_mac);
	write_ip4(w, arp->target_ip);
}
