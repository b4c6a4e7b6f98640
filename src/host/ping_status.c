#include "host/ping_status.h"

#include "core/pkt.h"
#include "wire/icmp_header.h"

static const char *const words[] = {
	[PING_REPLY] = "",
	[PING_TIMEOUT] = "timeout",
	[PING_NET_UNREACHABLE] = "net unreachable",
	[PING_HOST_UNREACHABLE] = "host unreachable",
	[PING_PROTOCOL_UNREACHABLE] = "protocol unreachable",
	[PING_PORT_UNREACHABLE] = "port unreachable",
	[PING_FRAGMENT_NEEDED] = "fragmentation needed",
	[PING_PROHIBITED] = "admin prohibited",
	[PING_TTL_EXCEEDED] = "TTL exceeded",
	[PING_REASSEMBLY] = "reassembly time exceeded",
	[PING_PARAMETER] = "parameter problem",
	[PING_TOO_BIG] = "packet too large and cannot be fragmented",
	[PING_NO_ROUTE] = "no route to host",
};

const char *ping_status_word(enum ping_status status)
{
	return words[status];
}

enum { /* RFC 1122, 3.2.2.1: further codes, of which nobody makes use any more */
	ICMP_NET_UNKNOWN = 6,
	ICMP_NET_TOS = 11,
};

static enum ping_status unreachable(const struct pkt *p)
{
	switch (p->icmp_code) {
	case ICMP_NET_UNREACHABLE:
	case ICMP_NET_UNKNOWN:
	case ICMP_NET_TOS:
		return PING_NET_UNREACHABLE;
	case ICMP_PROTOCOL_UNREACHABLE:
		return PING_PROTOCOL_UNREACHABLE;
	case ICMP_PORT_UNREACHABLE:
		return PING_PORT_UNREACHABLE;
	case ICMP_FRAGMENT_NEEDED:
		return p->in == IFACE_NONE ? PING_TOO_BIG : PING_FRAGMENT_NEEDED;
	case ICMP_NET_PROHIBITED:
	case ICMP_HOST_PROHIBITED:
	case ICMP_ADMIN_PROHIBITED:
		return PING_PROHIBITED;
	default:
		return PING_HOST_UNREACHABLE;
	}
}

enum ping_status ping_status_of(const struct pkt *p)
{
	if (p->icmp_type == ICMP_TIME_EXCEEDED)
		return p->icmp_code == ICMP_REASSEMBLY_TIME ? PING_REASSEMBLY : PING_TTL_EXCEEDED;
	if (p->icmp_type == ICMP_PARAMETER_PROBLEM)
		return PING_PARAMETER;
	return unreachable(p);
}
