#include "core/ip4.h"

#include <netinet/in.h>

#include "core/ip4_options.h"
#include "core/net.h"
#include "wire/checksum.h"
#include "wire/icmp_header.h"
#include "wire/ip4_header.h"
#include "wire/tcp_header.h"
#include "wire/udp_header.h"

enum {
	OWN_TTL = 64 /* RFC 1700 */
};

struct pkt *ip4_make(struct net *net, ip4 src, ip4 dst, uint8_t proto, uint32_t payload_bytes)
{
	return ip4_make_with_options(net, src, dst, proto, NULL, 0, payload_bytes);
}

struct pkt *ip4_make_with_options(struct net *net, ip4 src, ip4 dst, uint8_t proto,
                                  const uint8_t *options, uint32_t options_bytes,
                                  uint32_t payload_bytes)
{
	uint32_t len = IP4_HEADER_BYTES + options_bytes + payload_bytes;
	struct pkt *p = len <= UINT16_MAX ? pkt_new(net, len) : NULL;
	struct writer w;

	must(options_bytes % 4 == 0);
	if (p == NULL) {
		net_drop_unsaid(net, DROP_POOL_EMPTY);
		return NULL;
	}
	w = writer_over(p->bytes, IP4_HEADER_BYTES + options_bytes);
	ip4_header_build(&w, &(struct ip4_header){
				     .version = 4,
				     .header_bytes = IP4_HEADER_BYTES,
				     .total_bytes = (uint16_t)len,
				     .id = (uint16_t)random_u32(net->random),
				     .ttl = OWN_TTL,
				     .proto = proto,
				     .src = src,
				     .dst = dst,
			     });
	write_bytes(&w, options, options_bytes);
	must(!w.failed);
	p->bytes[0] = (uint8_t)(0x40 | (IP4_HEADER_BYTES + options_bytes) / 4);
	ip4_parse_header(p);
	p->payload_at = p->l4;
	p->now = p->arrived;
	return p;
}

/* Where the transport header's checksum stands, from l4; 0: the protocol has none here. */
static uint32_t checksum_at(uint8_t proto)
{
	switch (proto) {
	case IPPROTO_TCP:
		return TCP_AT_CHECKSUM;
	case IPPROTO_UDP:
		return UDP_AT_CHECKSUM;
	case IPPROTO_ICMP:
		return ICMP_AT_CHECKSUM;
	default:
		return 0;
	}
}

/* Write the transport checksum, or for a port that finishes it only the pseudo-header's sum. */
static void finish_l4(struct pkt *p)
{
	uint8_t *l4 = p->bytes + p->l4;
	uint32_t len = p->len - p->l4, at = checksum_at(p->arrived.proto);
	ip4 final = p->has_options ? ip4_options_destination(p) : p->arrived.dst;
	uint32_t sum = 0;

	if (at == 0 || at + 2 > len)
		return;
	if (p->arrived.proto != IPPROTO_ICMP)
		sum = sum_pseudo(p->arrived.src, final, p->arrived.proto, (uint16_t)len);
	if (p->offload.needs_checksum) {
		wire_put16(l4 + at, sum_fold(sum));
		p->offload.checksum_start = p->l4;
		p->offload.checksum_offset = (uint16_t)at;
		return;
	}
	wire_put16(l4 + at, 0);
	sum = sum_finish(sum_bytes(sum, l4, len));
	/* RFC 768: a computed 0 is sent as all ones, because 0 means that there is none. */
	wire_put16(l4 + at, sum == 0 && p->arrived.proto == IPPROTO_UDP ? 0xffff : (uint16_t)sum);
}

void ip4_originate(struct net *net, struct pkt *p)
{
	uint8_t *ip = p->bytes + p->l3;
	uint32_t header_bytes = p->l4 - p->l3;

	wire_put16(ip + IP4_AT_TOTAL, (uint16_t)(p->len - p->l3));
	wire_put16(ip + IP4_AT_CHECKSUM, 0);
	wire_put16(ip + IP4_AT_CHECKSUM, checksum(ip, header_bytes));
	ip4_parse_header(p);
	finish_l4(p);
	if (!ip4_parse_l4(p)) {
		(void)pkt_drop(net, p, DROP_L4_SHORT);
		return;
	}
	p->now = p->arrived;
	net_own_put(net, p);
}
