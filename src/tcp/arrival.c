#include "tcp/arrival.h"

/* Nearly every segment has the options of RFC 7323, appendix A, and no others. */
static bool timestamps_alone(const struct tcp_header *header, struct tcp_options *options)
{
	if (header->header_bytes != TCP_HEADER_BYTES + 12 ||
	    wire_get32(header->options) !=
	            (TCP_OPTION_NOP << 24 | TCP_OPTION_NOP << 16 | TCP_OPTION_TIMESTAMPS << 8 | 10))
		return false;
	*options = (struct tcp_options){ .has_timestamps = true,
		                         .timestamp = wire_get32(header->options + 4),
		                         .timestamp_echo = wire_get32(header->options + 8) };
	return true;
}

bool arrival_parse(const struct pkt *p, struct arrival *ret_arrival)
{
	struct reader r = reader_over(p->bytes + p->l4, p->len - p->l4);
	struct arrival a = { .tos = p->tos, .in = p->in, .segments = 1 };
	struct tcp_header header;

	if (!tcp_header_parse(&r, &header))
		return false;
	a.ends = (struct tuple){ .src = p->now.dst,
		                 .dst = p->now.src,
		                 .sport = p->now.dport,
		                 .dport = p->now.sport,
		                 .proto = p->now.proto };
	a.seq = header.seq;
	a.ack = header.ack;
	a.window = header.window;
	a.urgent = header.urgent;
	a.flags = header.flags;
	a.n = (uint32_t)reader_left(&r);
	a.bytes = r.at;
	a.end = a.seq + a.n + ((a.flags & TCP_SYN) != 0) + ((a.flags & TCP_FIN) != 0);
	if (p->offload.gso_type == GSO_TCP4 && p->offload.gso_bytes != 0 && a.n != 0)
		a.segments = (uint16_t)((a.n + p->offload.gso_bytes - 1) / p->offload.gso_bytes);
	if (!timestamps_alone(&header, &a.options))
		tcp_options_parse(header.options, header.header_bytes - TCP_HEADER_BYTES,
		                  &a.options);
	*ret_arrival = a;
	return true;
}
