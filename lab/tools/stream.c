/*
 * stream.c -- traffic that notices what is missing.
 *
 *   stream send ADDRESS PORT RATE   numbered datagrams, RATE a second, until it is told to end;
 *                                   then prints "sent N"
 *   stream count PORT               takes them, until it is told to end; then prints
 *                                   "received N, missing N, longest gap N us"
 *   stream talk ADDRESS PORT        a TCP connection: a byte every 20 ms; prints "." for each
 *                                   one that comes back
 *   stream echo PORT                sends back what TCP connections say, one at a time
 *
 * Told to end is SIGTERM. What is missing are numbers between the first and the last that came.
 */
#include <signal.h>
#include <unistd.h>

#include "tool.h"

static volatile sig_atomic_t over;

static void end(int signal)
{
	over = 1;
}

static long long now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (long long)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* Several at a time where a pause for each would be too short to be kept. */
static int send_numbered(const struct sockaddr_in *to, long long rate)
{
	const struct timespec pause = { 0, 1000000 };
	const long long start = now_us();
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	unsigned long long sent = 0;

	if (fd < 0 || connect(fd, (const struct sockaddr *)to, sizeof *to))
		tool_fail("socket");
	while (!over) {
		unsigned long long due = (unsigned long long)((now_us() - start) * rate / 1000000);

		for (; sent < due && !over; sent++) {
			if (send(fd, &sent, sizeof sent, 0) < 0)
				tool_fail("send");
		}
		nanosleep(&pause, NULL);
	}
	printf("sent %llu\n", sent);
	return 0;
}

static int open_port(const char *port, int type)
{
	const struct sockaddr_in at = tool_address("0.0.0.0", port);
	const int yes = 1, room = 8 << 20;
	int fd = socket(AF_INET, type, 0);

	if (fd < 0)
		tool_fail("socket");
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
	if (bind(fd, (const struct sockaddr *)&at, sizeof at))
		tool_fail("bind");
	return fd;
}

static int count_numbered(const char *port)
{
	int fd = open_port(port, SOCK_DGRAM);
	unsigned long long received = 0, first = 0, last = 0, number;
	long long before = 0, gap = 0;

	while (!over) {
		if (recv(fd, &number, sizeof number, 0) != (ssize_t)sizeof number)
			continue;

		long long now = now_us();

		if (received++ == 0)
			first = last = number;
		else if (now - before > gap)
			gap = now - before;
		before = now;
		last = number > last ? number : last;
	}
	printf("received %llu, missing %lld, longest gap %lld us\n", received,
	       received > 0 ? (long long)(last - first + 1 - received) : 0, gap);
	return 0;
}

/* Connect, also to one that is only just starting: for five seconds. */
static int connected(const struct sockaddr_in *to)
{
	const struct timespec pause = { 0, 50000000 };

	for (unsigned tries = 0; tries < 100 && !over; tries++) {
		int fd = socket(AF_INET, SOCK_STREAM, 0);

		if (fd >= 0 && !connect(fd, (const struct sockaddr *)to, sizeof *to))
			return fd;
		close(fd);
		nanosleep(&pause, NULL);
	}
	tool_fail("connect");
}

static int talk(const struct sockaddr_in *to)
{
	const struct timespec pause = { 0, 20000000 };
	int fd = connected(to);
	char bytes[256];

	while (!over && send(fd, "x", 1, MSG_NOSIGNAL) == 1) {
		ssize_t n = recv(fd, bytes, sizeof bytes, MSG_DONTWAIT);

		for (ssize_t i = 0; i < n; i++)
			putchar('.');
		fflush(stdout);
		nanosleep(&pause, NULL);
	}
	return 0;
}

static int echo(const char *port)
{
	int listener = open_port(port, SOCK_STREAM);
	char bytes[256];

	if (listen(listener, 8))
		tool_fail("listen");
	while (!over) {
		int fd = accept(listener, NULL, NULL);
		ssize_t n;

		while (fd >= 0 && (n = recv(fd, bytes, sizeof bytes, 0)) > 0 &&
		       send(fd, bytes, (size_t)n, MSG_NOSIGNAL) == n)
			;
		if (fd >= 0)
			close(fd);
	}
	return 0;
}

int main(int argc, char **argv)
{
	const struct sigaction action = { .sa_handler = end };

	sigaction(SIGTERM, &action, NULL);
	if (argc == 5 && !strcmp(argv[1], "send")) {
		const struct sockaddr_in to = tool_address(argv[2], argv[3]);

		return send_numbered(&to, (long long)tool_number(argv[4], 1, 1000000));
	}
	if (argc == 4 && !strcmp(argv[1], "talk")) {
		const struct sockaddr_in to = tool_address(argv[2], argv[3]);

		return talk(&to);
	}
	if (argc == 3 && !strcmp(argv[1], "count"))
		return count_numbered(argv[2]);
	if (argc == 3 && !strcmp(argv[1], "echo"))
		return echo(argv[2]);
	fprintf(stderr, "usage: stream send|talk|count|echo ...\n");
	return 2;
}
