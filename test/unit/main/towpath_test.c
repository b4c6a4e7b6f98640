/*
 * The program towpath, run as users run it ($TOWPATH names it), against a console that answers
 * each line with its own text; a line that begins with "fail" fails.
 */
#include "os/check.h"

#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <utmp.h>

#include "lib/text.h"
#include "os/clock.h"
#include "os/local_socket.h"
#include "os/loop.h"

struct fixture {
	struct scratch scratch;
	char path[128];
	struct clock clock;
	struct loop *loop;
	struct local_socket *local;
	struct local_client *client;
	struct console_hello hello;
	struct console_size size;
	bool silent; /* does not answer */
	unsigned interrupts;
};

/* What a run of the program led to. */
struct outcome {
	int status;
	char out[8192], err[2048];
};

static void *on_hello(void *arg, struct local_client *client, const struct console_hello *hello)
{
	struct fixture *f = arg;

	f->client = client;
	f->hello = *hello;
	if (hello->interactive)
		local_client_out(client, "> ", 2);
	return f;
}

/* Echo, and leave at Ctrl-D. */
static void on_input(void *session, const uint8_t *bytes, size_t len)
{
	struct fixture *f = session;

	local_client_out(f->client, bytes, len);
	if (memchr(bytes, 4, len) != NULL)
		local_client_bye(f->client, "");
}

static void on_run(void *session, const char *script, size_t len)
{
	struct fixture *f = session;

	if (f->silent)
		return;
	local_client_out(f->client, script, len);
	local_client_out(f->client, "\n", 1);
	if (len >= 4 && memcmp(script, "fail", 4) == 0) {
		local_client_notice(f->client, "failure: so\n", 12);
		local_client_done(f->client, 1);
	} else {
		local_client_done(f->client, 0);
	}
}

static void on_interrupt(void *session)
{
	struct fixture *f = session;

	f->interrupts++;
	local_client_notice(f->client, "interrupted\n", 12);
	local_client_done(f->client, 1);
}

static void on_resize(void *session, struct console_size size)
{
	((struct fixture *)session)->size = size;
}

static void on_gone(void *session)
{
	((struct fixture *)session)->client = NULL;
}

static struct local_hooks hooks_of(struct fixture *f)
{
	return (struct local_hooks){
		f, on_hello, on_input, on_run, on_interrupt, on_resize, on_gone
	};
}

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	char said[256];
	struct text words = text_into(said, sizeof said);
	const struct local_hooks hooks = hooks_of(f);

	assert_non_null(getenv("TOWPATH"));
	clock_init(&f->clock);
	assert_int_equal(loop_new(&f->clock, &f->loop), 0);
	scratch_make(&f->scratch);
	snprintf(f->path, sizeof f->path, "%s", scratch_path(&f->scratch, "s"));
	assert_int_equal(local_socket_listen(f->loop, f->path, &hooks, &words, &f->local), 0);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	if (f->local != NULL)
		local_socket_close(f->local, "");
	loop_free(f->loop);
	scratch_remove(&f->scratch, (const char *const[]){ "in", "out", "err", NULL });
	free(f);
	return 0;
}

static int scratch_file(struct fixture *f, const char *name, const char *content)
{
	int fd = open(scratch_path(&f->scratch, name), O_RDWR | O_CREAT | O_TRUNC, 0600);

	assert_int_equal(write(fd, content, strlen(content)), (ssize_t)strlen(content));
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

static void slurp(struct fixture *f, const char *name, char *to, size_t size)
{
	int fd = open(scratch_path(&f->scratch, name), O_RDONLY);
	ssize_t n = read(fd, to, size - 1);

	assert_true(n >= 0);
	to[n] = '\0';
	close(fd);
}

static pid_t start(struct fixture *f, const char *const *words, const char *input)
{
	static char copies[16][8192];
	char *argv[17] = { NULL };
	const char *const first[] = { "towpath", "--socket", f->path };
	size_t n = 0;
	int in = scratch_file(f, "in", input);
	int out = scratch_file(f, "out", ""), err = scratch_file(f, "err", "");
	pid_t pid;

	for (; n < 3 || words[n - 3] != NULL; n++) {
		assert_true(n < 16);
		snprintf(copies[n], sizeof copies[n], "%s", n < 3 ? first[n] : words[n - 3]);
		argv[n] = copies[n];
	}
	pid = fork();
	if (pid == 0) {
		dup2(in, 0);
		dup2(out, 1);
		dup2(err, 2);
		execv(getenv("TOWPATH"), argv);
		_exit(99);
	}
	close(in);
	close(out);
	close(err);
	return pid;
}

static bool turn(struct fixture *f)
{
	return loop_wait(f->loop, mono_add_ms(clock_mono(&f->clock), 5)) > 0;
}

static int wait_for(struct fixture *f, pid_t pid)
{
	int status;

	for (unsigned i = 0; i < 2000; i++) {
		(void)turn(f);
		if (waitpid(pid, &status, WNOHANG) == pid)
			return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
	}
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	fail_msg("towpath does not end");
	return -1;
}

static struct outcome outcome_of(struct fixture *f, pid_t pid)
{
	struct outcome o = { .status = wait_for(f, pid) };

	slurp(f, "out", o.out, sizeof o.out);
	slurp(f, "err", o.err, sizeof o.err);
	return o;
}

#define RUN(f, input, ...)                                                                         \
	outcome_of(f, start(f, (const char *const[]){ __VA_ARGS__, NULL }, input))

static void lines_run_in_order(void **state)
{
	struct outcome o = RUN(*state, "", "-c", "/ip route print", "--command=two", "-c", "three");

	assert_int_equal(o.status, 0);
	assert_string_equal(o.out, "/ip route print\ntwo\nthree\n");
	assert_string_equal(o.err, "");
}

static void the_first_failure_ends_it(void **state)
{
	struct outcome o = RUN(*state, "", "-c", "one", "-c", "fail now", "-c", "three");

	assert_int_equal(o.status, 1);
	assert_string_equal(o.out, "one\nfail now\n");
	assert_string_equal(o.err, "failure: so\n");
}

static void a_script_comes_from_standard_input(void **state)
{
	struct outcome o = RUN(*state, "/ip address\nprint\n", NULL);

	assert_int_equal(o.status, 0);
	assert_string_equal(o.out, "/ip address\nprint\n\n");
	o = RUN(*state, "fail", NULL);
	assert_int_equal(o.status, 1);
	o = RUN(*state, "", NULL);
	assert_int_equal(o.status, 0);
	assert_string_equal(o.out, "");
}

static void wrong_calls_are_explained(void **state)
{
	struct outcome o = RUN(*state, "", "/ip");

	assert_int_equal(o.status, 2);
	assert_non_null(strstr(o.err, "-c '/ip'"));
	o = RUN(*state, "", "-c");
	assert_int_equal(o.status, 2);
	assert_non_null(strstr(o.err, "needs a value"));
	o = RUN(*state, "", "--help");
	assert_int_equal(o.status, 0);
	assert_non_null(strstr(o.out, "Exit status"));
	o = RUN(*state, "", "--version");
	assert_string_equal(o.out, "towpath " TOWPATH_VERSION "\n");
}

static void no_router_is_told(void **state)
{
	struct outcome o = RUN(*state, "", "--socket", "/no-such-place/s", "-c", "x");

	assert_int_equal(o.status, 3);
	assert_non_null(strstr(o.err, "no router answers at /no-such-place/s"));
	assert_non_null(strstr(o.err, "towpathd --port"));
}

/* The daemon dies: the socket closes without a BYE. */
static void a_router_that_dies_is_told(void **state)
{
	struct fixture *f = *state;
	static const char *const words[] = { "-c", "x", NULL };

	local_socket_close(f->local, "");
	f->local = NULL;

	int listener = socket(AF_UNIX, SOCK_STREAM, 0);
	struct sockaddr_un at = { .sun_family = AF_UNIX };

	memcpy(at.sun_path, f->path, strlen(f->path));
	assert_int_equal(bind(listener, (struct sockaddr *)&at, sizeof at), 0);
	assert_int_equal(listen(listener, 1), 0);

	pid_t pid = start(f, words, "");
	int fd = accept(listener, NULL, NULL);
	char some[5];

	assert_int_equal(read(fd, some, sizeof some), 5);
	close(fd);

	struct outcome o = outcome_of(f, pid);

	assert_int_equal(o.status, 3);
	assert_non_null(strstr(o.err, "the router has gone"));
	close(listener);
	assert_int_equal(unlink(f->path), 0);
}

static void a_router_that_stops_says_so(void **state)
{
	struct fixture *f = *state;
	static const char *const words[] = { "-c", "x", NULL };

	f->silent = true;

	pid_t pid = start(f, words, "");

	while (f->client == NULL)
		(void)turn(f);
	local_socket_close(f->local, "the router is stopping");
	f->local = NULL;

	struct outcome o = outcome_of(f, pid);

	assert_int_equal(o.status, 3);
	assert_string_equal(o.err, "\rtowpath: the router is stopping\r\n");
}

static void an_interrupt_is_passed_on(void **state)
{
	struct fixture *f = *state;
	static const char *const words[] = { "-c", "x", NULL };

	f->silent = true;

	pid_t pid = start(f, words, "");

	while (f->client == NULL)
		(void)turn(f);
	kill(pid, SIGINT);

	struct outcome o = outcome_of(f, pid);

	assert_int_equal(f->interrupts, 1);
	assert_int_equal(o.status, 1);
	assert_string_equal(o.err, "interrupted\n");
}

static void long_output_arrives_whole(void **state)
{
	static char line[8001];

	memset(line, 'x', sizeof line - 1);

	struct outcome o = RUN(*state, "", "-c", line);

	assert_int_equal(o.status, 0);
	assert_int_equal(strlen(o.out), sizeof line);
}

/* Read from the terminal's far side until @text has been shown. */
static void expect_shown(struct fixture *f, int tty, const char *text)
{
	char shown[1024];
	size_t len = 0;

	for (unsigned i = 0; i < 1000; i++) {
		(void)turn(f);

		ssize_t n = read(tty, shown + len, sizeof shown - 1 - len);

		if (n > 0)
			len += (size_t)n;
		shown[len] = '\0';
		if (strstr(shown, text) != NULL)
			return;
	}
	fail_msg("the terminal shows \"%s\", not \"%s\"", shown, text);
}

static void a_terminal_is_passed_on_key_by_key(void **state)
{
	struct fixture *f = *state;
	struct winsize size = { .ws_col = 91, .ws_row = 33 };
	int far, near, status;
	struct termios before, after;

	assert_int_equal(openpty(&far, &near, NULL, NULL, &size), 0);
	fcntl(far, F_SETFL, O_NONBLOCK);
	tcgetattr(near, &before);
	close(scratch_file(f, "in", ""));
	close(scratch_file(f, "out", ""));
	close(scratch_file(f, "err", ""));

	pid_t pid = fork();

	if (pid == 0) {
		close(far);
		login_tty(dup(near));
		setenv("TERM", "xterm", 1);
		unsetenv("NO_COLOR");
		execl(getenv("TOWPATH"), "towpath", "--socket", f->path, NULL);
		_exit(99);
	}
	expect_shown(f, far, "> ");
	assert_true(f->hello.interactive && f->hello.colour);
	assert_int_equal(f->hello.size.width, 91);
	assert_int_equal(f->hello.size.height, 33);
	assert_int_equal(write(far, "a\x03z", 3), 3); /* Ctrl-C is a key */
	expect_shown(f, far, "a\x03z");
	size.ws_col = 70;
	ioctl(far, TIOCSWINSZ, &size);
	for (unsigned i = 0; i < 1000 && f->size.width != 70; i++)
		(void)turn(f);
	assert_int_equal(f->size.width, 70);
	assert_int_equal(write(far, "\x04", 1), 1);
	status = wait_for(f, pid);
	assert_int_equal(status, 0);
	tcgetattr(near, &after);
	assert_int_equal(after.c_lflag, before.c_lflag);
	close(far);
	close(near);
}

#define TOWPATH_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TOWPATH_TEST(lines_run_in_order),
		TOWPATH_TEST(the_first_failure_ends_it),
		TOWPATH_TEST(a_script_comes_from_standard_input),
		TOWPATH_TEST(wrong_calls_are_explained),
		TOWPATH_TEST(no_router_is_told),
		TOWPATH_TEST(a_router_that_dies_is_told),
		TOWPATH_TEST(a_router_that_stops_says_so),
		TOWPATH_TEST(an_interrupt_is_passed_on),
		TOWPATH_TEST(long_output_arrives_whole),
		TOWPATH_TEST(a_terminal_is_passed_on_key_by_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
