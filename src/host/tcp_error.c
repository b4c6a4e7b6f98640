#include "host/tcp_error.h"

#include <netinet/in.h>

#include "tcp/tcp.h"
#include "wire/icmp_header.h"
#include "wire/ip4_header.h"

/* RFC 792 promises eight bytes of the segment: both ports and the sequence number. */
static bool read_quote(const struct pkt *p, struct tcp_icmp *error)
{
	struct reader r = reader_over(p->bytes + p->payload_at, p->len - p->payload_at);
	struct ip4_header ip;

	if (!ip4_header_parse(&r, &ip) || ip.proto != IPPROTO_TCP ||
	    (ip.fragment & IP4_OFFSET_MASK) != 0)
		return false;
	error->ends = (struct tuple){ .src = ip.src, .dst = ip.dst, .proto = IPPROTO_TCP };
	error->ends.sport = read_u16(&r);
	error->ends.dport = read_u16(&r);
	error->quoted_sequence = read_u32(&r);
	return !r.failed;
}

bool tcp_error_input(struct tcp *tcp, const struct pkt *p)
{
	struct tcp_icmp error = { .type = p->icmp_type, .code = p->icmp_code };

	if (tcp == NULL || !icmp_is_error(p->icmp_type) || !read_quote(p, &error))
		return false;
	if (p->asked_only)
		return false;
	if (error.type == ICMP_UNREACHABLE && error.code == ICMP_FRAGMENT_NEEDED)
		error.mtu_bytes = wire_get16(p->bytes + p->l4 + ICMP_AT_MTU); /* RFC 1191, 4 */
	return tcp_icmp_error(tcp, &error);
}
