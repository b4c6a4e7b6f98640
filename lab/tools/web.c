/*
 * web.c -- the smallest web server, for a machine that has no nginx.
 *
 *   web PORT FILE     /file is FILE; anything else is "you are ADDRESS:PORT"
 *
 * One connection after another, one request each.
 */
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tool.h"

static void send_header(int fd, long long bytes)
{
	char header[160];
	int n = snprintf(header, sizeof header,
	                 "HTTP/1.1 200 OK\r\nServer: lab\r\nConnection: close\r\n"
	                 "Content-Type: text/plain\r\nContent-Length: %lld\r\n\r\n",
	                 bytes);

	send(fd, header, (size_t)n, MSG_MORE);
}

static void answer_file(int fd, const char *path)
{
	struct stat s;
	off_t at = 0;
	int file = open(path, O_RDONLY | O_CLOEXEC);

	if (file < 0 || fstat(file, &s))
		tool_fail(path);
	send_header(fd, s.st_size);
	while (at < s.st_size && sendfile(fd, file, &at, (size_t)(s.st_size - at)) > 0)
		;
	close(file);
}

static void answer_client(int fd, const struct sockaddr_in *client)
{
	char text[64];
	int n = snprintf(text, sizeof text, "you are %s:%u\n", inet_ntoa(client->sin_addr),
	                 ntohs(client->sin_port));

	send_header(fd, n);
	send(fd, text, (size_t)n, 0);
}

/* A request ends with an empty line (RFC 9112, 2.1); only its first line matters here. */
static int request_read(int fd, char *request, size_t size)
{
	size_t have = 0;

	while (have < size - 1) {
		ssize_t n = recv(fd, request + have, size - 1 - have, 0);

		if (n <= 0)
			return 0;
		have += (size_t)n;
		request[have] = 0;
		if (strstr(request, "\r\n\r\n"))
			return 1;
	}
	return 0;
}

static int listener_open(const char *port)
{
	const struct sockaddr_in at = tool_address("0.0.0.0", port);
	const int one = 1;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) ||
	    bind(fd, (const struct sockaddr *)&at, sizeof at) || listen(fd, 1024))
		tool_fail("listen");
	return fd;
}

int main(int argc, char **argv)
{
	const struct timeval patience = { 5, 0 };
	int listener;

	if (argc != 3) {
		fprintf(stderr, "usage: web PORT FILE\n");
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	listener = listener_open(argv[1]);
	for (;;) {
		char request[4096];
		struct sockaddr_in client;
		socklen_t len = sizeof client;
		int fd = accept(listener, (struct sockaddr *)&client, &len);

		if (fd < 0)
			continue;
		setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
		setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
		if (request_read(fd, request, sizeof request)) {
			if (!strncmp(request, "GET /file ", 10))
				answer_file(fd, argv[2]);
			else
				answer_client(fd, &client);
			shutdown(fd, SHUT_WR);
		}
		close(fd);
	}
}
