/*
 * syn.c -- opens a TCP connection with a chosen MSS, or none of our choosing.
 *
 *   syn ADDRESS PORT [MSS]
 *
 * Prints "connected mss N": what the kernel will send at most in a segment, after the other side's
 * option was seen. Exit 1 when there is no connection within a second.
 */
#include <linux/tcp.h>
#include <netinet/in.h>
#include <unistd.h>

#include "tool.h"

int main(int argc, char **argv)
{
	const struct timeval patience = { 1, 0 };
	struct sockaddr_in to;
	struct tcp_info info;
	socklen_t len = sizeof info;
	int fd;

	if (argc != 3 && argc != 4) {
		fprintf(stderr, "usage: syn ADDRESS PORT [MSS]\n");
		return 2;
	}
	to = tool_address(argv[1], argv[2]);
	fd = socket(AF_INET, SOCK_STREAM, 0);
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience))
		tool_fail("socket");
	if (argc == 4) {
		int mss = (int)tool_number(argv[3], 88, 32767);

		if (setsockopt(fd, IPPROTO_TCP, TCP_MAXSEG, &mss, sizeof mss))
			tool_fail("TCP_MAXSEG");
	}
	if (connect(fd, (struct sockaddr *)&to, sizeof to)) {
		fprintf(stderr, "no connection: %s\n", strerror(errno));
		return 1;
	}
	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len))
		tool_fail("TCP_INFO");
	/* The kernel takes its timestamps (12 bytes with their padding) off what it was told. */
	printf("connected mss %u\n",
	       info.tcpi_snd_mss + (info.tcpi_options & TCPI_OPT_TIMESTAMPS ? 12 : 0));
	return 0;
}
