#include "sim/draft.h"

#include <netinet/in.h>

#include "wire/arp.h"
#include "wire/checksum.h"
#include "wire/eth.h"
#include "wire/icmp_header.h"
#include "wire/ip4_header.h"
#include "wire/tcp_header.h"
#include "wire/udp_header.h"

enum {
	MSS_OPTION_BYTES = 4,
	WINDOW = 64240,
	WRONG = 0x5a5a
};

static uint32_t l4_header_bytes(const struct draft *d)
{
	switch (d->tuple.proto) {
	case IPPROTO_TCP:
		return TCP_HEADER_BYTES + (d->mss != 0 ? MSS_OPTION_BYTES : 0);
	case IPPROTO_UDP:
		return UDP_HEADER_BYTES;
	case IPPROTO_ICMP:
		return ICMP_HEADER_BYTES;
	default:
		return 0;
	}
}

static void write_ip(struct writer *w, const struct draft *d, uint32_t total)
{
	uint8_t *ip = w->at;
	struct ip4_header header = {
		.version = 4,
		.header_bytes = IP4_HEADER_BYTES,
		.tos = d->tos,
		.total_bytes = (uint16_t)total,
		.id = d->id,
		.fragment = d->dont_fragment ? IP4_DONT_FRAGMENT : 0,
		.ttl = d->ttl,
		.proto = d->tuple.proto,
		.src = d->tuple.src,
		.dst = d->tuple.dst,
	};
	uint32_t bytes = IP4_HEADER_BYTES + d->options_bytes;

	ip4_header_build(w, &header);
	write_bytes(w, d->options, d->options_bytes);
	if (w->failed)
		return;
	ip[0] = (uint8_t)(0x40 | bytes / 4);
	wire_put16(ip + IP4_AT_CHECKSUM, 0);
	wire_put16(ip + IP4_AT_CHECKSUM, checksum(ip, bytes));
}

static void write_tcp(struct writer *w, const struct draft *d)
{
	struct tcp_header tcp = {
		.sport = d->tuple.sport,
		.dport = d->tuple.dport,
		.seq = d->seq,
		.ack = d->ack,
		.header_bytes = (uint8_t)l4_header_bytes(d),
		.flags = d->tcp_flags,
		.window = WINDOW,
	};

	tcp_header_build(w, &tcp);
	if (d->mss != 0) {
		write_u8(w, TCP_OPTION_MSS);
		write_u8(w, MSS_OPTION_BYTES);
		write_u16(w, d->mss);
	}
}

static void write_l4(struct writer *w, const struct draft *d)
{
	struct udp_header udp = {
		.sport = d->tuple.sport,
		.dport = d->tuple.dport,
		.bytes = (uint16_t)(UDP_HEADER_BYTES + d->payload_bytes),
	};
	struct icmp_header icmp = {
		.type = d->icmp_type,
		.code = d->icmp_code,
		.id = icmp_is_query(d->icmp_type) ? d->tuple.sport : 0,
		.sequence = d->icmp_low,
	};

	if (d->tuple.proto == IPPROTO_TCP)
		write_tcp(w, d);
	else if (d->tuple.proto == IPPROTO_UDP)
		udp_header_build(w, &udp);
	else if (d->tuple.proto == IPPROTO_ICMP)
		icmp_header_build(w, &icmp);
	write_bytes(w, d->payload, d->payload_bytes);
}

static uint32_t checksum_at(uint8_t proto)
{
	return proto == IPPROTO_TCP   ? TCP_AT_CHECKSUM
	       : proto == IPPROTO_UDP ? UDP_AT_CHECKSUM
	                              : ICMP_AT_CHECKSUM;
}

/* The transport checksum as @d->sum wants it. */
static void finish_l4(const struct draft *d, uint8_t *l4, uint32_t len, uint32_t l4_at,
                      struct offload *offload)
{
	uint32_t at = checksum_at(d->tuple.proto), sum = 0;
	uint16_t value;

	if (l4_header_bytes(d) == 0)
		return;
	if (d->tuple.proto != IPPROTO_ICMP)
		sum = sum_pseudo(d->tuple.src, d->tuple.dst, d->tuple.proto, (uint16_t)len);
	if (d->sum == DRAFT_SUM_PARTIAL && d->tuple.proto != IPPROTO_ICMP) {
		wire_put16(l4 + at, sum_fold(sum));
		offload->needs_checksum = true;
		offload->checksum_start = (uint16_t)l4_at;
		offload->checksum_offset = (uint16_t)at;
		return;
	}
	if (d->sum == DRAFT_SUM_NONE && d->tuple.proto == IPPROTO_UDP)
		return;
	value = sum_finish(sum_bytes(sum, l4, len));
	if (value == 0 && d->tuple.proto == IPPROTO_UDP)
		value = 0xffff;
	wire_put16(l4 + at, d->sum == DRAFT_SUM_WRONG ? (uint16_t)(value ^ WRONG) : value);
}

uint32_t draft_build(const struct draft *d, uint8_t *bytes, size_t size,
                     struct offload *ret_offload)
{
	uint32_t l4_at = ETH_HEADER_BYTES + IP4_HEADER_BYTES + d->options_bytes;
	uint32_t l4_bytes = l4_header_bytes(d) + d->payload_bytes;
	struct writer w = writer_over(bytes, size);

	*ret_offload = (struct offload){ 0 };
	if (l4_at - ETH_HEADER_BYTES + l4_bytes > UINT16_MAX)
		return 0;
	eth_build(&w, &(struct eth_header){ d->dst_mac, d->src_mac, ETH_TYPE_IP4 });
	write_ip(&w, d, l4_at - ETH_HEADER_BYTES + l4_bytes);
	write_l4(&w, d);
	if (w.failed)
		return 0;
	finish_l4(d, bytes + l4_at, l4_bytes, l4_at, ret_offload);
	if (d->gso_bytes != 0) {
		ret_offload->gso_type = d->tuple.proto == IPPROTO_TCP ? GSO_TCP4 : GSO_UDP4;
		ret_offload->gso_bytes = d->gso_bytes;
		ret_offload->header_bytes = (uint16_t)(l4_at + l4_header_bytes(d));
	}
	return l4_at + l4_bytes;
}

uint32_t draft_arp(const struct arp *arp, const struct mac *dst, uint8_t *bytes, size_t size)
{
	struct writer w = writer_over(bytes, size);

	eth_build(&w, &(struct eth_header){ *dst, arp->sender_mac, ETH_TYPE_ARP });
	arp_build(&w, arp);
	return w.failed ? 0 : ETH_HEADER_BYTES + ARP_BYTES;
}
