/* Every way of print, as it stands on the screen. */
#include "fixture.h"

#include "conf/file.h"
#include "conf/memory_store.h"
#include "stations.h"

struct step {
	const char *line, *out; /* out NULL: whatever */
};

static void expect_steps(struct fixture *f, const struct step *steps, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		(void)fixture_run(f, steps[i].line);
		if (steps[i].out != NULL)
			assert_string_equal(text_str(&f->out), steps[i].out);
	}
}

/* The sample of RouterOS's manual: the fifth item of a list. */
static void test_manual_sample(void **unused)
{
	static const struct step steps[] = {
		{ "/ip route add dst-address=10.1.0.0/16 gateway=10.0.0.1; "
		  "/ip route add dst-address=10.2.0.0/16 gateway=10.0.0.1; "
		  "/ip route add dst-address=10.3.0.0/16 gateway=10.0.0.1; "
		  "/ip route add dst-address=10.4.0.0/16 gateway=10.0.0.1; "
		  "/ip route add gateway=10.155.125.1",
		  "" },
		{ "/ip/route; print where dst-address=/0",
		  "Flags: A - ACTIVE; s - STATIC\n"
		  "Columns: DST-ADDRESS, GATEWAY, ROUTING-TABLE, DISTANCE\n"
		  "#    DST-ADDRESS  GATEWAY       ROUTING-TABLE  DISTANCE\n"
		  "4 As 0.0.0.0/0    10.155.125.1  main                  1\n" },
		/* What no command may address has no number; flags in lower case, no columns. */
		{ "print detail where gateway=10.155.125.1 || dynamic",
		  "Flags: D - dynamic; A - active; c - connect, s - static\n"
		  " 4  As dst-address=0.0.0.0/0 gateway=\"10.155.125.1\" routing-table=\"main\" "
		  "distance=1\n"
		  "\n"
		  "   DAc dst-address=192.168.1.0/24 gateway=\"ether1\" routing-table=\"main\" "
		  "distance=0\n" },
		{ "comment 4 \"the way out\"", "" },
		{ "print terse where dst-address=/0",
		  "4 As comment=\"the way out\" dst-address=0.0.0.0/0 gateway=\"10.155.125.1\" "
		  "routing-table=\"main\" distance=1\n" },
		{ "print count-only where static", "5\n" },
		{ "print value-list proplist=dst-address,gateway where dst-address=/0 || dynamic",
		  "  dst-address: 0.0.0.0/0    192.168.1.0/24\n"
		  "      gateway: 10.155.125.1 ether1\n" },
		{ ":put [print as-value proplist=gateway,distance where dst-address=/0]",
		  ".id=*8;distance=1;gateway=10.155.125.1\n" },
		{ "print as-value", "" },
		{ "print brief show-ids from=4 proplist=gateway", "Flags: A - ACTIVE; s - STATIC\n"
		                                                  "Columns: GATEWAY\n"
		                                                  " #    GATEWAY\n"
		                                                  ";;; the way out\n"
		                                                  "*8 As 10.155.125.1\n" },
	};
	struct fixture *f = fixture_new(false, 0);

	expect_steps(f, steps, ARRAY_LEN(steps));
	fixture_free(f);
}

static void test_stats(void **unused)
{
	static const struct step steps[] = {
		{ "/interface print stats", "Flags: R - RUNNING\n"
		                            "Columns: NAME, RX-PACKET\n"
		                            "#   NAME    RX-PACKET\n"
		                            "0 R ether1          7\n"
		                            "1 R ether2          0\n" },
		/* Counters are no part of the other ways. */
		{ "/interface print detail where name=ether1",
		  "Flags: R - running\n 0 R  name=\"ether1\" mtu=1500\n" },
	};
	struct fixture *f = fixture_new(false, 0);

	expect_steps(f, steps, ARRAY_LEN(steps));
	fixture_free(f);
}

/* Narrow terminals: titles are cut, then columns are left out, then values are cut. */
static void test_widths(void **unused)
{
	static const struct {
		size_t width;
		const char *columns, *title, *row;
	} widths[] = {
		{ 54, "DST-ADDRESS, GATEWAY, ROUTING-TABLE, DISTANCE",
		  "#    DST-ADDRESS  GATEWAY      ROUTING-TABLE  DISTANCE",
		  "0 As 10.0.0.0/8   192.168.1.1  main                  1" },
		{ 53, "DST-ADDRESS, GATEWAY, ROUTING-TABLE, DISTANCE",
		  "#    DST-ADDRESS  GATEWAY      ROUTING-TABLE  DISTANC",
		  "0 As 10.0.0.0/8   192.168.1.1  main                 1" },
		{ 37, "DST-ADDRESS, GATEWAY, ROUTING-TABLE, DISTANCE",
		  "#    DST-ADDRES  GATEWAY      ROUT  D",
		  "0 As 10.0.0.0/8  192.168.1.1  main  1" },
		{ 36, "DST-ADDRESS, GATEWAY, ROUTING-TABLE", "#    DST-ADDRESS  GATEWAY      ROUTI",
		  "0 As 10.0.0.0/8   192.168.1.1  main" },
		{ 35, "DST-ADDRESS, GATEWAY, ROUTING-TABLE", "#    DST-ADDRESS  GATEWAY      ROUT",
		  "0 As 10.0.0.0/8   192.168.1.1  main" },
		{ 28, "DST-ADDRESS, GATEWAY", "#    DST-ADDRES  GATEWAY",
		  "0 As 10.0.0.0/8  192.168.1.1" },
		{ 15, "DST-ADDRESS", "#    DST-ADDRES", "0 As 10.0.0.0/8" },
		{ 12, "DST-ADDRESS", "#    DST-ADD", "0 As 10.0..." },
		{ 6, "DST-ADDRESS", "#    D", "0 As ." },
		{ 1, "DST-ADDRESS", "#    D", "0 As ." },
	};
	struct fixture *f = fixture_new(false, 0);

	assert_true(fixture_run(f, "/ip route add gateway=192.168.1.1 dst-address=10.0.0.0/8"));
	for (size_t i = 0; i < ARRAY_LEN(widths); i++) {
		struct text want = { 0 };

		text_printf(&want, "Flags: A - ACTIVE; s - STATIC\nColumns: %s\n%s\n%s\n",
		            widths[i].columns, widths[i].title, widths[i].row);
		session_resize(f->session, widths[i].width, 0);
		assert_true(fixture_run(f, "/ip route print where static"));
		assert_string_equal(text_str(&f->out), text_str(&want));
		text_free(&want);
	}
	/* Side by side as far as they go, the rest below. */
	session_resize(f->session, 16, 0);
	assert_true(fixture_run(f, "/interface print value-list"));
	assert_string_equal(text_str(&f->out),
	                    "  name: ether1\n   mtu: 1500\n\n  name: ether2\n   mtu: 1500\n");
	fixture_free(f);
}

static void test_order_by(void **unused)
{
	static const struct step steps[] = {
		{ "/ip route; add dst-address=10.0.0.0/8 gateway=b distance=20; "
		  "add dst-address=9.0.0.0/8 gateway=a distance=100; "
		  "add dst-address=10.0.0.0/16 gateway=c distance=20",
		  "" },
		{ "print proplist=gateway order-by=distance where static",
		  "Flags: A - ACTIVE; s - STATIC\nColumns: GATEWAY\n#    GATEWAY\n"
		  "0 As b\n2 As c\n1 As a\n" },
		{ "print proplist=gateway order-by=-distance,-gateway where static",
		  "Flags: A - ACTIVE; s - STATIC\nColumns: GATEWAY\n#    GATEWAY\n"
		  "1 As a\n2 As c\n0 As b\n" },
		{ "print proplist=gateway order-by=dst-address where static",
		  "Flags: A - ACTIVE; s - STATIC\nColumns: GATEWAY\n#    GATEWAY\n"
		  "1 As a\n0 As b\n2 As c\n" },
		{ "print order-by=foo", "input does not match any value of order-by\n"
		                        "there is no \"foo\" in /ip/route; properties: "
		                        "dst-address, gateway, routing-table, distance, "
		                        "blackhole, comment, disabled\n" },
		{ "print order-by=gateway,distance,blackhole,gateway",
		  "invalid value for argument order-by\nup to 3 properties are wanted\n" },
	};
	struct fixture *f = fixture_new(false, 0);

	for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
		(void)fixture_run(f, steps[i].line);
		if (i != 4)
			assert_string_equal(text_str(&f->out), steps[i].out);
		else
			assert_non_null(strstr(text_str(&f->out), "any value of order-by"));
	}
	fixture_free(f);
}

static void test_conflicts(void **unused)
{
	static const struct step steps[] = {
		{ "/ip route print append",
		  "failure: append says where in a file; add file=name\n" },
		{ "/ip route print interval=10ms", "value of interval out of range (100ms..1d)\n" },
		{ "/ip route print interval=1s file=x",
		  "failure: file is written once; leave interval out, or let /system/scheduler "
		  "print with append\n" },
		{ ":put [/ip route print interval=1s]",
		  "failure: interval never ends, so it has no value\n" },
		{ "/ip route print file=../x", NULL },
		{ "/ip route print group-by=gateway", NULL },
	};
	struct fixture *f = fixture_new(false, 0);

	for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
		assert_false(fixture_run(f, steps[i].line));
		if (steps[i].out != NULL)
			assert_string_equal(text_str(&f->out), steps[i].out);
	}
	fixture_free(f);
}

/* reset: back to the default, or to nothing; what an item can't be without stays. */
static void test_reset(void **unused)
{
	static const struct step steps[] = {
		{ "/ip/route; add dst-address=10.0.0.0/8 gateway=a distance=7 comment=here "
		  "disabled=yes",
		  "" },
		{ "reset 0 distance,gateway; print terse where static",
		  "0 Xs comment=here dst-address=10.0.0.0/8 routing-table=\"main\" distance=1\n" },
		{ "set 0 gateway=b distance=9; reset [find static]; print terse where static",
		  "0 Xs comment=here dst-address=0.0.0.0/0 routing-table=\"main\" distance=1\n" },
		{ "/interface; set ether1 mtu=1400; reset ether1; :put [get ether1 mtu]",
		  "1500\n" },
		{ "/interface/pppoe-client; add name=p interface=ether1 password=x; reset p; "
		  "print terse",
		  "0 name=\"p\" interface=ether1\n" },
		{ "/ip/route/reset 0 foo", NULL },
		{ "/system/identity; set name=x; reset; :put [get name]", "Towpath\n" },
		{ "set name=y; reset name; :put [get name]", "Towpath\n" },
		{ "/ip/firewall/nat; add chain=dstnat action=dst-nat to-addresses=1.1.1.1; "
		  "/ip/firewall/src-nat/reset 0; print terse",
		  "0 chain=dstnat action=accept\n" },
	};
	struct fixture *f = fixture_new(false, 0);

	expect_steps(f, steps, ARRAY_LEN(steps));
	fixture_free(f);
}

/* --- files --- */

struct got {
	struct text text;
	int error;
};

static void took(void *arg, int error, const char *text, size_t len)
{
	struct got *got = arg;

	got->error = error;
	text_clear(&got->text);
	text_bytes(&got->text, text, len);
}

static void expect_file(struct fixture *f, const char *name, const char *text)
{
	struct got got = { 0 };

	file_read(f->conf, name, took, &got);
	fixture_work(f);
	assert_int_equal(got.error, 0);
	assert_string_equal(text_str(&got.text), text);
	text_free(&got.text);
}

static void test_file(void **unused)
{
	struct memory_store *store = mem_new(1, sizeof *store);
	struct fixture *f;

	memory_store_init(store);
	f = fixture_open(&(struct fixture_wish){ .store = &store->store });
	assert_true(fixture_run(f, "/interface print file=list terse"));
	assert_string_equal(text_str(&f->out), "");
	expect_file(f, "list.txt", "0 R name=\"ether1\" mtu=1500\n1 R name=\"ether2\" mtu=1500\n");
	assert_true(fixture_run(f, "/interface print file=list.txt count-only append"));
	expect_file(f, "list.txt",
	            "0 R name=\"ether1\" mtu=1500\n1 R name=\"ether2\" mtu=1500\n2\n");
	assert_true(fixture_run(f, "/interface print file=fresh count-only append timestamp; "
	                           ":put done"));
	assert_string_equal(text_str(&f->out), "done\n");
	expect_file(f, "fresh.txt", "1970-01-01 00:00:00\n2\n");
	store->fail_error = -ENOSPC;
	store->fail_from = store->calls;
	assert_false(fixture_run(f, "/interface print file=full"));
	assert_non_null(strstr(text_str(&f->out), "failure: full.txt: No space left on device"));
	store->fail_error = 0;
	fixture_free(f);
	memory_store_free(store);
	mem_free(store);
}

/* --- long lists --- */

static struct stations *many_stations(uint32_t n)
{
	struct stations *stations = mem_new(1, sizeof *stations);

	stations->at = mem_new(n, sizeof stations->at[0]);
	stations->n = n;
	for (uint32_t i = 0; i < n; i++) {
		struct text name = text_into(stations->at[i].name, 16);

		text_printf(&name, "s%u", i);
		stations->at[i].uses = n - i;
	}
	return stations;
}

static void stations_free(struct stations *stations)
{
	mem_free(stations->at);
	mem_free(stations);
}

static size_t count_of(const char *text, const char *what)
{
	size_t n = 0;

	for (const char *at = text; (at = strstr(at, what)) != NULL; at += strlen(what))
		n++;
	return n;
}

/* Pages of one list stand below one another; titles come again only where a column has grown. */
static void test_pages(void **unused)
{
	struct stations *stations = many_stations(3000);
	struct fixture *f = fixture_open(&(struct fixture_wish){
		.menus = station_menus, .router = (struct router *)stations });

	assert_true(fixture_run(f, "/ip station print"));
	assert_int_equal(count_of(text_str(&f->out), "Columns: NAME, USES\n"), 2);
	assert_int_equal(count_of(text_str(&f->out), "\n"), 3000 + 2 * 3);
	assert_true(strncmp(text_str(&f->out),
	                    "Flags: D - DYNAMIC\nColumns: NAME, USES\n"
	                    "  NAME  USES\nD s0    3000\n",
	                    60) == 0);
	assert_non_null(strstr(text_str(&f->out), "D s2999     1\n"));
	assert_true(fixture_run(f, "/ip station print count-only where uses<=500"));
	assert_string_equal(text_str(&f->out), "500\n");
	/* Sorted, it is one list in the end. */
	assert_true(fixture_run(f, "/ip station print order-by=uses where uses<300"));
	assert_int_equal(count_of(text_str(&f->out), "Columns:"), 1);
	assert_non_null(strstr(text_str(&f->out), "  NAME   USES\nD s2999     1\nD s2998     2\n"));
	fixture_free(f);
	stations_free(stations);
}

static void test_too_many_to_sort(void **unused)
{
	struct stations *stations = many_stations(100001);
	struct fixture *f = fixture_open(&(struct fixture_wish){
		.menus = station_menus, .router = (struct router *)stations });

	assert_false(fixture_run(f, "/ip station print order-by=uses"));
	assert_string_equal(text_str(&f->out), "failure: order-by sorts up to 100000 items; choose "
	                                       "fewer with where\n");
	assert_true(fixture_run(f, "/ip station print order-by=uses count-only"));
	fixture_free(f);
	stations_free(stations);
}

/* --- again and again --- */

static mono at_ms(uint64_t ms)
{
	return mono_add_ms((mono){ 0 }, ms);
}

/* In a script each picture is below the one before it; nothing happens between. */
static void test_interval_script(void **unused)
{
	static const char line[] = "/interface print interval=2s proplist=name; :put never";
	static const char list[] = "Flags: R - RUNNING\nColumns: NAME\n#   NAME\n"
				   "0 R ether1\n1 R ether2\n";
	struct fixture *f = fixture_new(false, 0);

	assert_true(session_run(f->session, line, strlen(line), fixture_done, f));
	assert_string_equal(text_str(&f->out), list);
	assert_true(session_next(f->session).ns == at_ms(2000).ns);
	assert_false(session_turn(f->session, at_ms(1999)));
	assert_string_equal(text_str(&f->out), list);
	text_clear(&f->out);
	assert_false(session_turn(f->session, at_ms(2000)));
	assert_string_equal(text_str(&f->out), list);
	assert_true(session_next(f->session).ns == at_ms(4000).ns);
	session_interrupt(f->session);
	assert_true(f->done);
	assert_true(session_next(f->session).ns == mono_never().ns);
	assert_string_equal(text_str(&f->out), list);
	/* Numbers are those of the last picture. */
	assert_true(fixture_run(f, ":put [/interface get 1 name]"));
	assert_string_equal(text_str(&f->out), "ether2\n");
	fixture_free(f);
}

#define KEYS   "-- [Q quit|D dump|C-z pause]"
#define PROMPT "[admin@Towpath] > "

static void keys(struct fixture *f, const char *typed)
{
	text_clear(&f->out);
	assert_int_equal(session_input(f->session, typed, strlen(typed)), strlen(typed));
}

/* On a terminal it is painted in place until a key. */
static void test_interval_terminal(void **unused)
{
	struct fixture *f = fixture_open(
		&(struct fixture_wish){ .interactive = true, .width = 12, .height = 5 });

	keys(f, "/interface print interval=1s proplist=name,mtu\r");
	/* What is beyond the screen is cut: four rows, twelve columns. */
	assert_non_null(strstr(text_str(&f->out), "\r\nFlags: R - R\r\nColumns: NAM\r\n"
	                                          "#   NAME\r\n0 R ether1\r\n" KEYS));
	text_clear(&f->out);
	assert_false(session_turn(f->session, at_ms(1000)));
	assert_string_equal(text_str(&f->out), "\r\033[4A\033[JFlags: R - R\r\nColumns: NAM\r\n"
	                                       "#   NAME\r\n0 R ether1\r\n" KEYS);
	/* Ctrl-Z stops it, and lets it go on. */
	keys(f, "\032");
	assert_string_equal(text_str(&f->out), "\r\033[K-- [Q quit|D dump|C-z continue]");
	text_clear(&f->out);
	assert_false(session_turn(f->session, at_ms(5000)));
	assert_string_equal(text_str(&f->out), "");
	keys(f, "\032");
	assert_string_equal(text_str(&f->out), "\r\033[K" KEYS);
	/* D: from now on nothing is painted over. */
	keys(f, "d");
	text_clear(&f->out);
	assert_false(session_turn(f->session, at_ms(6000)));
	assert_true(strncmp(text_str(&f->out), "\r\033[KFlags: R - RUNNING\r\n", 23) == 0);
	keys(f, "x");
	assert_string_equal(text_str(&f->out), "\r\033[K" PROMPT);
	assert_false(session_busy(f->session));
	/* An arrow key is one key. */
	keys(f, "/interface print interval=1s count-only\r");
	keys(f, "\033[A");
	assert_string_equal(text_str(&f->out), "\r\033[K" PROMPT);
	fixture_free(f);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_manual_sample),
		cmocka_unit_test(test_stats),
		cmocka_unit_test(test_widths),
		cmocka_unit_test(test_order_by),
		cmocka_unit_test(test_conflicts),
		cmocka_unit_test(test_reset),
		cmocka_unit_test(test_file),
		cmocka_unit_test(test_pages),
		cmocka_unit_test(test_too_many_to_sort),
		cmocka_unit_test(test_interval_script),
		cmocka_unit_test(test_interval_terminal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
