/*
 * drops.c -- /tool/drops: why packets ended here, and the last of them.
 *
 * /system/resource/drop is the same list under its first name.
 */
#include <stdio.h>

#include "conf/policy.h"
#include "conf/type.h"
#include "core/drop_record.h"
#include "menu/lookup.h"
#include "menu/menus.h"
#include "wire/eth.h"
#include "wire/packet_text.h"

struct drop_row {
	char reason[32];
	uint64_t packets;
	char meaning[96];
};

static const struct field fields[] = {
	{ "reason", &type_string, AT(struct drop_row, reason), .flags = F_READ_ONLY | F_BRIEF,
	  .help = "the reason's name" },
	{ "packets", &type_uint, AT(struct drop_row, packets),
	  .flags = F_READ_ONLY | F_BRIEF | F_RIGHT,
	  .help = "packets that ended for it since the start or reset-counters" },
	{ "meaning", &type_string, AT(struct drop_row, meaning), .flags = F_READ_ONLY | F_BRIEF,
	  .help = "the reason in words" },
};

static void drops_observe(struct router *router, const struct conf_state *state,
                          struct row_sink *sink)
{
	_Alignas(8) uint8_t storage[LOOKUP_ROW_BYTES(sizeof(struct drop_row))];

	for (unsigned i = 0; i < DROP_COUNT; i++) {
		enum drop_reason reason = (enum drop_reason)i;
		uint64_t packets = net_drops(&router->net, reason);
		struct row *row;
		struct drop_row *body;

		if (packets == 0)
			continue;
		row = lookup_row(storage, sizeof *body, i + 1, 0);
		body = (void *)row->body;
		snprintf(body->reason, sizeof body->reason, "%s", drop_word(reason));
		snprintf(body->meaning, sizeof body->meaning, "%s", drop_sentence(reason));
		body->packets = packets;
		row->given = UINT64_MAX;
		if (!sink->row(sink, row))
			return;
	}
}

static bool drops_reset(struct router *router, const void *args, void *state, struct text *out,
                        struct diag *diag)
{
	net_drops_reset(&router->net);
	return true;
}

static const struct action actions[] = {
	{ .name = "reset-counters",
	  .help = "count from zero again, and forget the last ones",
	  .start = drops_reset,
	  .policy = POLICY_WRITE },
};

const struct menu menu_tool_drops = {
	.path = "/tool/drops",
	.title = "Why packets ended here: every reason with its count",
	.kind = MENU_OBSERVED,
	.fields = fields,
	.nfields = ARRAY_LEN(fields),
	.row_size = sizeof(struct drop_row),
	.actions = actions,
	.nactions = ARRAY_LEN(actions),
	.observe = drops_observe,
};

const struct menu menu_system_resource_drop = {
	.path = "/system/resource/drop",
	.title = "Why packets ended here; see /tool/drops for more",
	.kind = MENU_OBSERVED,
	.fields = fields,
	.nfields = ARRAY_LEN(fields),
	.row_size = sizeof(struct drop_row),
	.observe = drops_observe,
};

/* --- the last ones --- */

struct last_row {
	uint64_t age_ms;
	char reason[32];
	char meaning[96];
	char interface[IFACE_NAME_BYTES];
	ip4 src, dst;
	uint32_t sport, dport, protocol;
	uint32_t length;
	char packet[320];
	char bytes[DROP_RECORD_BYTES * 5 / 2 + 1];
};

enum { /* fields that not every packet has */
	LAST_INTERFACE = 3,
	LAST_SRC,
	LAST_DST,
	LAST_SPORT,
	LAST_DPORT,
	LAST_PROTOCOL,
};

static const struct field last_fields[] = {
	{ "age", &type_time, AT(struct last_row, age_ms), .flags = F_READ_ONLY | F_BRIEF | F_RIGHT,
	  .help = "how long ago it ended" },
	{ "reason", &type_string, AT(struct last_row, reason), .flags = F_READ_ONLY | F_BRIEF,
	  .help = "why, by name" },
	{ "meaning", &type_string, AT(struct last_row, meaning), .flags = F_READ_ONLY,
	  .help = "why, in words" },
	[LAST_INTERFACE] = { "in-interface", &type_string, AT(struct last_row, interface),
	                     .flags = F_READ_ONLY | F_BRIEF,
	                     .help = "where it came in; without: the router's own" },
	[LAST_SRC] = { "src-address", &type_ip4, AT(struct last_row, src), .flags = F_READ_ONLY,
	               .help = "its source as it came, before any translation" },
	[LAST_DST] = { "dst-address", &type_ip4, AT(struct last_row, dst), .flags = F_READ_ONLY,
	               .help = "its destination as it came" },
	[LAST_SPORT] = { "src-port", &type_uint, AT(struct last_row, sport), .flags = F_READ_ONLY,
	                 .help = "its source port, or an ICMP identifier" },
	[LAST_DPORT] = { "dst-port", &type_uint, AT(struct last_row, dport), .flags = F_READ_ONLY,
	                 .help = "its destination port, or an ICMP identifier" },
	[LAST_PROTOCOL] = { "protocol", &type_uint, AT(struct last_row, protocol),
	                    .flags = F_READ_ONLY, .help = "1 is ICMP, 6 TCP, 17 UDP" },
	{ "length", &type_uint, AT(struct last_row, length), .flags = F_READ_ONLY,
	  .help = "bytes of the frame; of the router's own perhaps of the IP packet" },
	{ "packet", &type_string, AT(struct last_row, packet), .flags = F_READ_ONLY | F_BRIEF,
	  .help = "what its first bytes say, as it stood when it ended" },
	{ "bytes", &type_string, AT(struct last_row, bytes), .flags = F_READ_ONLY,
	  .help = "its first bytes, as hexadecimal numbers" },
};

static void print_packet(const struct drop_record *record, struct text *out)
{
	uint8_t frame[ETH_HEADER_BYTES + DROP_RECORD_BYTES] = { 0 };
	struct writer w = writer_over(frame, sizeof frame);

	if (!record->framed)
		eth_build(&w, &(struct eth_header){ .type = ETH_TYPE_IP4 });
	write_bytes(&w, record->bytes, record->kept);
	must(!w.failed);
	packet_text(frame, record->kept + (record->framed ? 0U : ETH_HEADER_BYTES), out);
}

static void print_bytes(const struct drop_record *record, struct text *out)
{
	for (unsigned i = 0; i < record->kept; i++)
		text_printf(out, "%s%02x", i > 0 && i % 2 == 0 ? " " : "", record->bytes[i]);
}

/* Fields that the packet has not are not there, rather than zero. */
static uint64_t last_given(const struct last_row *body)
{
	uint64_t given = UINT64_MAX;

	if (body->interface[0] == '\0')
		given &= ~(1ULL << LAST_INTERFACE);
	if (ip4_is_zero(body->src) && ip4_is_zero(body->dst))
		given &= ~(1ULL << LAST_SRC | 1ULL << LAST_DST | 1ULL << LAST_PROTOCOL);
	if (body->sport == 0 && body->dport == 0)
		given &= ~(1ULL << LAST_SPORT | 1ULL << LAST_DPORT);
	return given;
}

static void last_fill(const struct router *router, const struct drop_record *record,
                      struct last_row *body)
{
	const struct iface *in = iface_get_const(&router->net, record->in);
	enum drop_reason reason = (enum drop_reason)record->reason;
	struct text packet = text_into(body->packet, sizeof body->packet);
	struct text bytes = text_into(body->bytes, sizeof body->bytes);

	body->age_ms = mono_since_ms(router->net.now, record->at);
	snprintf(body->reason, sizeof body->reason, "%s", drop_word(reason));
	snprintf(body->meaning, sizeof body->meaning, "%s", drop_sentence(reason));
	if (in != NULL)
		snprintf(body->interface, sizeof body->interface, "%s", in->name);
	body->src = record->arrived.src;
	body->dst = record->arrived.dst;
	body->sport = record->arrived.sport;
	body->dport = record->arrived.dport;
	body->protocol = record->arrived.proto;
	body->length = record->len;
	print_packet(record, &packet);
	print_bytes(record, &bytes);
}

static void last_observe(struct router *router, const struct conf_state *state,
                         struct row_sink *sink)
{
	_Alignas(8) uint8_t storage[LOOKUP_ROW_BYTES(sizeof(struct last_row))];
	const struct drop_record *all[DROP_COUNT * DROP_RECORDS];
	unsigned n = drop_records_sort(router->net.drop_records, all);

	for (unsigned i = 0; i < n; i++) {
		struct row *row =
			lookup_row(storage, sizeof(struct last_row), (uint32_t)all[i]->number, 0);

		last_fill(router, all[i], (void *)row->body);
		row->given = last_given((const void *)row->body);
		if (!sink->row(sink, row))
			return;
	}
}

const struct menu menu_tool_drops_last = {
	.path = "/tool/drops/last",
	.title = "The last packets lost for each reason, the oldest first, with their first bytes",
	.kind = MENU_OBSERVED,
	.detail = true,
	.fields = last_fields,
	.nfields = ARRAY_LEN(last_fields),
	.row_size = sizeof(struct last_row),
	.observe = last_observe,
};
