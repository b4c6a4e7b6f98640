/*
 * The router's end of `towpath run`, against programs that do as our library does, and against some
 * that do not.
 */
#include "host/sock_world.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "../seeded.h"
#include "host/shim_proto.h"
#include "host/socks.h"
#include "lib/text.h"
#include "os/check.h"
#include "os/clock.h"
#include "os/loop.h"
#include "os/shim_server.h"

struct run_world {
	struct sock_world w;
	struct scratch scratch;
	char path[128];
	struct clock clock;
	struct loop *loop;
	struct seeded seeded;
	struct shim_server *server;
	mono now;
};

static struct run_world *world_new(void)
{
	struct run_world *r = mem_new(1, sizeof *r);
	char said[256];
	struct text words = text_into(said, sizeof said);

	r->w = sock_world_new();
	r->seeded = seeded_make(7);
	clock_init(&r->clock);
	assert_int_equal(loop_new(&r->clock, &r->loop), 0);
	scratch_make(&r->scratch);
	snprintf(r->path, sizeof r->path, "%s", scratch_path(&r->scratch, "s"));
	assert_int_equal(shim_server_open(r->loop, r->w.host, &r->seeded.random, r->path, &words,
	                                  &r->server),
	                 0);
	r->now = mono_add_s((mono){ 0 }, 100);
	return r;
}

static void world_free(struct run_world *r)
{
	shim_server_close(r->server);
	loop_free(r->loop);
	assert_int_equal(socks_open(r->w.host->socks), 0);
	scratch_remove(&r->scratch, NULL); /* its socket is gone, too */
	sock_world_free(r->w);
	mem_free(r);
}

/* What is there to be done, is done. */
static void turn(struct run_world *r)
{
	for (unsigned i = 0; i < 4; i++) {
		assert_true(loop_wait(r->loop, (mono){ 0 }) >= 0);
		(void)shim_server_turn(r->server, r->now);
	}
}

static void pass_ms(struct run_world *r, uint64_t ms)
{
	r->now = mono_add_ms(r->now, ms);
	turn(r);
}

/* --- a program ------------------------------------------------------------------------------ */

static int dial(struct run_world *r)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0);

	assert_true(snprintf(address.sun_path, sizeof address.sun_path, "%s" SHIM_SUFFIX, r->path) <
	            (int)sizeof address.sun_path);
	assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
	return fd;
}

static void say(int fd, const void *bytes, size_t len, int passed)
{
	struct iovec part = { (void *)(uintptr_t)bytes, len };
	union {
		struct cmsghdr head;
		uint8_t bytes[CMSG_SPACE(sizeof passed)];
	} control = { 0 };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };

	if (passed >= 0) {
		control.head.cmsg_level = SOL_SOCKET;
		control.head.cmsg_type = SCM_RIGHTS;
		control.head.cmsg_len = CMSG_LEN(sizeof passed);
		memcpy(CMSG_DATA(&control.head), &passed, sizeof passed);
		message.msg_control = &control;
		message.msg_controllen = sizeof control;
	}
	assert_int_equal(sendmsg(fd, &message, 0), len);
}

struct asked {
	struct shim_request request;
	uint8_t tail[256];
};

/* The answer's result; INT_MIN: it hung up. */
static int ask_it(struct run_world *r, const struct asked *asked, int passed,
                  struct shim_answer *answer)
{
	int fd = dial(r), result = INT_MIN;

	say(fd, asked, sizeof asked->request + asked->request.tail_len, passed);
	turn(r);
	if (recv(fd, answer, sizeof *answer, 0) == sizeof *answer)
		result = answer->result;
	close(fd);
	return result;
}

static int ask(struct run_world *r, enum shim_call call, uint64_t badge, int a, int passed)
{
	struct asked asked = { .request = { .version = SHIM_VERSION,
		                            .call = (uint8_t)call,
		                            .badge = badge,
		                            .a = a } };
	struct shim_answer answer;

	return ask_it(r, &asked, passed, &answer);
}

static int ask_at(struct run_world *r, enum shim_call call, uint64_t badge, const char *addr,
                  uint16_t port, int passed)
{
	struct sockaddr_in in = sock_at_port(addr, port);
	struct asked asked = { .request = { .version = SHIM_VERSION,
		                            .call = (uint8_t)call,
		                            .badge = badge,
		                            .tail_len = sizeof in } };
	struct shim_answer answer;

	memcpy(asked.tail, &in, sizeof in);
	return ask_it(r, &asked, passed, &answer);
}

/* A socket of the program's; its badge is 0 when it was refused. */
static int open_one(struct run_world *r, int type, uint64_t *ret_badge)
{
	int fd = socket(AF_UNIX,
	                (type == SOCK_STREAM ? SOCK_STREAM : SOCK_SEQPACKET) | SOCK_NONBLOCK, 0);
	struct asked asked = { .request = {
				       .version = SHIM_VERSION, .call = SHIM_SOCKET, .a = type } };
	struct shim_answer answer = { .badge = 0 };

	*ret_badge = ask_it(r, &asked, fd, &answer) == 0 ? answer.badge : 0;
	return fd;
}

static unsigned bits(int fd)
{
	struct pollfd p = { fd, POLLIN | POLLOUT | POLLRDHUP, 0 };

	(void)!poll(&p, 1, 0);
	return (unsigned)p.revents;
}

/* --- what a program does ---------------------------------------------------------------------- */

static void a_socket_lives_as_long_as_any_of_its_descriptors(void **state)
{
	struct run_world *r = world_new();
	uint64_t badge, worn = 0;
	int fd = open_one(r, SOCK_STREAM, &badge), copy;
	socklen_t len = sizeof worn;

	assert_int_equal(getsockopt(fd, SOL_SOCKET, SO_MAX_PACING_RATE, &worn, &len), 0);
	assert_true(worn == badge && shim_badge_good(badge));
	assert_int_equal(bits(fd), POLLOUT | POLLHUP); /* as a fresh TCP socket */
	assert_int_equal(ask_at(r, SHIM_BIND, badge, LAN, 8080, -1), 0);
	copy = dup(fd);
	close(fd);
	pass_ms(r, SHIM_ROLL_MS);
	assert_int_equal(socks_open(r->w.host->socks), 1);
	close(copy);
	pass_ms(r, SHIM_ROLL_MS);
	assert_int_equal(socks_open(r->w.host->socks), 0);
	assert_int_equal(ask(r, SHIM_NAME, badge, 0, -1), -EBADF);
	world_free(r);
}

/* One that has gone without a word is found out when its port is wanted. */
static void a_port_is_free_as_soon_as_its_socket_is_closed(void **state)
{
	struct run_world *r = world_new();
	uint64_t badge;
	int fd;

	for (unsigned i = 0; i < 3; i++) {
		fd = open_one(r, SOCK_STREAM, &badge);
		assert_int_equal(ask_at(r, SHIM_BIND, badge, LAN, 8080, -1), 0);
		close(fd);
	}
	fd = open_one(r, SOCK_STREAM, &badge);
	assert_int_equal(ask_at(r, SHIM_BIND, badge, LAN, 8080, -1), 0);

	uint64_t other;
	int second = open_one(r, SOCK_STREAM, &other);

	assert_int_equal(ask_at(r, SHIM_BIND, other, LAN, 8080, -1), -EADDRINUSE);
	close(fd);
	close(second);
	world_free(r);
}

static void a_connect_that_is_under_way_cannot_be_written(void **state)
{
	struct run_world *r = world_new();
	uint64_t badge;
	int fd = open_one(r, SOCK_STREAM, &badge);
	char byte;

	assert_int_equal(ask_at(r, SHIM_CONNECT, badge, PEER, 80, fd), -EINPROGRESS);
	assert_int_equal(bits(fd), 0);
	assert_int_equal(write(fd, "x", 1), -1);
	assert_int_equal(errno, EAGAIN);
	assert_int_equal(read(fd, &byte, 1), -1);
	assert_int_equal(errno, EAGAIN);
	assert_int_equal(ask_at(r, SHIM_CONNECT, badge, PEER, 80, fd), -EALREADY);
	assert_int_equal(ask(r, SHIM_LISTEN, badge, 5, fd), -EINVAL);
	/* Its program is gone: at once, for it has a pair. */
	close(fd);
	turn(r);
	assert_int_equal(ask(r, SHIM_NAME, badge, 0, -1), -EBADF);
	world_free(r);
}

static void datagrams_go_with_their_address_and_errors_are_told(void **state)
{
	struct run_world *r = world_new();
	struct {
		struct shim_datagram head;
		char payload[8];
	} m = { .head = { .version = SHIM_VERSION, .address_len = 16 }, .payload = "who?" };
	struct sockaddr_in in = sock_at_port(FAR, 53);
	uint64_t badge;
	int fd = open_one(r, SOCK_DGRAM, &badge);
	struct pkt *p;
	char text[64] = "";

	assert_int_equal(bits(fd), POLLOUT);
	memcpy(m.head.address, &in, sizeof in);
	assert_int_equal(write(fd, &m, sizeof m.head + 4), sizeof m.head + 4);
	turn(r);
	p = sock_said(r->w);
	assert_int_equal(p->arrived.dst.v, A(FAR).v);
	sock_hears(r->w, 1, FAR, 53, WAN, p->arrived.sport, "me");
	pkt_done(r->w.f->net, p);
	turn(r);
	assert_int_equal(read(fd, &m, sizeof m), sizeof m.head + 2);
	assert_memory_equal(m.payload, "me", 2);
	assert_memory_equal(m.head.address, &in, 8);
	/* What is no datagram of ours is dropped, and the next one goes. */
	assert_int_equal(write(fd, "nonsense", 8), 8);
	assert_int_equal(write(fd, &m, sizeof m.head + 2), sizeof m.head + 2);
	turn(r);
	p = sock_said(r->w);
	assert_int_equal(p->arrived.dport, 53);
	pkt_done(r->w.f->net, p);
	assert_int_equal(read(fd, text, sizeof text), -1);
	close(fd);
	turn(r);
	assert_int_equal(socks_open(r->w.host->socks), 0);
	world_free(r);
}

/* --- what it should not do ---------------------------------------------------------------------
 */

static void descriptors_that_are_not_ours_are_refused(void **state)
{
	struct run_world *r = world_new();
	struct asked asked = {
		.request = { .version = SHIM_VERSION, .call = SHIM_SOCKET, .a = SOCK_STREAM }
	};
	struct shim_answer answer;
	int pair[2], file = open("/dev/null", O_RDWR), inet = socket(AF_INET, SOCK_STREAM, 0);
	int packets = socket(AF_UNIX, SOCK_SEQPACKET, 0);
	uint64_t badge;
	int fd = open_one(r, SOCK_STREAM, &badge);

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	assert_int_equal(ask_it(r, &asked, -1, &answer), -EINVAL);
	assert_int_equal(ask_it(r, &asked, file, &answer), -EINVAL);
	assert_int_equal(ask_it(r, &asked, inet, &answer), -EINVAL);
	assert_int_equal(ask_it(r, &asked, packets, &answer), -EINVAL);
	/* One that is connected with somebody else already. */
	assert_int_equal(ask_at(r, SHIM_CONNECT, badge, PEER, 80, pair[0]), -EISCONN);
	assert_int_equal(ask(r, SHIM_LISTEN, badge, 1, file), -EINVAL);
	assert_int_equal(ask(r, SHIM_NAME, badge ^ 1, 0, -1), -EBADF);
	assert_int_equal(ask(r, SHIM_SOCKET, 0, SOCK_RAW, packets), -ESOCKTNOSUPPORT);
	close(pair[0]);
	close(pair[1]);
	close(file);
	close(inet);
	close(packets);
	close(fd);
	pass_ms(r, SHIM_ROLL_MS);
	world_free(r);
}

static void nonsense_ends_the_call_and_nothing_else(void **state)
{
	struct run_world *r = world_new();
	struct seeded seeded = seeded_make(3);
	uint64_t badge;
	int fd = open_one(r, SOCK_STREAM, &badge);

	for (unsigned i = 0; i < 2000; i++) {
		struct asked asked;
		int call = dial(r);
		size_t len = 1 + random_below(&seeded.random, sizeof asked);

		random_fill(&seeded.random, &asked, sizeof asked);
		if (random_below(&seeded.random, 2) == 0) { /* nearly right */
			asked.request.version = SHIM_VERSION;
			asked.request.call %= SHIM_CALLS + 1;
			asked.request.flags &= 3;
			asked.request.zero = 0;
			asked.request.zero_end = 0;
			asked.request.badge = badge;
			if (len >= sizeof asked.request)
				asked.request.tail_len = (uint32_t)(len - sizeof asked.request);
		}
		say(call, &asked, len, i % 3 == 0 ? fd : -1);
		turn(r);
		close(call);
	}
	turn(r);
	close(fd);
	pass_ms(r, SHIM_ROLL_MS);
	fd = open_one(r, SOCK_STREAM, &badge);
	assert_true(badge != 0);
	close(fd);
	world_free(r);
}

static void too_many_sockets_are_an_error_and_come_back(void **state)
{
	struct run_world *r = world_new();
	uint64_t badge = 1;
	int fds[80], n = 0;

	while (n < 80 && badge != 0)
		fds[n++] = open_one(r, SOCK_STREAM, &badge);
	assert_in_range(n, 60, 70); /* sock_world's 64 */
	for (int i = 0; i < n; i++)
		close(fds[i]);
	fds[0] = open_one(r, SOCK_STREAM, &badge);
	assert_true(badge != 0);
	close(fds[0]);
	world_free(r);
}

static void who_does_not_ask_keeps_nobody_waiting(void **state)
{
	struct run_world *r = world_new();
	int mute[40];
	uint64_t badge;
	int fd;

	for (size_t i = 0; i < ARRAY_LEN(mute); i++)
		mute[i] = dial(r);
	turn(r);
	fd = open_one(r, SOCK_STREAM, &badge);
	assert_true(badge != 0);
	close(fd);
	for (size_t i = 0; i < ARRAY_LEN(mute); i++)
		close(mute[i]);
	world_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_socket_lives_as_long_as_any_of_its_descriptors),
		cmocka_unit_test(a_port_is_free_as_soon_as_its_socket_is_closed),
		cmocka_unit_test(a_connect_that_is_under_way_cannot_be_written),
		cmocka_unit_test(datagrams_go_with_their_address_and_errors_are_told),
		cmocka_unit_test(descriptors_that_are_not_ours_are_refused),
		cmocka_unit_test(nonsense_ends_the_call_and_nothing_else),
		cmocka_unit_test(too_many_sockets_are_an_error_and_come_back),
		cmocka_unit_test(who_does_not_ask_keeps_nobody_waiting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
