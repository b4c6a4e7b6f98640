/*
 * reset.c -- a TCP connection, and resets for it that its own kernel did not send.
 *
 *   reset ADDRESS PORT OFFSET...
 *
 * Connects to an echo server (stream echo). For each OFFSET it sends, by a raw socket, a RST whose
 * sequence number is that far behind the connection's next byte, then tries the connection: prints
 * "OFFSET alive" when a byte comes back, else "OFFSET dead", and ends. 0 is the exact number, by
 * which alone a connection may be ended (RFC 5961, 3.2). Needs CAP_NET_RAW and CAP_NET_ADMIN.
 */
#include <linux/tcp.h>
#include <netinet/in.h>
#include <unistd.h>

#include "tool.h"

#define RST_BYTES 20

struct talk {
	int fd, raw;
	struct sockaddr_in here, there;
};

/* The next byte's number: a socket tells it while it is under repair (tcp(7), TCP_REPAIR). */
static uint32_t next_byte(const struct talk *talk)
{
	const int on = TCP_REPAIR_ON, off = TCP_REPAIR_OFF_NO_WP, queue = TCP_SEND_QUEUE;
	uint32_t number;
	socklen_t len = sizeof number;

	if (setsockopt(talk->fd, IPPROTO_TCP, TCP_REPAIR, &on, sizeof on) ||
	    setsockopt(talk->fd, IPPROTO_TCP, TCP_REPAIR_QUEUE, &queue, sizeof queue) ||
	    getsockopt(talk->fd, IPPROTO_TCP, TCP_QUEUE_SEQ, &number, &len) ||
	    setsockopt(talk->fd, IPPROTO_TCP, TCP_REPAIR, &off, sizeof off))
		tool_fail("TCP_REPAIR");
	return number;
}

static void put16(uint8_t *at, uint32_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

static uint32_t sum_of(const uint8_t *bytes, unsigned len)
{
	uint32_t sum = 0;

	for (unsigned i = 0; i < len; i += 2)
		sum += (uint32_t)bytes[i] << 8 | bytes[i + 1];
	return sum;
}

static void send_reset(const struct talk *talk, uint32_t number)
{
	uint8_t rst[RST_BYTES] = { 0 };
	uint32_t sum;

	put16(rst, ntohs(talk->here.sin_port));
	put16(rst + 2, ntohs(talk->there.sin_port));
	put16(rst + 4, number >> 16);
	put16(rst + 6, number);
	rst[12] = 5 << 4; /* words of the header */
	rst[13] = 0x04;   /* RST */
	sum = sum_of(rst, sizeof rst) + IPPROTO_TCP + RST_BYTES;
	sum += sum_of((const uint8_t *)&talk->here.sin_addr, 4);
	sum += sum_of((const uint8_t *)&talk->there.sin_addr, 4);
	while (sum > 0xffff)
		sum = (sum & 0xffff) + (sum >> 16);
	put16(rst + 16, ~sum);
	if (send(talk->raw, rst, sizeof rst, 0) != RST_BYTES)
		tool_fail("raw send");
}

static int is_alive(const struct talk *talk)
{
	char byte = 'x';

	return send(talk->fd, &byte, 1, MSG_NOSIGNAL) == 1 && recv(talk->fd, &byte, 1, 0) == 1;
}

static struct talk open_talk(const char *address, const char *port)
{
	const struct timeval patience = { 2, 0 };
	struct talk talk = { .there = tool_address(address, port) };
	struct sockaddr_in to = talk.there;
	socklen_t len = sizeof talk.here;

	talk.fd = socket(AF_INET, SOCK_STREAM, 0);
	talk.raw = socket(AF_INET, SOCK_RAW, IPPROTO_TCP);
	if (talk.fd < 0 || talk.raw < 0 ||
	    setsockopt(talk.fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience))
		tool_fail("socket");
	to.sin_port = 0;
	if (connect(talk.fd, (struct sockaddr *)&talk.there, sizeof talk.there) ||
	    connect(talk.raw, (struct sockaddr *)&to, sizeof to) ||
	    getsockname(talk.fd, (struct sockaddr *)&talk.here, &len))
		tool_fail("connect");
	return talk;
}

int main(int argc, char **argv)
{
	const struct timespec pause = { 0, 200000000 };
	struct talk talk;

	if (argc < 4) {
		fprintf(stderr, "usage: reset ADDRESS PORT OFFSET...\n");
		return 2;
	}
	talk = open_talk(argv[1], argv[2]);
	if (!is_alive(&talk)) {
		fprintf(stderr, "no echo\n");
		return 2;
	}
	for (int i = 3; i < argc; i++) {
		int alive;

		nanosleep(&pause, NULL); /* all is acknowledged */
		send_reset(&talk, next_byte(&talk) + tool_number(argv[i], 0, UINT32_MAX));
		nanosleep(&pause, NULL);
		alive = is_alive(&talk);
		printf("%s %s\n", argv[i], alive ? "alive" : "dead");
		if (!alive)
			return 1;
	}
	return 0;
}
