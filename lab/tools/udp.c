/*
 * udp.c -- a UDP host that tells each client its address, and a client that asks.
 *
 *   udp serve PORT               answers "you are ADDRESS:PORT, N bytes" to every datagram
 *   udp ask ADDRESS PORT [FROM [BYTES]]
 *                                sends one datagram (from port FROM) and prints the answer;
 *                                exit 1 when none comes within a second
 */
#include <unistd.h>

#include "tool.h"

enum {
	BYTES_MAX = 65507
};

static uint8_t payload[BYTES_MAX];

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
	fprintf(stderr, "usage: udp serve PORT | udp ask ADDRESS PORT [FROM [BYTES]]\n");
	return 2;
}
