#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "lib/text.h"
#include "os/byte_queue.h"
#include "os/clock.h"
#include "os/local_socket.h"
#include "os/loop.h"

/* The keeper of sessions: notes what it is told, and answers scripts with their own text. */
struct fixture {
	struct scratch scratch;
	char path[128];
	struct clock clock;
	struct loop *loop;
	struct local_socket *local;
	struct local_client *client; /* the last one */
	struct console_hello hello;
	struct console_size size;
	char who[CONSOLE_WHO_BYTES];
	bool trusted;
	char input[64];
	unsigned hellos, interrupts, gones;
	bool refuse;
};

static void *on_hello(void *arg, struct local_client *client, const struct console_hello *hello)
{
	struct fixture *f = arg;

	f->hellos++;
	f->hello = *hello;
	f->client = client;
	snprintf(f->who, sizeof f->who, "%s", local_client_account(client));
	f->trusted = local_client_trusted(client);
	if (f->refuse)
		local_client_bye(client, "no");
	return f->refuse ? NULL : f;
}

static void on_input(void *session, const uint8_t *bytes, size_t len)
{
	struct fixture *f = session;

	snprintf(f->input, sizeof f->input, "%.*s", (int)len, (const char *)bytes);
}

static void on_run(void *session, const char *script, size_t len)
{
	struct fixture *f = session;

	local_client_out(f->client, script, len);
	local_client_notice(f->client, "noted", 5);
	local_client_done(f->client, 1);
}

static void on_interrupt(void *session)
{
	((struct fixture *)session)->interrupts++;
}

static void on_resize(void *session, struct console_size size)
{
	((struct fixture *)session)->size = size;
}

static void on_gone(void *session)
{
	((struct fixture *)session)->gones++;
}

static struct local_hooks hooks_of(struct fixture *f)
{
	return (struct local_hooks){
		f, on_hello, on_input, on_run, on_interrupt, on_resize, on_gone
	};
}

static int listen_at(struct fixture *f, struct local_socket **ret_local, struct text *words)
{
	const struct local_hooks hooks = hooks_of(f);

	return local_socket_listen(f->loop, f->path, &hooks, words, ret_local);
}

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	char said[256];
	struct text words = text_into(said, sizeof said);

	clock_init(&f->clock);
	assert_int_equal(loop_new(&f->clock, &f->loop), 0);
	scratch_make(&f->scratch);
	snprintf(f->path, sizeof f->path, "%s", scratch_path(&f->scratch, "towpath/console.sock"));
	assert_int_equal(listen_at(f, &f->local, &words), 0);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	if (f->local != NULL)
		local_socket_close(f->local, "the test is over");
	loop_free(f->loop);
	assert_int_equal(rmdir(scratch_path(&f->scratch, "towpath")), 0); /* no socket is left */
	scratch_remove(&f->scratch, NULL);
	free(f);
	return 0;
}

static void turn(struct fixture *f)
{
	while (loop_wait(f->loop, mono_add_ms(clock_mono(&f->clock), 2)) > 0) {
	}
}

static int dial(struct fixture *f)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);

	memcpy(to.sun_path, f->path, strlen(f->path));
	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
	return fd;
}

static void say(int fd, struct byte_queue *queue)
{
	assert_int_equal(byte_queue_send(queue, fd), 0);
	assert_int_equal(queue->len, 0);
}

static int dial_and_greet(struct fixture *f, const char *who)
{
	struct byte_queue queue = byte_queue_make(100);
	struct console_hello hello = { .version = CONSOLE_VERSION, .size = { 80, 24 } };
	int fd = dial(f);

	snprintf(hello.who, sizeof hello.who, "%s", who);
	assert_true(console_put_hello(&queue, &hello));
	say(fd, &queue);
	turn(f);
	byte_queue_free(&queue);
	return fd;
}

/* The next message must be of @type and say @text. */
static void expect(struct byte_queue *in, enum console_type type, const char *text)
{
	struct console_message message;
	size_t used;

	assert_int_equal(console_take(byte_queue_bytes(in), in->len, &message, &used), 1);
	assert_int_equal(message.type, type);
	assert_int_equal(message.len, strlen(text));
	assert_memory_equal(message.bytes, text, message.len);
	byte_queue_drop(in, used);
}

/* All that has come, up to the end if it is there; true when it is. */
static bool hear(int fd, struct byte_queue *in)
{
	int64_t n;

	while ((n = byte_queue_read(in, fd)) > 0) {
	}
	return n == 0;
}

static void a_session_from_hello_to_gone(void **state)
{
	struct fixture *f = *state;
	struct byte_queue out = byte_queue_make(1000), in = byte_queue_make(1000);
	int fd = dial_and_greet(f, "");
	struct passwd *user = getpwuid(geteuid());

	assert_int_equal(f->hellos, 1);
	assert_int_equal(f->hello.size.height, 24);
	if (user != NULL)
		assert_string_equal(f->who, user->pw_name);
	assert_true(f->trusted);
	assert_true(console_put(&out, CONSOLE_INPUT, "abc", 3));
	assert_true(console_put_resize(&out, (struct console_size){ 100, 50 }));
	assert_true(console_put(&out, CONSOLE_INTERRUPT, NULL, 0));
	assert_true(console_put(&out, CONSOLE_RUN, "/ip", 3));
	say(fd, &out);
	turn(f);
	assert_string_equal(f->input, "abc");
	assert_int_equal(f->size.width, 100);
	assert_int_equal(f->interrupts, 1);
	assert_false(hear(fd, &in));
	expect(&in, CONSOLE_OUT, "/ip");
	expect(&in, CONSOLE_NOTICE, "noted");
	expect(&in, CONSOLE_DONE, "\1");
	assert_int_equal(in.len, 0);
	close(fd);
	turn(f);
	assert_int_equal(f->gones, 1);
	byte_queue_free(&in);
	byte_queue_free(&out);
}

static void bye_comes_after_all_that_was_said(void **state)
{
	struct fixture *f = *state;
	struct byte_queue in = byte_queue_make(2 << 20);
	int fd = dial_and_greet(f, "");
	char *much = calloc(1, 1 << 20);

	local_client_out(f->client, much, 1 << 20);
	local_client_bye(f->client, "so long");
	assert_int_equal(f->gones, 0);
	for (unsigned i = 0; i < 100 && !hear(fd, &in); i++)
		turn(f);
	assert_int_equal(f->gones, 1);
	for (unsigned i = 0; i < 16; i++) {
		struct console_message message;
		size_t used;

		assert_int_equal(console_take(byte_queue_bytes(&in), in.len, &message, &used), 1);
		assert_int_equal(message.len, 65536);
		byte_queue_drop(&in, used);
	}
	expect(&in, CONSOLE_BYE, "so long");
	close(fd);
	free(much);
	byte_queue_free(&in);
}

static void who_does_not_read_is_cut_off(void **state)
{
	struct fixture *f = *state;
	int fd = dial_and_greet(f, "");
	char *much = calloc(1, 1 << 20);

	for (unsigned i = 0; i < 20; i++)
		local_client_out(f->client, much, 1 << 20);
	turn(f);
	assert_int_equal(f->gones, 1);
	close(fd);
	free(much);
}

static void a_front_end_speaks_for_somebody(void **state)
{
	struct fixture *f = *state;
	int fd = dial_and_greet(f, "carol"); /* from the daemon's own user, as the test is */

	assert_string_equal(f->hello.who, "carol");
	assert_true(f->trusted);
	close(fd);
}

static void nonsense_gets_a_bye(void **state)
{
	static const char *const lines[] = { "GET / HTTP/1.0\r\n\r\n", "\3\0\0\0\0", "\1\0\0\0\0" };
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		struct byte_queue in = byte_queue_make(1000);
		int fd = dial(f);
		size_t len = i == 0 ? strlen(lines[i]) : 5;

		assert_int_equal(write(fd, lines[i], len), (ssize_t)len);
		turn(f);
		assert_true(hear(fd, &in));
		expect(&in, CONSOLE_BYE, "this terminal does not speak the router's language");
		byte_queue_free(&in);
		close(fd);
	}
	assert_int_equal(f->hellos, 0);
}

static void another_version_is_told(void **state)
{
	struct fixture *f = *state;
	struct byte_queue queue = byte_queue_make(1000);
	const struct console_hello hello = { .version = CONSOLE_VERSION + 1 };
	struct console_message message;
	size_t used;
	int fd = dial(f);

	assert_true(console_put_hello(&queue, &hello));
	say(fd, &queue);
	turn(f);
	assert_true(hear(fd, &queue));
	assert_int_equal(console_take(byte_queue_bytes(&queue), queue.len, &message, &used), 1);
	assert_int_equal(message.type, CONSOLE_BYE);
	assert_int_equal(f->hellos, 0);
	byte_queue_free(&queue);
	close(fd);
}

static void a_refused_session_was_never_there(void **state)
{
	struct fixture *f = *state;
	struct byte_queue in = byte_queue_make(1000);

	f->refuse = true;

	int fd = dial_and_greet(f, "");

	assert_true(hear(fd, &in));
	expect(&in, CONSOLE_BYE, "no");
	assert_int_equal(f->gones, 0);
	byte_queue_free(&in);
	close(fd);
}

static void one_too_many_is_turned_away(void **state)
{
	struct fixture *f = *state;
	struct byte_queue in = byte_queue_make(1000);
	int fds[LOCAL_CLIENTS_MAX + 1];

	for (size_t i = 0; i < ARRAY_LEN(fds); i++)
		fds[i] = dial_and_greet(f, "");
	assert_int_equal(f->hellos, LOCAL_CLIENTS_MAX);
	turn(f);
	(void)hear(fds[LOCAL_CLIENTS_MAX], &in);
	expect(&in, CONSOLE_BYE, "too many consoles are open; close one");
	for (size_t i = 0; i < ARRAY_LEN(fds); i++)
		close(fds[i]);
	turn(f);
	assert_int_equal(f->gones, LOCAL_CLIENTS_MAX);
	byte_queue_free(&in);
}

static void everybody_may_ask(void **state)
{
	struct fixture *f = *state;
	struct stat st;

	assert_int_equal(stat(f->path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0666);
}

static void a_dead_routers_socket_is_replaced_a_living_ones_not(void **state)
{
	struct fixture *f = *state;
	char said[512];
	struct text words = text_into(said, sizeof said);
	struct local_socket *second;
	struct sockaddr_un at = { .sun_family = AF_UNIX };

	assert_int_equal(listen_at(f, &second, &words), -EADDRINUSE);
	assert_non_null(strstr(text_str(&words), "another towpathd"));
	local_socket_close(f->local, "");
	f->local = NULL;

	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	memcpy(at.sun_path, f->path, strlen(f->path));
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
	close(fd); /* the file stays, and nobody answers */
	assert_int_equal(listen_at(f, &f->local, &words), 0);
	fd = dial_and_greet(f, "");
	assert_int_equal(f->hellos, 1);
	close(fd);
}

static void a_file_in_the_way_is_not_touched(void **state)
{
	struct fixture *f = *state;
	char said[512];
	struct text words = text_into(said, sizeof said);

	local_socket_close(f->local, "");
	f->local = NULL;

	int fd = open(f->path, O_CREAT | O_WRONLY, 0600);

	close(fd);
	assert_int_equal(listen_at(f, &f->local, &words), -EEXIST);
	assert_null(f->local);
	assert_int_equal(unlink(f->path), 0);
}

static void closing_says_why(void **state)
{
	struct fixture *f = *state;
	struct byte_queue in = byte_queue_make(1000);
	int fd = dial_and_greet(f, "");

	local_socket_close(f->local, "the router is stopping");
	f->local = NULL;
	assert_int_equal(f->gones, 1);
	assert_true(hear(fd, &in));
	expect(&in, CONSOLE_BYE, "the router is stopping");
	byte_queue_free(&in);
	close(fd);
}

#define SOCKET_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SOCKET_TEST(a_session_from_hello_to_gone),
		SOCKET_TEST(bye_comes_after_all_that_was_said),
		SOCKET_TEST(who_does_not_read_is_cut_off),
		SOCKET_TEST(a_front_end_speaks_for_somebody),
		SOCKET_TEST(nonsense_gets_a_bye),
		SOCKET_TEST(another_version_is_told),
		SOCKET_TEST(a_refused_session_was_never_there),
		SOCKET_TEST(one_too_many_is_turned_away),
		SOCKET_TEST(everybody_may_ask),
		SOCKET_TEST(a_dead_routers_socket_is_replaced_a_living_ones_not),
		SOCKET_TEST(a_file_in_the_way_is_not_touched),
		SOCKET_TEST(closing_says_why),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
