#include "host/tcp_reset.h"

#include <netinet/in.h>

#include "core/addr.h"
#include "core/ip4.h"
#include "core/net.h"
#include "wire/tcp_header.h"

/* How much of the sequence space the segment takes: payload, SYN and FIN (RFC 9293, 3.4). */
static uint32_t segment_length(const struct pkt *p)
{
	uint32_t payload = (uint32_t)p->l3 + p->ip_bytes - p->payload_at;

	return payload + ((p->tcp_flags & TCP_SYN) != 0) + ((p->tcp_flags & TCP_FIN) != 0);
}

static struct tcp_header reset_header(const struct tuple *came, const struct pkt *p)
{
	const uint8_t *tcp = p->bytes + p->l4;
	struct tcp_header reset = {
		.sport = came->dport,
		.dport = came->sport,
		.header_bytes = TCP_HEADER_BYTES,
		.flags = TCP_RST,
	};

	if ((p->tcp_flags & TCP_ACK) != 0) {
		reset.seq = wire_get32(tcp + TCP_AT_ACK);
	} else {
		reset.flags |= TCP_ACK;
		reset.ack = wire_get32(tcp + TCP_AT_SEQ) + segment_length(p);
	}
	return reset;
}

static bool is_many(const struct net *net, ip4 addr)
{
	return addr.v >= 0xe0000000 || addr_find_broadcast(net, IFACE_NONE, addr) != NULL;
}

/* RFC 9293, 3.10.7.1: never a RST. RFC 1122, 4.2.3.10: nor what went to more than one, or came from
 * no single host. */
bool tcp_may_answer(const struct net *net, const struct pkt *p)
{
	return (p->tcp_flags & TCP_RST) == 0 && !p->ether_group && !is_many(net, p->arrived.dst) &&
	       !is_many(net, p->arrived.src) && !ip4_is_zero(p->arrived.src);
}

void tcp_reset(struct net *net, const struct tuple *came, const struct pkt *p)
{
	struct tcp_header reset;
	struct pkt *answer;

	if (!tcp_may_answer(net, p) || p->asked_only)
		return;
	if (!rate_take_by_chance(&net->icmp_rate, net->now, net->random)) {
		net_drop_unsaid(net, DROP_RATE);
		return;
	}
	answer = ip4_make(net, came->dst, came->src, IPPROTO_TCP, TCP_HEADER_BYTES);
	if (answer == NULL)
		return;
	reset = reset_header(came, p);

	struct writer w = writer_over(answer->bytes + answer->l4, TCP_HEADER_BYTES);

	tcp_header_build(&w, &reset);
	must(!w.failed);
	ip4_originate(net, answer);
}
