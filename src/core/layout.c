#include "core/layout.h"

#include <netinet/in.h>

#include "wire/eth.h"
#include "wire/ip4_header.h"
#include "wire/tcp_header.h"
#include "wire/udp_header.h"

/* Where the IPv4 header begins, with its first 20 bytes there; 0: it is none. */
static uint32_t find_l3(const uint8_t *bytes, uint32_t len)
{
	uint32_t l3 = ETH_HEADER_BYTES;

	for (unsigned tags = 0; len >= l3 + IP4_HEADER_BYTES; tags++) {
		uint16_t type = wire_get16(bytes + l3 - 2);

		if (type == ETH_TYPE_IP4)
			return l3;
		if (tags == LAYOUT_TAGS_MAX || !eth_type_is_tag(type))
			return 0;
		l3 += ETH_TAG_BYTES;
	}
	return 0;
}

/* The length of the transport header at @l4; 0: not there, or another protocol. */
static uint32_t l4_header_bytes(const uint8_t *l4, uint32_t len, uint8_t proto)
{
	uint32_t bytes;

	if (proto == IPPROTO_UDP)
		return len >= UDP_HEADER_BYTES ? UDP_HEADER_BYTES : 0;
	if (proto != IPPROTO_TCP || len < TCP_HEADER_BYTES)
		return 0;
	bytes = (l4[TCP_AT_OFFSET] >> 4) * 4U;
	return bytes >= TCP_HEADER_BYTES && bytes <= len ? bytes : 0;
}

bool layout_read(const uint8_t *bytes, uint32_t len, struct layout *ret_layout)
{
	uint32_t l3 = find_l3(bytes, len), ip_bytes, l4_bytes;
	const uint8_t *ip = bytes + l3;

	if (l3 == 0 || ip[0] >> 4 != 4)
		return false;
	ip_bytes = (ip[0] & 0xfU) * 4;
	if (ip_bytes < IP4_HEADER_BYTES || l3 + ip_bytes > len)
		return false;
	if ((wire_get16(ip + IP4_AT_FRAGMENT) & (IP4_MORE_FRAGMENTS | IP4_OFFSET_MASK)) != 0)
		return false;
	l4_bytes = l4_header_bytes(ip + ip_bytes, len - l3 - ip_bytes, ip[IP4_AT_PROTO]);
	*ret_layout = (struct layout){
		.l3 = (uint16_t)l3,
		.l4 = (uint16_t)(l3 + ip_bytes),
		.payload = (uint16_t)(l3 + ip_bytes + l4_bytes),
		.proto = ip[IP4_AT_PROTO],
	};
	return l4_bytes != 0;
}
