#include "core/ip4.h"

#include <netinet/in.h>

#include "core/addr.h"
#include "core/explain.h"
#include "core/ip4_options.h"
#include "core/net.h"
#include "wire/icmp_header.h"
#include "wire/ip4_header.h"
#include "wire/tcp_header.h"
#include "wire/udp_header.h"

/*
 * RFC 1812, 5.3.7 and 4.2.2.11: may a host have @src? 0.0.0.0 only asks for an address (DHCP).
 * Who writes to itself needs no router (CVE-1999-0016); both ways of such a connection would be
 * the same one.
 */
static bool source_is_sane(const struct ip4_header *ip)
{
	if (ip4_equal(ip->src, ip->dst))
		return false;
	if (ip4_is_zero(ip->src))
		return ip->dst.v == UINT32_MAX;
	return ip->src.v >> 24 != 0 && !ip4_is_loopback(ip->src) && ip->src.v < 0xe0000000;
}

/* Class E but for the limited broadcast address is nobody's (RFC 1812, 5.3.7). */
static bool destination_is_sane(ip4 dst)
{
	return dst.v >> 24 != 0 && !ip4_is_loopback(dst) &&
	       (dst.v < 0xf0000000 || dst.v == UINT32_MAX);
}

/* Cut what an Ethernet card padded a short frame with. */
static void cut_padding(struct pkt *p, uint32_t ip_bytes)
{
	uint32_t padding = p->len - p->l3 - ip_bytes;

	p->len -= padding;
	p->tailroom += padding;
}

/* The header's own length says more than is there; GSO frames above 64 KiB may say nothing. */
static uint32_t total_bytes(const struct pkt *p, const struct ip4_header *ip)
{
	if (ip->total_bytes == 0 && p->offload.gso_type != GSO_NONE)
		return p->len - p->l3;
	return ip->total_bytes;
}

static void fill(struct pkt *p, const struct ip4_header *ip)
{
	p->l4 = (uint16_t)(p->l3 + ip->header_bytes);
	p->arrived = (struct tuple){ .src = ip->src, .dst = ip->dst, .proto = ip->proto };
	p->ip_id = ip->id;
	p->fragment = ip->fragment & (IP4_MORE_FRAGMENTS | IP4_OFFSET_MASK);
	p->dont_fragment = (ip->fragment & IP4_DONT_FRAGMENT) != 0;
	p->has_options = ip->header_bytes > IP4_HEADER_BYTES;
	p->tos = ip->tos;
	p->ttl = ip->ttl;
}

void ip4_parse_header(struct pkt *p)
{
	struct reader r = reader_over(p->bytes + p->l3, p->len - p->l3);
	struct ip4_header ip;
	bool whole = ip4_header_parse(&r, &ip);

	must(whole);
	p->ip_bytes = (uint16_t)(p->len - p->l3);
	fill(p, &ip);
}

static bool parse_tcp(struct pkt *p, const uint8_t *l4, uint32_t len)
{
	uint32_t header_bytes = len >= TCP_HEADER_BYTES ? (l4[TCP_AT_OFFSET] >> 4) * 4U : 0;

	if (header_bytes < TCP_HEADER_BYTES || header_bytes > len)
		return false;
	p->arrived.sport = wire_get16(l4 + TCP_AT_SPORT);
	p->arrived.dport = wire_get16(l4 + TCP_AT_DPORT);
	p->tcp_flags = l4[TCP_AT_FLAGS];
	p->payload_at = (uint16_t)(p->l4 + header_bytes);
	return true;
}

static bool parse_udp(struct pkt *p, const uint8_t *l4, uint32_t len)
{
	if (len < UDP_HEADER_BYTES)
		return false;
	p->arrived.sport = wire_get16(l4 + UDP_AT_SPORT);
	p->arrived.dport = wire_get16(l4 + UDP_AT_DPORT);
	p->payload_at = (uint16_t)(p->l4 + UDP_HEADER_BYTES);
	return true;
}

static bool parse_icmp(struct pkt *p, const uint8_t *l4, uint32_t len)
{
	if (len < ICMP_HEADER_BYTES)
		return false;
	p->icmp_type = l4[ICMP_AT_TYPE];
	p->icmp_code = l4[ICMP_AT_CODE];
	if (icmp_is_query(p->icmp_type)) /* RFC 5508, 3: the identifier is the port */
		p->arrived.sport = p->arrived.dport = wire_get16(l4 + ICMP_AT_ID);
	p->payload_at = (uint16_t)(p->l4 + ICMP_HEADER_BYTES);
	return true;
}

bool ip4_parse_l4(struct pkt *p)
{
	const uint8_t *l4 = p->bytes + p->l4;
	uint32_t len = p->len - p->l4;

	p->payload_at = p->l4;
	p->arrived.sport = p->arrived.dport = 0;
	if ((p->fragment & IP4_OFFSET_MASK) != 0)
		return true; /* the transport header is in the first fragment */
	switch (p->arrived.proto) {
	case IPPROTO_TCP:
		return parse_tcp(p, l4, len);
	case IPPROTO_UDP:
		return parse_udp(p, l4, len);
	case IPPROTO_ICMP:
		return parse_icmp(p, l4, len);
	default:
		return true;
	}
}

/* RFC 1812, 5.2.2: the five things that must hold, in its order. DROP_COUNT: they do. */
static enum drop_reason check_header(struct pkt *p, struct ip4_header *ret_ip)
{
	const uint8_t *bytes = p->bytes + p->l3;
	uint32_t len = p->len - p->l3, total;
	struct reader r = reader_over(bytes, len);

	if (len < IP4_HEADER_BYTES)
		return DROP_IP_SHORT;
	if (bytes[0] >> 4 != 4 || (bytes[0] & 0xf) < IP4_HEADER_BYTES / 4)
		return DROP_IP_VERSION;
	if (!ip4_header_parse(&r, ret_ip))
		return DROP_IP_SHORT;
	if (!ip4_header_checksum_ok(bytes, ret_ip->header_bytes))
		return DROP_IP_CHECKSUM;
	total = total_bytes(p, ret_ip);
	if (total < ret_ip->header_bytes || total > len || total > UINT16_MAX)
		return DROP_IP_SHORT;
	cut_padding(p, total);
	p->ip_bytes = (uint16_t)total;
	return DROP_COUNT;
}

/*
 * Addresses. The router's own as the source of what came in is a lie; a network's broadcast address
 * is nobody's (RFC 1812, 4.2.2.11), and what goes to the network's own address is an old broadcast
 * that is thrown away (4.2.3.1).
 */
static enum drop_reason check_sanity(const struct net *net, const struct ip4_header *ip)
{
	if (!source_is_sane(ip) || addr_meaning(net, ip->src) != 0)
		return DROP_IP_SOURCE;
	if (!destination_is_sane(ip->dst) || addr_meaning(net, ip->dst) == ADDR_NETWORK)
		return DROP_IP_DESTINATION;
	return DROP_COUNT;
}

/* Source routes are a way around what the routes and rules say (RFC 7126, 4.3 and 4.4): off unless
 * asked for. What else is wrong with options is told behind the filter. */
static enum drop_reason check_options(const struct net *net, struct pkt *p)
{
	if (!p->has_options)
		return DROP_COUNT;
	ip4_options_read(p);
	return p->route_option != 0 && !net->settings.accept_source_route ? DROP_SOURCE_ROUTE
	                                                                  : DROP_COUNT;
}

enum verdict ip4_input(struct net *net, struct pkt *p)
{
	struct ip4_header ip;
	enum drop_reason reason;

	must(p->len >= p->l3);
	reason = check_header(p, &ip);
	if (reason == DROP_COUNT) {
		fill(p, &ip);
		reason = check_sanity(net, &ip);
	}
	if (reason == DROP_COUNT)
		reason = check_options(net, p);
	if (reason != DROP_COUNT)
		return pkt_drop(net, p, reason);
	if (!ip4_parse_l4(p))
		return pkt_drop(net, p, DROP_L4_SHORT);
	p->now = p->arrived;
	return VERDICT_NEXT;
}
