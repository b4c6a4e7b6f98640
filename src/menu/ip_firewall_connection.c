/*
 * ip_firewall_connection.c -- /ip/firewall/connection: the flow table, as people see it.
 */
#include <netinet/in.h>
#include <string.h>

#include "conf/diag.h"
#include "conf/type.h"
#include "fw/flow_rate.h"
#include "fw/track.h"
#include "menu/lookup.h"
#include "menu/menus.h"
#include "menu/type_match.h"

#define FLAG_SEEN_REPLY (ROW_MENU_FIRST << 0)
#define FLAG_ASSURED    (ROW_MENU_FIRST << 1)
#define FLAG_CONFIRMED  (ROW_MENU_FIRST << 2)
#define FLAG_SRC_NAT    (ROW_MENU_FIRST << 3)
#define FLAG_DST_NAT    (ROW_MENU_FIRST << 4)
#define END_BYTES       24 /* "255.255.255.255:65535" */

struct connection_row {
	char protocol[16];
	char src[END_BYTES], dst[END_BYTES], reply_src[END_BYTES], reply_dst[END_BYTES];
	uint16_t src_port, dst_port, reply_src_port, reply_dst_port;
	uint8_t icmp_type, icmp_code;
	uint16_t icmp_id;
	char tcp_state[16];
	uint64_t timeout_ms;
	char mark[MARK_NAME_BYTES];
	uint64_t orig_packets, orig_bytes, repl_packets, repl_bytes;
	uint64_t orig_rate, repl_rate;
};

#define SEEN(name_, type_, member, flags_, help_)                                                  \
	{                                                                                          \
		name_, &(type_), AT(struct connection_row, member),                                \
			.flags = F_READ_ONLY | (flags_), .help = help_                             \
	}

static const struct field fields[] = {
	SEEN("protocol", type_word, protocol, F_BRIEF, "IP protocol"),
	SEEN("src-address", type_word, src, F_BRIEF, "who began it, as it came"),
	SEEN("dst-address", type_word, dst, F_BRIEF, "whom it called, as it came"),
	SEEN("tcp-state", type_word, tcp_state, F_BRIEF, "state of a TCP connection"),
	SEEN("timeout", type_time, timeout_ms, F_BRIEF | F_RIGHT,
	     "ends then unless a packet comes"),
	SEEN("reply-src-address", type_word, reply_src, 0, "who answers, as it comes"),
	SEEN("reply-dst-address", type_word, reply_dst, F_BRIEF,
	     "whom the answers are sent to, as they come: the translated source"),
	SEEN("src-port", type_uint, src_port, 0, "the port in src-address"),
	SEEN("dst-port", type_uint, dst_port, 0, "the port in dst-address"),
	SEEN("reply-src-port", type_uint, reply_src_port, 0, "the port in reply-src-address"),
	SEEN("reply-dst-port", type_uint, reply_dst_port, 0, "the port in reply-dst-address"),
	SEEN("icmp-type", type_uint, icmp_type, 0, "what was asked: 8 is echo, 13 timestamp"),
	SEEN("icmp-code", type_uint, icmp_code, 0, "its code"),
	SEEN("icmp-id", type_uint, icmp_id, 0, "identifier of the questions, as it came"),
	SEEN("connection-mark", type_word, mark, 0, "mark that mangle put on it"),
	SEEN("orig-packets", type_uint, orig_packets, F_STATS | F_RIGHT, "packets there"),
	SEEN("orig-bytes", type_uint, orig_bytes, F_STATS | F_RIGHT, "their bytes"),
	SEEN("repl-packets", type_uint, repl_packets, F_STATS | F_RIGHT, "packets back"),
	SEEN("repl-bytes", type_uint, repl_bytes, F_STATS | F_RIGHT, "their bytes"),
	SEEN("orig-rate", type_uint, orig_rate, F_BRIEF | F_STATS | F_RIGHT,
	     "bits there in the last whole second"),
	SEEN("repl-rate", type_uint, repl_rate, F_BRIEF | F_STATS | F_RIGHT,
	     "bits back in the last whole second"),
};

static const struct menu_flag flags[] = {
	{ 'S', "seen-reply" }, { 'A', "assured" }, { 'C', "confirmed" },
	{ 's', "srcnat" },     { 'd', "dstnat" },
};

static void put_end(char *at, ip4 addr, uint16_t port, bool has_port)
{
	struct text out = text_into(at, END_BYTES);

	ip4_print(addr, &out);
	if (has_port)
		text_printf(&out, ":%u", port);
}

static void put_text(char *at, size_t size, const char *value)
{
	struct text out = text_into(at, size);

	text_add(&out, value);
}

static void put_protocol(struct connection_row *body, unsigned proto)
{
	struct text out = text_into(body->protocol, sizeof body->protocol);
	const char *word = type_protocol_word(proto);

	if (word != NULL)
		text_add(&out, word);
	else
		text_printf(&out, "%u", proto);
}

static uint32_t flags_of(const struct flow *flow)
{
	uint32_t bits = FLAG_CONFIRMED;

	bits |= (flow->flags & FLOW_SEEN_REPLY) != 0 ? FLAG_SEEN_REPLY : 0;
	bits |= (flow->flags & FLOW_ASSURED) != 0 ? FLAG_ASSURED : 0;
	bits |= (flow->flags & FLOW_SRC_NAT) != 0 ? FLAG_SRC_NAT : 0;
	bits |= (flow->flags & FLOW_DST_NAT) != 0 ? FLAG_DST_NAT : 0;
	return bits;
}

static void fill_ends(const struct flow *flow, struct connection_row *body)
{
	const struct flow_key *key = flow->key;
	bool ports = flow->proto == IPPROTO_TCP || flow->proto == IPPROTO_UDP;

	put_end(body->src, key[0].src, key[0].sport, ports);
	put_end(body->dst, key[0].dst, key[0].dport, ports);
	put_end(body->reply_src, key[1].src, key[1].sport, ports);
	put_end(body->reply_dst, key[1].dst, key[1].dport, ports);
	if (ports) {
		body->src_port = key[0].sport;
		body->dst_port = key[0].dport;
		body->reply_src_port = key[1].sport;
		body->reply_dst_port = key[1].dport;
	} else if (flow->proto == IPPROTO_ICMP) {
		body->icmp_type = flow->icmp_type;
		body->icmp_code = flow->icmp_code;
		body->icmp_id = key[0].sport;
	}
}

/* Fields that only some protocols have: 0 would be a value. */
struct given {
	uint64_t ports, icmp;
};

static struct given given_fields(void)
{
	struct given given = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		given.ports |= (uint64_t)(strstr(fields[i].name, "-port") != NULL) << i;
		given.icmp |= (uint64_t)(strncmp(fields[i].name, "icmp-", 5) == 0) << i;
	}
	return given;
}

static uint64_t given_of(const struct given *given, uint8_t proto)
{
	switch (proto) {
	case IPPROTO_TCP:
	case IPPROTO_UDP:
		return ~given->icmp;
	case IPPROTO_ICMP:
		return ~given->ports;
	default:
		return ~(given->ports | given->icmp);
	}
}

static void fill(const struct router *router, const struct flow *flow, struct connection_row *body)
{
	const char *mark = mark_name(router->marks, flow->mark);

	put_protocol(body, flow->proto);
	fill_ends(flow, body);
	if (flow->proto == IPPROTO_TCP)
		put_text(body->tcp_state, sizeof body->tcp_state, track_words[flow->tcp]);
	put_text(body->mark, sizeof body->mark, mark != NULL ? mark : "");
	body->timeout_ms = mono_since_ns(flow->due, router->net.now) / NS_PER_S * 1000;
	body->orig_packets = flow->way[0].packets;
	body->orig_bytes = flow->way[0].bytes;
	body->repl_packets = flow->way[1].packets;
	body->repl_bytes = flow->way[1].bytes;
	body->orig_rate = 8ULL * flow_rate(flow, 0, router->net.now);
	body->repl_rate = 8ULL * flow_rate(flow, 1, router->net.now);
}

static bool connection_observe_some(struct router *router, const struct conf_state *state,
                                    uint32_t *at, uint32_t most, struct row_sink *sink)
{
	_Alignas(8) uint8_t storage[LOOKUP_ROW_BYTES(sizeof(struct connection_row))];
	struct given given = given_fields();
	struct flows *flows = router->fw.flows;

	for (; *at < flows->fresh && most > 0; most--) {
		uint32_t index = (*at)++;
		const struct flow *flow = flow_at(flows, index);
		struct row *row;

		if ((flow->flags & FLOW_USED) == 0)
			continue;
		row = lookup_row(storage, sizeof(struct connection_row), index + 1, flags_of(flow));
		fill(router, flow, (void *)row->body);
		row->given = given_of(&given, flow->proto);
		if (!sink->row(sink, row))
			break;
	}
	return *at < flows->fresh;
}

static bool connection_forget(struct router *router, const struct row *row, struct diag *diag)
{
	struct flows *flows = router->fw.flows;
	uint32_t index = row->id - 1;

	if (index >= flows->fresh || (flow_at(flows, index)->flags & FLOW_USED) == 0)
		return diag_fail(diag, NULL, "no such item: the connection has ended by itself");
	flow_end(flows, &router->net, index);
	return true;
}

const struct menu menu_ip_firewall_connection = {
	.path = "/ip/firewall/connection",
	.title = "Connections that the router keeps track of",
	.kind = MENU_OBSERVED,
	.fields = fields,
	.nfields = ARRAY_LEN(fields),
	.row_size = sizeof(struct connection_row),
	.flags = flags,
	.nflags = ARRAY_LEN(flags),
	.observe_some = connection_observe_some,
	.forget = connection_forget,
};
