/* Scripts, what has them run, and what becomes of it: on a virtual clock. */
#include "menu/fixture.h"

#include "manage/jobs.h"
#include "manage/schedule.h"

/* Time goes on, in tenths of seconds. */
static void pass_s(struct fixture *f, uint64_t seconds)
{
	for (uint64_t i = 0; i < seconds * 10; i++) {
		f->now = mono_add_ms(f->now, 100);
		turn(f);
		for (int more = 0; manage_turn(f->manage, f->now); more++)
			assert_true(more < 1000);
	}
}

/* How many lines of the log hold @part. */
static unsigned logged(struct fixture *f, const char *part)
{
	unsigned n = 0;

	for (size_t i = 0; i < LOG_LINES; i++)
		n += f->log.lines[i].number != 0 && strstr(f->log.lines[i].text, part) != NULL;
	return n;
}

static void shows(struct fixture *f, const char *path, size_t at, const char *name,
                  const char *value)
{
	assert_string_equal(shown(f, path, at, name), value);
}

static const char script[] = "/system/script";
static const char scheduler[] = "/system/scheduler";

static void a_script_is_kept_and_run(void **state)
{
	struct fixture *f = home(NULL);

	must_run(f, "/system/script/add name=routes source=\"/ip/route/add "
	            "dst-address=172.16.0.0/12 gateway=192.168.88.7\\n:put done\"");
	assert_string_equal(text_str(&f->notice), "");
	shows(f, script, 0, "owner", "admin");
	shows(f, script, 0, "run-count", "0");
	shows(f, script, 0, "last-started", "");
	assert_string_equal(letters(f, script, 0), "");
	must_run(f, "/system/script/run routes");
	assert_string_equal(text_str(&f->out), "done\n");
	assert_int_equal(rows_n(f, "/system/script/job"), 0);
	shows(f, script, 0, "run-count", "1");
	shows(f, script, 0, "last-started", "2023-11-14 22:13:20");
	must_run(f, ":put [/ip/route/find where dst-address=172.16.0.0/12]");
	assert_true(f->out.len > 1);
	fixture_free(f);
}

static void a_script_is_named_in_every_way(void **state)
{
	struct fixture *f = home(NULL);

	must_run(f, "/system/script/add name=first source=\":put 1\"");
	must_run(f, "/system/script/add name=second source=\":put 2\"");
	must_run(f, "/system/script/run 1");
	assert_string_equal(text_str(&f->out), "2\n");
	must_run(f, "/system/script/run number=first");
	assert_string_equal(text_str(&f->out), "1\n");
	must_run(f, "/system/script run [find where name=second]");
	assert_string_equal(text_str(&f->out), "2\n");
	assert_false(run(f, "/system/script/run third"));
	must_run(f, "/system/script/disable first");
	refused(f, "/system/script/run first",
	        "failure: script first is disabled\n"
	        "enable it first: /system/script/enable first");
	fixture_free(f);
}

static void a_wrong_script_is_told_at_once(void **state)
{
	struct fixture *f = home(NULL);

	must_run(f, "/system/script/add name=wrong source=\":put 1\\n/ip/rout/add x=1\"");
	assert_non_null(strstr(text_str(&f->notice),
	                       "warning: script wrong can't be run: (line 2 column "));
	assert_string_equal(letters(f, script, 0), "I");
	assert_false(run(f, "/system/script/run wrong"));
	assert_non_null(strstr(f->diag.text, "failure: script wrong (line 2 column "));
	must_run(f, "/system/script/set wrong source=\":put 1\"");
	assert_string_equal(text_str(&f->notice), "");
	assert_string_equal(letters(f, script, 0), "");
	fixture_free(f);
}

static void a_failure_names_its_place(void **state)
{
	struct fixture *f = home(NULL);

	must_run(f, "/system/script/add name=fails source=\":put before\\n/ip/route/remove *999\"");
	assert_false(run(f, "/system/script/run fails"));
	assert_string_equal(text_str(&f->out), "before\n");
	assert_non_null(strstr(f->diag.text, "no such item"));
	assert_non_null(strstr(f->diag.text, " (/ip/route/remove; line 2)"));
	/* From the schedule it goes to the log. */
	must_run(f, "/system/scheduler/add name=soon start-time=startup on-event=fails");
	pass_s(f, 4);
	assert_int_equal(logged(f, "(scheduler:soon) before"), 1);
	assert_int_equal(logged(f, "(scheduler:soon) no such item"), 1);
	assert_int_equal(logged(f, "(/ip/route/remove; line 2)"), 1);
	fixture_free(f);
}

/* C5: the routes of a script are there after each start. */
static void a_startup_script_runs_at_every_start(void **state)
{
	struct memory_store store;
	struct fixture *f;

	memory_store_init(&store);
	f = home(&store);
	must_run(f, "/system/script/add name=routes source=\"/ip/route/remove "
	            "[find where comment=boot]\\n/ip/route/add dst-address=172.16.0.0/12 "
	            "gateway=192.168.88.7 comment=boot\"");
	must_run(f, "/system/scheduler/add name=boot start-time=startup on-event=routes");
	assert_string_equal(text_str(&f->notice), "");
	for (int start = 0; start < 3; start++) {
		pass_s(f, 2);
		shows(f, scheduler, 0, "run-count", "0");
		must_run(f, "/ip/route/remove [find where comment=boot]");
		pass_s(f, 2);
		shows(f, scheduler, 0, "run-count", "1");
		shows(f, scheduler, 0, "next-run", "");
		must_run(f, ":put [/ip/route/find where dst-address=172.16.0.0/12]");
		assert_true(f->out.len > 1);
		assert_int_equal(logged(f, "(scheduler:boot)"), 0);
		pass_s(f, 60);
		shows(f, scheduler, 0, "run-count", "1");
		fixture_free(f);
		f = fixture_new(&store);
	}
	fixture_free(f);
	memory_store_free(&store);
}

static void times_are_kept(void **state)
{
	struct fixture *f = home(NULL);

	/* It is 2023-11-14 22:13:20. */
	must_run(f, "/system/scheduler/add name=often interval=10s on-event=\":put tick\"");
	must_run(f, "/system/scheduler/add name=late start-time=22:14:00 on-event=\":put late\"");
	must_run(f, "/system/scheduler/add name=daily start-time=22:13:25 interval=1d "
	            "on-event=\":put daily\"");
	must_run(f,
	         "/system/scheduler/add name=off interval=1s disabled=yes on-event=\":put off\"");
	must_run(f,
	         "/system/scheduler/add name=next-year start-date=2024-01-01 start-time=00:00:00 "
	         "on-event=\":put year\"");
	shows(f, scheduler, 0, "start-date", "2023-11-14");
	shows(f, scheduler, 0, "start-time", "22:13:20");
	pass_s(f, 1);
	shows(f, scheduler, 0, "next-run", "2023-11-14 22:13:30");
	shows(f, scheduler, 4, "next-run", "2024-01-01 00:00:00");
	pass_s(f, 99); /* 22:15:00 */
	shows(f, scheduler, 0, "run-count", "10");
	shows(f, scheduler, 1, "run-count", "1");
	shows(f, scheduler, 1, "next-run", "");
	shows(f, scheduler, 2, "run-count", "1");
	shows(f, scheduler, 2, "next-run", "2023-11-15 22:13:25");
	shows(f, scheduler, 3, "run-count", "0");
	shows(f, scheduler, 4, "run-count", "0");
	assert_int_equal(logged(f, "(scheduler:often) tick"), 10);
	assert_int_equal(logged(f, "(scheduler:late) late"), 1);
	fixture_free(f);
}

/* Nothing that was missed is made up for, and nothing runs twice at once. */
static void a_clock_that_jumps_is_followed(void **state)
{
	struct fixture *f = home(NULL);

	must_run(f, "/system/scheduler/add name=hourly start-time=22:00:00 interval=1h "
	            "on-event=\":put hour\"");
	pass_s(f, 5);
	shows(f, scheduler, 0, "next-run", "2023-11-14 23:00:00");
	f->wall_ahead_s = 10 * 86400; /* over 240 runs */
	pass_s(f, 5);
	shows(f, scheduler, 0, "run-count", "0");
	shows(f, scheduler, 0, "next-run", "2023-11-24 23:00:00");
	f->wall_ahead_s = 2788; /* 22:59:58, of the first day */
	pass_s(f, 5);
	shows(f, scheduler, 0, "run-count", "1");
	f->wall_ahead_s -= 3600; /* the hour comes again */
	pass_s(f, 1);
	shows(f, scheduler, 0, "next-run", "2023-11-14 23:00:00");
	fixture_free(f);
}

static void what_can_not_run_is_told(void **state)
{
	struct fixture *f = home(NULL);

	must_run(f, "/system/scheduler/add name=past start-time=10:00:00 on-event=\":put 1\"");
	assert_string_equal(text_str(&f->notice), "warning: past never runs: its start has passed, "
	                                          "and its interval is 0\n");
	must_run(f, "/system/scheduler/add name=none interval=1h on-event=no-such-script");
	assert_non_null(strstr(text_str(&f->notice), "there is no script of the name"));
	must_run(f, "/system/scheduler/add name=empty interval=1h");
	assert_non_null(strstr(text_str(&f->notice), "empty has nothing to run"));
	refused(f, "/system/scheduler/add name=x interval=10ms",
	        "value of interval out of range (1s..)\n0 runs it only once");
	refused(f, "/system/scheduler/add name=x start-date=2023-02-30",
	        "invalid value for argument start-date: 2023-02-30 is not a day such as "
	        "2026-01-31");
	refused(f, "/system/scheduler/add name=x start-time=25:00:00",
	        "invalid value for argument start-time: 25:00:00 is not a time of day such as "
	        "03:30:00, and not startup");
	fixture_free(f);
}

/* A script that never ends by itself: a ping. */
static void a_job_is_seen_and_stopped(void **state)
{
	struct fixture *f = home(NULL);

	must_run(f, "/system/scheduler/add name=endless start-time=startup interval=10s "
	            "on-event=\"/ping 192.168.88.7\"");
	pass_s(f, 25);
	assert_int_equal(rows_n(f, "/system/script/job"), 1);
	shows(f, "/system/script/job", 0, "script", "endless");
	shows(f, "/system/script/job", 0, "type", "scheduler");
	shows(f, "/system/script/job", 0, "owner", "admin");
	shows(f, "/system/script/job", 0, "started", "2023-11-14 22:13:23");
	assert_int_equal(logged(f, "(scheduler:endless) not started again"), 1);
	must_run(f, "/system/scheduler/disable endless");
	must_run(f, "/system/script/job/remove 0");
	assert_int_equal(rows_n(f, "/system/script/job"), 0);
	pass_s(f, 1);
	assert_int_equal(logged(f, "(scheduler:endless) stopped"), 1);
	fixture_free(f);
}

/* One that works without end is given little at a time, and ends on demand. */
static void an_endless_loop_keeps_nobody_waiting(void **state)
{
	struct fixture *f = home(NULL);

	must_run(f, "/system/scheduler/add name=endless start-time=startup "
	            "on-event=\":local n 0; :while (true) do={ :set n (\\$n + 1) }\"");
	f->now = mono_add_ms(f->now, 1);
	(void)manage_turn(f->manage, f->now);
	for (int i = 0; i < 1000; i++) {
		f->now = mono_add_ms(f->now, 100);
		assert_int_equal(manage_turn(f->manage, f->now), i >= 29);
	}
	must_run(f, ":put [:len [/system/script/job/find]]");
	assert_string_equal(text_str(&f->out), "1\n");
	must_run(f, "/system/script/job/remove [find where script=endless]");
	(void)manage_turn(f->manage, f->now);
	assert_false(manage_turn(f->manage, f->now));
	assert_int_equal(logged(f, "(scheduler:endless) stopped"), 1);
	fixture_free(f);
}

/* An hour of work without a pause is no work; one that pauses may go on for ever. */
static void work_without_a_pause_has_an_end(void **state)
{
	struct fixture *f = home(NULL);

	must_run(f, "/system/scheduler/add name=busy start-time=startup "
	            "on-event=\":while (true) do={ }\"");
	must_run(f, "/system/scheduler/add name=calm start-time=startup "
	            "on-event=\":while (true) do={ :delay 10s }\"");
	for (int i = 0; i < 2 * 3600; i++) {
		f->now = mono_add_s(f->now, 1);
		(void)manage_turn(f->manage, f->now);
	}
	assert_int_equal(logged(f, "(scheduler:busy) it has worked for an hour"), 1);
	assert_int_equal(rows_n(f, "/system/script/job"), 1);
	shows(f, "/system/script/job", 0, "script", "calm");
	fixture_free(f);
}

static void memory_has_a_limit(void **state)
{
	struct fixture *f = home(NULL);

	must_run(
		f,
		"/system/scheduler/add name=eats start-time=startup on-event=\":local a \\\"x\\\"; "
		":while (true) do={ :set a (\\$a . \\$a) }\"");
	pass_s(f, 10);
	assert_int_equal(rows_n(f, "/system/script/job"), 0);
	assert_int_equal(logged(f, "(scheduler:eats)"), 1);
	assert_int_equal(logged(f, "(scheduler:eats) failure: the script"), 1);
	fixture_free(f);
}

/* The machine sleeps until then, and whoever drives the router knows until when. */
static void a_delay_is_slept_through(void **state)
{
	struct fixture *f = home(NULL);

	must_run(f, "/system/script/add name=waits source=\":delay 20s; :put awake\"");
	must_run(f, ":execute \"/system/script/run waits\"");
	assert_int_equal(rows_n(f, "/system/script/job"), 1);
	pass_s(f, 1);
	assert_int_equal(rows_n(f, "/system/script/job"), 2);
	assert_in_range(manage_next(f->manage).ns, f->now.ns + 18 * NS_PER_S,
	                f->now.ns + 20 * NS_PER_S);
	pass_s(f, 18);
	assert_int_equal(logged(f, "awake"), 0);
	pass_s(f, 2);
	assert_int_equal(logged(f, "(execute) awake"), 1);
	assert_int_equal(rows_n(f, "/system/script/job"), 0);
	fixture_free(f);
}

static void globals_are_shared_and_seen(void **state)
{
	static const char environment[] = "/system/script/environment";
	struct fixture *f = home(NULL);

	must_run(f, "/system/script/add name=counts source=\":global n; "
	            ":if ([:typeof \\$n] = \\\"nothing\\\") do={ :set n 0 }; :set n (\\$n + 1)\"");
	for (int i = 0; i < 3; i++)
		must_run(f, "/system/script/run counts");
	must_run(f, ":global n; :put $n; :global pool 10.0.0.1");
	assert_string_equal(text_str(&f->out), "3\n");
	assert_int_equal(rows_n(f, environment), 2);
	shows(f, environment, 0, "name", "n");
	shows(f, environment, 0, "type", "num");
	shows(f, environment, 0, "value", "3");
	shows(f, environment, 1, "type", "ip");
	must_run(f, "/system/script/environment/remove [find where name=n]");
	assert_int_equal(rows_n(f, environment), 1);
	shows(f, environment, 0, "name", "pool");
	must_run(f, "/system/script/run counts");
	must_run(f, ":global n; :put $n");
	assert_string_equal(text_str(&f->out), "1\n");
	fixture_free(f);
}

/* What a script may do about another one's failure. */
static void a_failure_can_be_caught(void **state)
{
	struct fixture *f = home(NULL);

	must_run(f, "/system/script/add name=fails source=\"/ip/route/remove *999\"");
	must_run(f, ":do { /system/script/run fails } on-error={ :put caught }");
	assert_string_equal(text_str(&f->out), "caught\n");
	must_run(f, ":onerror e in={ /system/script/run fails } do={ :put $e }");
	assert_non_null(strstr(text_str(&f->out), "no such item"));
	must_run(f, "/system/script/add name=own source=\":put 1\n:error \\\"so it is\\\"\"");
	assert_false(run(f, "/system/script/run own"));
	assert_string_equal(f->diag.text, "so it is (line 2)");
	fixture_free(f);
}

/* Whoever waits for a script and stops waiting, stops it. */
static void an_interrupted_run_ends_its_job(void **state)
{
	struct fixture *f = home(NULL);
	struct run *running;

	must_run(f, "/system/script/add name=endless source=\"/ping 192.168.88.7\"");
	running = begin(f, "/system/script/run endless");
	for (int i = 0; i < 30; i++) {
		assert_int_not_equal(run_step(running, f->now, 100), RUN_DONE);
		pass_s(f, 1);
	}
	assert_true(f->out.len > 100); /* the answers come as they happen */
	assert_int_equal(rows_n(f, "/system/script/job"), 1);
	run_interrupt(running);
	assert_int_equal(run_step(running, f->now, 100), RUN_DONE);
	end(f, running);
	pass_s(f, 1);
	assert_int_equal(rows_n(f, "/system/script/job"), 0);
	fixture_free(f);
}

/* The one who waits is told when somebody else stops the script. */
static void a_removed_job_is_told_to_its_caller(void **state)
{
	struct fixture *f = home(NULL);
	struct run *running;

	must_run(f, "/system/script/add name=endless source=\"/ping 192.168.88.7\"");
	running = begin(f, "/system/script/run endless");
	assert_int_not_equal(run_step(running, f->now, 100), RUN_DONE);
	pass_s(f, 1);
	job_stop(jobs_at(f->manage->jobs, 0));
	pass_s(f, 1);
	while (run_step(running, f->now, 100) != RUN_DONE)
		;
	end(f, running);
	assert_false(f->ok);
	assert_string_equal(f->diag.text, "interrupted\nthe script was stopped");
	fixture_free(f);
}

/* A script that runs itself comes to an end, and the router goes on. */
static void jobs_have_a_limit(void **state)
{
	struct fixture *f = home(NULL);

	must_run(f, "/system/script/add name=self source=\"/system/script/run self\"");
	assert_false(run(f, "/system/script/run self"));
	assert_non_null(strstr(f->diag.text, "too many jobs are running (32)"));
	pass_s(f, 1);
	assert_int_equal(rows_n(f, "/system/script/job"), 0);
	must_run(f, "/system/script/add name=fine source=\":put 1\"");
	must_run(f, "/system/script/run fine");
	fixture_free(f);
}

/* What prints without end does not push all else out of the log. */
static void output_has_a_limit(void **state)
{
	struct fixture *f = home(NULL);
	struct text line = { 0 };

	text_add(&line, "/system/script/add name=talks source=\"");
	for (int i = 0; i < 500; i++)
		text_add(&line, ":put talk;");
	text_char(&line, '"');
	must_run(f, text_str(&line));
	must_run(f, "/system/scheduler/add name=talks start-time=startup on-event=talks");
	pass_s(f, 5);
	assert_int_equal(logged(f, "(scheduler:talks) talk"), JOB_LINES_MOST);
	assert_int_equal(logged(f, "left out"), 1);
	text_free(&line);
	fixture_free(f);
}

static void sources_are_exported_whole(void **state)
{
	struct fixture *f = home(NULL), *again = home(NULL);
	char *scripts, *events, *again_scripts, *again_events;

	must_run(f,
	         "/system/script/add name=two source=\":put \\\"a b\\\"\\r\\n:put \\\"\\$x\\\"\"");
	must_run(f, "/system/scheduler/add name=s start-time=startup on-event=two interval=1d");
	must_run(f,
	         "/system/scheduler/add name=t start-date=jan/31/2024 start-time=3h on-event=two");
	scripts = exported(f, "/system/script");
	events = exported(f, "/system/scheduler");
	assert_non_null(strstr(events, "start-date=2024-01-31"));
	must_run(again, scripts);
	must_run(again, events);
	again_scripts = exported(again, "/system/script");
	again_events = exported(again, "/system/scheduler");
	assert_string_equal(scripts, again_scripts);
	assert_string_equal(events, again_events);
	mem_free(scripts);
	mem_free(events);
	mem_free(again_scripts);
	mem_free(again_events);
	fixture_free(f);
	fixture_free(again);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_script_is_kept_and_run),
		cmocka_unit_test(a_script_is_named_in_every_way),
		cmocka_unit_test(a_wrong_script_is_told_at_once),
		cmocka_unit_test(a_failure_names_its_place),
		cmocka_unit_test(a_startup_script_runs_at_every_start),
		cmocka_unit_test(times_are_kept),
		cmocka_unit_test(a_clock_that_jumps_is_followed),
		cmocka_unit_test(what_can_not_run_is_told),
		cmocka_unit_test(a_job_is_seen_and_stopped),
		cmocka_unit_test(an_endless_loop_keeps_nobody_waiting),
		cmocka_unit_test(work_without_a_pause_has_an_end),
		cmocka_unit_test(memory_has_a_limit),
		cmocka_unit_test(a_delay_is_slept_through),
		cmocka_unit_test(globals_are_shared_and_seen),
		cmocka_unit_test(a_failure_can_be_caught),
		cmocka_unit_test(an_interrupted_run_ends_its_job),
		cmocka_unit_test(a_removed_job_is_told_to_its_caller),
		cmocka_unit_test(jobs_have_a_limit),
		cmocka_unit_test(output_has_a_limit),
		cmocka_unit_test(sources_are_exported_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
