/*
 * commands.c -- how long a person waits for an answer of the console, and a disk for a flush.
 *
 *   bench-commands run SOCKET TIMES LINE    each # in LINE becomes a number that counts up
 *   bench-commands sync FOLDER TIMES        appends 4 KiB and flushes them
 *
 * Prints the median, the 99th percentile and the longest in milliseconds. The commands go over the
 * local socket one after another, each when the one before it was answered.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "os/byte_queue.h"
#include "os/console_proto.h"

#define LINE_BYTES  4096
#define BLOCK_BYTES 4096
#define TIMES_MAX   1000000

static _Noreturn void fail(const char *what)
{
	perror(what);
	exit(1);
}

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int order(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void show(double *ms, size_t n)
{
	qsort(ms, n, sizeof *ms, order);
	printf("%.2f %.2f %.2f\n", ms[n / 2], ms[n - 1 - n / 100], ms[n - 1]);
}

/* --- the console --- */

struct console {
	int fd;
	struct byte_queue in, out;
};

static void console_send(struct console *console)
{
	while (console->out.len > 0) {
		ssize_t n = send(console->fd, byte_queue_bytes(&console->out), console->out.len, 0);

		if (n < 0)
			fail("send");
		byte_queue_drop(&console->out, (size_t)n);
	}
}

static void console_open(struct console *console, const char *path)
{
	struct console_hello hello = { .version = CONSOLE_VERSION };
	struct sockaddr_un at = { .sun_family = AF_UNIX };

	*console = (struct console){ .fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0),
		                     .in = byte_queue_make(CONSOLE_PAYLOAD_BYTES),
		                     .out = byte_queue_make(CONSOLE_PAYLOAD_BYTES) };
	if (strlen(path) >= sizeof at.sun_path)
		fail("the socket's path is too long");
	memcpy(at.sun_path, path, strlen(path));
	if (console->fd < 0 || connect(console->fd, (struct sockaddr *)&at, sizeof at) != 0)
		fail(path);
	if (!console_put_hello(&console->out, &hello))
		fail("hello");
	console_send(console);
}

/* True when the message at the front was the end of the command. */
static bool console_ended(struct console *console)
{
	struct console_message message;
	uint8_t status = 1;
	size_t used;
	bool done = false;

	while (!done && console_take(byte_queue_bytes(&console->in), console->in.len, &message,
	                             &used) == 1) {
		if (message.type == CONSOLE_BYE)
			fprintf(stderr, "%.*s", (int)message.len, (const char *)message.bytes);
		done = message.type == CONSOLE_DONE;
		if (message.type == CONSOLE_BYE ||
		    (done && (!console_parse_done(&message, &status) || status != 0))) {
			fprintf(stderr, "a command failed\n");
			exit(1);
		}
		byte_queue_drop(&console->in, used);
	}
	return done;
}

static void console_run(struct console *console, const char *line)
{
	if (!console_put(&console->out, CONSOLE_RUN, line, strlen(line)))
		fail("the line is too long");
	console_send(console);
	while (!console_ended(console))
		if (byte_queue_read(&console->in, console->fd) <= 0)
			fail("the router has gone");
}

static void number_put(const char *form, size_t number, char *line)
{
	size_t len = 0;

	for (; *form != '\0' && len < LINE_BYTES - 32; form++) {
		if (*form == '#')
			len += (size_t)snprintf(line + len, LINE_BYTES - len, "%zu", number);
		else
			line[len++] = *form;
	}
	line[len] = '\0';
}

static void measure_console(const char *path, const char *form, double *ms, size_t times)
{
	struct console console;
	char line[LINE_BYTES];

	console_open(&console, path);
	for (size_t i = 0; i < times; i++) {
		number_put(form, i, line);
		ms[i] = now_ms();
		console_run(&console, line);
		ms[i] = now_ms() - ms[i];
	}
	byte_queue_free(&console.in);
	byte_queue_free(&console.out);
	close(console.fd);
}

/* --- the disk --- */

static void measure_sync(const char *folder, double *ms, size_t times)
{
	static const char block[BLOCK_BYTES];
	char path[LINE_BYTES];
	int fd;

	(void)snprintf(path, sizeof path, "%s/bench-sync", folder);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		fail(path);
	for (size_t i = 0; i < times; i++) {
		ms[i] = now_ms();
		if (write(fd, block, sizeof block) != sizeof block || fdatasync(fd) != 0)
			fail(path);
		ms[i] = now_ms() - ms[i];
	}
	close(fd);
	unlink(path);
}

int main(int argc, char **argv)
{
	size_t times = argc > 3 ? strtoul(argv[3], NULL, 10) : 0;
	double *ms;

	if (times == 0 || times > TIMES_MAX || (strcmp(argv[1], "run") == 0) != (argc == 5)) {
		fprintf(stderr, "usage: %s run SOCKET TIMES LINE | sync FOLDER TIMES\n", argv[0]);
		return 2;
	}
	ms = calloc(times, sizeof *ms);
	if (ms == NULL)
		fail("memory");
	if (argc == 5)
		measure_console(argv[2], argv[4], ms, times);
	else
		measure_sync(argv[2], ms, times);
	show(ms, times);
	free(ms);
	return 0;
}
