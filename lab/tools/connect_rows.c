/*
 * connect_rows.c -- what connect() and its neighbours do, a line a row.
 *
 *   lab-connect_rows ADDRESS      TCP port 80 of it is open, 81 refuses, 9 says nothing
 *
 * The rows are those of the design's list of connect() that a program sees: run on a kernel and
 * under `towpath run`, both must print the same.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static struct in_addr address;

static struct sockaddr_in to(uint16_t port)
{
	return (struct sockaddr_in){ .sin_family = AF_INET,
		                     .sin_port = htons(port),
		                     .sin_addr = address };
}

static const char *word(int result)
{
	static char number[16];

	if (result == -1)
		return strerrorname_np(errno);
	snprintf(number, sizeof number, "%d", result);
	return number;
}

static void row(const char *what, int result)
{
	printf("%s: %s\n", what, word(result));
}

static int tcp(int flags)
{
	return socket(AF_INET, SOCK_STREAM | flags, 0);
}

static int go(int fd, uint16_t port)
{
	struct sockaddr_in a = to(port);

	return connect(fd, (struct sockaddr *)&a, sizeof a);
}

static int disconnect(int fd)
{
	struct sockaddr none = { .sa_family = AF_UNSPEC };

	return connect(fd, &none, sizeof none);
}

static int so_error(int fd)
{
	int error = 0;
	socklen_t len = sizeof error;

	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) < 0)
		return -1;
	errno = error;
	return error == 0 ? 0 : -1;
}

static void show_poll(const char *what, int fd, int ms)
{
	static const struct {
		short bit;
		const char *name;
	} bits[] = { { POLLIN, " IN" },
		     { POLLOUT, " OUT" },
		     { POLLERR, " ERR" },
		     { POLLHUP, " HUP" },
		     { POLLRDHUP, " RDHUP" } };
	struct pollfd p = { fd, POLLIN | POLLOUT | POLLRDHUP, 0 };

	(void)!poll(&p, 1, ms);
	printf("%s:", what);
	for (size_t i = 0; i < sizeof bits / sizeof bits[0]; i++)
		printf("%s", p.revents & bits[i].bit ? bits[i].name : "");
	printf("%s\n", p.revents == 0 ? " nothing" : "");
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void arguments(void)
{
	static const int lengths[] = { 0, 1, 8, -1, 129 };
	struct sockaddr_storage a = { 0 };
	struct sockaddr_in in = to(80);
	int fd = tcp(0), file = open("/dev/null", O_RDWR);
	char what[40];

	memcpy(&a, &in, sizeof in);
	row("a bad descriptor", go(999, 80));
	row("not a socket", go(file, 80));
	row("a bad pointer", connect(fd, (struct sockaddr *)8, sizeof in));
	for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
		snprintf(what, sizeof what, "length %d", lengths[i]);
		row(what, connect(fd, (struct sockaddr *)&a, (socklen_t)lengths[i]));
	}
	a.ss_family = AF_INET6;
	row("AF_INET6 on an IPv4 socket", connect(fd, (struct sockaddr *)&a, sizeof a));
	a.ss_family = AF_UNIX;
	row("AF_UNIX on an IPv4 socket", connect(fd, (struct sockaddr *)&a, sizeof a));
	a.ss_family = AF_INET;
	row("length 128", connect(fd, (struct sockaddr *)&a, 128));
	row("again", connect(fd, (struct sockaddr *)&a, 128));
	close(fd);
	close(file);
}

static void fresh(void)
{
	int fd = tcp(0);
	char byte;

	show_poll("fresh: poll", fd, 0);
	row("fresh: send", (int)send(fd, "x", 1, MSG_NOSIGNAL));
	row("fresh: read", (int)read(fd, &byte, 1));
	row("fresh: shutdown", shutdown(fd, SHUT_WR));
	row("fresh: disconnect", disconnect(fd));
	row("fresh: SO_ERROR", so_error(fd));
	row("fresh: connect then", go(fd, 80));
	close(fd);
}

static void unspecified(void)
{
	struct sockaddr_in me = { .sin_family = AF_INET, .sin_port = htons(33333) };
	socklen_t len = sizeof me;
	int fd = tcp(0);
	uint16_t port;

	row("bind", bind(fd, (struct sockaddr *)&me, sizeof me));
	getsockname(fd, (struct sockaddr *)&me, &len);
	port = me.sin_port;
	row("bound: connect", go(fd, 80));
	row("established: disconnect", disconnect(fd));
	show_poll("disconnected: poll", fd, 0);
	getsockname(fd, (struct sockaddr *)&me, &len);
	printf("disconnected: the port is kept: %s\n", me.sin_port == port ? "yes" : "no");
	row("disconnected: getpeername", getpeername(fd, (struct sockaddr *)&me, &len));
	row("disconnected: listen", listen(fd, 1));
	row("listener: connect", go(fd, 80));
	show_poll("listener: poll", fd, 0);
	row("listener: disconnect", disconnect(fd));
	show_poll("no listener any more: poll", fd, 0);
	row("no listener any more: accept", accept(fd, NULL, NULL));
	close(fd);
}

static void non_blocking(void)
{
	struct sockaddr_in peer;
	socklen_t len = sizeof peer;
	int fd = tcp(SOCK_NONBLOCK);

	row("non-blocking: connect", go(fd, 80));
	show_poll("non-blocking: poll", fd, 2000);
	row("non-blocking: SO_ERROR", so_error(fd));
	row("non-blocking: connect again", go(fd, 80));
	row("non-blocking: and again", go(fd, 80));
	row("non-blocking: getpeername", getpeername(fd, (struct sockaddr *)&peer, &len));
	row("non-blocking: read", (int)read(fd, &peer, 1));
	close(fd);
}

static void refused(void)
{
	int fd = tcp(SOCK_NONBLOCK);

	row("refused: connect", go(fd, 81));
	show_poll("refused: poll", fd, 2000);
	row("refused: second connect", go(fd, 81));
	row("refused: third connect", go(fd, 80));
	show_poll("refused: poll then", fd, 2000);
	row("refused: SO_ERROR then", so_error(fd));
	close(fd);

	fd = tcp(SOCK_NONBLOCK);
	(void)!go(fd, 81);
	show_poll("refused: poll of another", fd, 2000);
	row("refused: its SO_ERROR", so_error(fd));
	row("refused: once more", so_error(fd));
	close(fd);

	fd = tcp(0);
	row("refused, blocking: connect", go(fd, 81));
	row("refused, blocking: SO_ERROR", so_error(fd));
	row("refused, blocking: connect to another", go(fd, 80));
	row("refused, blocking: and again", go(fd, 80));
	close(fd);
}

static void syn_sent(void)
{
	struct sockaddr_in me = { .sin_family = AF_INET };
	socklen_t len = sizeof me;
	int fd = tcp(SOCK_NONBLOCK);
	char byte;

	row("SYN-SENT: connect", go(fd, 9));
	row("SYN-SENT: connect again", go(fd, 9));
	row("SYN-SENT: connect to another", go(fd, 80));
	show_poll("SYN-SENT: poll", fd, 0);
	row("SYN-SENT: read", (int)read(fd, &byte, 1));
	row("SYN-SENT: write", (int)write(fd, "x", 1));
	row("SYN-SENT: bind", bind(fd, (struct sockaddr *)&me, sizeof me));
	row("SYN-SENT: listen", listen(fd, 1));
	row("SYN-SENT: getpeername", getpeername(fd, (struct sockaddr *)&me, &len));
	row("SYN-SENT: disconnect", disconnect(fd));
	show_poll("SYN-SENT: poll then", fd, 0);
	row("SYN-SENT: connect then", go(fd, 80));
	show_poll("SYN-SENT: and poll", fd, 2000);
	close(fd);

	fd = tcp(SOCK_NONBLOCK);
	(void)!go(fd, 9);
	row("SYN-SENT: shutdown", shutdown(fd, SHUT_WR));
	close(fd);
}

/* Level and edge: one event when it is connected, none before. */
static void epoll(void)
{
	int fd = tcp(SOCK_NONBLOCK), set = epoll_create1(0);
	struct epoll_event e = { .events = EPOLLOUT | EPOLLET };

	(void)!go(fd, 9);
	epoll_ctl(set, EPOLL_CTL_ADD, fd, &e);
	row("epoll: in SYN-SENT", epoll_wait(set, &e, 1, 100));
	close(fd);
	fd = tcp(SOCK_NONBLOCK);
	(void)!go(fd, 80);
	e.events = EPOLLOUT | EPOLLET;
	epoll_ctl(set, EPOLL_CTL_ADD, fd, &e);
	row("epoll: connected", epoll_wait(set, &e, 1, 2000));
	printf("epoll: events: %s\n", e.events == EPOLLOUT ? "OUT" : "others");
	row("epoll: another edge", epoll_wait(set, &e, 1, 100));
	close(fd);
	close(set);
}

static void nothing(int number)
{
}

static void timer(int ms, int flags)
{
	struct sigaction action = { .sa_handler = nothing, .sa_flags = flags };
	struct itimerval time = { .it_value = { ms / 1000, ms % 1000 * 1000 } };

	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &time, NULL);
}

static void timers(void)
{
	struct timeval half = { .tv_usec = 500000 }, back = { 0 };
	socklen_t len = sizeof back;
	double began = now();
	int fd = tcp(0), tries = 1;

	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &half, sizeof half);
	getsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &back, &len);
	printf("SO_SNDTIMEO is kept: %ld.%06ld\n", (long)back.tv_sec, (long)back.tv_usec);
	row("SO_SNDTIMEO: connect", go(fd, 9));
	printf("SO_SNDTIMEO: half a second: %s\n",
	       now() - began > 0.45 && now() - began < 0.9 ? "yes" : "no");
	row("SO_SNDTIMEO: again", go(fd, 9));
	close(fd);

	fd = tcp(0);
	timer(300, 0);
	row("a signal: connect", go(fd, 9));
	(void)!fcntl(fd, F_SETFL, O_NONBLOCK);
	row("a signal: again", go(fd, 9));
	close(fd);

	fd = tcp(0);
	setsockopt(fd, IPPROTO_TCP, TCP_SYNCNT, &tries, sizeof tries);
	timer(300, SA_RESTART);
	began = now();
	row("a signal with SA_RESTART: connect", go(fd, 9));
	printf("a signal with SA_RESTART: goes on: %s\n", now() - began > 1.0 ? "yes" : "no");
	close(fd);
}

static void *disconnect_soon(void *arg)
{
	usleep(300000);
	(void)!disconnect(*(int *)arg);
	return NULL;
}

static void threads(void)
{
	int fd = tcp(0);
	pthread_t thread;

	pthread_create(&thread, NULL, disconnect_soon, &fd);
	row("another thread disconnects: connect", go(fd, 9));
	pthread_join(thread, NULL);
	close(fd);
}

static void reset(void)
{
	struct linger at_once = { .l_onoff = 1 };
	int fd = tcp(0);
	pid_t child;
	char bytes[100];

	row("a child: connect", go(fd, 80));
	child = fork();
	if (child == 0) {
		const char *request = "GET / HTTP/1.0\r\n\r\n";

		_exit(write(fd, request, strlen(request)) == (ssize_t)strlen(request) ? 0 : 1);
	}
	waitpid(child, NULL, 0);
	row("a child has written: the parent reads", read(fd, bytes, 8) > 0 ? 1 : -1);
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
	row("SO_LINGER 0: close", close(fd));
	row("closed: close", close(fd));
}

static void options(void)
{
	int fd = tcp(0), value = 1;
	socklen_t len = sizeof value;
	char word_bytes[32] = "";

	row("TCP_NODELAY", setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &value, sizeof value));
	value = 0;
	getsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &value, &len);
	row("TCP_NODELAY is", value);
	getsockopt(fd, SOL_SOCKET, SO_TYPE, &value, &len);
	row("SO_TYPE", value);
	getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &value, &len);
	row("SO_DOMAIN", value);
	getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, &value, &len);
	row("SO_PROTOCOL", value);
	getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &value, &len);
	row("SO_ACCEPTCONN", value);
	row("an option that is none", setsockopt(fd, IPPROTO_TCP, 999, &value, sizeof value));
	row("one of no level", getsockopt(fd, 77, 1, &value, &len));
	len = sizeof word_bytes;
	value = setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, "reno", 4);
	row("TCP_CONGESTION", value);
	getsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, word_bytes, &len);
	printf("TCP_CONGESTION is: %s\n", word_bytes);
	close(fd);
}

int main(int argc, char *argv[])
{
	if (argc != 2 || inet_pton(AF_INET, argv[1], &address) != 1)
		return 2;
	setvbuf(stdout, NULL, _IOLBF, 0);
	arguments();
	fresh();
	unspecified();
	non_blocking();
	refused();
	syn_sent();
	epoll();
	timers();
	threads();
	reset();
	options();
	return 0;
}
