/*
 * ping.c -- sends ICMP echo requests and tells how many were answered.
 *
 *   ping ADDRESS [COUNT [INTERVAL_MS [BYTES]]]
 *
 * Prints each answer as it comes, then "N sent, M answered". Exit 0: at least one was answered;
 * 1: none was. RFC 792.
 */
#include <netinet/ip_icmp.h>
#include <poll.h>
#include <unistd.h>

#include "tool.h"

enum {
	BYTES_MAX = 1472,
	LAST_WAIT_MS = 300
};

static uint16_t checksum(const uint8_t *bytes, size_t len)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < len; i++)
		sum += (uint32_t)bytes[i] << (i % 2 ? 0 : 8);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

static void echo_send(int fd, const struct sockaddr_in *to, unsigned sequence, size_t bytes)
{
	uint8_t message[8 + BYTES_MAX] = { ICMP_ECHO };
	const unsigned id = (unsigned)getpid() & 0xffff;
	uint16_t sum;

	message[4] = (uint8_t)(id >> 8);
	message[5] = (uint8_t)id;
	message[6] = (uint8_t)(sequence >> 8);
	message[7] = (uint8_t)sequence;
	for (size_t i = 0; i < bytes; i++)
		message[8 + i] = (uint8_t)i;
	sum = checksum(message, 8 + bytes);
	message[2] = (uint8_t)(sum >> 8);
	message[3] = (uint8_t)sum;
	sendto(fd, message, 8 + bytes, 0, (const struct sockaddr *)to, sizeof *to);
}

/* Is this an answer of @to to one of our questions, with what we sent in it? */
static int echo_is_ours(const uint8_t *packet, size_t len, size_t bytes)
{
	const size_t icmp = len < 20 ? len : 4u * (packet[0] & 15);
	const unsigned id = (unsigned)getpid() & 0xffff;

	if (len < icmp + 8 + bytes || packet[icmp] != ICMP_ECHOREPLY)
		return 0;
	if ((unsigned)(packet[icmp + 4] << 8 | packet[icmp + 5]) != id)
		return 0;
	for (size_t i = 0; i < bytes; i++) {
		if (packet[icmp + 8 + i] != (uint8_t)i)
			return 0;
	}
	return 1;
}

static unsigned answers_wait(int fd, const struct sockaddr_in *to, unsigned wait_ms, size_t bytes)
{
	const double end = tool_now() + wait_ms * 1e-3;
	unsigned answered = 0;

	for (double left = wait_ms; left > 0; left = (end - tool_now()) * 1e3) {
		struct pollfd p = { fd, POLLIN, 0 };
		uint8_t packet[2048];
		struct sockaddr_in from = { 0 };
		socklen_t from_len = sizeof from;
		ssize_t n;

		if (poll(&p, 1, (int)left + 1) < 1)
			continue;
		n = recvfrom(fd, packet, sizeof packet, 0, (struct sockaddr *)&from, &from_len);
		if (n < 0 || from.sin_addr.s_addr != to->sin_addr.s_addr ||
		    !echo_is_ours(packet, (size_t)n, bytes))
			continue;
		printf("%zd bytes from %s\n", n, inet_ntoa(from.sin_addr));
		answered++;
	}
	return answered;
}

int main(int argc, char **argv)
{
	struct sockaddr_in to;
	unsigned count, interval_ms, bytes, answered = 0;
	int fd;

	if (argc < 2 || argc > 5) {
		fprintf(stderr, "usage: ping ADDRESS [COUNT [INTERVAL_MS [BYTES]]]\n");
		return 2;
	}
	to = tool_address(argv[1], "0");
	count = argc > 2 ? tool_number(argv[2], 1, 1000000) : 3;
	interval_ms = argc > 3 ? tool_number(argv[3], 1, 10000) : 100;
	bytes = argc > 4 ? tool_number(argv[4], 0, BYTES_MAX) : 56;
	fd = socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
	if (fd < 0)
		tool_fail("raw socket");
	for (unsigned i = 0; i < count; i++) {
		echo_send(fd, &to, i, bytes);
		answered +=
			answers_wait(fd, &to, i + 1 < count ? interval_ms : LAST_WAIT_MS, bytes);
	}
	printf("%u sent, %u answered\n", count, answered);
	return answered == 0;
}
