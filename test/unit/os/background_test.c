#include "check.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>

#include "os/background.h"

#define JOBS 200

struct numbered_job {
	struct background_job job;
	struct record *record;
	struct background *again; /* submit `next` from done() */
	struct numbered_job *next;
	unsigned number;
};

struct record {
	pthread_t main_thread;
	unsigned worked[JOBS], works; /* written by the worker only, read after done() */
	unsigned done[JOBS], dones;
	bool worked_elsewhere, done_here;
	char thread_name[16];
	sigset_t mask;
};

static void note_work(struct background_job *job)
{
	struct numbered_job *n = (struct numbered_job *)job;
	struct record *r = n->record;

	r->worked[r->works++] = n->number;
	r->worked_elsewhere = !pthread_equal(pthread_self(), r->main_thread);
	pthread_getname_np(pthread_self(), r->thread_name, sizeof r->thread_name);
	pthread_sigmask(SIG_SETMASK, NULL, &r->mask);
}

static void note_done(struct background_job *job)
{
	struct numbered_job *n = (struct numbered_job *)job;
	struct record *r = n->record;

	r->done[r->dones++] = n->number;
	r->done_here = pthread_equal(pthread_self(), r->main_thread);
	if (n->again != NULL)
		background_submit(n->again, &n->next->job);
}

static void prepare(struct numbered_job *jobs, struct record *record, unsigned n)
{
	record->main_thread = pthread_self();
	for (unsigned i = 0; i < n; i++) {
		jobs[i] = (struct numbered_job){ .job = { .work = note_work, .done = note_done },
			                         .record = record,
			                         .number = i };
	}
}

static void jobs_run_in_order_on_the_right_threads(void **state)
{
	static struct numbered_job jobs[JOBS];
	static struct record record;
	struct background *background;

	assert_int_equal(background_start(&background), 0);
	prepare(jobs, &record, JOBS);
	for (unsigned i = 0; i < JOBS; i++)
		background_submit(background, &jobs[i].job);
	while (record.dones < JOBS) {
		struct pollfd p = { .fd = background_fd(background), .events = POLLIN };

		assert_int_equal(poll(&p, 1, 10000), 1);
		background_collect(background);
	}
	for (unsigned i = 0; i < JOBS; i++) {
		assert_int_equal(record.worked[i], i);
		assert_int_equal(record.done[i], i);
	}
	assert_true(record.worked_elsewhere && record.done_here);
	assert_string_equal(record.thread_name, "tw-store");
	assert_true(sigismember(&record.mask, SIGTERM) && sigismember(&record.mask, SIGHUP));
	background_stop(background);
	assert_int_equal(record.dones, JOBS);
}

static void stop_finishes_what_is_queued(void **state)
{
	static struct numbered_job jobs[JOBS];
	static struct record record;
	struct background *background;

	assert_int_equal(background_start(&background), 0);
	prepare(jobs, &record, JOBS);
	jobs[JOBS - 2].again = background; /* the last one comes from the one before */
	jobs[JOBS - 2].next = &jobs[JOBS - 1];
	for (unsigned i = 0; i < JOBS - 1; i++)
		background_submit(background, &jobs[i].job);
	background_stop(background);
	assert_int_equal(record.dones, JOBS);
	assert_int_equal(record.done[JOBS - 1], JOBS - 1);
}

static void nothing_to_do_is_quiet(void **state)
{
	struct background *background;

	assert_int_equal(background_start(&background), 0);

	struct pollfd p = { .fd = background_fd(background), .events = POLLIN };

	assert_int_equal(poll(&p, 1, 0), 0);
	background_collect(background);
	background_stop(background);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(jobs_run_in_order_on_the_right_threads),
		cmocka_unit_test(stop_finishes_what_is_queued),
		cmocka_unit_test(nothing_to_do_is_quiet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
