/*
 * tool_sniffer_packet.c -- /tool/sniffer/packet: what was captured, packet by packet.
 */
#include <string.h>

#include "menu/lookup.h"
#include "menu/menus.h"
#include "menu/tool_sniffer.h"
#include "menu/type_match.h"

struct packet_row {
	char time[24], iface[IFACE_NAME_BYTES], protocol[24];
	char src[24], dst[24];
	struct mac src_mac, dst_mac;
	uint64_t number;
	uint32_t size;
	uint16_t vlan;
	uint8_t direction;
	char drop[96];
};

static const char *const sides[] = { "rx", "tx", NULL };

#define SEEN(name_, type_, member, flags_, help_)                                                  \
	{                                                                                          \
		name_, &(type_), AT(struct packet_row, member), .flags = F_READ_ONLY | (flags_),   \
								.help = help_                      \
	}

static const struct field fields[] = {
	SEEN("time", type_string, time, F_BRIEF | F_RIGHT, "seconds since the start"),
	SEEN("num", type_uint, number, F_BRIEF | F_RIGHT, "its number"),
	SEEN("interface", type_string, iface, F_BRIEF, "where it was seen"),
	{ "direction", &type_enum, AT(struct packet_row, direction), .words = sides,
	  .flags = F_READ_ONLY | F_BRIEF, .help = "came in (rx) or left (tx)" },
	SEEN("src-mac", type_mac, src_mac, 0, "the card it came from"),
	SEEN("dst-mac", type_mac, dst_mac, 0, "the card it went to"),
	SEEN("vlan", type_uint, vlan, 0, "its VLAN's tag"),
	SEEN("src-address", type_string, src, F_BRIEF, "from which address and port"),
	SEEN("dst-address", type_string, dst, F_BRIEF, "to which address and port"),
	SEEN("protocol", type_string, protocol, F_BRIEF, "what it is"),
	SEEN("size", type_uint, size, F_BRIEF | F_RIGHT, "bytes of the frame"),
	SEEN("drop", type_string, drop, F_BRIEF, "why it ended here"),
};

enum { /* places in fields[] of what may be absent */
	AT_SRC_MAC = 4,
	AT_DST_MAC = 5,
	AT_VLAN = 6,
};

void tool_sniffer_address(const struct frame_head *head, bool src, struct text *out)
{
	if (!head->has_ip)
		return;
	ip4_print(src ? head->ip_src : head->ip_dst, out);
	if (head->has_ports)
		text_printf(out, ":%u", src ? head->sport : head->dport);
}

void tool_sniffer_protocol(const struct frame_head *head, struct text *out)
{
	const char *word = type_ether_word(head->type);

	if (word != NULL)
		text_add(out, word);
	else
		text_printf(out, "0x%04x", head->type);
	if (!head->has_ip)
		return;
	word = type_protocol_word(head->proto);
	if (word != NULL)
		text_printf(out, ":%s", word);
	else
		text_printf(out, ":%u", head->proto);
}

void tool_sniffer_time(uint64_t ns, struct text *out)
{
	text_printf(out, "%llu.%03llu", (unsigned long long)(ns / NS_PER_S),
	            (unsigned long long)(ns % NS_PER_S / NS_PER_MS));
}

static void put_texts(struct packet_row *body, const struct capture_record *record,
                      const struct frame_head *head, uint64_t since_ns)
{
	struct text src = text_into(body->src, sizeof body->src);
	struct text dst = text_into(body->dst, sizeof body->dst);
	struct text protocol = text_into(body->protocol, sizeof body->protocol);
	struct text time = text_into(body->time, sizeof body->time);
	struct text drop = text_into(body->drop, sizeof body->drop);

	tool_sniffer_address(head, true, &src);
	tool_sniffer_address(head, false, &dst);
	tool_sniffer_protocol(head, &protocol);
	tool_sniffer_time(since_ns, &time);
	(void)capture_comment(record, &drop);
}

static void packet_fill(const struct net *net, struct row *row, const struct capture_record *record,
                        uint64_t since_ns)
{
	struct packet_row *body = (void *)row->body;
	struct frame_head head = frame_head_read(record->bytes, record->len, record->raw);
	const struct iface *iface = iface_get_const(net, record->iface);
	struct text name = text_into(body->iface, sizeof body->iface);

	text_add(&name, iface != NULL ? iface->name : "gone");
	put_texts(body, record, &head, since_ns);
	body->number = row->id;
	body->size = record->wire_len;
	body->direction = record->side;
	body->src_mac = head.src;
	body->dst_mac = head.dst;
	body->vlan = head.vlan;
	row->given = UINT64_MAX;
	if (record->raw)
		row->given &= ~(1ULL << AT_SRC_MAC | 1ULL << AT_DST_MAC);
	if (head.vlan == FRAME_NO_VLAN)
		row->given &= ~(1ULL << AT_VLAN);
}

static void packet_observe(struct router *router, const struct conf_state *state,
                           struct row_sink *sink)
{
	_Alignas(8) uint8_t storage[LOOKUP_ROW_BYTES(sizeof(struct packet_row))];
	const struct capture *capture = router->sniffer->capture;

	if (capture == NULL)
		return;
	for (uint64_t n = capture->first; n < capture->next; n++) {
		const struct capture_record *record = capture_get(capture, n);
		struct row *row = lookup_row(storage, sizeof(struct packet_row),
		                             (uint32_t)(n - capture->started + 1), 0);

		packet_fill(&router->net, row, record,
		            mono_since_ns(record->at, capture->started_at));
		if (!sink->row(sink, row))
			return;
	}
}

const struct menu menu_tool_sniffer_packet = {
	.path = "/tool/sniffer/packet",
	.title = "The packets that were captured and are in memory",
	.kind = MENU_OBSERVED,
	.fields = fields,
	.nfields = ARRAY_LEN(fields),
	.row_size = sizeof(struct packet_row),
	.observe = packet_observe,
};
