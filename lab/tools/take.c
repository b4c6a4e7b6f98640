/*
 * take.c -- takes what is sent to it by TCP, for tests of uploads.
 *
 *   take PORT FILE      each connection's bytes are written to FILE anew; when the sender has
 *                       closed, the number of bytes is sent back
 *   take send ADDRESS PORT FILE SECONDS
 *                       sends FILE; prints the number that came back; exit 1 when it does not
 *                       come in time
 */
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <unistd.h>

#include "tool.h"

static uint8_t bytes[1 << 16];

/* From @from to @to until the end; how many, or -1. */
static long long copy(int from, int to)
{
	long long total = 0;
	ssize_t n;

	while ((n = read(from, bytes, sizeof bytes)) > 0) {
		for (ssize_t at = 0; at < n;) {
			ssize_t written = write(to, bytes + at, (size_t)(n - at));

			if (written < 0)
				return -1;
			at += written;
		}
		total += n;
	}
	return n < 0 ? -1 : total;
}

static void take(int client, const char *path)
{
	char answer[32];
	int file;

	unlink(path); /* one that hangs may still write into the one before */
	file = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
	if (file < 0)
		tool_fail(path);
	snprintf(answer, sizeof answer, "%lld\n", copy(client, file));
	close(file);
	if (write(client, answer, strlen(answer)) < 0)
		fprintf(stderr, "the sender has gone\n");
	close(client);
}

static _Noreturn void serve(const char *port, const char *path)
{
	const struct sockaddr_in at = tool_address("0.0.0.0", port);
	const int one = 1;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) ||
	    bind(fd, (const struct sockaddr *)&at, sizeof at) || listen(fd, 16))
		tool_fail("listen");
	for (;;) {
		int client = accept(fd, NULL, NULL);

		if (client >= 0 && fork() == 0) {
			take(client, path);
			_exit(0);
		}
		close(client);
	}
}

static int send_file(const struct sockaddr_in *to, const char *path)
{
	char answer[32];
	int fd = socket(AF_INET, SOCK_STREAM, 0), file = open(path, O_RDONLY);
	ssize_t n;

	if (file < 0)
		tool_fail(path);
	if (fd < 0 || connect(fd, (const struct sockaddr *)to, sizeof *to))
		tool_fail("connect");
	if (copy(file, fd) < 0 || shutdown(fd, SHUT_WR))
		tool_fail("send");
	n = read(fd, answer, sizeof answer - 1);
	if (n <= 0)
		return 1;
	printf("%.*s", (int)n, answer);
	return 0;
}

int main(int argc, char **argv)
{
	signal(SIGPIPE, SIG_IGN);
	signal(SIGCHLD, SIG_IGN); /* nobody waits for them */
	if (argc == 3)
		serve(argv[1], argv[2]);
	if (argc == 6 && !strcmp(argv[1], "send")) {
		const struct sockaddr_in to = tool_address(argv[2], argv[3]);

		signal(SIGALRM, SIG_DFL);
		alarm(tool_number(argv[5], 1, 600));
		return send_file(&to, argv[4]);
	}
	fprintf(stderr, "usage: take PORT FILE | take send ADDRESS PORT FILE SECONDS\n");
	return 2;
}
