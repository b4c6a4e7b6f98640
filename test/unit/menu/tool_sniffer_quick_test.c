/* /tool/sniffer/quick: which lines are shown, how many a turn, and how it ends. */
#include "menu/fixture.h"
#include "router/quick.h"

/* A home that has announced its addresses: nothing is sent but what the test sends. */
static struct fixture *quiet_home(void)
{
	struct fixture *f = home(NULL);

	for (int i = 0; i < 60; i++)
		sleep_ms(f, 500);
	return f;
}

static struct run *look(struct fixture *f, const char *line)
{
	struct run *quick = begin(f, line);

	assert_non_null(quick);
	if (run_step(quick, f->now, 10) != RUN_WAITING)
		fail_msg("%s\n%s", run_diag(quick)->text, line);
	return quick;
}

static unsigned lines_n(const struct fixture *f)
{
	unsigned n = 0;

	for (size_t i = 0; i < f->out.len; i++)
		n += f->out.bytes[i] == '\n';
	return n;
}

static void in_and_out(void **unused)
{
	struct fixture *f = quiet_home();
	struct run *quick = look(f, "/tool/sniffer/quick ip-protocol=udp");

	sleep_ms(f, 1234);
	put_udp(f, 2, "192.168.88.7", "198.51.100.9");
	assert_int_equal(run_step(quick, f->now, 10), RUN_WAITING);
	assert_string_equal(text_str(&f->out),
	                    "     TIME    NUM INTERFACE    DIR SRC-MAC           DST-MAC           "
	                    "SRC-ADDRESS           DST-ADDRESS           PROTOCOL     SIZE\n"
	                    "    1.234      1 ether2       rx  02:01:C0:A8:58:07 02:00:00:00:00:02 "
	                    "192.168.88.7:4000     198.51.100.9:53       ip:udp       50\n"
	                    "    1.234      2 ether1       tx  02:00:00:00:00:01 02:01:CB:00:71:01 "
	                    "192.168.88.7:4000     198.51.100.9:53       ip:udp       50\n");
	run_interrupt(quick);
	end(f, quick);
	assert_null(f->router->net.taps);
	fixture_free(f);
}

static void only_what_is_asked_for(void **unused)
{
	static const struct {
		const char *args;
		unsigned lines; /* of the two below, in and out each */
	} table[] = {
		{ "", 4 },
		{ "interface=ether2", 2 },
		{ "interface=ether3", 0 },
		{ "direction=tx", 2 },
		{ "ip-address=192.168.88.7", 2 },
		{ "src-ip-address=192.168.88.0/24 interface=ether1", 2 },
		{ "port=54", 0 },
		{ "mac-protocol=arp", 0 },
		{ "size=40-50", 4 },
	};

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		struct fixture *f = quiet_home();
		struct run *quick;
		char line[128];

		snprintf(line, sizeof line, "/tool/sniffer/quick duration=1s %s", table[i].args);
		quick = look(f, line);
		put_udp(f, 2, "192.168.88.7", "198.51.100.9");
		put_udp(f, 2, "192.168.88.8", "198.51.100.9");
		assert_int_equal(run_step(quick, f->now, 10), RUN_WAITING);
		if (lines_n(f) != table[i].lines + (table[i].lines != 0))
			fail_msg("%s:\n%s", line, text_str(&f->out));
		assert_int_equal(mono_since_ns(router_next(f->router), f->now) <= NS_PER_S, true);
		sleep_ms(f, 1000);
		assert_int_equal(run_step(quick, f->now, 10), RUN_DONE);
		end(f, quick);
		assert_true(f->ok);
		assert_null(f->router->net.taps);
		fixture_free(f);
	}
}

static void so_many_and_no_more(void **unused)
{
	struct fixture *f = quiet_home();
	struct run *quick = look(f, "/tool/sniffer/quick interface=ether2 count=3");

	for (int i = 0; i < 5; i++)
		put_udp(f, 2, "192.168.88.7", "198.51.100.9");
	assert_int_equal(run_step(quick, f->now, 10), RUN_DONE);
	end(f, quick);
	assert_int_equal(lines_n(f), 1 + 3);
	assert_null(f->router->net.taps);
	fixture_free(f);
}

/* More than there is room for is said, and has its numbers. */
static void missed(void **unused)
{
	struct fixture *f = quiet_home();
	struct run *quick = look(f, "/tool/sniffer/quick interface=ether2");

	for (int i = 0; i < QUICK_EVENTS + 17; i++)
		put_udp(f, 2, "192.168.88.7", "198.51.100.9");
	assert_int_equal(run_step(quick, f->now, 10), RUN_WAITING);
	assert_int_equal(lines_n(f), 1 + QUICK_EVENTS + 1);
	assert_non_null(strstr(text_str(&f->out), "    17 more at once than can be shown"));
	put_udp(f, 2, "192.168.88.7", "198.51.100.9");
	text_clear(&f->out);
	assert_int_equal(run_step(quick, f->now, 10), RUN_WAITING);
	assert_int_equal(strncmp(text_str(&f->out), "    0.000     82 ether2 ", 24), 0);
	assert_int_equal(lines_n(f), 1);
	run_free(quick); /* a login that ends */
	assert_null(f->router->net.taps);
	fixture_free(f);
}

static void refusals(void **unused)
{
	struct fixture *f = home(NULL);
	struct run *looks[QUICKS_MAX];

	refused(f, "/tool/sniffer/quick interface=ether9",
	        "input does not match any value of interface: there is no ether9; there are "
	        "ether1, ether2, ether3");
	refused(f, "/tool/sniffer/quick direction=up",
	        "input does not match any value of direction: there is no \"up\"; there are any, "
	        "rx, "
	        "tx");
	refused(f, "/tool/sniffer/quick cpu=0",
	        "bad parameter cpu\ncpu is not supported: one processor handles all packets here");
	assert_null(f->router->net.taps);
	for (unsigned i = 0; i < QUICKS_MAX; i++)
		looks[i] = look(f, "/tool/sniffer/quick");
	refused(f, "/tool/sniffer/quick",
	        "failure: 8 of these are running already; stop one of them first");
	for (unsigned i = 0; i < QUICKS_MAX; i++)
		run_free(looks[i]);
	fixture_free(f);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_and_out),
		cmocka_unit_test(only_what_is_asked_for),
		cmocka_unit_test(so_many_and_no_more),
		cmocka_unit_test(missed),
		cmocka_unit_test(refusals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
