#include "check.h"

#include <signal.h>
#include <sys/socket.h>

#include "os/clock.h"
#include "os/loop.h"

struct fixture {
	struct clock clock;
	struct loop *loop;
	int pair[2];
	struct loop_watch *watch;
	unsigned calls, events;
	int signal;
	struct loop_watch *victim; /* removed by the callback */
};

static void note(void *arg, unsigned events)
{
	struct fixture *f = arg;

	f->calls++;
	f->events = events;
	if (f->victim != NULL) {
		loop_remove(f->victim);
		f->victim = NULL;
	}
}

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);

	clock_init(&f->clock);
	assert_int_equal(loop_new(&f->clock, &f->loop), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, f->pair), 0);
	assert_int_equal(loop_add(f->loop, f->pair[0], note, f, &f->watch), 0);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	loop_free(f->loop);
	close(f->pair[0]);
	if (f->pair[1] >= 0)
		close(f->pair[1]);
	free(f);
	return 0;
}

static mono in_ms(struct fixture *f, uint64_t ms)
{
	return mono_add_ms(clock_mono(&f->clock), ms);
}

static void it_waits_until_the_time_and_not_less(void **state)
{
	struct fixture *f = *state;

	for (unsigned us = 0; us < 3000; us += 370) {
		mono until = mono_add_ns(clock_mono(&f->clock), us * NS_PER_US);

		assert_int_equal(loop_wait(f->loop, until), 0);
		assert_true(mono_due(until, clock_mono(&f->clock)));
	}
	assert_int_equal(loop_wait(f->loop, (mono){ 0 }), 0);
}

static void interest_decides_what_is_told(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(write(f->pair[1], "x", 1), 1);
	assert_int_equal(loop_wait(f->loop, in_ms(f, 1)), 0);
	assert_int_equal(loop_interest(f->watch, LOOP_READ), 0);
	assert_int_equal(loop_wait(f->loop, mono_never()), 1);
	assert_int_equal(f->events, LOOP_READ);
	assert_int_equal(loop_interest(f->watch, LOOP_READ | LOOP_WRITE), 0);
	assert_int_equal(loop_wait(f->loop, mono_never()), 1);
	assert_int_equal(f->events, LOOP_READ | LOOP_WRITE);
	assert_int_equal(loop_interest(f->watch, LOOP_WRITE), 0);
	assert_int_equal(loop_wait(f->loop, mono_never()), 1);
	assert_int_equal(f->events, LOOP_WRITE);
	assert_int_equal(f->calls, 3);
}

static void a_hang_up_is_something_to_read(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(loop_interest(f->watch, LOOP_READ), 0);
	close(f->pair[1]);
	f->pair[1] = -1;
	assert_int_equal(loop_wait(f->loop, mono_never()), 1);
	assert_int_equal(f->events, LOOP_READ);
}

static void a_watch_may_remove_itself(void **state)
{
	struct fixture *f = *state;
	struct loop_watch *other;

	assert_int_equal(loop_add(f->loop, f->pair[1], note, f, &other), 0);
	assert_int_equal(loop_interest(other, LOOP_WRITE), 0);
	f->victim = other;
	assert_int_equal(loop_wait(f->loop, mono_never()), 1);
	assert_int_equal(loop_wait(f->loop, in_ms(f, 1)), 0);
	assert_int_equal(f->calls, 1);
}

static void a_removed_watch_is_not_called(void **state)
{
	struct fixture *f = *state;
	struct loop_watch *first, *second;
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	assert_int_equal(loop_add(f->loop, pair[0], note, f, &first), 0);
	assert_int_equal(loop_add(f->loop, pair[1], note, f, &second), 0);
	assert_int_equal(loop_interest(first, LOOP_WRITE), 0);
	assert_int_equal(loop_interest(second, LOOP_WRITE), 0);
	/* Ready in the order in which they were made so: the first removes the second. */
	f->victim = second;
	assert_int_equal(loop_wait(f->loop, mono_never()), 1);
	assert_int_equal(f->calls, 1);
	loop_remove(first);
	close(pair[0]);
	close(pair[1]);
}

static void note_signal(void *arg, int signal)
{
	((struct fixture *)arg)->signal = signal;
}

static void signals_come_by_the_loop(void **state)
{
	struct fixture *f = *state;
	static const int signals[] = { SIGTERM, SIGINT, SIGHUP };
	sigset_t before, after;

	pthread_sigmask(SIG_SETMASK, NULL, &before);
	assert_int_equal(loop_signals(f->loop, note_signal, f), 0);
	for (size_t i = 0; i < ARRAY_LEN(signals); i++) {
		raise(signals[i]);
		assert_int_equal(loop_wait(f->loop, mono_never()), 1);
		assert_int_equal(f->signal, signals[i]);
	}
	loop_free(f->loop);
	pthread_sigmask(SIG_SETMASK, NULL, &after);
	assert_int_equal(sigismember(&before, SIGTERM), sigismember(&after, SIGTERM));
	assert_int_equal(loop_new(&f->clock, &f->loop), 0);
}

static void a_wrong_descriptor_is_told(void **state)
{
	struct fixture *f = *state;
	struct loop_watch *watch;

	assert_true(loop_add(f->loop, -1, note, f, &watch) < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(it_waits_until_the_time_and_not_less, set_up,
		                                tear_down),
		cmocka_unit_test_setup_teardown(interest_decides_what_is_told, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_hang_up_is_something_to_read, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_watch_may_remove_itself, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_removed_watch_is_not_called, set_up, tear_down),
		cmocka_unit_test_setup_teardown(signals_come_by_the_loop, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_wrong_descriptor_is_told, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
