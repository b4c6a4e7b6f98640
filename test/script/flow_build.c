#include <netinet/in.h>
#include <string.h>

#include "script/flow.h"
#include "wire/checksum.h"

/* Where numbers of ours begin, so far up that they come round within the first gigabyte. */
#define THEIR_FIRST 3500000000u

static int64_t or_else(const struct range *range, int64_t usual)
{
	return range->given && range->low != INT64_MIN ? range->low : usual;
}

static void write_sack(struct writer *w, const struct flow *flow,
                       const struct packet_pattern *pattern)
{
	write_u8(w, TCP_OPTION_SACK);
	write_u8(w, (uint8_t)(2 + 8 * pattern->n_sacks));
	for (unsigned i = 0; i < pattern->n_sacks; i++) {
		write_u32(w, flow->our_first + (uint32_t)pattern->sack_from[i].low);
		write_u32(w, flow->our_first + (uint32_t)pattern->sack_to[i].low);
	}
}

static void write_option(struct writer *w, struct flow *flow, const struct packet_pattern *pattern,
                         const struct option_pattern *option)
{
	switch (option->kind) {
	case TCP_OPTION_MSS:
		write_u8(w, TCP_OPTION_MSS);
		write_u8(w, 4);
		write_u16(w, (uint16_t)option->value.low);
		break;
	case TCP_OPTION_WINDOW_SCALE:
		write_u8(w, TCP_OPTION_WINDOW_SCALE);
		write_u8(w, 3);
		write_u8(w, (uint8_t)option->value.low);
		break;
	case TCP_OPTION_SACK_PERMITTED:
		write_u8(w, TCP_OPTION_SACK_PERMITTED);
		write_u8(w, 2);
		break;
	case TCP_OPTION_SACK:
		write_sack(w, flow, pattern);
		break;
	case TCP_OPTION_TIMESTAMPS:
		write_u8(w, TCP_OPTION_TIMESTAMPS);
		write_u8(w, 10);
		write_u32(w, (uint32_t)or_else(&option->value, 1));
		write_u32(w, option->echo.given
		                     ? (uint32_t)(flow->first_timestamp + option->echo.low)
		                     : flow->last_timestamp);
		break;
	default:
		break;
	}
}

static size_t build_options(struct flow *flow, const struct packet_pattern *pattern,
                            uint8_t options[40])
{
	struct writer w = writer_over(options, 40);

	for (unsigned i = 0; i < pattern->n_options; i++)
		write_option(&w, flow, pattern, &pattern->options[i]);
	write_bytes(&w, pattern->raw, pattern->raw_len);

	size_t len = (size_t)(w.at - options);

	while (len % 4 != 0)
		options[len++] = TCP_OPTION_NOP;
	return len;
}

/* What a SYN of ours announces is remembered. */
static void learn_syn(struct flow *flow, const struct packet_pattern *pattern)
{
	if (!flow->their_known) {
		flow->their_known = true;
		flow->their_first = THEIR_FIRST;
	}
	flow->their_scales = false;
	for (unsigned i = 0; i < pattern->n_options; i++)
		if (pattern->options[i].kind == TCP_OPTION_WINDOW_SCALE) {
			flow->their_scales = true;
			flow->their_scale = (uint8_t)(pattern->options[i].value.low < 14
			                                      ? pattern->options[i].value.low
			                                      : 14);
		}
}

static uint16_t window(struct flow *flow, const struct packet_pattern *pattern)
{
	bool syn = pattern->flags & TCP_SYN;
	int64_t bytes = or_else(&pattern->window, syn ? 65535 : flow->window);

	flow->window = bytes;
	if (!syn && flow->our_scales && flow->their_scales)
		bytes >>= flow->their_scale;
	return (uint16_t)(bytes > 65535 ? 65535 : bytes);
}

static void write_payload(struct writer *w, uint64_t at, size_t len)
{
	for (size_t i = 0; i < len; i++)
		write_u8(w, flow_byte(at + i));
}

static void build_tcp(struct writer *w, struct flow *flow, const struct packet_pattern *pattern)
{
	uint8_t options[40];
	size_t options_len, len = 0;
	bool syn = pattern->flags & TCP_SYN;

	if (syn)
		learn_syn(flow, pattern);
	if (pattern->end.given)
		len = (size_t)(pattern->end.low - pattern->seq.low);
	options_len = build_options(flow, pattern, options);

	struct tcp_header header = {
		.sport = flow->their_port,
		.dport = flow->our_port,
		.seq = flow->their_first + (uint32_t)pattern->seq.low,
		.ack = pattern->ack.given ? flow->our_first + (uint32_t)pattern->ack.low : 0,
		.header_bytes = (uint8_t)(TCP_HEADER_BYTES + options_len),
		.flags = pattern->flags,
		.window = window(flow, pattern),
		.urgent = (uint16_t)or_else(&pattern->urgent, 0),
	};

	tcp_header_build(w, &header);
	write_bytes(w, options, options_len);
	write_payload(w, (uint64_t)(pattern->seq.low + syn - 1), len);
}

static void build_udp(struct writer *w, const struct flow *flow,
                      const struct packet_pattern *pattern)
{
	struct udp_header header = {
		.sport = flow->their_port,
		.dport = flow->our_port,
		.bytes = (uint16_t)(UDP_HEADER_BYTES + pattern->len.low),
	};

	udp_header_build(w, &header);
	write_payload(w, 0, (size_t)pattern->len.low);
}

static void build_echo(struct writer *w, const struct flow *flow,
                       const struct packet_pattern *pattern)
{
	struct icmp_header header = {
		.type = pattern->reply ? ICMP_ECHO_REPLY : ICMP_ECHO,
		.id = flow->our_port,
		.sequence = 1,
	};

	icmp_header_build(w, &header);
	write_payload(w, 0, (size_t)pattern->len.low);
}

static void build_icmp(struct writer *w, const struct flow *flow,
                       const struct packet_pattern *pattern)
{
	struct icmp_header header = {
		.type = (uint8_t)or_else(&pattern->type, 0),
		.code = (uint8_t)or_else(&pattern->code, 0),
		.sequence = (uint16_t)or_else(&pattern->mtu, 0),
	};
	uint8_t *quote;

	icmp_header_build(w, &header);
	quote = w->at;
	write_bytes(w, flow->quote, flow->quote_len);
	if (pattern->seq.given && flow->quote_len >= IP4_HEADER_BYTES + TCP_HEADER_BYTES)
		wire_put32(quote + IP4_HEADER_BYTES + TCP_AT_SEQ,
		           flow->our_first + (uint32_t)pattern->seq.low);
}

static void finish_checksum(uint8_t *l4, size_t len, const struct ip4_header *ip, size_t at,
                            bool bad)
{
	uint32_t sum = 0;
	uint16_t value;

	if (ip->proto != IPPROTO_ICMP)
		sum = sum_pseudo(ip->src, ip->dst, ip->proto, (uint16_t)len);
	wire_put16(l4 + at, 0);
	value = sum_finish(sum_bytes(sum, l4, len));
	if (value == 0 && ip->proto == IPPROTO_UDP)
		value = 0xffff;
	wire_put16(l4 + at, bad ? (uint16_t)(value + 1) : value);
}

size_t flow_build(struct flow *flow, const struct packet_pattern *pattern, uint8_t *bytes)
{
	static const struct {
		uint8_t proto, checksum_at;
	} kinds[] = {
		[PACKET_TCP] = { IPPROTO_TCP, TCP_AT_CHECKSUM },
		[PACKET_UDP] = { IPPROTO_UDP, UDP_AT_CHECKSUM },
		[PACKET_ICMP] = { IPPROTO_ICMP, ICMP_AT_CHECKSUM },
		[PACKET_ECHO] = { IPPROTO_ICMP, ICMP_AT_CHECKSUM },
	};
	uint8_t *l4 = bytes + IP4_HEADER_BYTES;
	struct writer w = writer_over(l4, FLOW_PACKET_BYTES_MAX - IP4_HEADER_BYTES);

	if (pattern->kind == PACKET_TCP)
		build_tcp(&w, flow, pattern);
	else if (pattern->kind == PACKET_UDP)
		build_udp(&w, flow, pattern);
	else if (pattern->kind == PACKET_ECHO)
		build_echo(&w, flow, pattern);
	else
		build_icmp(&w, flow, pattern);

	size_t len = (size_t)(w.at - l4);
	struct ip4_header ip = {
		.version = 4,
		.header_bytes = IP4_HEADER_BYTES,
		.tos = (uint8_t)or_else(&pattern->tos, 0),
		.total_bytes = (uint16_t)(IP4_HEADER_BYTES + len),
		.id = 1,
		.fragment = or_else(&pattern->dont_fragment, 0) ? IP4_DONT_FRAGMENT : 0,
		.ttl = (uint8_t)or_else(&pattern->ttl, 64),
		.proto = kinds[pattern->kind].proto,
		.src = pattern->has_from ? pattern->from : flow->their,
		.dst = flow->our,
	};
	struct writer head = writer_over(bytes, IP4_HEADER_BYTES);

	finish_checksum(l4, len, &ip, kinds[pattern->kind].checksum_at, pattern->bad_checksum);
	ip4_header_build(&head, &ip);
	return IP4_HEADER_BYTES + len;
}
