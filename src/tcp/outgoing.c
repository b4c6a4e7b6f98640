#include "tcp/outgoing.h"

#include <netinet/in.h>

#include "core/ip4.h"
#include "tcp/byte_window.h"
#include "tcp/tcp_inside.h"
#include "wire/ip4_header.h"
#include "wire/tcp_header.h"

enum {
	QUEUE_FOR_OTHERS = 32, /* of net's queue: ICMP, ARP, resets find room even under load */
	TTL_DEFAULT = 64,      /* RFC 1700 */
};

bool outgoing_has_room(const struct tcp *tcp)
{
	return tcp->net->own_n + QUEUE_FOR_OTHERS < NET_OWN_QUEUE;
}

static void write_ip(struct writer *w, const struct outgoing *out, uint32_t total_bytes)
{
	const struct connection_settings *s = out->settings;

	ip4_header_build(w, &(struct ip4_header){
				    .version = 4,
				    .header_bytes = IP4_HEADER_BYTES,
				    .tos = s->tos,
				    .total_bytes = (uint16_t)total_bytes,
				    .id = out->ip_id,
				    .fragment = out->may_fragment ? 0 : IP4_DONT_FRAGMENT,
				    .ttl = s->ttl != 0 ? s->ttl : TTL_DEFAULT,
				    .proto = IPPROTO_TCP,
				    .src = out->ends.src,
				    .dst = ip4_is_zero(s->first_hop) ? out->ends.dst : s->first_hop,
			    });
	write_bytes(w, s->options, s->options_bytes);
}

static void write_tcp(struct writer *w, const struct outgoing *out)
{
	tcp_header_build(w, &(struct tcp_header){
				    .sport = out->ends.sport,
				    .dport = out->ends.dport,
				    .seq = out->seq,
				    .ack = out->ack,
				    .header_bytes = (uint8_t)(TCP_HEADER_BYTES + out->options_n),
				    .flags = out->flags,
				    .window = out->window,
				    .urgent = out->urgent,
			    });
	write_bytes(w, out->options, out->options_n);
}

/* What the port is to do, see core/offload.h. */
static struct offload offload_of(const struct outgoing *out, uint32_t header_bytes)
{
	struct offload offload = { .needs_checksum = true };

	if (out->n > out->mss) {
		offload.gso_type = GSO_TCP4;
		offload.gso_bytes = out->mss;
		offload.header_bytes = (uint16_t)header_bytes;
	}
	return offload;
}

bool outgoing_send(struct tcp *tcp, const struct outgoing *out)
{
	uint32_t ip_bytes = IP4_HEADER_BYTES + (uint32_t)out->settings->options_bytes;
	uint32_t header_bytes = ip_bytes + TCP_HEADER_BYTES + out->options_n;
	uint32_t total_bytes = header_bytes + out->n;
	struct pkt *p;
	struct writer w;

	must(total_bytes <= UINT16_MAX);
	if (!outgoing_has_room(tcp))
		return false;
	p = pkt_new_to_fill(tcp->net, total_bytes);
	if (p == NULL)
		return false;
	w = writer_over(p->bytes, header_bytes);
	write_ip(&w, out, total_bytes);
	write_tcp(&w, out);
	must(!w.failed && w.at == w.end); /* nothing of an earlier packet is left */
	p->bytes[0] = (uint8_t)(0x40 | ip_bytes / 4);
	if (out->n > 0)
		byte_window_copy(out->from, tcp->chunks, out->seq, p->bytes + header_bytes, out->n);
	p->l4 = (uint16_t)ip_bytes;
	p->bound = out->settings->bound;
	p->on_link = p->bound != IFACE_NONE;
	p->routing_mark = out->settings->mark;
	p->offload = offload_of(out, header_bytes);
	tcp->counts.segments_out += out->n > out->mss ? (out->n + out->mss - 1) / out->mss : 1;
	ip4_originate(tcp->net, p);
	return true;
}
