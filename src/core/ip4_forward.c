#include "core/ip4.h"

#include "core/explain.h"
#include "core/icmp.h"
#include "core/net.h"
#include "wire/checksum.h"
#include "wire/icmp_header.h"
#include "wire/ip4_header.h"

uint32_t ip4_link_bytes(const struct pkt *p)
{
	if (p->offload.gso_type == GSO_NONE)
		return p->ip_bytes;
	return (uint32_t)(p->payload_at - p->l3) + p->offload.gso_bytes;
}

enum verdict ip4_forward(struct net *net, struct pkt *p)
{
	uint32_t mtu = p->route.mtu_bytes;
	uint32_t bytes = ip4_link_bytes(p);

	must(p->route.kind == ROUTE_UNICAST);
	/* What was sent to all stations of a link is for none beyond it (RFC 1812, 5.3.4). */
	if (p->ether_group)
		return pkt_drop(net, p, DROP_IP_DESTINATION);
	if ((p->new_ttl != 0 ? p->new_ttl : p->ttl) <= 1) { /* RFC 1812, 5.3.1 */
		icmp_error(net, p, ICMP_TIME_EXCEEDED, ICMP_TTL_IN_TRANSIT, 0);
		return pkt_drop(net, p, DROP_TTL_EXPIRED);
	}
	if (bytes <= mtu)
		return VERDICT_NEXT;

	explain(p->why, "mtu", "%u bytes, and the way there takes %u", bytes, mtu);
	if (p->dont_fragment && !p->clear_df) {
		/* Without this MTU the sender's path MTU discovery is blind: RFC 1191, 4. */
		icmp_error(net, p, ICMP_UNREACHABLE, ICMP_FRAGMENT_NEEDED, mtu);
		return pkt_drop(net, p, DROP_NEEDS_FRAGMENT);
	}
	return VERDICT_NEXT;
}

void ip4_decrement_ttl(struct pkt *p)
{
	uint8_t *ip = p->bytes + p->l3;
	uint16_t old = wire_get16(ip + IP4_AT_TTL); /* TTL and protocol are one word of the sum */

	must(ip[IP4_AT_TTL] > 0);
	ip[IP4_AT_TTL]--;
	wire_put16(ip + IP4_AT_CHECKSUM, checksum_replace16(wire_get16(ip + IP4_AT_CHECKSUM), old,
	                                                    wire_get16(ip + IP4_AT_TTL)));
}
