#include "check.h"

#include <errno.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "lib/text.h"
#include "os/notify.h"
#include "os/program.h"

static void its_input_complaint_and_status_are_ours(void **state)
{
	static const char *const argv[] = { "sh", "-s", NULL };
	char said[100];
	struct text complaint = text_into(said, sizeof said);

	assert_int_equal(program_run(argv, "echo out; echo \"$PATH\" >&2; exit 3\n", &complaint),
	                 3);
	assert_string_equal(text_str(&complaint), "/usr/sbin:/usr/bin:/sbin:/bin");
}

static void signals_are_not_blocked_in_it(void **state)
{
	static const char *const argv[] = { "sh", "-s", NULL };
	char said[100];
	struct text complaint = text_into(said, sizeof said);
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	assert_int_equal(program_run(argv, "kill -TERM $$; sleep 5\n", &complaint), 128 + SIGTERM);
	sigemptyset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
}

static void a_program_that_is_not_there_is_told(void **state)
{
	static const char *const argv[] = { "no-such-program-here", NULL };
	char said[100];
	struct text complaint = text_into(said, sizeof said);

	assert_int_equal(program_run(argv, "", &complaint), -ENOENT);
}

static void systemd_is_told(void **state)
{
	struct scratch s;
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	char got[32] = { 0 };

	unsetenv("NOTIFY_SOCKET");
	assert_int_equal(notify_send("READY=1"), 0);
	scratch_make(&s);
	memcpy(at.sun_path, scratch_path(&s, "n"), strlen(scratch_path(&s, "n")));
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
	setenv("NOTIFY_SOCKET", at.sun_path, 1);
	assert_int_equal(notify_send("READY=1"), 0);
	assert_int_equal(read(fd, got, sizeof got), 7);
	assert_string_equal(got, "READY=1");
	setenv("NOTIFY_SOCKET", "relative", 1);
	assert_int_equal(notify_send("READY=1"), -EINVAL);
	setenv("NOTIFY_SOCKET", "/no-such-place/x", 1);
	assert_int_equal(notify_send("READY=1"), -ENOENT);
	close(fd);
	scratch_remove(&s, (const char *const[]){ "n", NULL });
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(its_input_complaint_and_status_are_ours),
		cmocka_unit_test(signals_are_not_blocked_in_it),
		cmocka_unit_test(a_program_that_is_not_there_is_told),
		cmocka_unit_test(systemd_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
