#include "host/tcp_tarpit.h"

#include <netinet/in.h>

#include "core/explain.h"
#include "core/ip4.h"
#include "core/net.h"
#include "host/tcp_reset.h"
#include "wire/tcp_header.h"

/* Nobody can guess it who has not seen it (RFC 6528). */
static uint32_t first_seq(const struct net *net, const struct tuple *t)
{
	uint64_t words[2] = { (uint64_t)t->src.v << 32 | t->dst.v,
		              (uint64_t)t->sport << 16 | t->dport };

	return (uint32_t)hash_words(&net->key, words, 2);
}

static struct tcp_header answer_header(const struct net *net, const struct pkt *p)
{
	const uint8_t *tcp = p->bytes + p->l4;
	struct tcp_header answer = {
		.sport = p->arrived.dport,
		.dport = p->arrived.sport,
		.header_bytes = TCP_HEADER_BYTES,
		.flags = TCP_ACK,
		.ack = wire_get32(tcp + TCP_AT_SEQ),
	};

	if ((p->tcp_flags & TCP_SYN) != 0) {
		answer.flags |= TCP_SYN;
		answer.seq = first_seq(net, &p->arrived);
		answer.ack++;
	} else {
		answer.seq = wire_get32(tcp + TCP_AT_ACK);
	}
	return answer;
}

/* A SYN, or something of a connection that was taken here. */
static bool is_answered(const struct pkt *p)
{
	uint8_t flags = p->tcp_flags & (TCP_SYN | TCP_ACK | TCP_FIN | TCP_RST);

	return flags == TCP_SYN || flags == TCP_ACK;
}

void tcp_tarpit(struct net *net, const struct pkt *p)
{
	struct tcp_header header;
	struct pkt *answer;
	struct writer w;

	if (p->arrived.proto != IPPROTO_TCP || !is_answered(p) || !tcp_may_answer(net, p))
		return;
	explain(p->why, "tarpit", "the sender is answered with a window of 0");
	if (p->asked_only)
		return;
	if (!rate_take(&net->tarpit_rate, net->now)) {
		net_drop_unsaid(net, DROP_RATE);
		return;
	}
	answer = ip4_make(net, p->arrived.dst, p->arrived.src, IPPROTO_TCP, TCP_HEADER_BYTES);
	if (answer == NULL)
		return;
	header = answer_header(net, p);
	w = writer_over(answer->bytes + answer->l4, TCP_HEADER_BYTES);
	tcp_header_build(&w, &header);
	must(!w.failed);
	answer->untracked = true;
	ip4_originate(net, answer);
}
