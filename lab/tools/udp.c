/*
 * udp.c -- a UDP host that tells each client its address, and a client that asks.
 *
 *   udp serve PORT               answers "you are ADDRESS:PORT, N bytes" to every datagram
 *   udp ask ADDRESS PORT [FROM [BYTES]]
 *                                sends one datagram (from port FROM) and prints the answer;
 *                                exit 1 when none comes within a second
 *   udp mirror PORT [pieces]     sends every datagram back as it came
 *   udp compare ADDRESS PORT BYTES [pieces]
 *                                sends one datagram of noise and prints "same N bytes" if it comes
 *                                back unchanged; exit 1 when it does not within a second
 *
 * "pieces": datagrams leave in IP fragments of our own making, the last of them first (needs
 * CAP_NET_RAW). Otherwise the kernel cuts what must be cut.
 */
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <unistd.h>

#include "tool.h"

enum {
	BYTES_MAX = 65507,
	PIECE_BYTES = 1000, /* of a datagram's data in a fragment: a multiple of 8 */
};

static uint8_t payload[BYTES_MAX];

/* One fragment: @bytes of the datagram from @at on. */
static void send_piece(int raw, const struct sockaddr_in *to, const uint8_t *datagram, unsigned at,
                       unsigned bytes, unsigned total)
{
	uint8_t packet[sizeof(struct iphdr) + PIECE_BYTES];
	struct iphdr ip = { .version = 4, .ihl = 5, .ttl = 64, .protocol = IPPROTO_UDP };

	/* The kernel fills in source, length and checksum. */
	ip.id = htons((uint16_t)(total ^ (unsigned)getpid()));
	ip.frag_off = htons((uint16_t)(at / 8 | (at + bytes < total ? IP_MF : 0)));
	ip.daddr = to->sin_addr.s_addr;
	memcpy(packet, &ip, sizeof ip);
	memcpy(packet + sizeof ip, datagram + at, bytes);
	if (sendto(raw, packet, sizeof ip + bytes, 0, (const struct sockaddr *)to, sizeof *to) < 0)
		tool_fail("send a fragment");
}

/* A datagram without a checksum from @from_port, in fragments, the last of them first. */
static void send_pieces(int raw, uint16_t from_port, const struct sockaddr_in *to, unsigned bytes)
{
	static uint8_t datagram[sizeof(struct udphdr) + BYTES_MAX];
	unsigned total = (unsigned)sizeof(struct udphdr) + bytes;
	struct udphdr udp = { .source = htons(from_port),
		              .dest = to->sin_port,
		              .len = htons((uint16_t)total) };

	memcpy(datagram, &udp, sizeof udp);
	memcpy(datagram + sizeof udp, payload, bytes);
	for (unsigned n = (total + PIECE_BYTES - 1) / PIECE_BYTES; n-- > 0;) {
		unsigned at = n * PIECE_BYTES;

		send_piece(raw, to, datagram, at,
		           total - at < PIECE_BYTES ? total - at : PIECE_BYTES, total);
	}
}

static int raw_open(void)
{
	int fd = socket(AF_INET, SOCK_RAW, IPPROTO_RAW);

	if (fd < 0)
		tool_fail("raw socket");
	return fd;
}

static uint16_t port_of(int fd)
{
	struct sockaddr_in at;
	socklen_t len = sizeof at;

	if (getsockname(fd, (struct sockaddr *)&at, &len))
		tool_fail("getsockname");
	return ntohs(at.sin_port);
}

static int udp_open(const char *port)
{
	const struct sockaddr_in at = tool_address("0.0.0.0", port);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (fd < 0 || bind(fd, (const struct sockaddr *)&at, sizeof at))
		tool_fail("udp socket");
	return fd;
}

static _Noreturn void serve(const char *port)
{
	const int fd = udp_open(port);

	for (;;) {
		struct sockaddr_in from;
		socklen_t len = sizeof from;
		ssize_t n =
			recvfrom(fd, payload, sizeof payload, 0, (struct sockaddr *)&from, &len);
		char answer[96];

		if (n < 0)
			continue;
		snprintf(answer, sizeof answer, "you are %s:%u, %zd bytes",
		         inet_ntoa(from.sin_addr), ntohs(from.sin_port), n);
		sendto(fd, answer, strlen(answer), 0, (struct sockaddr *)&from, len);
	}
}

static int ask(const struct sockaddr_in *to, const char *from_port, unsigned bytes)
{
	const struct timeval patience = { 1, 0 };
	const int fd = udp_open(from_port);
	char answer[128];
	ssize_t n;

	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) ||
	    connect(fd, (const struct sockaddr *)to, sizeof *to))
		tool_fail("connect");
	if (send(fd, payload, bytes, 0) < 0)
		tool_fail("send");
	n = recv(fd, answer, sizeof answer - 1, 0);
	if (n < 0) {
		fprintf(stderr, "no answer: %s\n", strerror(errno));
		return 1;
	}
	printf("%.*s\n", (int)n, answer);
	return 0;
}

static _Noreturn void mirror(const char *port, int raw)
{
	const int fd = udp_open(port);

	for (;;) {
		struct sockaddr_in from;
		socklen_t len = sizeof from;
		ssize_t n =
			recvfrom(fd, payload, sizeof payload, 0, (struct sockaddr *)&from, &len);

		if (n < 0)
			continue;
		if (raw >= 0)
			send_pieces(raw, port_of(fd), &from, (unsigned)n);
		else if (sendto(fd, payload, (size_t)n, 0, (struct sockaddr *)&from, len) < 0)
			fprintf(stderr, "send: %s\n", strerror(errno));
	}
}

static int compare(const struct sockaddr_in *to, unsigned bytes, int raw)
{
	static uint8_t answer[BYTES_MAX];
	const struct timeval patience = { 1, 0 };
	const int fd = udp_open("0");
	ssize_t n;

	for (unsigned i = 0; i < bytes; i++)
		payload[i] = (uint8_t)(i * 2654435761U >> 24);
	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) ||
	    connect(fd, (const struct sockaddr *)to, sizeof *to))
		tool_fail("connect");
	if (raw >= 0)
		send_pieces(raw, port_of(fd), to, bytes);
	else if (send(fd, payload, bytes, 0) < 0)
		tool_fail("send");
	n = recv(fd, answer, sizeof answer, 0);
	if (n != (ssize_t)bytes || memcmp(answer, payload, bytes) != 0) {
		fprintf(stderr, n < 0 ? "no answer\n" : "another datagram came back\n");
		return 1;
	}
	printf("same %u bytes\n", bytes);
	return 0;
}

int main(int argc, char **argv)
{
	struct sockaddr_in to;

	if (argc == 3 && !strcmp(argv[1], "serve"))
		serve(argv[2]);
	if (argc >= 4 && argc <= 6 && !strcmp(argv[1], "ask")) {
		to = tool_address(argv[2], argv[3]);
		return ask(&to, argc > 4 ? argv[4] : "0",
		           argc > 5 ? tool_number(argv[5], 0, BYTES_MAX) : 4);
	}
	if ((argc == 3 || argc == 4) && !strcmp(argv[1], "mirror"))
		mirror(argv[2], argc == 4 ? raw_open() : -1);
	if ((argc == 5 || argc == 6) && !strcmp(argv[1], "compare")) {
		to = tool_address(argv[2], argv[3]);
		return compare(&to, tool_number(argv[4], 0, BYTES_MAX),
		               argc == 6 ? raw_open() : -1);
	}
	fprintf(stderr, "usage: udp serve PORT | udp ask ADDRESS PORT [FROM [BYTES]] | "
	                "udp mirror PORT [pieces] | udp compare ADDRESS PORT BYTES [pieces]\n");
	return 2;
}
