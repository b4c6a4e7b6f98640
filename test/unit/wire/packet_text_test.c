#include "wire/cmocka_all.h"

#include "lib/text.h"
#include "wire/arp.h"
#include "wire/eth.h"
#include "wire/icmp_header.h"
#include "wire/ip4_header.h"
#include "wire/packet_text.h"
#include "wire/seeded.h"
#include "wire/tcp_header.h"
#include "wire/udp_header.h"

#define FRAME_BYTES 200

static const ip4 inside = { 0xc0a85802 };  /* 192.168.88.2 */
static const ip4 outside = { 0xcb007101 }; /* 203.0.113.1 */
static const struct mac mac_a = { { 2, 0, 0, 0, 0, 0x0a } };
static const struct mac mac_b = { { 2, 0, 0, 0, 0, 0x0b } };

struct frame {
	uint8_t bytes[FRAME_BYTES];
	struct writer w;
};

static void frame_start(struct frame *frame, uint16_t type)
{
	frame->w = writer_over(frame->bytes, sizeof frame->bytes);
	eth_build(&frame->w, &(struct eth_header){ .dst = mac_b, .src = mac_a, .type = type });
}

static void add_ip4(struct frame *frame, uint8_t proto, uint16_t payload_bytes, uint16_t fragment)
{
	ip4_header_build(&frame->w, &(struct ip4_header){
					    .total_bytes = IP4_HEADER_BYTES + payload_bytes,
					    .id = 7,
					    .fragment = fragment,
					    .ttl = 64,
					    .proto = proto,
					    .src = inside,
					    .dst = outside,
				    });
}

static void check_bytes(const uint8_t *bytes, size_t len, const char *expected)
{
	struct text out = { 0 };

	packet_text(bytes, len, &out);
	assert_string_equal(text_str(&out), expected);
	text_free(&out);
}

static void check(const struct frame *frame, const char *expected)
{
	assert_false(frame->w.failed);
	check_bytes(frame->bytes, (size_t)(frame->w.at - frame->bytes), expected);
}

static void add_syn(struct frame *frame)
{
	static const uint8_t options[] = { 2, 4, 5, 0xb4, 4, 2, 1, 3, 3, 7, 0, 0 };

	tcp_header_build(&frame->w, &(struct tcp_header){
					    .sport = 40000,
					    .dport = 80,
					    .seq = 1,
					    .header_bytes = TCP_HEADER_BYTES + sizeof options,
					    .flags = TCP_SYN,
					    .window = 64240,
				    });
	write_bytes(&frame->w, options, sizeof options);
}

static void a_syn(void **state)
{
	struct frame frame;

	frame_start(&frame, ETH_TYPE_IP4);
	add_ip4(&frame, 6, 32, IP4_DONT_FRAGMENT);
	add_syn(&frame);
	check(&frame, "192.168.88.2:40000 > 203.0.113.1:80 tcp S seq 1 win 64240 mss 1460 scale 7 "
	              "sack-ok ttl 64 len 52");
}

static void data_with_sack_and_padding(void **state)
{
	static const uint8_t options[] = { 1, 1, 5, 10, 0, 0, 0, 100, 0, 0, 0, 200 };
	struct frame frame;

	frame_start(&frame, ETH_TYPE_IP4);
	add_ip4(&frame, 6, 34, 0);
	tcp_header_build(&frame.w, &(struct tcp_header){
					   .sport = 1,
					   .dport = 2,
					   .seq = 4000000000,
					   .ack = 5,
					   .header_bytes = TCP_HEADER_BYTES + sizeof options,
					   .flags = TCP_ACK | TCP_PSH,
					   .window = 10,
				   });
	write_bytes(&frame.w, options, sizeof options);
	write_bytes(&frame.w, "hi", 2);
	write_bytes(&frame.w, "the frame's padding is not data", 31);
	check(&frame, "192.168.88.2:1 > 203.0.113.1:2 tcp PA seq 4000000000 ack 5 win 10 sack "
	              "100-200 data 2 ttl 64 len 54");
}

static void bad_tcp_options(void **state)
{
	struct frame frame;

	frame_start(&frame, ETH_TYPE_IP4);
	add_ip4(&frame, 6, 24, 0);
	tcp_header_build(&frame.w, &(struct tcp_header){ .header_bytes = 24 });
	write_u32(&frame.w, 0x02090000);
	check(&frame, "192.168.88.2:0 > 203.0.113.1:0 tcp - seq 0 win 0 (options do not parse) "
	              "ttl 64 len 44");
}

static void a_datagram(void **state)
{
	struct frame frame;

	frame_start(&frame, ETH_TYPE_IP4);
	add_ip4(&frame, 17, 11, 0);
	udp_header_build(&frame.w, &(struct udp_header){ .sport = 5000, .dport = 53, .bytes = 11 });
	write_bytes(&frame.w, "abc", 3);
	check(&frame, "192.168.88.2:5000 > 203.0.113.1:53 udp data 3 ttl 64 len 31");
}

static void an_echo(void **state)
{
	struct frame frame;

	frame_start(&frame, ETH_TYPE_IP4);
	add_ip4(&frame, 1, 8, 0);
	icmp_header_build(&frame.w,
	                  &(struct icmp_header){ .type = ICMP_ECHO, .id = 77, .sequence = 3 });
	check(&frame, "192.168.88.2 > 203.0.113.1 icmp echo id 77 seq 3 ttl 64 len 28");
}

/* Only the first 8 bytes of the segment are quoted: RFC 792's least. */
static void an_error_and_its_quote(void **state)
{
	struct frame frame;

	frame_start(&frame, ETH_TYPE_IP4);
	add_ip4(&frame, 1, 36, 0);
	icmp_header_build(&frame.w, &(struct icmp_header){ .type = ICMP_UNREACHABLE,
	                                                   .code = ICMP_FRAGMENT_NEEDED,
	                                                   .sequence = 1400 });
	add_ip4(&frame, 6, 1480, 0);
	write_u16(&frame.w, 40000);
	write_u16(&frame.w, 80);
	write_u32(&frame.w, 123);
	check(&frame, "192.168.88.2 > 203.0.113.1 icmp unreachable fragment-needed mtu 1400 "
	              "[192.168.88.2:40000 > 203.0.113.1:80 tcp seq 123 ttl 64 len 1500 (28 bytes "
	              "here)] ttl 64 len 56");
}

/* However deep errors quote errors, one quote is shown: a frame cannot make us recurse. */
static void a_quote_of_a_quote_ends(void **state)
{
	struct frame frame;

	frame_start(&frame, ETH_TYPE_IP4);
	add_ip4(&frame, 1, 64, 0);
	icmp_header_build(&frame.w, &(struct icmp_header){ .type = ICMP_TIME_EXCEEDED });
	add_ip4(&frame, 1, 36, 0);
	icmp_header_build(&frame.w, &(struct icmp_header){ .type = ICMP_REDIRECT,
	                                                   .code = 1,
	                                                   .id = 0xc0a8,
	                                                   .sequence = 0x5801 });
	add_ip4(&frame, 1, 8, 0);
	icmp_header_build(&frame.w, &(struct icmp_header){ .type = ICMP_ECHO });
	check(&frame, "192.168.88.2 > 203.0.113.1 icmp time-exceeded [192.168.88.2 > 203.0.113.1 "
	              "icmp redirect code 1 to 192.168.88.1 ttl 64 len 56] ttl 64 len 84");
}

static void fragments(void **state)
{
	struct frame frame;

	frame_start(&frame, ETH_TYPE_IP4);
	add_ip4(&frame, 17, 8, IP4_MORE_FRAGMENTS);
	udp_header_build(&frame.w, &(struct udp_header){ .sport = 1, .dport = 2, .bytes = 3000 });
	check(&frame, "192.168.88.2:1 > 203.0.113.1:2 udp data 2992 fragment at 0, more follow, id "
	              "7 ttl 64 len 28");
	frame_start(&frame, ETH_TYPE_IP4);
	add_ip4(&frame, 17, 8, 185);
	write_bytes(&frame.w, "whatever", 8);
	check(&frame, "192.168.88.2 > 203.0.113.1 protocol 17 fragment at 1480, the last, id 7 ttl "
	              "64 len 28");
}

static void questions_for_addresses(void **state)
{
	struct arp arp = { .operation = ARP_REQUEST,
		           .sender_mac = mac_a,
		           .sender_ip = inside,
		           .target_ip = outside };
	struct frame frame;

	frame_start(&frame, ETH_TYPE_ARP);
	arp_build(&frame.w, &arp);
	check(&frame, "arp who has 203.0.113.1 tell 192.168.88.2 at 02:00:00:00:00:0A");
	arp.operation = ARP_REPLY;
	frame_start(&frame, ETH_TYPE_ARP);
	arp_build(&frame.w, &arp);
	check(&frame, "arp reply 192.168.88.2 is at 02:00:00:00:00:0A");
	frame_start(&frame, ETH_TYPE_ARP);
	write_u16(&frame.w, 1);
	check(&frame, "arp (does not parse as IPv4 over Ethernet)");
}

static void tags_and_strangers(void **state)
{
	struct frame frame;

	frame_start(&frame, ETH_TYPE_VLAN);
	write_u16(&frame.w, 0x6005);
	write_u16(&frame.w, ETH_TYPE_IP6);
	check(&frame, "vlan 5 02:00:00:00:00:0A > 02:00:00:00:00:0B ether type 86dd len 18");
	check_bytes(frame.bytes, 15, "vlan 0 (cut short)");
	check_bytes(frame.bytes, 5, "ether (cut short, 5 bytes)");
	check_bytes(NULL, 0, "ether (cut short, 0 bytes)");
}

static void what_is_wrong_is_said(void **state)
{
	struct frame frame;
	uint8_t *ip = frame.bytes + ETH_HEADER_BYTES;

	frame_start(&frame, ETH_TYPE_IP4);
	add_ip4(&frame, 89, 0, 0);
	wire_put16(ip + IP4_AT_TOTAL, 10);
	check(&frame, "192.168.88.2 > 203.0.113.1 protocol 89 ttl 64 len 10 (header checksum is "
	              "wrong) (total length is below the header's)");
	ip[0] = 0x65;
	check(&frame, "ip (version 6, not 4)");
	ip[0] = 0x44;
	check(&frame, "ip (header does not parse, 20 bytes)");
}

static void says_something_about_anything(void **state)
{
	uint64_t seed = 4711;
	struct frame frame;

	for (int round = 0; round < 3000; round++) {
		static const uint16_t types[] = { ETH_TYPE_IP4, ETH_TYPE_ARP, ETH_TYPE_VLAN };
		static const uint8_t protos[] = { 1, 6, 17, 50 };
		struct text out = { 0 };

		seeded_fill(&seed, frame.bytes, sizeof frame.bytes);
		wire_put16(frame.bytes + 12, types[seeded_below(&seed, 3)]);
		frame.bytes[14] = (uint8_t)(0x45 + seeded_below(&seed, 3));
		frame.bytes[14 + IP4_AT_PROTO] = protos[seeded_below(&seed, 4)];
		packet_text(frame.bytes, seeded_below(&seed, FRAME_BYTES), &out);
		assert_true(out.len > 0);
		assert_null(memchr(text_str(&out), '\n', out.len));
		text_free(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_syn),
		cmocka_unit_test(data_with_sack_and_padding),
		cmocka_unit_test(bad_tcp_options),
		cmocka_unit_test(a_datagram),
		cmocka_unit_test(an_echo),
		cmocka_unit_test(an_error_and_its_quote),
		cmocka_unit_test(a_quote_of_a_quote_ends),
		cmocka_unit_test(fragments),
		cmocka_unit_test(questions_for_addresses),
		cmocka_unit_test(tags_and_strangers),
		cmocka_unit_test(what_is_wrong_is_said),
		cmocka_unit_test(says_something_about_anything),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
