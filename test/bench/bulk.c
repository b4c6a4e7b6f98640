/*
 * bulk.c -- one TCP stream, as fast as it goes.
 *
 *   bulk serve PORT                   takes streams and tells the sender how much has come
 *   bulk send ADDRESS PORT SECONDS    prints Gbit/s of payload that has arrived
 *
 * The congestion control is cubic, set by the socket: bbr, the default of some machines, paces, and
 * hides a threefold difference between routers.
 */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <unistd.h>

#include "lab/tools/tool.h"

static uint8_t payload[1 << 18];

static void cubic_set(int fd)
{
	if (setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, "cubic", strlen("cubic")))
		tool_fail("cubic");
}

static void take(int fd)
{
	unsigned long long total = 0;
	ssize_t n;

	while ((n = recv(fd, payload, sizeof payload, 0)) > 0)
		total += (unsigned long long)n;
	if (send(fd, &total, sizeof total, 0) < 0)
		fprintf(stderr, "the sender has gone\n");
	close(fd);
}

static _Noreturn void serve(const char *port)
{
	const struct sockaddr_in at = tool_address("0.0.0.0", port);
	const int one = 1;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) ||
	    bind(fd, (const struct sockaddr *)&at, sizeof at) || listen(fd, 16))
		tool_fail("listen");
	for (;;) {
		int client = accept(fd, NULL, NULL);

		if (client >= 0)
			take(client);
	}
}

static int send_for(const struct sockaddr_in *to, double seconds)
{
	const struct timeval patience = { 3, 0 };
	unsigned long long arrived = 0;
	double start;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience) ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience))
		tool_fail("socket");
	cubic_set(fd);
	if (connect(fd, (const struct sockaddr *)to, sizeof *to))
		tool_fail("connect");
	start = tool_now();
	while (tool_now() - start < seconds) {
		if (send(fd, payload, sizeof payload, 0) < 0)
			tool_fail("the stream stalls");
	}
	shutdown(fd, SHUT_WR);
	if (recv(fd, &arrived, sizeof arrived, MSG_WAITALL) != sizeof arrived)
		tool_fail("no word from the receiver");
	printf("%.3f\n", (double)arrived * 8e-9 / (tool_now() - start));
	return 0;
}

int main(int argc, char **argv)
{
	struct sockaddr_in to;

	signal(SIGPIPE, SIG_IGN);
	if (argc == 3 && !strcmp(argv[1], "serve"))
		serve(argv[2]);
	if (argc == 5 && !strcmp(argv[1], "send")) {
		to = tool_address(argv[2], argv[3]);
		return send_for(&to, strtod(argv[4], NULL));
	}
	fprintf(stderr, "usage: bulk serve PORT | bulk send ADDRESS PORT SECONDS\n");
	return 2;
}
