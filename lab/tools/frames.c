/*
 * frames.c -- prints each frame of an interface on a line of its own.
 *
 *   frames IFACE        one line a frame, until it is killed:
 *     out arp who-has 203.0.113.2 tell 203.0.113.1
 *     in  arp 203.0.113.2 is-at 02:00:00:00:71:02
 *     in  tcp 203.0.113.2:40000 > 203.0.113.1:80 syn mss 1448 bytes 60
 *
 * "in" is what others sent and "out" what this host sends. The first line says that the capture
 * has begun, so that a script knows when to start its traffic. Bytes are those of the IP packet;
 * more than the MTU of them is a packet whose segmentation was left to the card (GSO).
 */
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <unistd.h>

#include "tool.h"

struct frame {
	const uint8_t *bytes;
	size_t len;
};

static unsigned byte_at(const struct frame *f, size_t at)
{
	return at < f->len ? f->bytes[at] : 0;
}

static unsigned word_at(const struct frame *f, size_t at)
{
	return byte_at(f, at) << 8 | byte_at(f, at + 1);
}

static void print_ip4(const struct frame *f, size_t at)
{
	printf("%u.%u.%u.%u", byte_at(f, at), byte_at(f, at + 1), byte_at(f, at + 2),
	       byte_at(f, at + 3));
}

static void print_arp(const struct frame *f)
{
	const size_t sender = 14 + 8, target = 14 + 18; /* RFC 826: hardware, then protocol */

	if (word_at(f, 14 + 6) == 1) {
		printf("arp who-has ");
		print_ip4(f, target + 6);
		printf(" tell ");
		print_ip4(f, sender + 6);
		return;
	}
	printf("arp ");
	print_ip4(f, sender + 6);
	printf(" is-at ");
	for (size_t i = 0; i < 6; i++)
		printf("%s%02x", i ? ":" : "", byte_at(f, sender + i));
}

/* The MSS option of a TCP header (RFC 9293, 3.2), or 0. */
static unsigned tcp_mss(const struct frame *f, size_t tcp)
{
	const size_t end = tcp + 4 * (byte_at(f, tcp + 12) >> 4);
	size_t at = tcp + 20;

	while (at < end && at < f->len) {
		unsigned kind = byte_at(f, at), len = byte_at(f, at + 1);

		if (kind == 0)
			return 0;
		if (kind == 2 && len == 4)
			return word_at(f, at + 2);
		if (kind != 1 && len < 2)
			return 0;
		at += kind == 1 ? 1 : len;
	}
	return 0;
}

static void print_tcp_flags(const struct frame *f, size_t tcp)
{
	static const char *const words[] = { "fin", "syn", "rst", "psh", "ack", "urg" };
	const unsigned flags = byte_at(f, tcp + 13);
	const char *between = " ";

	for (size_t i = 0; i < 6; i++) {
		if (!(flags >> i & 1))
			continue;
		printf("%s%s", between, words[i]);
		between = "+";
	}
	if (flags & 2 && tcp_mss(f, tcp))
		printf(" mss %u", tcp_mss(f, tcp));
}

static void print_ip(const struct frame *f)
{
	const size_t ip = 14, l4 = ip + 4 * (byte_at(f, ip) & 15);
	const unsigned proto = byte_at(f, ip + 9);
	const int first = (word_at(f, ip + 6) & 0x1fff) == 0; /* only then are there ports */
	const int ports = first && (proto == IPPROTO_TCP || proto == IPPROTO_UDP);

	if (proto == IPPROTO_TCP || proto == IPPROTO_UDP)
		printf("%s ", proto == IPPROTO_TCP ? "tcp" : "udp");
	else if (proto == IPPROTO_ICMP)
		printf("icmp ");
	else
		printf("ip-%u ", proto);
	print_ip4(f, ip + 12);
	if (ports)
		printf(":%u", word_at(f, l4));
	printf(" > ");
	print_ip4(f, ip + 16);
	if (ports)
		printf(":%u", word_at(f, l4 + 2));
	if (ports && proto == IPPROTO_TCP)
		print_tcp_flags(f, l4);
	if (first && proto == IPPROTO_ICMP)
		printf(" type %u code %u", byte_at(f, l4), byte_at(f, l4 + 1));
	if (word_at(f, ip + 6) & 0x3fff)
		printf(" fragment");
	printf(" bytes %zu", f->len - ip);
}

static void print_frame(const struct frame *f, unsigned char direction)
{
	const unsigned type = word_at(f, 12);

	printf("%s ", direction == PACKET_OUTGOING ? "out" : "in ");
	if (f->len < 34)
		printf("short %zu", f->len);
	else if (type == ETHERTYPE_ARP)
		print_arp(f);
	else if (type == ETHERTYPE_IP)
		print_ip(f);
	else
		printf("ether-%04x", type);
	printf("\n");
}

static int capture_open(const char *iface)
{
	struct sockaddr_ll at = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL) };
	const int room = 8 << 20; /* a scan of 65535 ports must fit while we are not scheduled */
	int fd;

	at.sll_ifindex = (int)if_nametoindex(iface);
	if (at.sll_ifindex == 0)
		tool_fail(iface);
	fd = socket(AF_PACKET, SOCK_RAW, 0);
	if (fd < 0)
		tool_fail("packet socket");
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
	if (bind(fd, (struct sockaddr *)&at, sizeof at))
		tool_fail("bind");
	return fd;
}

int main(int argc, char **argv)
{
	static uint8_t bytes[1 << 17];
	int fd;

	if (argc != 2) {
		fprintf(stderr, "usage: frames IFACE\n");
		return 2;
	}
	fd = capture_open(argv[1]);
	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("watching %s\n", argv[1]);
	for (;;) {
		struct sockaddr_ll from;
		socklen_t from_len = sizeof from;
		ssize_t n =
			recvfrom(fd, bytes, sizeof bytes, 0, (struct sockaddr *)&from, &from_len);
		struct frame f = { bytes, n < 0 ? 0 : (size_t)n };

		if (n < 0 && errno != EINTR && errno != ENETDOWN)
			tool_fail("receive");
		if (n >= 0)
			print_frame(&f, from.sll_pkttype);
	}
}
