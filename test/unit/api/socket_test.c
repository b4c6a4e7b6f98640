#include "unit.h"

#include <errno.h>
#include <netinet/in.h>

#include "lib/text.h"
#include "towpath.h"

#define S 1000000000ULL

/* Two routers on one cable, a and b: 10.0.0.1 and 10.0.0.2. */
struct pair {
	struct towpath *a, *b;
	uint64_t now_ns;
	unsigned waits;
};

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* Until both have done what is due now; then the clock goes on to what comes first. */
static void world_step(struct pair *p, uint64_t until_ns)
{
	uint64_t next;

	do {
		(void)towpath_advance(p->a, p->now_ns);
		(void)towpath_advance(p->b, p->now_ns);
		next = least(towpath_next(p->a), towpath_next(p->b));
	} while (next <= p->now_ns);
	p->now_ns = least(next, until_ns);
	(void)towpath_advance(p->a, p->now_ns);
	(void)towpath_advance(p->b, p->now_ns);
}

static int wait_for(void *arg, struct towpath *t, uint64_t until_ns)
{
	struct pair *p = arg;

	if (++p->waits > 100000)
		return -EDEADLK;
	world_step(p, least(until_ns, p->now_ns + S));
	return 0;
}

static struct towpath *make(struct pair *p, uint64_t seed, const char *address)
{
	struct towpath_setup setup = { .size = sizeof setup,
		                       .seed = seed,
		                       .now_ns = p->now_ns,
		                       .arg = p,
		                       .wait = wait_for,
		                       .budget = { .descriptors = 130 } };
	struct text line = { 0 };
	struct towpath *t;

	assert_int_equal(towpath_new(&setup, &t), 0);
	assert_int_equal(towpath_port_add(t, &(struct towpath_port){ .name = "ether1" }), 0);
	assert_int_equal(towpath_socket(t, AF_INET, SOCK_DGRAM, 0), -ENETDOWN);
	assert_int_equal(towpath_start(t), 0);
	text_printf(&line, "/ip address add address=%s interface=ether1", address);
	assert_int_equal(towpath_run(t, text_str(&line), NULL, NULL), 0);
	text_free(&line);
	return t;
}

static void pair_open(struct pair *p)
{
	*p = (struct pair){ .now_ns = 5 * S };
	p->a = make(p, 1, "10.0.0.1/24");
	p->b = make(p, 2, "10.0.0.2/24");
	assert_int_equal(towpath_join(p->a, 0, p->b, 0), 0);
}

static void pair_close(struct pair *p)
{
	towpath_free(p->a);
	towpath_free(p->b);
}

static struct sockaddr_in at(uint32_t addr, uint16_t port)
{
	return (struct sockaddr_in){ .sin_family = AF_INET,
		                     .sin_port = htons(port),
		                     .sin_addr.s_addr = htonl(addr) };
}

static const uint32_t addr_a = 0x0a000001, addr_b = 0x0a000002;

static int open_bound(struct towpath *t, int type, uint16_t port)
{
	struct sockaddr_in own = at(0, port);
	int fd = towpath_socket(t, AF_INET, type, 0);

	assert_true(fd >= 0);
	assert_int_equal(towpath_bind(t, fd, &own, sizeof own), 0);
	return fd;
}

static void test_datagrams_both_ways(void **state)
{
	struct sockaddr_in to = at(addr_b, 7), from;
	socklen_t len = sizeof from;
	char bytes[16];
	struct pair p;
	int client, server;

	pair_open(&p);
	server = open_bound(p.b, SOCK_DGRAM, 7);
	client = towpath_socket(p.a, AF_INET, SOCK_DGRAM, 0);
	assert_int_equal(towpath_sendto(p.a, client, "hello", 5, 0, &to, sizeof to), 5);
	/* It waits until the other router has learnt of it, by virtue of wait(). */
	assert_int_equal(towpath_recvfrom(p.b, server, bytes, sizeof bytes, 0, &from, &len), 5);
	assert_memory_equal(bytes, "hello", 5);
	assert_int_equal(len, sizeof from);
	assert_int_equal(ntohl(from.sin_addr.s_addr), addr_a);
	assert_int_equal(towpath_sendto(p.b, server, "and back", 8, 0, &from, len), 8);
	assert_int_equal(towpath_recv(p.a, client, bytes, sizeof bytes, 0), 8);
	assert_memory_equal(bytes, "and back", 8);
	pair_close(&p);
}

static void test_descriptors_are_small(void **state)
{
	int fds[130];
	struct pair p;

	pair_open(&p);
	for (int i = 0; i < 130; i++) {
		fds[i] = towpath_socket(p.a, AF_INET, SOCK_DGRAM, 0);
		assert_int_equal(fds[i], i);
	}
	assert_int_equal(towpath_socket(p.a, AF_INET, SOCK_DGRAM, 0), -EMFILE);
	assert_int_equal(towpath_close(p.a, 129), 0);
	assert_int_equal(towpath_close(p.a, 64), 0);
	assert_int_equal(towpath_close(p.a, 3), 0);
	assert_int_equal(towpath_close(p.a, 3), -EBADF);
	assert_int_equal(towpath_socket(p.a, AF_INET, SOCK_DGRAM, 0), 3);
	assert_int_equal(towpath_socket(p.a, AF_INET, SOCK_DGRAM, 0), 64);
	assert_int_equal(towpath_socket(p.a, AF_INET, SOCK_DGRAM, 0), 129);
	pair_close(&p);
}

static void test_bad_descriptors(void **state)
{
	static const int bad[] = { -1, 0, 129, 130, 1 << 30 };
	struct sockaddr_in addr = at(addr_b, 7);
	socklen_t len = sizeof addr;
	struct pair p;
	int one = 1;

	pair_open(&p);
	for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		int fd = bad[i];

		assert_int_equal(towpath_bind(p.a, fd, &addr, len), -EBADF);
		assert_int_equal(towpath_connect(p.a, fd, &addr, len), -EBADF);
		assert_int_equal(towpath_listen(p.a, fd, 1), -EBADF);
		assert_int_equal(towpath_accept(p.a, fd, NULL, NULL, 0), -EBADF);
		assert_int_equal(towpath_send(p.a, fd, "x", 1, 0), -EBADF);
		assert_int_equal(towpath_recv(p.a, fd, &one, 1, 0), -EBADF);
		assert_int_equal(towpath_shutdown(p.a, fd, SHUT_WR), -EBADF);
		assert_int_equal(towpath_close(p.a, fd), -EBADF);
		assert_int_equal(towpath_setsockopt(p.a, fd, SOL_SOCKET, SO_BROADCAST, &one, 4),
		                 -EBADF);
		assert_int_equal(towpath_getsockopt(p.a, fd, SOL_SOCKET, SO_ERROR, &one, &len),
		                 -EBADF);
		assert_int_equal(towpath_getsockname(p.a, fd, &addr, &len), -EBADF);
		assert_int_equal(towpath_getpeername(p.a, fd, &addr, &len), -EBADF);
		assert_int_equal(towpath_nonblocking(p.a, fd, -1), -EBADF);
		assert_int_equal(towpath_watch(p.a, fd, NULL, NULL), -EBADF);
	}
	pair_close(&p);
}

static void test_bad_pointers(void **state)
{
	struct sockaddr_in addr = at(addr_b, 7);
	socklen_t len = sizeof addr;
	struct pair p;
	int fd;

	pair_open(&p);
	fd = towpath_socket(p.a, AF_INET, SOCK_DGRAM, 0);
	assert_int_equal(towpath_bind(p.a, fd, NULL, len), -EFAULT);
	assert_int_equal(towpath_connect(p.a, fd, NULL, len), -EFAULT);
	assert_int_equal(towpath_sendto(p.a, fd, NULL, 1, 0, &addr, len), -EFAULT);
	assert_int_equal(towpath_recvfrom(p.a, fd, NULL, 1, 0, NULL, NULL), -EFAULT);
	assert_int_equal(towpath_getsockname(p.a, fd, NULL, &len), -EFAULT);
	assert_int_equal(towpath_getsockname(p.a, fd, &addr, NULL), -EFAULT);
	assert_int_equal(towpath_poll(p.a, NULL, 1, 0), -EFAULT);
	assert_int_equal(towpath_connect(p.a, fd, &addr, (socklen_t)-1), -EINVAL);
	assert_int_equal(towpath_connect(p.a, fd, &addr, 8), -EINVAL);
	pair_close(&p);
}

static void test_who_does_not_wait(void **state)
{
	struct timeval time = { .tv_usec = 250000 };
	char bytes[4];
	struct pair p;
	uint64_t begin;
	int fd;

	pair_open(&p);
	fd = open_bound(p.a, SOCK_DGRAM, 7);
	begin = p.now_ns;
	assert_int_equal(towpath_recv(p.a, fd, bytes, 4, MSG_DONTWAIT), -EAGAIN);
	assert_int_equal(towpath_nonblocking(p.a, fd, 1), 0);
	assert_int_equal(towpath_nonblocking(p.a, fd, -1), 1);
	assert_int_equal(towpath_recv(p.a, fd, bytes, 4, 0), -EAGAIN);
	assert_int_equal(p.now_ns, begin);
	assert_int_equal(towpath_nonblocking(p.a, fd, 0), 1);
	assert_int_equal(towpath_setsockopt(p.a, fd, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time),
	                 0);
	assert_int_equal(towpath_recv(p.a, fd, bytes, 4, 0), -EAGAIN);
	assert_int_equal(p.now_ns, begin + S / 4);
	pair_close(&p);
}

static void test_poll_waits(void **state)
{
	struct sockaddr_in to = at(addr_a, 7);
	struct pollfd fds[3];
	struct pair p;
	uint64_t begin;
	int fd, other;

	pair_open(&p);
	fd = open_bound(p.a, SOCK_DGRAM, 7);
	other = towpath_socket(p.b, AF_INET, SOCK_DGRAM, 0);
	fds[0] = (struct pollfd){ .fd = fd, .events = POLLIN };
	fds[1] = (struct pollfd){ .fd = -1, .events = POLLIN, .revents = POLLIN };
	fds[2] = (struct pollfd){ .fd = 77, .events = POLLIN };
	begin = p.now_ns;
	assert_int_equal(towpath_poll(p.a, fds, 2, 1500), 0);
	assert_int_equal(p.now_ns, begin + 3 * S / 2);
	assert_int_equal(fds[1].revents, 0);
	assert_int_equal(towpath_poll(p.a, fds, 3, -1), 1);
	assert_int_equal(fds[2].revents, POLLNVAL);
	assert_int_equal(towpath_sendto(p.b, other, "x", 1, 0, &to, sizeof to), 1);
	assert_int_equal(towpath_poll(p.a, fds, 1, -1), 1);
	assert_int_equal(fds[0].revents, POLLIN);
	pair_close(&p);
}

/* A connection from a to port 7 of b: @ret_ends[0] is a's, [1] b's. */
static void join(struct pair *p, int listener, int ret_ends[2])
{
	struct sockaddr_in to = at(addr_b, 7), peer;
	socklen_t len = sizeof peer;

	ret_ends[0] = towpath_socket(p->a, AF_INET, SOCK_STREAM, 0);
	assert_int_equal(towpath_connect(p->a, ret_ends[0], &to, sizeof to), 0);
	ret_ends[1] = towpath_accept(p->b, listener, &peer, &len, 0);
	assert_true(ret_ends[1] >= 0);
	assert_int_equal(ntohl(peer.sin_addr.s_addr), addr_a);
}

static void test_streams_both_ways(void **state)
{
	static uint8_t out[300000], in[sizeof out];
	struct pair p;
	int listener, ends[2];
	size_t sent = 0, got = 0;

	pair_open(&p);
	listener = open_bound(p.b, SOCK_STREAM, 7);
	assert_int_equal(towpath_listen(p.b, listener, 4), 0);
	join(&p, listener, ends);
	for (size_t i = 0; i < sizeof out; i++)
		out[i] = (uint8_t)(i * 2654435761U >> 13);
	/* More than both buffers hold: send() waits only while somebody reads. */
	while (got < sizeof in) {
		ssize_t n = towpath_send(p.a, ends[0], out + sent, sizeof out - sent, MSG_DONTWAIT);

		sent += n > 0 ? (size_t)n : 0;
		n = towpath_recv(p.b, ends[1], in + got, sizeof in - got, 0);
		assert_true(n > 0);
		got += (size_t)n;
	}
	assert_memory_equal(in, out, sizeof in);
	assert_int_equal(towpath_send(p.b, ends[1], out, 1000, 0), 1000);
	assert_int_equal(towpath_recv(p.a, ends[0], in, 1000, MSG_WAITALL), 1000);
	assert_int_equal(towpath_close(p.a, ends[0]), 0);
	assert_int_equal(towpath_recv(p.b, ends[1], in, 1, 0), 0);
	assert_int_equal(towpath_close(p.b, ends[1]), 0);
	pair_close(&p);
}

static void test_received_without_a_copy(void **state)
{
	struct iovec spans[4];
	struct pair p;
	int listener, ends[2];
	size_t got = 0;

	pair_open(&p);
	listener = open_bound(p.b, SOCK_STREAM, 7);
	assert_int_equal(towpath_listen(p.b, listener, 4), 0);
	join(&p, listener, ends);
	assert_int_equal(towpath_spans(p.b, ends[1], spans, 4), 0);
	assert_int_equal(towpath_send(p.a, ends[0], "abcdefgh", 8, 0), 8);
	while (got < 8) {
		int n = towpath_spans(p.b, ends[1], spans, 4);

		if (n == 0)
			world_step(&p, p.now_ns + S);
		for (int i = 0; i < n; i++) {
			assert_memory_equal(spans[i].iov_base, &"abcdefgh"[got], spans[i].iov_len);
			got += spans[i].iov_len;
			assert_int_equal(towpath_consume(p.b, ends[1], spans[i].iov_len), 0);
		}
	}
	assert_int_equal(towpath_spans(p.b, ends[1], spans, 4), 0);
	pair_close(&p);
}

static void test_refused(void **state)
{
	struct sockaddr_in to = at(addr_b, 8);
	struct pair p;
	int fd;

	pair_open(&p);
	fd = towpath_socket(p.a, AF_INET, SOCK_STREAM, 0);
	assert_int_equal(towpath_connect(p.a, fd, &to, sizeof to), -ECONNREFUSED);
	/* As it was: fit for another. */
	assert_int_equal(towpath_nonblocking(p.a, fd, 1), 0);
	assert_int_equal(towpath_connect(p.a, fd, &to, sizeof to), -EINPROGRESS);
	assert_int_equal(towpath_connect(p.a, fd, &to, sizeof to), -EALREADY);
	world_step(&p, p.now_ns + S);
	assert_int_equal(towpath_connect(p.a, fd, &to, sizeof to), -ECONNREFUSED);
	pair_close(&p);
}

static void test_nobody_answers(void **state)
{
	struct sockaddr_in to = at(addr_b, 7);
	struct timeval time = { .tv_sec = 3 };
	struct pair p;
	uint64_t begin;
	int fd;

	pair_open(&p);
	assert_int_equal(towpath_run(p.b,
	                             "/ip firewall filter add chain=input protocol=tcp action=drop",
	                             NULL, NULL),
	                 0);
	fd = towpath_socket(p.a, AF_INET, SOCK_STREAM, 0);
	assert_int_equal(towpath_setsockopt(p.a, fd, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof time),
	                 0);
	begin = p.now_ns;
	assert_int_equal(towpath_connect(p.a, fd, &to, sizeof to), -EINPROGRESS);
	assert_int_equal(p.now_ns, begin + 3 * S);
	assert_int_equal(towpath_connect(p.a, fd, &to, sizeof to), -EALREADY);
	time.tv_sec = 0;
	assert_int_equal(towpath_setsockopt(p.a, fd, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof time),
	                 0);
	assert_int_equal(towpath_connect(p.a, fd, &to, sizeof to), -ETIMEDOUT);
	assert_int_equal((p.now_ns - begin) / S, 127); /* RFC 6298: 1, 2, 4, ... seconds */
	pair_close(&p);
}

static void test_accept_wants_a_number(void **state)
{
	struct sockaddr_in to = at(addr_b, 7);
	struct pair p;
	int listener, client, fd = 0;

	pair_open(&p);
	listener = open_bound(p.b, SOCK_STREAM, 7);
	assert_int_equal(towpath_listen(p.b, listener, 4), 0);
	assert_int_equal(towpath_nonblocking(p.b, listener, 1), 0);
	assert_int_equal(towpath_accept(p.b, listener, NULL, NULL, 0), -EAGAIN);
	while (fd >= 0 && fd < 129)
		fd = towpath_socket(p.b, AF_INET, SOCK_DGRAM, 0);
	client = towpath_socket(p.a, AF_INET, SOCK_STREAM, 0);
	assert_int_equal(towpath_connect(p.a, client, &to, sizeof to), 0);
	assert_int_equal(towpath_accept(p.b, listener, NULL, NULL, 0), -EMFILE);
	/* It still waits there. */
	assert_int_equal(towpath_close(p.b, 9), 0);
	assert_int_equal(towpath_accept(p.b, listener, NULL, NULL, 0), 9);
	pair_close(&p);
}

struct told {
	unsigned times, datagrams;
	bool closes;
};

static void changed(void *arg, struct towpath *t, int fd, short events)
{
	struct told *told = arg;
	char bytes[4];

	told->times++;
	while (towpath_recv(t, fd, bytes, sizeof bytes, 0) > 0)
		told->datagrams++;
	assert_int_equal(towpath_advance(t, towpath_now(t)), -EBUSY);
	assert_int_equal(towpath_run(t, ":put 1", NULL, NULL), -EBUSY);
	if (told->closes && told->datagrams > 0)
		assert_int_equal(towpath_close(t, fd), 0);
}

static void test_watchers_are_told(void **state)
{
	struct sockaddr_in to = at(addr_a, 7);
	struct told told = { 0 };
	struct pair p;
	int fd, other;

	pair_open(&p);
	fd = open_bound(p.a, SOCK_DGRAM, 7);
	other = towpath_socket(p.b, AF_INET, SOCK_DGRAM, 0);
	assert_int_equal(towpath_watch(p.a, fd, changed, &told), 0);
	world_step(&p, p.now_ns);
	assert_int_equal(told.times, 1); /* how it stands */
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(towpath_sendto(p.b, other, "x", 1, 0, &to, sizeof to), 1);
	told.closes = true;
	world_step(&p, p.now_ns + S);
	assert_int_equal(told.datagrams, 3);
	assert_int_equal(towpath_close(p.a, fd), -EBADF);
	world_step(&p, p.now_ns + S);
	pair_close(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_datagrams_both_ways),
		cmocka_unit_test(test_descriptors_are_small),
		cmocka_unit_test(test_bad_descriptors),
		cmocka_unit_test(test_bad_pointers),
		cmocka_unit_test(test_who_does_not_wait),
		cmocka_unit_test(test_poll_waits),
		cmocka_unit_test(test_watchers_are_told),
		cmocka_unit_test(test_streams_both_ways),
		cmocka_unit_test(test_received_without_a_copy),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_nobody_answers),
		cmocka_unit_test(test_accept_wants_a_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
