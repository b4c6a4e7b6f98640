#include <string.h>

#include "script/parse_inside.h"
#include "wire/icmp_header.h"
#include "wire/tcp_header.h"

static const char FIELDS[] = "seq, ack, win, urg, ttl, tos, df, bad-checksum or <options>";

/* `1`, or `1:1001`: bytes from 1 up to but without 1001. */
static bool sequence(struct scan *scan, struct range *ret_from, struct range *ret_to)
{
	struct word word = scan_take(scan);
	const char *colon = word.len > 0 ? memchr(word.at, ':', word.len) : NULL;
	size_t first = colon != NULL ? (size_t)(colon - word.at) : word.len;
	struct scan from = { word.at, first, 0, scan->number, scan->error, scan->failed };
	struct scan to = { word.at, word.len, first + 1, scan->number, scan->error, scan->failed };

	if (scan->failed)
		return false;
	if (!scan_range(&from, "sequence number", ret_from) ||
	    (colon != NULL && !scan_range(&to, "sequence number", ret_to))) {
		scan->error->column += word.column - 1;
		scan->failed = true;
		return false;
	}
	if (colon == NULL)
		return true;
	if (to.at < to.len || ret_to->low < ret_from->low)
		return scan_fail(scan, word, "is no run of bytes", "one like 1:1001");
	return true;
}

static bool flags(struct scan *scan, struct packet_pattern *packet)
{
	if (scan_is(scan, "none"))
		return true;
	do {
		int flag;

		if (!scan_word(scan, names_tcp_flags, "kind of packet or flag of TCP", &flag))
			return false;
		packet->flags |= (uint8_t)flag;
	} while (scan_is(scan, ","));
	return true;
}

static bool timestamp(struct scan *scan, struct option_pattern *option)
{
	struct word word = scan_peek(scan);

	option->kind = TCP_OPTION_TIMESTAMPS;
	if (word_is(word, ",") || word_is(word, ">"))
		return true;
	if (!scan_range(scan, "timestamp", &option->value))
		return false;
	return !scan_is(scan, "ecr") || scan_range(scan, "timestamp", &option->echo);
}

static bool sack(struct scan *scan, struct packet_pattern *packet, struct option_pattern *option)
{
	if (scan_is(scan, "ok")) {
		option->kind = TCP_OPTION_SACK_PERMITTED;
		return true;
	}
	option->kind = TCP_OPTION_SACK;
	while (packet->n_sacks < SCRIPT_SACKS_MAX) {
		unsigned n = packet->n_sacks++;

		if (!sequence(scan, &packet->sack_from[n], &packet->sack_to[n]))
			return false;
		if (!packet->sack_to[n].given)
			return scan_fail(scan, scan_peek(scan), "ends no block",
			                 "blocks like 1:1001");
		if (word_is(scan_peek(scan), ",") || word_is(scan_peek(scan), ">"))
			return true;
	}
	return scan_fail(scan, scan_peek(scan), "is one block too many", "at most four");
}

static bool raw_options(struct scan *scan, struct packet_pattern *packet)
{
	struct word word = scan_take(scan);
	unsigned nibbles = 0;

	if (word.len == 0 || word.len % 8 != 0 || word.len > 2 * sizeof packet->raw)
		return scan_fail(scan, word, "is no list of options",
		                 "4 to 40 bytes, by fours, as hexadecimal digits");
	for (; nibbles < word.len; nibbles++) {
		const char *digits = "0123456789abcdef", *digit = strchr(digits, word.at[nibbles]);

		if (digit == NULL)
			return scan_fail(scan, word, "is no list of options", "digits 0-9 and a-f");
		packet->raw[nibbles / 2] =
			(uint8_t)(packet->raw[nibbles / 2] << 4 | (digit - digits));
	}
	packet->raw_len = nibbles / 2;
	return true;
}

static bool one_option(struct scan *scan, struct packet_pattern *packet)
{
	struct option_pattern *option = &packet->options[packet->n_options];

	if (scan_is(scan, "*")) {
		packet->options_more = true;
		return true;
	}
	if (scan_is(scan, "bytes"))
		return raw_options(scan, packet);
	if (packet->n_options == SCRIPT_SEGMENT_OPTIONS_MAX)
		return scan_fail(scan, scan_peek(scan), "is one option too many", "at most eight");
	packet->n_options++;
	if (scan_is(scan, "mss")) {
		option->kind = TCP_OPTION_MSS;
		return scan_range(scan, "segment size", &option->value);
	}
	if (scan_is(scan, "wscale")) {
		option->kind = TCP_OPTION_WINDOW_SCALE;
		return scan_range(scan, "window scale", &option->value);
	}
	if (scan_is(scan, "timestamps"))
		return timestamp(scan, option);
	if (scan_is(scan, "sack"))
		return sack(scan, packet, option);
	return scan_fail(scan, scan_peek(scan), "is no option of TCP",
	                 "mss, sack ok, sack, timestamps, wscale, bytes or *");
}

static bool options(struct scan *scan, struct packet_pattern *packet)
{
	packet->options_given = true;
	if (scan_is(scan, ">"))
		return true;
	do {
		if (!one_option(scan, packet))
			return false;
	} while (scan_is(scan, ","));
	return scan_need(scan, ">");
}

/* Fields of the IP header, which every kind of packet may name. */
static bool ip_field(struct scan *scan, struct packet_pattern *packet, const char *right)
{
	if (scan_is(scan, "ttl"))
		return scan_range(scan, "time to live", &packet->ttl);
	if (scan_is(scan, "tos"))
		return scan_range(scan, "type of service", &packet->tos);
	if (scan_is(scan, "df"))
		return scan_range(scan, "flag", &packet->dont_fragment);
	return scan_fail(scan, scan_peek(scan), "is no field of this packet", right);
}

static bool tcp_field(struct scan *scan, struct packet_pattern *packet)
{
	if (scan_is(scan, "seq"))
		return sequence(scan, &packet->seq, &packet->end);
	if (scan_is(scan, "ack"))
		return scan_range(scan, "acknowledgement", &packet->ack);
	if (scan_is(scan, "win"))
		return scan_range(scan, "window", &packet->window);
	if (scan_is(scan, "urg"))
		return scan_range(scan, "urgent pointer", &packet->urgent);
	if (scan_is(scan, "<"))
		return options(scan, packet);
	if (scan_is(scan, "bad-checksum")) {
		packet->bad_checksum = true;
		return true;
	}
	return ip_field(scan, packet, FIELDS);
}

static bool parse_tcp(struct scan *scan, struct packet_pattern *packet)
{
	packet->kind = PACKET_TCP;
	if (!flags(scan, packet))
		return false;
	while (!scan_ended(scan))
		if (!tcp_field(scan, packet))
			return false;
	if (!packet->out && packet->flags & TCP_ACK && !packet->ack.given)
		return scan_fail(scan, scan_peek(scan), "", "ack: what it acknowledges");
	if (!packet->out && !packet->seq.given)
		return scan_fail(scan, scan_peek(scan), "",
		                 "seq: a segment that is sent needs one");
	return true;
}

static struct range exactly(int64_t value)
{
	return (struct range){ value, value, true };
}

static bool icmp_type(struct scan *scan, struct packet_pattern *packet)
{
	static const struct word_value others[] = {
		{ "ttl-exceeded", ICMP_TIME_EXCEEDED << 8 },
		{ "reassembly-exceeded", ICMP_TIME_EXCEEDED << 8 | ICMP_REASSEMBLY_TIME },
		{ "parameter-problem", ICMP_PARAMETER_PROBLEM << 8 },
		{ "source-quench", ICMP_SOURCE_QUENCH << 8 },
		{ NULL, 0 },
	};
	struct word word = scan_peek(scan);
	int value;

	if (scan_is(scan, "type")) {
		packet->code = exactly(0);
		return scan_range(scan, "type of ICMP", &packet->type) &&
		       (!scan_is(scan, "code") || scan_range(scan, "code of ICMP", &packet->code));
	}
	if (names_value(names_unreachable, word.at, word.len, &value)) {
		scan_take(scan);
		packet->type = exactly(ICMP_UNREACHABLE);
		packet->code = exactly(value);
		return true;
	}
	if (!scan_word(scan, others, "ICMP message (nor one of those like port-unreachable)",
	               &value))
		return false;
	packet->type = exactly(value >> 8);
	packet->code = exactly(value & 0xff);
	return true;
}

static bool parse_icmp(struct scan *scan, struct packet_pattern *packet)
{
	packet->kind = PACKET_ICMP;
	if (!icmp_type(scan, packet))
		return false;
	while (!scan_ended(scan)) {
		bool good;

		if (scan_is(scan, "mtu"))
			good = scan_range(scan, "MTU", &packet->mtu);
		else if (scan_is(scan, "quotes"))
			good = sequence(scan, &packet->seq, &packet->end);
		else if (scan_is(scan, "from"))
			good = packet->has_from = scan_address(scan, "a router", &packet->from);
		else
			good = ip_field(scan, packet, "mtu, quotes, from, ttl, tos or df");
		if (!good)
			return false;
	}
	return true;
}

static bool parse_payload(struct scan *scan, struct packet_pattern *packet)
{
	while (!scan_ended(scan)) {
		if (scan_is(scan, "len")) {
			if (!scan_range(scan, "length", &packet->len))
				return false;
		} else if (!ip_field(scan, packet, "len, ttl, tos or df")) {
			return false;
		}
	}
	return packet->out || packet->len.given ||
	       scan_fail(scan, scan_peek(scan), "", "len: bytes of payload");
}

bool parse_packet(struct scan *scan, bool out, struct packet_pattern *ret_packet)
{
	ret_packet->out = out;
	if (scan_is(scan, "UDP")) {
		ret_packet->kind = PACKET_UDP;
		return parse_payload(scan, ret_packet);
	}
	if (scan_is(scan, "ECHO")) {
		ret_packet->kind = PACKET_ECHO;
		ret_packet->reply = scan_is(scan, "reply");
		return (ret_packet->reply || scan_need(scan, "request")) &&
		       parse_payload(scan, ret_packet);
	}
	if (scan_is(scan, "ICMP"))
		return parse_icmp(scan, ret_packet);
	return parse_tcp(scan, ret_packet);
}
