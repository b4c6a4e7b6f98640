#include "fw/header_change.h"

#include "core/net.h"
#include "lib/random.h"
#include "wire/checksum.h"
#include "wire/ip4_header.h"

#define OPTION_NOP 1

static void put16(uint8_t *ip, unsigned at, uint16_t value)
{
	uint8_t *sum = ip + IP4_AT_CHECKSUM;

	wire_put16(sum, checksum_replace16(wire_get16(sum), wire_get16(ip + at), value));
	wire_put16(ip + at, value);
}

static void put_ttl(uint8_t *ip, uint8_t ttl)
{
	put16(ip, IP4_AT_TTL, (uint16_t)(ttl << 8 | ip[IP4_AT_TTL + 1]));
}

/* A datagram that may be cut needs an identification that no other of its sender's has at the same
 * time (RFC 6864, 4.3); one with DF may have come with 0. */
static void clear_df(struct net *net, struct pkt *p, uint8_t *ip)
{
	uint16_t flags = wire_get16(ip + IP4_AT_FRAGMENT);
	uint8_t id[2];

	put16(ip, IP4_AT_FRAGMENT, flags & (uint16_t)~IP4_DONT_FRAGMENT);
	if (p->ip_id == 0 && !p->asked_only) {
		random_fill(net->random, id, sizeof id);
		put16(ip, IP4_AT_ID, (uint16_t)(id[0] << 8 | id[1]));
	}
	p->dont_fragment = false;
}

/* Each byte becomes "no operation" (RFC 791, 3.1), so that nothing moves. */
static void strip_options(const struct pkt *p, uint8_t *ip)
{
	for (unsigned at = IP4_HEADER_BYTES; at < (unsigned)(p->l4 - p->l3); at += 2)
		put16(ip, at, OPTION_NOP << 8 | OPTION_NOP);
}

void header_change(struct net *net, struct pkt *p)
{
	uint8_t *ip = p->bytes + p->l3;

	if (p->leave_ttl != 0 || p->new_ttl != 0)
		put_ttl(ip, p->leave_ttl != 0 ? p->leave_ttl : p->new_ttl);
	if (p->tos_changed)
		put16(ip, 0, (uint16_t)(ip[0] << 8 | p->new_tos));
	if (p->clear_df && p->dont_fragment)
		clear_df(net, p, ip);
	if (p->strip_options && p->has_options)
		strip_options(p, ip);
}
