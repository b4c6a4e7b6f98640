#include "wire/frame_head.h"

#include <netinet/in.h>

#include "wire/eth.h"
#include "wire/icmp_header.h"
#include "wire/ip4_header.h"
#include "wire/tcp_header.h"
#include "wire/udp_header.h"

#define TAGS_MAX 2 /* a service tag and a customer's (IEEE 802.1Q, 9.5) */

/* How long is the header behind the IPv4 header, options included? 0: not known. */
static uint32_t l4_bytes(const struct frame_head *head, struct reader r)
{
	const uint8_t *tcp;

	switch (head->proto) {
	case IPPROTO_TCP:
		tcp = reader_take(&r, TCP_HEADER_BYTES);
		return tcp != NULL ? (tcp[TCP_AT_OFFSET] >> 4) * 4U : 0;
	case IPPROTO_UDP:
		return UDP_HEADER_BYTES;
	case IPPROTO_ICMP:
		return ICMP_HEADER_BYTES;
	default:
		return 0;
	}
}

static void read_ports(struct reader *r, struct frame_head *head)
{
	if (head->proto != IPPROTO_TCP && head->proto != IPPROTO_UDP)
		return;
	head->sport = read_u16(r);
	head->dport = read_u16(r);
	head->has_ports = !r->failed;
}

static void read_packet(struct reader *r, struct frame_head *head)
{
	struct ip4_header ip;

	if (!ip4_header_parse(r, &ip) || ip.version != 4)
		return;
	head->has_ip = true;
	head->proto = ip.proto;
	head->tos = ip.tos;
	head->ip_src = ip.src;
	head->ip_dst = ip.dst;
	if ((ip.fragment & IP4_OFFSET_MASK) != 0)
		return;

	struct reader ports = *r;

	read_ports(&ports, head);
	read_skip(r, l4_bytes(head, *r));
}

static void read_ether(struct reader *r, struct frame_head *head)
{
	struct eth_header eth;
	struct eth_tag tag;

	if (!eth_parse(r, &eth))
		return;
	head->dst = eth.dst;
	head->src = eth.src;
	head->type = eth.type;
	for (unsigned i = 0; i < TAGS_MAX && eth_type_is_tag(head->type); i++) {
		if (!eth_tag_parse(r, &tag))
			return;
		head->type = tag.type;
		if (i == 0)
			head->vlan = tag.id;
	}
}

struct frame_head frame_head_read(const uint8_t *bytes, size_t len, bool raw)
{
	struct reader r = reader_over(bytes, len);
	struct frame_head head = { .vlan = FRAME_NO_VLAN, .type = raw ? ETH_TYPE_IP4 : 0 };

	if (!raw)
		read_ether(&r, &head);
	if (head.type == ETH_TYPE_IP4)
		read_packet(&r, &head);
	head.header_bytes = (uint16_t)(r.at - bytes);
	return head;
}
