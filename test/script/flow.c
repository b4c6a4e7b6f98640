#include "script/flow.h"

#include <netinet/in.h>
#include <string.h>

#include "wire/checksum.h"

static bool l4_checksum_ok(const struct packet *packet, const struct reader *l4)
{
	uint32_t sum = 0;

	if (packet->ip.proto != IPPROTO_ICMP)
		sum = sum_pseudo(packet->ip.src, packet->ip.dst, packet->ip.proto,
		                 (uint16_t)reader_left(l4));
	return sum_finish(sum_bytes(sum, l4->at, reader_left(l4))) == 0;
}

/* A source route's last address is where the packet goes to in the end (RFC 791, 3.1). */
static void follow_route(struct ip4_header *ip)
{
	struct reader r = reader_over(ip->options, ip->header_bytes - IP4_HEADER_BYTES);
	struct ip4_option option;
	bool bad;

	while (ip4_option_next(&r, &option, &bad))
		if ((option.type == IP4_OPTION_LSRR || option.type == IP4_OPTION_SSRR) &&
		    option.len >= 7 && option.bytes[IP4_OPTION_AT_POINTER] < option.len)
			ip->dst = (ip4){ wire_get32(option.bytes + option.len - 4) };
}

static bool parse_l4(struct reader *r, struct packet *packet)
{
	switch (packet->ip.proto) {
	case IPPROTO_TCP:
		packet->kind = PACKET_TCP;
		return tcp_header_parse(r, &packet->tcp);
	case IPPROTO_UDP:
		packet->kind = PACKET_UDP;
		return udp_header_parse(r, &packet->udp);
	case IPPROTO_ICMP:
		if (!icmp_header_parse(r, &packet->icmp))
			return false;
		packet->kind = icmp_is_error(packet->icmp.type) ? PACKET_ICMP : PACKET_ECHO;
		return true;
	default:
		return false;
	}
}

bool packet_parse(const uint8_t *bytes, size_t len, struct packet *ret_packet, const char **ret_why)
{
	struct reader r = reader_over(bytes, len);

	memset(ret_packet, 0, sizeof *ret_packet);
	*ret_why = "its IP header is wrong";
	if (!ip4_header_parse(&r, &ret_packet->ip) || ret_packet->ip.version != 4 ||
	    ret_packet->ip.total_bytes > len ||
	    ret_packet->ip.total_bytes < ret_packet->ip.header_bytes ||
	    !ip4_header_checksum_ok(bytes, ret_packet->ip.header_bytes))
		return false;
	follow_route(&ret_packet->ip);
	ret_packet->bytes = bytes;
	ret_packet->len = ret_packet->ip.total_bytes;
	r = reader_over(bytes + ret_packet->ip.header_bytes,
	                ret_packet->len - ret_packet->ip.header_bytes);
	*ret_why = "it is a fragment";
	if (ret_packet->ip.fragment & (IP4_MORE_FRAGMENTS | IP4_OFFSET_MASK))
		return false;

	bool good = l4_checksum_ok(ret_packet, &r);

	*ret_why = "it is neither TCP, UDP nor ICMP";
	if (!parse_l4(&r, ret_packet))
		return false;
	*ret_why = "its checksum is wrong";
	ret_packet->payload = r.at;
	ret_packet->payload_len = reader_left(&r);
	return good || (ret_packet->kind == PACKET_UDP && ret_packet->udp.checksum == 0);
}

static uint16_t packet_our_port(const struct packet *packet)
{
	return packet->kind == PACKET_TCP   ? packet->tcp.sport
	       : packet->kind == PACKET_UDP ? packet->udp.sport
	                                    : packet->icmp.id;
}

static uint16_t packet_their_port(const struct packet *packet)
{
	return packet->kind == PACKET_TCP   ? packet->tcp.dport
	       : packet->kind == PACKET_UDP ? packet->udp.dport
	                                    : 0;
}

bool flow_is(const struct flow *flow, const struct packet *packet)
{
	if (!ip4_equal(packet->ip.dst, flow->their))
		return false;
	if (packet->kind == PACKET_ICMP)
		return true;
	if (flow->our_port != 0 && packet_our_port(packet) != flow->our_port)
		return false;
	return packet->kind == PACKET_ECHO || packet_their_port(packet) == flow->their_port;
}

static void learn_tcp(struct flow *flow, const struct packet *packet)
{
	struct tcp_options options;

	tcp_options_parse(packet->tcp.options, packet->tcp.header_bytes - TCP_HEADER_BYTES,
	                  &options);
	if (packet->tcp.flags & TCP_SYN && !flow->our_known) {
		flow->our_known = true;
		flow->our_first = packet->tcp.seq;
		flow->our_scales = options.has_window_scale;
		flow->our_scale = options.window_scale;
	}
	if (options.has_timestamps) {
		if (!flow->has_timestamp)
			flow->first_timestamp = options.timestamp;
		flow->has_timestamp = true;
		flow->last_timestamp = options.timestamp;
	}
}

void flow_learn(struct flow *flow, const struct packet *packet)
{
	if (packet->kind == PACKET_ICMP)
		return;
	flow->our = packet->ip.src;
	if (flow->our_port == 0)
		flow->our_port = packet_our_port(packet);
	if (packet->kind == PACKET_TCP)
		learn_tcp(flow, packet);
	flow->quote_len =
		(unsigned)(packet->len < FLOW_QUOTE_BYTES ? packet->len : FLOW_QUOTE_BYTES);
	memcpy(flow->quote, packet->bytes, flow->quote_len);
}
