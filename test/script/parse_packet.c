#include <string.h>

#include "script/parse_inside.h"
#include "wire/icmp_header.h"
#include "wire/tcp_header.h"

static const char FIELDS[] = "seq, ack, win, urg, ttl, tos, df, bad-checksum or <options>";

/* `1`, or `1:1001`: bytes from 1 up to but without 1001. */
static bool sequence(struct lex *lex, struct range *ret_from, struct range *ret_to)
{
	struct word word = lex_take(lex);
	const char *colon = word.len > 0 ? memchr(word.at, ':', word.len) : NULL;
	size_t first = colon != NULL ? (size_t)(colon - word.at) : word.len;
	struct lex from = { word.at, first, 0, lex->number, lex->error, lex->failed };
	struct lex to = { word.at, word.len, first + 1, lex->number, lex->error, lex->failed };

	if (lex->failed)
		return false;
	if (!lex_range(&from, "sequence number", ret_from) ||
	    (colon != NULL && !lex_range(&to, "sequence number", ret_to))) {
		lex->error->column += word.column - 1;
		lex->failed = true;
		return false;
	}
	if (colon == NULL)
		return true;
	if (to.at < to.len || ret_to->low < ret_from->low)
		return lex_fail(lex, word, "is no run of bytes", "one like 1:1001");
	return true;
}

static bool flags(struct lex *lex, struct packet_pattern *packet)
{
	if (lex_is(lex, "none"))
		return true;
	do {
		int flag;

		if (!lex_word(lex, names_tcp_flags, "kind of packet or flag of TCP", &flag))
			return false;
		packet->flags |= (uint8_t)flag;
	} while (lex_is(lex, ","));
	return true;
}

static bool timestamp(struct lex *lex, struct option_pattern *option)
{
	struct word word = lex_peek(lex);

	option->kind = TCP_OPTION_TIMESTAMPS;
	if (word_is(word, ",") || word_is(word, ">"))
		return true;
	if (!lex_range(lex, "timestamp", &option->value))
		return false;
	return !lex_is(lex, "ecr") || lex_range(lex, "timestamp", &option->echo);
}

static bool sack(struct lex *lex, struct packet_pattern *packet, struct option_pattern *option)
{
	if (lex_is(lex, "ok")) {
		option->kind = TCP_OPTION_SACK_PERMITTED;
		return true;
	}
	option->kind = TCP_OPTION_SACK;
	while (packet->n_sacks < SCRIPT_SACKS_MAX) {
		unsigned n = packet->n_sacks++;

		if (!sequence(lex, &packet->sack_from[n], &packet->sack_to[n]))
			return false;
		if (!packet->sack_to[n].given)
			return lex_fail(lex, lex_peek(lex), "ends no block", "blocks like 1:1001");
		if (word_is(lex_peek(lex), ",") || word_is(lex_peek(lex), ">"))
			return true;
	}
	return lex_fail(lex, lex_peek(lex), "is one block too many", "at most four");
}

static bool raw_options(struct lex *lex, struct packet_pattern *packet)
{
	struct word word = lex_take(lex);
	unsigned nibbles = 0;

	if (word.len == 0 || word.len % 8 != 0 || word.len > 2 * sizeof packet->raw)
		return lex_fail(lex, word, "is no list of options",
		                "4 to 40 bytes, by fours, as hexadecimal digits");
	for (; nibbles < word.len; nibbles++) {
		const char *digits = "0123456789abcdef", *digit = strchr(digits, word.at[nibbles]);

		if (digit == NULL)
			return lex_fail(lex, word, "is no list of options", "digits 0-9 and a-f");
		packet->raw[nibbles / 2] =
			(uint8_t)(packet->raw[nibbles / 2] << 4 | (digit - digits));
	}
	packet->raw_len = nibbles / 2;
	return true;
}

static bool one_option(struct lex *lex, struct packet_pattern *packet)
{
	struct option_pattern *option = &packet->options[packet->n_options];

	if (lex_is(lex, "*")) {
		packet->options_more = true;
		return true;
	}
	if (lex_is(lex, "bytes"))
		return raw_options(lex, packet);
	if (packet->n_options == SCRIPT_SEGMENT_OPTIONS_MAX)
		return lex_fail(lex, lex_peek(lex), "is one option too many", "at most eight");
	packet->n_options++;
	if (lex_is(lex, "mss")) {
		option->kind = TCP_OPTION_MSS;
		return lex_range(lex, "segment size", &option->value);
	}
	if (lex_is(lex, "wscale")) {
		option->kind = TCP_OPTION_WINDOW_SCALE;
		return lex_range(lex, "window scale", &option->value);
	}
	if (lex_is(lex, "timestamps"))
		return timestamp(lex, option);
	if (lex_is(lex, "sack"))
		return sack(lex, packet, option);
	return lex_fail(lex, lex_peek(lex), "is no option of TCP",
	                "mss, sack ok, sack, timestamps, wscale, bytes or *");
}

static bool options(struct lex *lex, struct packet_pattern *packet)
{
	packet->options_given = true;
	if (lex_is(lex, ">"))
		return true;
	do {
		if (!one_option(lex, packet))
			return false;
	} while (lex_is(lex, ","));
	return lex_need(lex, ">");
}

/* Fields of the IP header, which every kind of packet may name. */
static bool ip_field(struct lex *lex, struct packet_pattern *packet, const char *right)
{
	if (lex_is(lex, "ttl"))
		return lex_range(lex, "time to live", &packet->ttl);
	if (lex_is(lex, "tos"))
		return lex_range(lex, "type of service", &packet->tos);
	if (lex_is(lex, "df"))
		return lex_range(lex, "flag", &packet->dont_fragment);
	return lex_fail(lex, lex_peek(lex), "is no field of this packet", right);
}

static bool tcp_field(struct lex *lex, struct packet_pattern *packet)
{
	if (lex_is(lex, "seq"))
		return sequence(lex, &packet->seq, &packet->end);
	if (lex_is(lex, "ack"))
		return lex_range(lex, "acknowledgement", &packet->ack);
	if (lex_is(lex, "win"))
		return lex_range(lex, "window", &packet->window);
	if (lex_is(lex, "urg"))
		return lex_range(lex, "urgent pointer", &packet->urgent);
	if (lex_is(lex, "<"))
		return options(lex, packet);
	if (lex_is(lex, "bad-checksum")) {
		packet->bad_checksum = true;
		return true;
	}
	return ip_field(lex, packet, FIELDS);
}

static bool parse_tcp(struct lex *lex, struct packet_pattern *packet)
{
	packet->kind = PACKET_TCP;
	if (!flags(lex, packet))
		return false;
	while (!lex_ended(lex))
		if (!tcp_field(lex, packet))
			return false;
	if (!packet->out && packet->flags & TCP_ACK && !packet->ack.given)
		return lex_fail(lex, lex_peek(lex), "", "ack: what it acknowledges");
	if (!packet->out && !packet->seq.given)
		return lex_fail(lex, lex_peek(lex), "", "seq: a segment that is sent needs one");
	return true;
}

static struct range exactly(int64_t value)
{
	return (struct range){ value, value, true };
}

static bool icmp_type(struct lex *lex, struct packet_pattern *packet)
{
	static const struct word_value others[] = {
		{ "ttl-exceeded", ICMP_TIME_EXCEEDED << 8 },
		{ "reassembly-exceeded", ICMP_TIME_EXCEEDED << 8 | ICMP_REASSEMBLY_TIME },
		{ "parameter-problem", ICMP_PARAMETER_PROBLEM << 8 },
		{ "source-quench", ICMP_SOURCE_QUENCH << 8 },
		{ NULL, 0 },
	};
	struct word word = lex_peek(lex);
	int value;

	if (lex_is(lex, "type")) {
		packet->code = exactly(0);
		return lex_range(lex, "type of ICMP", &packet->type) &&
		       (!lex_is(lex, "code") || lex_range(lex, "code of ICMP", &packet->code));
	}
	if (names_value(names_unreachable, word.at, word.len, &value)) {
		lex_take(lex);
		packet->type = exactly(ICMP_UNREACHABLE);
		packet->code = exactly(value);
		return true;
	}
	if (!lex_word(lex, others, "ICMP message (nor one of those like port-unreachable)", &value))
		return false;
	packet->type = exactly(value >> 8);
	packet->code = exactly(value & 0xff);
	return true;
}

static bool parse_icmp(struct lex *lex, struct packet_pattern *packet)
{
	packet->kind = PACKET_ICMP;
	if (!icmp_type(lex, packet))
		return false;
	while (!lex_ended(lex)) {
		bool good;

		if (lex_is(lex, "mtu"))
			good = lex_range(lex, "MTU", &packet->mtu);
		else if (lex_is(lex, "quotes"))
			good = sequence(lex, &packet->seq, &packet->end);
		else if (lex_is(lex, "from"))
			good = packet->has_from = lex_address(lex, "a router", &packet->from);
		else
			good = ip_field(lex, packet, "mtu, quotes, from, ttl, tos or df");
		if (!good)
			return false;
	}
	return true;
}

static bool parse_payload(struct lex *lex, struct packet_pattern *packet)
{
	while (!lex_ended(lex)) {
		if (lex_is(lex, "len")) {
			if (!lex_range(lex, "length", &packet->len))
				return false;
		} else if (!ip_field(lex, packet, "len, ttl, tos or df")) {
			return false;
		}
	}
	return packet->out || packet->len.given ||
	       lex_fail(lex, lex_peek(lex), "", "len: bytes of payload");
}

bool parse_packet(struct lex *lex, bool out, struct packet_pattern *ret_packet)
{
	ret_packet->out = out;
	if (lex_is(lex, "UDP")) {
		ret_packet->kind = PACKET_UDP;
		return parse_payload(lex, ret_packet);
	}
	if (lex_is(lex, "ECHO")) {
		ret_packet->kind = PACKET_ECHO;
		ret_packet->reply = lex_is(lex, "reply");
		return (ret_packet->reply || lex_need(lex, "request")) &&
		       parse_payload(lex, ret_packet);
	}
	if (lex_is(lex, "ICMP"))
		return parse_icmp(lex, ret_packet);
	return parse_tcp(lex, ret_packet);
}
