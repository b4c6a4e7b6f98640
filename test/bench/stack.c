/*
 * stack.c -- the TCP/IP stack in memory, both ends in one process, and the kernel's loopback.
 *
 *   bench-stack connects LIVE SECONDS
 *       connect + accept + RST, a CPU second, beside LIVE others (each end of one counts)
 *   bench-stack cable-connects LIVE SECONDS
 *       the same between two routers, which have LIVE each
 *   bench-stack kernel-connects SECONDS
 *       the same over the kernel's loopback
 *   bench-stack bulk MSS|64k SECONDS
 *       Gbit/s of a CPU second, one connection
 *   bench-stack own-bulk SECONDS
 *       the same with both ends on one router, in segments of up to 64 KiB
 *   bench-stack kernel-bulk SECONDS
 *   bench-stack ports
 *       ns of a connect(): no port taken, half, all but one, none left
 *   bench-stack memory CONNECTIONS
 *       bytes of a connection that is idle: one end, with all it has
 *
 * `connects` has both ends on one router, as the kernel's loopback has: each packet goes through
 * the pipeline once, with tracking on. All else is two routers on one cable, each with a pipeline
 * and a tracking of its own. One number on a line, `ports` four. The kernel's two ends are one
 * process as well, so its CPU time holds all.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "towpath.h"

enum {
	BURST = 64, /* connections under way at once */
	LISTENERS = 64,
	PORT = 5000, /* and those after it */
	CHUNK = 256 << 10,
	RANGE_FIRST = 32768,
	RANGE_LAST = 60999,
};

static struct towpath *ends[2]; /* 0 connects, 1 listens; one router may be both */
static int listeners[LISTENERS];

static _Noreturn void give_up(const char *what, long long result)
{
	fprintf(stderr, "stack: %s: %lld %s\n", what, result,
	        result < 0 ? strerror((int)-result) : "");
	exit(1);
}

static int need(int result, const char *what)
{
	if (result < 0)
		give_up(what, result);
	return result;
}

static uint64_t clock_ns(clockid_t which)
{
	struct timespec t;

	clock_gettime(which, &t);
	return (uint64_t)t.tv_sec * 1000000000ULL + (uint64_t)t.tv_nsec;
}

static double cpu_s(void)
{
	return (double)clock_ns(CLOCK_PROCESS_CPUTIME_ID) * 1e-9;
}

static struct sockaddr_in at(uint32_t addr, int port)
{
	return (struct sockaddr_in){ .sin_family = AF_INET,
		                     .sin_port = htons((uint16_t)port),
		                     .sin_addr.s_addr = htonl(addr) };
}

static struct sockaddr_in there(int port)
{
	return at(ends[0] == ends[1] ? 0x0a000001 : 0x0a000002, PORT + port);
}

/* --- two routers --- */

static struct towpath *router_new(unsigned seed, uint32_t connections, bool gso, const char *line)
{
	uint32_t flows = 1 << 16;
	struct towpath *t;

	while (flows < connections + connections / 4)
		flows *= 2;
	struct towpath_setup setup = {
		.size = sizeof setup,
		.seed = seed,
		.now_ns = clock_ns(CLOCK_MONOTONIC),
		.budget = { .packets = 4096,
		            .packets_64k = 256,
		            .flows = flows,
		            .descriptors = connections + 1024,
		            .connections = connections + 1024,
		            .half_open = 1024,
		            .time_wait = 1024,
		            .buffers = 8192 },
	};

	need(towpath_new(&setup, &t), "new");
	need(towpath_port_add(t, &(struct towpath_port){ .name = "ether1",
	                                                 .queue_bytes = 4 << 20,
	                                                 .checksum = gso,
	                                                 .gso = gso }),
	     "port");
	need(towpath_start(t), "start");
	need(towpath_run(t, line, NULL, NULL), line);
	return t;
}

static void pump(void)
{
	uint64_t now = clock_ns(CLOCK_MONOTONIC);

	do {
		(void)towpath_advance(ends[0], now);
		(void)towpath_advance(ends[1], now);
	} while (towpath_next(ends[0]) <= now || towpath_next(ends[1]) <= now);
}

static int tcp_socket(int end)
{
	return need(towpath_socket(ends[end], AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), "socket");
}

static int begin(int port)
{
	struct sockaddr_in to = there(port);
	int fd = tcp_socket(0), result = towpath_connect(ends[0], fd, &to, sizeof to);

	if (result != -EINPROGRESS)
		give_up("connect", result);
	return fd;
}

static int accept_next(int port)
{
	int fd = towpath_accept(ends[1], listeners[port], NULL, NULL, SOCK_NONBLOCK);

	if (fd < 0)
		give_up("accept", fd);
	return fd;
}

static void listen_all(void)
{
	for (int i = 0; i < LISTENERS; i++) {
		struct sockaddr_in own = at(0, PORT + i);

		listeners[i] = tcp_socket(1);
		need(towpath_bind(ends[1], listeners[i], &own, sizeof own), "bind");
		need(towpath_listen(ends[1], listeners[i], 4096), "listen");
	}
	/* One first: the neighbours know each other now, or a burst would have to wait for that. */
	pump();
	(void)begin(0);
	pump();
	(void)accept_next(0);
}

static void routers_join(uint32_t connections, bool gso)
{
	ends[0] = router_new(1, connections, gso,
	                     "/ip address add address=10.0.0.1/24 interface=ether1");
	ends[1] = router_new(2, connections, gso,
	                     "/ip address add address=10.0.0.2/24 interface=ether1");
	need(towpath_join(ends[0], 0, ends[1], 0), "join");
	listen_all();
}

static void router_alone(uint32_t connections)
{
	ends[0] = ends[1] = router_new(1, connections * 2, false,
	                               "/ip address add address=10.0.0.1/24 interface=ether1");
	need(towpath_link(ends[0], 0, true), "link");
	listen_all();
}

static void reset(int fd)
{
	struct linger at_once = { 1, 0 };

	need(towpath_setsockopt(ends[0], fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once),
	     "linger");
	need(towpath_close(ends[0], fd), "close");
}

static void must_be_connected(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };

	if (towpath_poll(ends[0], &p, 1, 0) != 1 || (p.revents & (POLLERR | POLLHUP)) != 0)
		give_up("not connected", p.revents);
}

/* Connections that stay; what a port has is spread over the listeners. */
static void connections_keep(uint32_t live)
{
	for (uint32_t n = 0; n < live;) {
		uint32_t first = n, burst = live - n < BURST ? live - n : BURST;
		int fd = -1;

		for (uint32_t i = 0; i < burst; i++, n++)
			fd = begin(1 + (int)(n % (LISTENERS - 1)));
		pump();
		must_be_connected(fd);
		for (uint32_t i = 0; i < burst; i++)
			(void)accept_next(1 + (int)((first + i) % (LISTENERS - 1)));
	}
}

/* All that is done for a burst of connections, from socket() to the last close(). */
static void burst_run(void)
{
	int client[BURST], server[BURST];
	char byte;

	for (int i = 0; i < BURST; i++)
		client[i] = begin(0);
	pump();
	for (int i = 0; i < BURST; i++)
		server[i] = accept_next(0);
	for (int i = 0; i < BURST; i++) {
		must_be_connected(client[i]);
		reset(client[i]);
	}
	pump();
	for (int i = 0; i < BURST; i++) {
		ssize_t n = towpath_recv(ends[1], server[i], &byte, 1, 0);

		if (n != -ECONNRESET)
			give_up("no reset", n);
		need(towpath_close(ends[1], server[i]), "close");
	}
}

static double connects(uint32_t live, double seconds)
{
	uint64_t n = 0;
	double begun;

	connections_keep(live);
	for (int i = 0; i < 20; i++)
		burst_run();
	begun = cpu_s();
	while (cpu_s() - begun < seconds) {
		burst_run();
		n += BURST;
	}
	return (double)n / (cpu_s() - begun);
}

static double bulk(double seconds)
{
	static char bytes[CHUNK];
	struct iovec spans[64];
	uint64_t got = 0;
	double begun;
	int client, server;

	client = begin(0);
	pump();
	server = accept_next(0);
	begun = cpu_s();
	while (cpu_s() - begun < seconds) {
		int n;

		while (towpath_send(ends[0], client, bytes, sizeof bytes, 0) > 0)
			;
		pump();
		while ((n = towpath_spans(ends[1], server, spans, 64)) > 0) {
			size_t len = 0;

			for (int i = 0; i < n; i++)
				len += spans[i].iov_len;
			need(towpath_consume(ends[1], server, len), "consume");
			got += len;
		}
		if (n < 0)
			give_up("spans", n);
	}
	return (double)got * 8 / (cpu_s() - begun) / 1e9;
}

/* --- the kernel --- */

static int kernel_listen(struct sockaddr_in *ret_at)
{
	struct sockaddr_in own = at(INADDR_LOOPBACK, 0);
	socklen_t len = sizeof own;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&own, sizeof own) || listen(fd, 4096) ||
	    getsockname(fd, (struct sockaddr *)&own, &len))
		give_up("the kernel's listener", -errno);
	*ret_at = own;
	return fd;
}

static void kernel_burst(int listener, const struct sockaddr_in *to)
{
	struct linger at_once = { 1, 0 };
	int client[BURST], server[BURST];
	char byte;

	for (int i = 0; i < BURST; i++) {
		client[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
		if (connect(client[i], (const struct sockaddr *)to, sizeof *to) &&
		    errno != EINPROGRESS)
			give_up("the kernel's connect", -errno);
	}
	for (int i = 0; i < BURST; i++) {
		server[i] = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
		if (server[i] < 0)
			give_up("the kernel's accept", -errno);
	}
	for (int i = 0; i < BURST; i++) {
		struct pollfd p = { .fd = client[i], .events = POLLOUT };

		if (poll(&p, 1, 0) != 1)
			give_up("the kernel has not connected", 0);
		setsockopt(client[i], SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
		close(client[i]);
	}
	for (int i = 0; i < BURST; i++) {
		(void)!read(server[i], &byte, 1);
		close(server[i]);
	}
}

static double kernel_connects(double seconds)
{
	struct sockaddr_in to;
	int listener = kernel_listen(&to);
	uint64_t n = 0;
	double begun;

	for (int i = 0; i < 20; i++)
		kernel_burst(listener, &to);
	begun = cpu_s();
	while (cpu_s() - begun < seconds) {
		kernel_burst(listener, &to);
		n += BURST;
	}
	return (double)n / (cpu_s() - begun);
}

static double kernel_bulk(double seconds)
{
	static char bytes[CHUNK];
	struct sockaddr_in to;
	int listener = kernel_listen(&to), client = socket(AF_INET, SOCK_STREAM, 0), server;
	uint64_t got = 0;
	double begun;

	if (connect(client, (struct sockaddr *)&to, sizeof to))
		give_up("the kernel's connect", -errno);
	server = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
	begun = cpu_s();
	while (cpu_s() - begun < seconds) {
		ssize_t n;

		while (send(client, bytes, sizeof bytes, MSG_DONTWAIT) > 0)
			;
		while ((n = recv(server, bytes, sizeof bytes, 0)) > 0)
			got += (uint64_t)n;
	}
	return (double)got * 8 / (cpu_s() - begun) / 1e9;
}

/* --- ports and memory --- */

static double median_of(double *of, int n)
{
	for (int i = 1; i < n; i++) {
		for (int j = i; j > 0 && of[j] < of[j - 1]; j--) {
			double other = of[j];

			of[j] = of[j - 1];
			of[j - 1] = other;
		}
	}
	return of[n / 2];
}

/* How long connect() takes; each is taken back at once. @expected: its answer. */
static double connect_ns(int expected)
{
	enum {
		TIMES = 801
	};
	static double took[TIMES];
	struct sockaddr_in to = there(0);

	for (int i = 0; i < TIMES; i++) {
		int fd = tcp_socket(0), result;
		uint64_t begun = clock_ns(CLOCK_MONOTONIC);

		result = towpath_connect(ends[0], fd, &to, sizeof to);
		took[i] = (double)(clock_ns(CLOCK_MONOTONIC) - begun);
		if (result != expected)
			give_up("connect", result);
		reset(fd);
		if (i % BURST == BURST - 1)
			pump();
	}
	pump();
	return median_of(took, TIMES);
}

/* Take @n ports to the first listener for good. */
static void ports_take(int n)
{
	for (int i = 0; i < n; i++) {
		(void)begin(0);
		if (i % BURST == BURST - 1 || i == n - 1) {
			pump();
			for (int j = 0; j <= i % BURST; j++)
				(void)accept_next(0);
		}
	}
}

static void ports(void)
{
	const int range = RANGE_LAST - RANGE_FIRST + 1;
	double took[4];

	routers_join(range + BURST, false);
	took[0] = connect_ns(-EINPROGRESS);
	ports_take(range / 2);
	took[1] = connect_ns(-EINPROGRESS);
	ports_take(range - range / 2 - 2); /* one has been taken before */
	took[2] = connect_ns(-EINPROGRESS);
	ports_take(1);
	took[3] = connect_ns(-EADDRNOTAVAIL);
	printf("%.0f %.0f %.0f %.0f\n", took[0], took[1], took[2], took[3]);
}

static double resident_bytes(void)
{
	unsigned long pages = 0, all;
	FILE *file = fopen("/proc/self/statm", "re");

	if (file == NULL || fscanf(file, "%lu %lu", &all, &pages) != 2)
		give_up("/proc/self/statm", 0);
	fclose(file);
	return (double)pages * (double)sysconf(_SC_PAGESIZE);
}

static double memory(uint32_t n)
{
	double before;

	routers_join(n + BURST, false);
	connections_keep(BURST);
	before = resident_bytes();
	connections_keep(n - BURST);
	return (resident_bytes() - before) / (n - BURST) / 2;
}

static double number(const char *text)
{
	char *end;
	double value = strtod(text, &end);

	if (end == text || *end != '\0' || value < 0)
		give_up(text, 0);
	return value;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	const char *first = argc > 2 ? argv[2] : "1", *second = argc > 3 ? argv[3] : "1";

	if (strcmp(what, "connects") == 0) {
		uint32_t pairs = (uint32_t)number(first) / 2;

		router_alone(pairs + BURST);
		printf("%.0f\n", connects(pairs, number(second)));
	} else if (strcmp(what, "cable-connects") == 0) {
		routers_join((uint32_t)number(first) + BURST, false);
		printf("%.0f\n", connects((uint32_t)number(first), number(second)));
	} else if (strcmp(what, "kernel-connects") == 0)
		printf("%.0f\n", kernel_connects(number(first)));
	else if (strcmp(what, "own-bulk") == 0) {
		router_alone(16);
		printf("%.2f\n", bulk(number(first)));
	} else if (strcmp(what, "bulk") == 0) {
		routers_join(16, strcmp(first, "64k") == 0);
		printf("%.2f\n", bulk(number(second)));
	} else if (strcmp(what, "kernel-bulk") == 0)
		printf("%.2f\n", kernel_bulk(number(first)));
	else if (strcmp(what, "ports") == 0)
		ports();
	else if (strcmp(what, "memory") == 0)
		printf("%.0f\n", memory((uint32_t)number(first)));
	else
		fprintf(stderr, "usage: stands at the head of stack.c\n");
	return 0;
}
