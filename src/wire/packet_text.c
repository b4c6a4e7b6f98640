#include "wire/packet_text.h"

#include "lib/text.h"
#include "wire/arp.h"
#include "wire/eth.h"
#include "wire/icmp_header.h"
#include "wire/ip4_header.h"
#include "wire/tcp_header.h"
#include "wire/udp_header.h"

enum {
	PROTO_ICMP = 1,
	PROTO_TCP = 6,
	PROTO_UDP = 17,
};

#define TAGS_MAX   2 /* 802.1ad: a service tag and a customer's */
#define QUOTES_MAX 1 /* an error about an error is not sent (RFC 1122, 3.2.2) */

static void ip4_print_pair(const struct ip4_header *ip, struct text *out)
{
	ip4_print(ip->src, out);
	text_add(out, " > ");
	ip4_print(ip->dst, out);
}

static void print_ends(const struct ip4_header *ip, uint16_t sport, uint16_t dport,
                       struct text *out)
{
	ip4_print(ip->src, out);
	text_printf(out, ":%u > ", sport);
	ip4_print(ip->dst, out);
	text_printf(out, ":%u", dport);
}

static void print_flags(uint8_t flags, struct text *out)
{
	static const char letters[] =
		"FSRPAUEC"; /* from bit 0 up: FIN SYN RST PSH ACK URG ECE CWR */

	if (flags == 0)
		text_char(out, '-');
	for (int bit = 0; bit < 8; bit++) {
		if (flags >> bit & 1)
			text_char(out, letters[bit]);
	}
}

static void print_sack(const struct tcp_option *option, struct text *out)
{
	text_add(out, " sack");
	for (int at = 2; at + 8 <= option->len; at += 8)
		text_printf(out, " %u-%u", wire_get32(option->bytes + at),
		            wire_get32(option->bytes + at + 4));
}

static void print_tcp_options(const struct tcp_header *tcp, struct text *out)
{
	size_t len = tcp->header_bytes - TCP_HEADER_BYTES;
	struct reader r = reader_over(tcp->options, len);
	struct tcp_options options;
	struct tcp_option option;
	bool bad;

	tcp_options_parse(tcp->options, len, &options);
	if (options.has_mss)
		text_printf(out, " mss %u", options.mss);
	if (options.has_window_scale)
		text_printf(out, " scale %u", options.window_scale);
	if (options.sack_permitted)
		text_add(out, " sack-ok");
	if (options.has_timestamps)
		text_printf(out, " time %u echo %u", options.timestamp, options.timestamp_echo);
	while (tcp_option_next(&r, &option, &bad)) {
		if (option.kind == TCP_OPTION_SACK)
			print_sack(&option, out);
	}
	if (bad)
		text_add(out, " (options do not parse)");
}

/* An error quotes 8 bytes at least (RFC 792): ports and sequence number, rarely more. */
static void print_tcp_start(const struct ip4_header *ip, struct reader r, struct text *out)
{
	uint16_t sport = read_u16(&r);
	uint16_t dport = read_u16(&r);
	uint32_t seq = read_u32(&r);

	if (r.failed) {
		ip4_print_pair(ip, out);
		text_add(out, " tcp (cut short)");
		return;
	}
	print_ends(ip, sport, dport, out);
	text_printf(out, " tcp seq %u", seq);
}

static void print_tcp(const struct ip4_header *ip, struct reader *r, struct text *out)
{
	struct reader start = *r;
	struct tcp_header tcp;

	if (!tcp_header_parse(r, &tcp)) {
		print_tcp_start(ip, start, out);
		return;
	}
	print_ends(ip, tcp.sport, tcp.dport, out);
	text_add(out, " tcp ");
	print_flags(tcp.flags, out);
	text_printf(out, " seq %u", tcp.seq);
	if (tcp.flags & TCP_ACK)
		text_printf(out, " ack %u", tcp.ack);
	text_printf(out, " win %u", tcp.window);
	if (tcp.flags & TCP_URG)
		text_printf(out, " urgent %u", tcp.urgent);
	print_tcp_options(&tcp, out);
	if (reader_left(r) > 0)
		text_printf(out, " data %zu", reader_left(r));
}

static void print_udp(const struct ip4_header *ip, struct reader *r, struct text *out)
{
	struct udp_header udp;

	if (!udp_header_parse(r, &udp)) {
		ip4_print_pair(ip, out);
		text_add(out, " udp (cut short)");
		return;
	}
	print_ends(ip, udp.sport, udp.dport, out);
	text_add(out, " udp");
	if (udp.bytes < UDP_HEADER_BYTES)
		text_printf(out, " (length %u is below 8)", udp.bytes);
	else
		text_printf(out, " data %u", udp.bytes - UDP_HEADER_BYTES);
}

static const char *icmp_type_name(uint8_t type)
{
	switch (type) {
	case ICMP_ECHO_REPLY:
		return "echo-reply";
	case ICMP_UNREACHABLE:
		return "unreachable";
	case ICMP_SOURCE_QUENCH:
		return "source-quench";
	case ICMP_REDIRECT:
		return "redirect";
	case ICMP_ECHO:
		return "echo";
	case ICMP_TIME_EXCEEDED:
		return "time-exceeded";
	case ICMP_PARAMETER_PROBLEM:
		return "parameter-problem";
	case ICMP_TIMESTAMP:
		return "timestamp";
	case ICMP_TIMESTAMP_REPLY:
		return "timestamp-reply";
	default:
		return NULL;
	}
}

static const char *unreachable_name(uint8_t code)
{
	switch (code) {
	case ICMP_NET_UNREACHABLE:
		return "net";
	case ICMP_HOST_UNREACHABLE:
		return "host";
	case ICMP_PROTOCOL_UNREACHABLE:
		return "protocol";
	case ICMP_PORT_UNREACHABLE:
		return "port";
	case ICMP_FRAGMENT_NEEDED:
		return "fragment-needed";
	case ICMP_SOURCE_ROUTE_FAILED:
		return "source-route-failed";
	case ICMP_NET_PROHIBITED:
		return "net-prohibited";
	case ICMP_HOST_PROHIBITED:
		return "host-prohibited";
	case ICMP_ADMIN_PROHIBITED:
		return "admin-prohibited";
	default:
		return NULL;
	}
}

static void print_icmp_kind(const struct icmp_header *icmp, struct text *out)
{
	const char *type = icmp_type_name(icmp->type);
	const char *code = icmp->type == ICMP_UNREACHABLE ? unreachable_name(icmp->code) : NULL;

	text_add(out, " icmp ");
	if (type != NULL)
		text_add(out, type);
	else
		text_printf(out, "type %u", icmp->type);
	if (code != NULL)
		text_printf(out, " %s", code);
	else if (icmp->code != 0)
		text_printf(out, " code %u", icmp->code);
}

/* An IPv4 packet; its fields, then what it carries. @quotes is how many quoted ones may follow. */
static void print_ip4(struct reader *r, int quotes, struct text *out);

/* The second word is an address in a redirect (RFC 792), an MTU in "fragmentation needed" (RFC
 * 1191, 4), a pointer in a parameter problem. */
static void print_icmp_word(const struct icmp_header *icmp, struct text *out)
{
	if (icmp_is_query(icmp->type))
		text_printf(out, " id %u seq %u", icmp->id, icmp->sequence);
	if (icmp->type == ICMP_UNREACHABLE && icmp->code == ICMP_FRAGMENT_NEEDED)
		text_printf(out, " mtu %u", icmp->sequence);
	if (icmp->type == ICMP_PARAMETER_PROBLEM)
		text_printf(out, " at %u", icmp->id >> 8);
	if (icmp->type == ICMP_REDIRECT) {
		text_add(out, " to ");
		ip4_print((ip4){ (uint32_t)icmp->id << 16 | icmp->sequence }, out);
	}
}

static void print_icmp(const struct ip4_header *ip, struct reader *r, int quotes, struct text *out)
{
	struct icmp_header icmp;

	ip4_print_pair(ip, out);
	if (!icmp_header_parse(r, &icmp)) {
		text_add(out, " icmp (cut short)");
		return;
	}
	print_icmp_kind(&icmp, out);
	print_icmp_word(&icmp, out);
	if (!icmp_is_error(icmp.type) || quotes == 0)
		return;
	text_add(out, " [");
	print_ip4(r, quotes - 1, out);
	text_char(out, ']');
}

static void print_fragment(const struct ip4_header *ip, struct text *out)
{
	unsigned offset = (ip->fragment & IP4_OFFSET_MASK) * 8u;

	if (offset == 0 && (ip->fragment & IP4_MORE_FRAGMENTS) == 0)
		return;
	text_printf(out, " fragment at %u%s id %u", offset,
	            ip->fragment & IP4_MORE_FRAGMENTS ? ", more follow," : ", the last,", ip->id);
}

static void print_l4(const struct ip4_header *ip, struct reader *r, int quotes, struct text *out)
{
	bool first = (ip->fragment & IP4_OFFSET_MASK) == 0;

	if (first && ip->proto == PROTO_TCP) {
		print_tcp(ip, r, out);
	} else if (first && ip->proto == PROTO_UDP) {
		print_udp(ip, r, out);
	} else if (first && ip->proto == PROTO_ICMP) {
		print_icmp(ip, r, quotes, out);
	} else {
		ip4_print_pair(ip, out);
		text_printf(out, " protocol %u", ip->proto);
	}
	print_fragment(ip, out);
}

static void print_ip4(struct reader *r, int quotes, struct text *out)
{
	const uint8_t *start = r->at;
	size_t have = reader_left(r);
	struct ip4_header ip;

	if (!ip4_header_parse(r, &ip)) {
		text_printf(out, "ip (header does not parse, %zu bytes)", have);
		return;
	}
	if (ip.version != 4) {
		text_printf(out, "ip (version %u, not 4)", ip.version);
		return;
	}

	/* The frame may be longer than the packet (padding to 60 bytes) or cut before its end. */
	size_t payload = ip.total_bytes > ip.header_bytes ? ip.total_bytes - ip.header_bytes : 0;
	struct reader l4 = reader_over(r->at, reader_left(r) < payload ? reader_left(r) : payload);

	print_l4(&ip, &l4, quotes, out);
	text_printf(out, " ttl %u len %u", ip.ttl, ip.total_bytes);
	if (ip.header_bytes > IP4_HEADER_BYTES)
		text_printf(out, " options %u", ip.header_bytes - IP4_HEADER_BYTES);
	if (!ip4_header_checksum_ok(start, ip.header_bytes))
		text_add(out, " (header checksum is wrong)");
	if (ip.total_bytes < ip.header_bytes)
		text_add(out, " (total length is below the header's)");
	if (have < ip.total_bytes)
		text_printf(out, " (%zu bytes here)", have);
}

static void print_arp(struct reader *r, struct text *out)
{
	struct arp arp;

	if (!arp_parse(r, &arp)) {
		text_add(out, "arp (does not parse as IPv4 over Ethernet)");
		return;
	}
	if (arp.operation == ARP_REQUEST) {
		text_add(out, "arp who has ");
		ip4_print(arp.target_ip, out);
		text_add(out, " tell ");
		ip4_print(arp.sender_ip, out);
		text_add(out, " at ");
	} else {
		if (arp.operation == ARP_REPLY)
			text_add(out, "arp reply ");
		else
			text_printf(out, "arp operation %u ", arp.operation);
		ip4_print(arp.sender_ip, out);
		text_add(out, " is at ");
	}
	mac_print(&arp.sender_mac, out);
}

/* 802.1Q: the type is followed by priority and number, and the type of what is inside. */
static uint16_t print_tags(struct reader *r, uint16_t type, struct text *out)
{
	for (int i = 0; i < TAGS_MAX && (type == ETH_TYPE_VLAN || type == ETH_TYPE_SVLAN); i++) {
		uint16_t tag = read_u16(r);

		type = read_u16(r);
		text_printf(out, "vlan %u ", tag & 0xfff);
	}
	return type;
}

void packet_text(const uint8_t *frame, size_t len, struct text *out)
{
	struct reader r = reader_over(frame, len);
	struct eth_header eth;

	if (!eth_parse(&r, &eth)) {
		text_printf(out, "ether (cut short, %zu bytes)", len);
		return;
	}

	uint16_t type = print_tags(&r, eth.type, out);

	if (r.failed) {
		text_add(out, "(cut short)");
	} else if (type == ETH_TYPE_IP4) {
		print_ip4(&r, QUOTES_MAX, out);
	} else if (type == ETH_TYPE_ARP) {
		print_arp(&r, out);
	} else {
		mac_print(&eth.src, out);
		text_add(out, " > ");
		mac_print(&eth.dst, out);
		text_printf(out, " ether type %04x len %zu", type, len);
	}
}
