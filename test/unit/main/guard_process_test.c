/*
 * The guard as the router starts it: the program towpathd ($TOWPATHD names it) with its hidden
 * word, confined, killed, started again.
 */
#include "os/check.h"

#include <crypt.h>
#include <signal.h>
#include <stdbool.h>

#include "main/guard_process.h"
#include "os/clock.h"

struct fixture {
	struct clock clock;
	struct log log;
	struct loop *loop;
	struct guard_process process;
	char hash[GUARD_HASH_BYTES];
	unsigned answers;
	struct guard_answer answer;
};

static void set_up(struct fixture *f)
{
	static struct crypt_data data;

	*f = (struct fixture){ 0 };
	assert_non_null(getenv("TOWPATHD"));
	clock_init(&f->clock);
	log_init(&f->log);
	assert_int_equal(loop_new(&f->clock, &f->loop), 0);
	assert_int_equal(guard_process_start(&f->process, f->loop, &f->log, getenv("TOWPATHD"),
	                                     clock_mono(&f->clock)),
	                 0);
	snprintf(f->hash, sizeof f->hash, "%s",
	         crypt_rn("s3cret", "$y$j9T$abcdefghabcdefghabcde.", &data, sizeof data));
}

static void tear_down(struct fixture *f)
{
	guard_process_stop(&f->process);
	loop_free(f->loop);
	log_free(&f->log);
}

static void note(void *arg, const struct guard_answer *answer)
{
	struct fixture *f = arg;

	f->answers++;
	f->answer = *answer;
}

/* As the router does, until @answers have come or @ms have passed. */
static void run(struct fixture *f, unsigned answers, unsigned ms)
{
	mono end = mono_add_ms(clock_mono(&f->clock), ms);

	while (f->answers < answers && mono_before(clock_mono(&f->clock), end)) {
		guard_process_turn(&f->process, clock_mono(&f->clock));
		if (f->answers >= answers)
			break;
		assert_true(loop_wait(f->loop, mono_min(end, guard_process_next(&f->process))) >=
		            0);
	}
}

static enum guard_verdict verdict(struct fixture *f, const char *password)
{
	struct guard_question q;

	guard_ask_for(&q, GUARD_CONSOLE, NULL, "admin", 5);
	guard_try(&q, password, strlen(password), f->hash);
	f->answers = 0;
	guard_verify(&f->process.client.guard, &q, note, f);
	assert_int_equal(f->answers, 0);
	run(f, 1, 30000);
	assert_int_equal(f->answers, 1);
	return f->answer.verdict;
}

static void the_process_says_right_and_wrong(void **state)
{
	struct fixture f;

	set_up(&f);
	assert_int_equal(verdict(&f, "s3cret"), GUARD_OK);
	assert_int_equal(verdict(&f, "guess"), GUARD_WRONG);
	assert_int_equal(verdict(&f, "s3cret"), GUARD_OK);
	tear_down(&f);
}

/* It has no descriptor but four, no capability, no call but those of its list. */
static void the_process_is_confined(void **state)
{
	struct fixture f;
	char path[64], status[4096];
	FILE *file;

	set_up(&f);
	assert_int_equal(verdict(&f, "s3cret"), GUARD_OK);
	snprintf(path, sizeof path, "/proc/%d/status", f.process.child.pid);
	file = fopen(path, "r");
	assert_non_null(file);
	status[fread(status, 1, sizeof status - 1, file)] = '\0';
	fclose(file);
	assert_non_null(strstr(status, "Seccomp:\t2"));
	assert_non_null(strstr(status, "NoNewPrivs:\t1"));
	assert_non_null(strstr(status, "CapEff:\t0000000000000000"));
	assert_non_null(strstr(status, "Name:\ttw-guard"));
	for (int fd = 0; fd < 64; fd++) {
		snprintf(path, sizeof path, "/proc/%d/fd/%d", f.process.child.pid, fd);
		if (geteuid() == 0)
			assert_int_equal(access(path, F_OK) == 0 || readlink(path, status, 1) > 0,
			                 fd <= CHILD_FD);
	}
	tear_down(&f);
}

/* Killed in the middle: whoever waits is told to, and soon it is there again. */
static void it_is_started_again(void **state)
{
	struct fixture f;
	struct guard_question q;
	pid_t first;

	set_up(&f);
	assert_int_equal(verdict(&f, "s3cret"), GUARD_OK);
	first = f.process.child.pid;
	assert_int_equal(kill(first, SIGSTOP), 0);
	guard_ask_for(&q, GUARD_CONSOLE, NULL, "admin", 5);
	guard_try(&q, "s3cret", 6, f.hash);
	f.answers = 0;
	guard_verify(&f.process.client.guard, &q, note, &f);
	assert_int_equal(kill(first, SIGKILL), 0);
	run(&f, 1, 5000);
	assert_int_equal(f.answers, 1);
	assert_int_equal(f.answer.verdict, GUARD_WAIT);
	assert_true(f.answer.retry_ms > 0);
	assert_int_equal(verdict(&f, "s3cret"), GUARD_WAIT);
	for (unsigned i = 0; i < 50 && f.process.watch == NULL; i++)
		run(&f, 2, 100);
	assert_non_null(f.process.watch);
	assert_int_not_equal(f.process.child.pid, first);
	assert_int_equal(verdict(&f, "s3cret"), GUARD_OK);
	tear_down(&f);
	assert_int_equal(kill(first, 0), -1);
}

/* Whoever types the hidden word is told that it is nothing for people. */
static void the_word_alone_starts_nothing(void **state)
{
	char line[256];
	FILE *out;
	int status;

	snprintf(line, sizeof line, "exec '%s' " GUARD_PROCESS_WORD " 2>&1 3<&-",
	         getenv("TOWPATHD"));
	out = popen(line, "r");
	assert_non_null(out);
	assert_non_null(fgets(line, sizeof line, out));
	status = pclose(out);
	assert_string_equal(line, "towpathd: the guard is started by towpathd itself\n");
	assert_int_equal(status >> 8, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_process_says_right_and_wrong),
		cmocka_unit_test(the_process_is_confined),
		cmocka_unit_test(it_is_started_again),
		cmocka_unit_test(the_word_alone_starts_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
