/*
 * The front end between two sockets: who is far away on the one, the router on the other.
 */
#include "../unit.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "svc/front_proto.h"
#include "svc/telnet_serve.h"

struct fixture {
	struct telnet_serve *serve;
	int router[2], wire[2]; /* [0]: ours */
};

static void set_up(struct fixture *f)
{
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, f->router), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, f->wire), 0);
	f->serve = telnet_serve_new(f->router[1], f->wire[1]);
}

static void tear_down(struct fixture *f)
{
	telnet_serve_free(f->serve);
	for (unsigned i = 0; i < 2; i++) {
		if (f->router[i] >= 0)
			close(f->router[i]);
		if (f->wire[i] >= 0)
			close(f->wire[i]);
	}
}

static bool has_work(const struct fixture *f)
{
	struct pollfd p[2] = { { f->router[1], POLLIN, 0 }, { f->wire[1], POLLIN, 0 } };

	return poll(p, 2, 0) > 0;
}

/* Until nothing has come that it has not heard. */
static int work(struct fixture *f)
{
	int error = 0;

	for (unsigned i = 0; error == 0 && (i < 3 || has_work(f)); i++)
		error = telnet_serve_turn(f->serve, 0);
	return error;
}

static size_t wire_says(struct fixture *f, char *bytes, size_t size)
{
	ssize_t n = recv(f->wire[0], bytes, size, MSG_DONTWAIT);

	return n > 0 ? (size_t)n : 0;
}

static void type(struct fixture *f, const char *bytes, size_t len)
{
	assert_int_equal(send(f->wire[0], bytes, len, 0), len);
}

static bool router_hears(struct fixture *f, uint8_t *bytes, struct front_message *message)
{
	ssize_t n = recv(f->router[0], bytes, FRONT_MESSAGE_BYTES, MSG_DONTWAIT);

	return n > 0 && front_proto_take(bytes, (size_t)n, message);
}

static void say(struct fixture *f, const char *text, size_t len)
{
	uint8_t bytes[FRONT_MESSAGE_BYTES];
	size_t n = front_proto_put(bytes, FRONT_OUT, text, len);

	assert_int_equal(send(f->router[0], bytes, n, MSG_DONTWAIT), n);
}

static void keys_and_sizes_reach_the_router(void **state)
{
	static const char typed[] = "\377\373\37\377\372\37\0\144\0\36\377\360ab\r\n";
	uint8_t bytes[FRONT_MESSAGE_BYTES];
	struct front_message message;
	char offers[64];
	struct fixture f;

	set_up(&f);
	type(&f, typed, sizeof typed - 1);
	assert_int_equal(work(&f), 0);
	assert_true(wire_says(&f, offers, sizeof offers) >= 21);
	assert_true(router_hears(&f, bytes, &message));
	assert_int_equal(message.type, FRONT_SIZE);
	assert_int_equal(message.width, 100);
	assert_int_equal(message.height, 30);
	assert_true(router_hears(&f, bytes, &message));
	assert_int_equal(message.type, FRONT_INPUT);
	assert_int_equal(message.len, 3);
	assert_memory_equal(message.bytes, "ab\r", 3);
	tear_down(&f);
}

static void what_the_router_says_goes_out(void **state)
{
	char seen[64];
	struct fixture f;
	size_t n;

	set_up(&f);
	assert_int_equal(work(&f), 0);
	(void)wire_says(&f, seen, sizeof seen);
	say(&f, "Login: ", 7);
	assert_int_equal(work(&f), 0);
	n = wire_says(&f, seen, sizeof seen);
	assert_int_equal(n, 7);
	assert_memory_equal(seen, "Login: ", 7);
	tear_down(&f);
}

/* The router hangs up: its last words arrive, then the process ends. */
static void the_last_words_arrive(void **state)
{
	char seen[128];
	struct fixture f;
	int error = 0;
	size_t n;

	set_up(&f);
	say(&f, "bye", 3);
	assert_int_equal(shutdown(f.router[0], SHUT_WR), 0);
	for (unsigned i = 0; i < 20 && error == 0; i++)
		error = telnet_serve_turn(f.serve, 0);
	assert_int_equal(error, -ECONNRESET);
	n = wire_says(&f, seen, sizeof seen);
	assert_true(n > 3);
	assert_memory_equal(seen + n - 3, "bye", 3);
	tear_down(&f);
}

static void it_ends_when_they_have_gone(void **state)
{
	struct fixture f;

	set_up(&f);
	close(f.wire[0]);
	f.wire[0] = -1;
	assert_int_equal(work(&f), -ECONNRESET);
	tear_down(&f);
}

static void a_router_that_speaks_strangely_is_left(void **state)
{
	struct fixture f;

	set_up(&f);
	assert_int_equal(send(f.router[0], "\1keys", 5, 0), 5);
	assert_int_equal(work(&f), -EPROTO);
	tear_down(&f);
}

/* Somebody asks for an answer with each two bytes and reads none: they are heard no more, and the
 * router is not read. */
static void who_does_not_read_is_not_heard(void **state)
{
	static char ask[4096];
	char say_bytes[FRONT_OUT_BYTES];
	uint8_t bytes[FRONT_MESSAGE_BYTES];
	size_t asked = 0, said = 0;
	struct fixture f;

	for (size_t i = 0; i < sizeof ask; i += 2)
		memcpy(ask + i, "\377\366", 2);
	memset(say_bytes, 'x', sizeof say_bytes);
	set_up(&f);
	for (unsigned i = 0; i < 4000; i++) {
		ssize_t n = send(f.wire[0], ask, sizeof ask, MSG_DONTWAIT);
		size_t len = front_proto_put(bytes, FRONT_OUT, say_bytes, sizeof say_bytes);

		asked += n > 0 ? (size_t)n : 0;
		said += send(f.router[0], bytes, len, MSG_DONTWAIT) > 0 ? 1 : 0;
		assert_int_equal(telnet_serve_turn(f.serve, 0), 0);
	}
	/* All that waits is in the sockets. */
	assert_true(send(f.wire[0], ask, sizeof ask, MSG_DONTWAIT) < 0);
	assert_true(asked < 4U << 20);
	assert_true(said * sizeof say_bytes < 4U << 20);
	tear_down(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_and_sizes_reach_the_router),
		cmocka_unit_test(what_the_router_says_goes_out),
		cmocka_unit_test(the_last_words_arrive),
		cmocka_unit_test(it_ends_when_they_have_gone),
		cmocka_unit_test(a_router_that_speaks_strangely_is_left),
		cmocka_unit_test(who_does_not_read_is_not_heard),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
