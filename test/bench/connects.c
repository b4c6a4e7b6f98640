/*
 * connects.c -- connections a second: each is opened, ended by the server and closed.
 *
 *   connects serve PORT
 *   connects run ADDRESS PORT SECONDS    prints connections a second, and how many failed
 *
 * 64 are under way at any time. The server ends first, so that TIME-WAIT (RFC 9293, 3.6.1) is on
 * its side and the client does not run out of ports.
 */
#include <netinet/in.h>
#include <signal.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "lab/tools/tool.h"

enum {
	AT_ONCE = 64,
	EVENTS = 64
};

struct client {
	struct sockaddr_in to;
	int poll_fd;
	unsigned under_way;
	unsigned long long done, failed;
};

static _Noreturn void serve(const char *port)
{
	const struct sockaddr_in at = tool_address("0.0.0.0", port);
	const int one = 1;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) ||
	    bind(fd, (const struct sockaddr *)&at, sizeof at) || listen(fd, 4096))
		tool_fail("listen");
	for (;;) {
		int client = accept(fd, NULL, NULL);

		if (client >= 0)
			close(client);
	}
}

static void connection_open(struct client *c)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	struct epoll_event want = { .events = EPOLLIN | EPOLLRDHUP, .data = { .fd = fd } };

	if (fd < 0)
		tool_fail("socket");
	if (connect(fd, (const struct sockaddr *)&c->to, sizeof c->to) && errno != EINPROGRESS) {
		c->failed++;
		close(fd);
		return;
	}
	if (epoll_ctl(c->poll_fd, EPOLL_CTL_ADD, fd, &want))
		tool_fail("epoll");
	c->under_way++;
}

static void connections_end(struct client *c)
{
	struct epoll_event events[EVENTS];
	int n = epoll_wait(c->poll_fd, events, EVENTS, 100);

	for (int i = 0; i < n; i++) {
		if (events[i].events & EPOLLERR)
			c->failed++;
		else
			c->done++;
		close(events[i].data.fd);
		c->under_way--;
	}
}

static int run(struct client *c, double seconds)
{
	const double start = tool_now();
	double passed = 0;

	c->poll_fd = epoll_create1(0);
	if (c->poll_fd < 0)
		tool_fail("epoll");
	for (; passed < seconds; passed = tool_now() - start) {
		for (unsigned tries = 0; c->under_way < AT_ONCE && tries < AT_ONCE; tries++)
			connection_open(c);
		connections_end(c);
	}
	printf("%.0f %llu\n", (double)c->done / passed, c->failed);
	return 0;
}

int main(int argc, char **argv)
{
	struct client c = { 0 };

	signal(SIGPIPE, SIG_IGN);
	if (argc == 3 && !strcmp(argv[1], "serve"))
		serve(argv[2]);
	if (argc == 5 && !strcmp(argv[1], "run")) {
		c.to = tool_address(argv[2], argv[3]);
		return run(&c, strtod(argv[4], NULL));
	}
	fprintf(stderr, "usage: connects serve PORT | connects run ADDRESS PORT SECONDS\n");
	return 2;
}
