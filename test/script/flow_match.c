#include <string.h>

#include "script/flow.h"
#include "script/names.h"

static void print_range(struct text *text, const struct range *range)
{
	if (range->low == INT64_MIN)
		text_add(text, "anything");
	else if (range->low == range->high)
		text_printf(text, "%lld", (long long)range->low);
	else
		text_printf(text, "%lld~%lld", (long long)range->low, (long long)range->high);
}

/* True when they agree. */
static bool compare(struct text *why, const char *what, const struct range *range, int64_t got)
{
	if (range_has(range, got))
		return true;
	text_printf(why, "%s is %lld, expected ", what, (long long)got);
	print_range(why, range);
	return false;
}

static int64_t relative(uint32_t number, uint32_t first)
{
	return (int32_t)(number - first) < 0 && number - first > 0xf0000000u
	               ? (int64_t)(int32_t)(number - first)
	               : (int64_t)(number - first);
}

static int64_t shown_window(const struct flow *flow, const struct tcp_header *tcp)
{
	bool scaled = !(tcp->flags & TCP_SYN) && flow->our_scales && flow->their_scales;

	return (int64_t)tcp->window << (scaled ? flow->our_scale : 0);
}

static void print_flags(struct text *text, uint8_t flags)
{
	bool first = true;

	if (flags == 0)
		text_add(text, "none");
	for (const struct word_value *flag = names_tcp_flags; flag->word != NULL; flag++)
		if (flags & flag->value) {
			text_printf(text, "%s%s", first ? "" : ",", flag->word);
			first = false;
		}
}

/* PSH is looked at only where it is asked for: senders set it as they like (RFC 9293, 3.9.1). */
static bool flags_match(const struct packet_pattern *pattern, uint8_t flags, struct text *why)
{
	uint8_t mask = pattern->flags & TCP_PSH ? 0xff : (uint8_t)~TCP_PSH;

	if (pattern->flags == (flags & mask))
		return true;
	text_add(why, "flags are ");
	print_flags(why, flags);
	text_add(why, ", expected ");
	print_flags(why, pattern->flags);
	return false;
}

static bool sequence_match(const struct flow *flow, const struct packet_pattern *pattern,
                           const struct packet *packet, struct text *why)
{
	int64_t seq = relative(packet->tcp.seq, flow->our_first);
	struct range end = pattern->end;

	if (!pattern->seq.given)
		return true;
	if (!end.given) {
		end = pattern->seq; /* no data */
		if (end.low != end.high)
			end.given = false;
	}
	return compare(why, "seq", &pattern->seq, seq) &&
	       compare(why, "the end of its bytes", &end, seq + (int64_t)packet->payload_len);
}

static bool payload_match(uint64_t at, const uint8_t *payload, size_t len, struct text *why)
{
	for (size_t i = 0; i < len; i++)
		if (payload[i] != flow_byte(at + i)) {
			text_printf(why, "byte %zu of its payload is wrong", i);
			return false;
		}
	return true;
}

static bool sack_match(const struct flow *flow, const struct packet_pattern *pattern,
                       const struct tcp_option *option, struct text *why)
{
	unsigned n = (option->len - 2u) / 8;

	if (n != pattern->n_sacks) {
		text_printf(why, "it has %u SACK blocks, expected %u", n, pattern->n_sacks);
		return false;
	}
	for (unsigned i = 0; i < n; i++) {
		const uint8_t *block = option->bytes + 2 + 8 * i;

		if (!compare(why, "SACK from", &pattern->sack_from[i],
		             relative(wire_get32(block), flow->their_first)) ||
		    !compare(why, "SACK to", &pattern->sack_to[i],
		             relative(wire_get32(block + 4), flow->their_first)))
			return false;
	}
	return true;
}

static bool option_match(const struct flow *flow, const struct packet_pattern *pattern,
                         const struct option_pattern *expected, const struct tcp_option *option,
                         struct text *why)
{
	switch (expected->kind) {
	case TCP_OPTION_MSS:
		return compare(why, "mss", &expected->value, wire_get16(option->bytes + 2));
	case TCP_OPTION_WINDOW_SCALE:
		return compare(why, "wscale", &expected->value, option->bytes[2]);
	case TCP_OPTION_TIMESTAMPS:
		return compare(why, "its timestamp", &expected->value,
		               relative(wire_get32(option->bytes + 2), flow->first_timestamp)) &&
		       compare(why, "the timestamp it echoes", &expected->echo,
		               wire_get32(option->bytes + 6));
	case TCP_OPTION_SACK:
		return sack_match(flow, pattern, option, why);
	default:
		return true;
	}
}

/* Without <...> any options will do, but no SACK: what it says is never by the way. */
static bool options_match(const struct flow *flow, const struct packet_pattern *pattern,
                          const struct packet *packet, struct text *why)
{
	struct reader r =
		reader_over(packet->tcp.options, packet->tcp.header_bytes - TCP_HEADER_BYTES);
	struct tcp_option option;
	unsigned n = 0;
	bool bad;

	while (tcp_option_next(&r, &option, &bad)) {
		if (!pattern->options_given) {
			if (option.kind != TCP_OPTION_SACK)
				continue;
			text_add(why, "it has SACK blocks that were not expected");
			return false;
		}
		if (n < pattern->n_options && pattern->options[n].kind == option.kind) {
			if (!option_match(flow, pattern, &pattern->options[n++], &option, why))
				return false;
		} else if (!pattern->options_more) {
			text_printf(why, "option %u is of kind %u", n + 1, option.kind);
			return false;
		}
	}
	if (n == pattern->n_options && !bad)
		return true;
	text_printf(why, "it has %u of %u options", n, pattern->n_options);
	return false;
}

static bool tcp_match(const struct flow *flow, const struct packet_pattern *pattern,
                      const struct packet *packet, struct text *why)
{
	const struct tcp_header *tcp = &packet->tcp;
	bool syn = tcp->flags & TCP_SYN;
	uint64_t at = (uint64_t)(relative(tcp->seq, flow->our_first) + syn - 1);

	if (!flags_match(pattern, tcp->flags, why) || !sequence_match(flow, pattern, packet, why) ||
	    !compare(why, "win", &pattern->window, shown_window(flow, tcp)) ||
	    !compare(why, "urg", &pattern->urgent, tcp->urgent) ||
	    !options_match(flow, pattern, packet, why))
		return false;
	if (tcp->flags & TCP_ACK &&
	    !compare(why, "ack", &pattern->ack, relative(tcp->ack, flow->their_first)))
		return false;
	return !flow->our_known || payload_match(at, packet->payload, packet->payload_len, why);
}

static bool icmp_match(const struct packet_pattern *pattern, const struct packet *packet,
                       struct text *why)
{
	return compare(why, "type", &pattern->type, packet->icmp.type) &&
	       compare(why, "code", &pattern->code, packet->icmp.code) &&
	       compare(why, "mtu", &pattern->mtu, packet->icmp.sequence);
}

static bool plain_match(const struct packet_pattern *pattern, const struct packet *packet,
                        struct text *why)
{
	if (pattern->kind == PACKET_ECHO &&
	    packet->icmp.type != (pattern->reply ? ICMP_ECHO_REPLY : ICMP_ECHO)) {
		text_printf(why, "it is ICMP type %u", packet->icmp.type);
		return false;
	}
	return compare(why, "len", &pattern->len, (int64_t)packet->payload_len) &&
	       payload_match(0, packet->payload, packet->payload_len, why);
}

bool flow_matches(const struct flow *flow, const struct packet_pattern *pattern,
                  const struct packet *packet, struct text *why)
{
	bool whole = !(packet->ip.fragment & IP4_DONT_FRAGMENT);

	if (packet->kind != pattern->kind) {
		text_add(why, "it is of another protocol");
		return false;
	}
	if (!compare(why, "ttl", &pattern->ttl, packet->ip.ttl) ||
	    !compare(why, "tos", &pattern->tos, packet->ip.tos) ||
	    !compare(why, "df", &pattern->dont_fragment, whole ? 0 : 1))
		return false;
	if (packet->kind == PACKET_TCP)
		return tcp_match(flow, pattern, packet, why);
	if (packet->kind == PACKET_ICMP)
		return icmp_match(pattern, packet, why);
	return plain_match(pattern, packet, why);
}

static void print_option(const struct flow *flow, const struct tcp_option *option,
                         struct text *text)
{
	if (option->kind == TCP_OPTION_MSS && option->len == 4)
		text_printf(text, "mss %u", wire_get16(option->bytes + 2));
	else if (option->kind == TCP_OPTION_WINDOW_SCALE && option->len == 3)
		text_printf(text, "wscale %u", option->bytes[2]);
	else if (option->kind == TCP_OPTION_SACK_PERMITTED)
		text_add(text, "sack ok");
	else if (option->kind == TCP_OPTION_TIMESTAMPS && option->len == 10)
		text_printf(
			text, "timestamps %lld ecr %u",
			(long long)relative(wire_get32(option->bytes + 2), flow->first_timestamp),
			wire_get32(option->bytes + 6));
	else if (option->kind == TCP_OPTION_SACK) {
		text_add(text, "sack");
		for (unsigned at = 2; at + 8 <= option->len; at += 8)
			text_printf(text, " %lld:%lld",
			            (long long)relative(wire_get32(option->bytes + at),
			                                flow->their_first),
			            (long long)relative(wire_get32(option->bytes + at + 4),
			                                flow->their_first));
	} else
		text_printf(text, "kind %u", option->kind);
}

static void print_options(const struct flow *flow, const struct packet *packet, struct text *text)
{
	struct reader r =
		reader_over(packet->tcp.options, packet->tcp.header_bytes - TCP_HEADER_BYTES);
	struct tcp_option option;
	bool bad, first = true;

	while (tcp_option_next(&r, &option, &bad)) {
		text_add(text, first ? " <" : ", ");
		print_option(flow, &option, text);
		first = false;
	}
	text_add(text, first ? "" : ">");
}

static void print_tcp(const struct flow *flow, const struct packet *packet, struct text *text)
{
	const struct tcp_header *tcp = &packet->tcp;
	int64_t seq = relative(tcp->seq, flow->our_first);

	print_flags(text, tcp->flags);
	text_printf(text, " seq %lld", (long long)seq);
	if (packet->payload_len > 0)
		text_printf(text, ":%lld", (long long)(seq + (int64_t)packet->payload_len));
	if (tcp->flags & TCP_ACK)
		text_printf(text, " ack %lld", (long long)relative(tcp->ack, flow->their_first));
	text_printf(text, " win %lld", (long long)shown_window(flow, tcp));
	if (tcp->flags & TCP_URG)
		text_printf(text, " urg %u", tcp->urgent);
	print_options(flow, packet, text);
}

void flow_print(const struct flow *flow, const struct packet *packet, struct text *text)
{
	static const struct flow none;

	if (flow == NULL) {
		flow = &none;
		text_printf(text, "(of no flow, to %u.%u.%u.%u) ", packet->ip.dst.v >> 24,
		            packet->ip.dst.v >> 16 & 0xff, packet->ip.dst.v >> 8 & 0xff,
		            packet->ip.dst.v & 0xff);
	}
	if (packet->kind == PACKET_TCP)
		print_tcp(flow, packet, text);
	else if (packet->kind == PACKET_UDP)
		text_printf(text, "UDP len %zu", packet->payload_len);
	else
		text_printf(text, "ICMP type %u code %u", packet->icmp.type, packet->icmp.code);
}
