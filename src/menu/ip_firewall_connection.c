/*
 * ip_firewall_connection.c -- /ip/firewall/connection: the flow table, as people see it.
 */
#include <netinet/in.h>
#include <string.h>

#include "conf/diag.h"
#include "conf/type.h"
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
	char tcp_state[16];
	uint64_t timeout_ms;
	char mark[MARK_NAME_BYTES];
	uint64_t orig_packets, orig_bytes, repl_packets, repl_bytes;
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
	SEEN("connection-mark", type_word, mark, 0, "mark that mangle put on it"),
	SEEN("orig-packets", type_uint, orig_packets, F_STATS | F_RIGHT, "packets there"),
	SEEN("orig-bytes", type_uint, orig_bytes, F_STATS | F_RIGHT, "their bytes"),
	SEEN("repl-packets", type_uint, repl_packets, F_STATS | F_RIGHT, "packets back"),
	SEEN("repl-bytes", type_uint, repl_bytes, F_STATS | F_RIGHT, "their bytes"),
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

static void fill(const struct router *router, const struct flow *flow, struct connection_row *body)
{
	bool ports = flow->proto == IPPROTO_TCP || flow->proto == IPPROTO_UDP;
	const char *mark = mark_name(router->marks, flow->mark);

	put_protocol(body, flow->proto);
	put_end(body->src, flow->key[0].src, flow->key[0].sport, ports);
	put_end(body->dst, flow->key[0].dst, flow->key[0].dport, ports);
	put_end(body->reply_src, flow->key[1].src, flow->key[1].sport, ports);
	put_end(body->reply_dst, flow->key[1].dst, flow->key[1].dport, ports);
	if (flow->proto == IPPROTO_TCP)
		put_text(body->tcp_state, sizeof body->tcp_state, track_words[flow->tcp]);
	put_text(body->mark, sizeof body->mark, mark != NULL ? mark : "");
	body->timeout_ms = mono_since_ns(flow->due, router->net.now) / NS_PER_S * 1000;
	body->orig_packets = flow->way[0].packets;
	body->orig_bytes = flow->way[0].bytes;
	body->repl_packets = flow->way[1].packets;
	body->repl_bytes = flow->way[1].bytes;
}

static void connection_observe(struct router *router, const struct conf_state *state,
                               struct row_sink *sink)
{
	_Alignas(8) uint8_t storage[LOOKUP_ROW_BYTES(sizeof(struct connection_row))];
	uint32_t at = 0, index;

	while ((index = flows_walk(router->fw.flows, &at)) != FLOW_NONE) {
		const struct flow *flow = flow_at(router->fw.flows, index);
		struct row *row = lookup_row(storage, sizeof(struct connection_row), index + 1,
		                             flags_of(flow));

		fill(router, flow, (void *)row->body);
		row->given = UINT64_MAX;
		if (!sink->row(sink, row))
			return;
	}
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
	.observe = connection_observe,
	.forget = connection_forget,
};
