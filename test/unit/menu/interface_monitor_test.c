/* monitor-traffic and the other monitors: rates, links, values, and how they end. */
#include "menu/fixture.h"

/* A home that has announced its addresses: nothing is sent but what the test sends. */
static struct fixture *quiet_home(void)
{
	struct fixture *f = home(NULL);

	for (int i = 0; i < 60; i++)
		sleep_ms(f, 500);
	return f;
}

static struct run *looking(struct fixture *f, const char *line)
{
	struct run *run = begin(f, line);

	assert_non_null(run);
	if (run_step(run, f->now, 10) != RUN_WAITING)
		fail_msg("%s\n%s", run_diag(run)->text, line);
	return run;
}

static void traffic(void **unused)
{
	struct fixture *f = quiet_home();
	struct run *run = looking(f, "/interface/monitor-traffic ether2,ether1");

	assert_true(run_next(run).ns == mono_add_ms(f->now, 1000).ns);
	for (int i = 0; i < 3; i++)
		put_udp(f, 2, "192.168.88.7", "198.51.100.9");
	assert_int_equal(run_step(run, f->now, 10), RUN_WAITING);
	assert_string_equal(text_str(&f->out), "");
	sleep_ms(f, 1000);
	assert_int_equal(run_step(run, f->now, 10), RUN_WAITING);
	assert_string_equal(text_str(&f->out), "                   name: ether2   ether1\n"
	                                       "  rx-packets-per-second: 3        0\n"
	                                       "     rx-bits-per-second: 1.2kbps  0bps\n"
	                                       "    rx-drops-per-second: 0        0\n"
	                                       "  tx-packets-per-second: 0        3\n"
	                                       "     tx-bits-per-second: 0bps     1.2kbps\n"
	                                       "    tx-drops-per-second: 0        0\n");
	text_clear(&f->out);
	sleep_ms(f, 1000);
	assert_int_equal(run_step(run, f->now, 10), RUN_WAITING);
	assert_non_null(strstr(text_str(&f->out), "  rx-packets-per-second: 0       0\n"
	                                          "     rx-bits-per-second: 0bps    0bps\n"));
	run_interrupt(run);
	assert_int_equal(run_step(run, f->now, 10), RUN_DONE);
	end(f, run);
	fixture_free(f);
}

static void once(void **unused)
{
	struct fixture *f = quiet_home();
	struct run *run = looking(f, "/interface/monitor-traffic ether2 once; :put over");

	sleep_ms(f, 1000);
	assert_int_equal(run_step(run, f->now, 10), RUN_DONE);
	end(f, run);
	assert_non_null(strstr(text_str(&f->out), "tx-drops-per-second: 0\nover\n"));
	run = looking(f, ":put [/interface/monitor-traffic ether2 once as-value]");
	sleep_ms(f, 1000);
	assert_int_equal(run_step(run, f->now, 10), RUN_DONE);
	end(f, run);
	assert_string_equal(text_str(&f->out),
	                    "name=ether2;rx-bits-per-second=0bps;rx-drops-per-second=0;"
	                    "rx-packets-per-second=0;tx-bits-per-second=0bps;"
	                    "tx-drops-per-second=0;tx-packets-per-second=0\n");
	fixture_free(f);
}

static void links(void **unused)
{
	struct fixture *f = quiet_home();
	struct run *run = looking(f, "/interface/ethernet/monitor ether1 once");

	assert_int_equal(run_step(run, f->now, 10), RUN_DONE);
	end(f, run);
	assert_string_equal(text_str(&f->out),
	                    "        name: ether1\n      status: link-ok\n  link-downs: 0\n");
	fixture_free(f);
}

static void resource(void **unused)
{
	struct fixture *f = quiet_home();
	struct run *run = looking(f, "/system/resource/monitor interval=2s");

	sleep_ms(f, 1000);
	assert_int_equal(run_step(run, f->now, 10), RUN_WAITING);
	assert_non_null(strstr(text_str(&f->out), "   packets-per-second: 0\n"));
	assert_true(run_next(run).ns == mono_add_ms(f->now, 2000).ns);
	run_interrupt(run);
	end(f, run);
	fixture_free(f);
}

/* What was counted is forgotten; what comes afterwards counts. */
static void counters(void **unused)
{
	struct fixture *f = quiet_home();

	put_udp(f, 2, "192.168.88.7", "198.51.100.9");
	must_run(f, ":put [/interface get ether2 rx-packet]");
	assert_string_not_equal(text_str(&f->out), "0\n");
	must_run(f, "/interface/reset-counters ether2; :put [/interface get ether2 rx-packet]");
	assert_string_equal(text_str(&f->out), "0\n");
	put_udp(f, 2, "192.168.88.7", "198.51.100.9");
	must_run(f, ":put [/interface get ether2 rx-packet]");
	assert_string_equal(text_str(&f->out), "1\n");
	must_run(f, "/interface/ethernet/reset-counters ether1,ether2; "
	            ":put [/interface get ether2 rx-packet]");
	assert_string_equal(text_str(&f->out), "0\n");
	fixture_free(f);
}

static void errors(void **unused)
{
	static const char *const lines[][2] = {
		{ "/interface/monitor-traffic", "missing value(s) of argument(s) interface" },
		{ "/interface/monitor-traffic ether1,ether99 once",
		  "input does not match any value of interface" },
		{ "/interface/monitor-traffic ether1 interval=1ms",
		  "value of interval out of range (100ms..1d)" },
		{ "/interface/bridge/add name=b1; /interface/ethernet/monitor b1 once",
		  "input does not match any value of interface: b1 is no Ethernet port" },
	};
	struct fixture *f = quiet_home();

	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		struct run *run = begin(f, lines[i][0]);

		for (int turns = 0; run != NULL && turns < 10; turns++)
			(void)run_step(run, f->now, 10);
		if (run != NULL)
			end(f, run);
		assert_false(f->ok);
		assert_ptr_equal(strstr(f->diag.text, lines[i][1]), f->diag.text);
	}
	fixture_free(f);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(traffic),  cmocka_unit_test(once),     cmocka_unit_test(links),
		cmocka_unit_test(resource), cmocka_unit_test(counters), cmocka_unit_test(errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
