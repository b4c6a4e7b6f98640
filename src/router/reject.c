#include "router/reject.h"

#include <netinet/in.h>

#include "core/icmp.h"
#include "fw/rule.h"
#include "host/tcp_reset.h"
#include "wire/icmp_header.h"

static const uint8_t codes[] = {
	[REJECT_NETWORK_UNREACHABLE] = ICMP_NET_UNREACHABLE,
	[REJECT_HOST_UNREACHABLE] = ICMP_HOST_UNREACHABLE,
	[REJECT_PROTOCOL_UNREACHABLE] = ICMP_PROTOCOL_UNREACHABLE,
	[REJECT_PORT_UNREACHABLE] = ICMP_PORT_UNREACHABLE,
	[REJECT_NET_PROHIBITED] = ICMP_NET_PROHIBITED,
	[REJECT_HOST_PROHIBITED] = ICMP_HOST_PROHIBITED,
	[REJECT_ADMIN_PROHIBITED] = ICMP_ADMIN_PROHIBITED,
	[REJECT_TCP_RESET] = ICMP_NET_UNREACHABLE,
};

void reject(struct net *net, const struct pkt *p, uint8_t reject_with)
{
	must(reject_with < ARRAY_LEN(codes));
	if (reject_with == REJECT_TCP_RESET && p->arrived.proto == IPPROTO_TCP)
		/* The sender knows the addresses that its segment had when it came in. */
		tcp_reset(net, &p->arrived, p);
	else
		icmp_error(net, p, ICMP_UNREACHABLE, codes[reject_with], 0);
}
