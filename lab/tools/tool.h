/*
 * tool.h -- what the lab's small programs share.
 *
 * They stand for hosts and observers around the router, so they use the kernel's sockets and none
 * of Towpath's own rooms: an error in a parser of ours must not hide itself here.
 *
 * Errors:  a tool that can't do its work says why on stderr and exits with 2.
 */
#ifndef LAB_TOOL_H
#define LAB_TOOL_H

#include <arpa/inet.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

static inline _Noreturn void tool_fail(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	exit(2);
}

/* A whole decimal number between @low and @high; anything else ends the tool. */
static inline unsigned tool_number(const char *text, unsigned low, unsigned high)
{
	char *end;
	unsigned long value;

	errno = 0;
	value = strtoul(text, &end, 10);
	if (errno || end == text || *end || value < low || value > high) {
		fprintf(stderr, "%s: not a number from %u to %u\n", text, low, high);
		exit(2);
	}
	return (unsigned)value;
}

static inline struct sockaddr_in tool_address(const char *host, const char *port)
{
	struct sockaddr_in to = { .sin_family = AF_INET };

	to.sin_port = htons((uint16_t)tool_number(port, 0, 65535));
	if (inet_pton(AF_INET, host, &to.sin_addr) != 1) {
		fprintf(stderr, "%s: not an IPv4 address\n", host);
		exit(2);
	}
	return to;
}

static inline double tool_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

#endif
