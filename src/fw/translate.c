#include "fw/translate.h"

#include <netinet/in.h>

#include "wire/checksum.h"
#include "wire/icmp_header.h"
#include "wire/ip4_header.h"
#include "wire/tcp_header.h"
#include "wire/udp_header.h"

static void replace_addr(uint8_t *ip, unsigned at, ip4 old, ip4 new)
{
	uint16_t sum = wire_get16(ip + IP4_AT_CHECKSUM);

	wire_put32(ip + at, new.v);
	wire_put16(ip + IP4_AT_CHECKSUM, checksum_replace32(sum, old.v, new.v));
}

static uint16_t replace_tuple(uint16_t sum, const struct tuple *old, const struct tuple *new)
{
	sum = checksum_replace32(sum, old->src.v, new->src.v);
	sum = checksum_replace32(sum, old->dst.v, new->dst.v);
	sum = checksum_replace16(sum, old->sport, new->sport);
	return checksum_replace16(sum, old->dport, new->dport);
}

static uint16_t replace_partial(uint16_t sum, const struct tuple *old, const struct tuple *new)
{
	sum = partial_replace32(sum, old->src.v, new->src.v);
	return partial_replace32(sum, old->dst.v, new->dst.v);
}

/* TCP and UDP: ports stand first in both. */
static void rewrite_ports(uint8_t *l4, unsigned checksum_at, bool partial, const struct tuple *old,
                          const struct tuple *new)
{
	uint16_t sum = wire_get16(l4 + checksum_at);

	wire_put16(l4, new->sport);
	wire_put16(l4 + 2, new->dport);
	sum = partial ? replace_partial(sum, old, new) : replace_tuple(sum, old, new);
	wire_put16(l4 + checksum_at, sum);
}

static void rewrite_udp(uint8_t *l4, bool partial, const struct tuple *old, const struct tuple *new)
{
	/* RFC 768: 0 says that there is no checksum; there is none to correct. */
	if (!partial && wire_get16(l4 + UDP_AT_CHECKSUM) == 0) {
		wire_put16(l4 + UDP_AT_SPORT, new->sport);
		wire_put16(l4 + UDP_AT_DPORT, new->dport);
		return;
	}
	rewrite_ports(l4, UDP_AT_CHECKSUM, partial, old, new);
	if (!partial && wire_get16(l4 + UDP_AT_CHECKSUM) == 0)
		wire_put16(l4 + UDP_AT_CHECKSUM, 0xffff);
}

static void rewrite_query(uint8_t *l4, const struct tuple *old, const struct tuple *new)
{
	uint16_t sum = wire_get16(l4 + ICMP_AT_CHECKSUM);

	/* No pseudo-header: only the identifier counts. */
	wire_put16(l4 + ICMP_AT_ID, new->sport);
	wire_put16(l4 + ICMP_AT_CHECKSUM, checksum_replace16(sum, old->sport, new->sport));
}

/*
 * RFC 1624, 3: what is added and taken away gives 0 where a sum over zeroes gives 0xffff. Only a
 * message of nothing but zeroes can tell: an echo reply with identifier and sequence number 0.
 */
static void settle_zero(uint8_t *icmp, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (icmp[i] != 0)
			return;
	}
	wire_put16(icmp + ICMP_AT_CHECKSUM, 0xffff);
}

void translate(struct pkt *p)
{
	uint8_t *ip = p->bytes + p->l3;
	uint8_t *l4 = p->bytes + p->l4;
	const struct tuple *old = &p->arrived, *new = &p->now;

	if (tuple_equal(old, new))
		return;
	if (!ip4_equal(old->src, new->src))
		replace_addr(ip, IP4_AT_SRC, old->src, new->src);
	if (!ip4_equal(old->dst, new->dst))
		replace_addr(ip, IP4_AT_DST, old->dst, new->dst);
	if ((p->fragment & IP4_OFFSET_MASK) != 0)
		return;
	if (new->proto == IPPROTO_TCP) {
		rewrite_ports(l4, TCP_AT_CHECKSUM, p->offload.needs_checksum, old, new);
	} else if (new->proto == IPPROTO_UDP) {
		rewrite_udp(l4, p->offload.needs_checksum, old, new);
	} else if (new->proto == IPPROTO_ICMP && icmp_is_query(p->icmp_type)) {
		rewrite_query(l4, old, new);
		if (wire_get16(l4 + ICMP_AT_CHECKSUM) == 0)
			settle_zero(l4, (size_t)(p->l3 + p->ip_bytes - p->l4));
	}
}

/* The quoted packet's transport header: ports always, its checksum if it was quoted. */
static void rewrite_quoted_l4(uint8_t *l4, size_t len, const struct tuple *old,
                              const struct tuple *new)
{
	if (new->proto == IPPROTO_TCP && len >= TCP_AT_CHECKSUM + 2) {
		rewrite_ports(l4, TCP_AT_CHECKSUM, false, old, new);
	} else if (new->proto == IPPROTO_UDP && len >= UDP_HEADER_BYTES) {
		rewrite_udp(l4, false, old, new);
	} else if (new->proto == IPPROTO_ICMP) {
		if (len >= ICMP_HEADER_BYTES && icmp_is_query(l4[ICMP_AT_TYPE]))
			rewrite_query(l4, old, new);
	} else if (len >= 4 && (new->proto == IPPROTO_TCP || new->proto == IPPROTO_UDP)) {
		wire_put16(l4, new->sport);
		wire_put16(l4 + 2, new->dport);
	}
}

static void rewrite_quote(uint8_t *quote, size_t len, const struct tuple *new)
{
	struct reader r = reader_over(quote, len);
	struct ip4_header ip;
	struct tuple old;
	uint8_t *l4;

	if (!ip4_header_parse(&r, &ip))
		return;
	l4 = quote + ip.header_bytes;
	old = (struct tuple){ .src = ip.src, .dst = ip.dst, .proto = ip.proto };
	if (ip.proto == IPPROTO_ICMP && reader_left(&r) >= ICMP_HEADER_BYTES) {
		old.sport = old.dport = wire_get16(l4 + ICMP_AT_ID);
	} else {
		old.sport = read_u16(&r);
		old.dport = read_u16(&r);
	}
	replace_addr(quote, IP4_AT_SRC, old.src, new->src);
	replace_addr(quote, IP4_AT_DST, old.dst, new->dst);
	rewrite_quoted_l4(l4, len - ip.header_bytes, &old, new);
}

void translate_error(struct pkt *p, const struct flow *flow, uint8_t dir)
{
	uint8_t *ip = p->bytes + p->l3;
	uint8_t *l4 = p->bytes + p->l4;
	size_t icmp_bytes = (size_t)(p->l3 + p->ip_bytes - p->l4);
	struct tuple sent = flow_comes(flow, dir ^ 1);

	if (!ip4_equal(p->arrived.src, p->now.src))
		replace_addr(ip, IP4_AT_SRC, p->arrived.src, p->now.src);
	if (!ip4_equal(p->arrived.dst, p->now.dst))
		replace_addr(ip, IP4_AT_DST, p->arrived.dst, p->now.dst);
	if (icmp_bytes <= ICMP_HEADER_BYTES)
		return;
	rewrite_quote(l4 + ICMP_HEADER_BYTES, icmp_bytes - ICMP_HEADER_BYTES, &sent);

	/* The quote's own checksums changed with it in ways that need not cancel out (a quote that
	 * was cut short): the whole message is summed again. It is at most a few hundred bytes. */
	wire_put16(l4 + ICMP_AT_CHECKSUM, 0);
	wire_put16(l4 + ICMP_AT_CHECKSUM, checksum(l4, icmp_bytes));
}
