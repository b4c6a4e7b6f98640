/* print follow: the list, and each change of it once, for everybody who looks. */
#include <stdio.h>
#include <stdlib.h>

#include "fixture.h"

#include "conf/request.h"
#include "seeded.h"
#include "stations.h"

#define KEYS  "-- [Q quit|D dump|C-z pause]"
#define MARKS "Changes: + added, ~ changed, > moved, - removed\n"

static mono at_ms(uint64_t ms)
{
	return mono_add_ms((mono){ 0 }, ms);
}

/* Somebody else who looks. */
struct watcher {
	struct session *session;
	struct text out;
	bool done, ok;
};

static void watcher_out(void *arg, const char *bytes, size_t len)
{
	text_bytes(&((struct watcher *)arg)->out, bytes, len);
}

static void watcher_done(void *arg, bool ok)
{
	struct watcher *watcher = arg;

	watcher->done = true;
	watcher->ok = ok;
}

static void watcher_begin(struct watcher *watcher, struct fixture *f, const char *line)
{
	*watcher = (struct watcher){ 0 };
	watcher->session = session_new(&(struct session_setup){ .conf = f->conf,
	                                                        .who = "admin",
	                                                        .door = "script",
	                                                        .arg = watcher,
	                                                        .out = watcher_out });
	assert_true(session_run(watcher->session, line, strlen(line), watcher_done, watcher));
}

/* Turns at @ms until it waits. */
static void watcher_turn(struct watcher *watcher, uint64_t ms)
{
	for (int i = 0; i < 2000 && session_turn(watcher->session, at_ms(ms)); i++)
		;
}

static void watcher_expect(struct watcher *watcher, uint64_t ms, const char *shown)
{
	text_clear(&watcher->out);
	watcher_turn(watcher, ms);
	assert_string_equal(text_str(&watcher->out), shown);
}

static void watcher_end(struct watcher *watcher)
{
	session_interrupt(watcher->session);
	assert_true(watcher->done);
	session_free(watcher->session);
	text_free(&watcher->out);
}

static void test_list_and_changes(void **unused)
{
	struct fixture *f = fixture_new(false, 0);
	struct watcher w;

	assert_true(fixture_run(f, "/ip/route/add gateway=10.0.0.1"));
	watcher_begin(&w, f, "/ip/route/print follow proplist=gateway where static");
	assert_string_equal(text_str(&w.out), MARKS "Flags: A - ACTIVE; s - STATIC\n"
	                                            "Columns: GATEWAY\n"
	                                            "  #    GATEWAY\n"
	                                            "  0 As 10.0.0.1\n");
	watcher_expect(&w, 0, "");
	assert_true(fixture_run(f, "/ip/route/add gateway=10.0.0.2 comment=\"the other\""));
	watcher_expect(&w, 0, ";;; the other\n+ 1 As 10.0.0.2\n");
	/* Two transactions between two turns: each is told. */
	assert_true(fixture_run(f, "/ip/route; set *4 gateway=10.0.0.7; set *4 gateway=10.0.0.8"));
	watcher_expect(&w, 0, "~ 0 As 10.0.0.7\n~ 0 As 10.0.0.8\n");
	/* What is not shown is no news. */
	assert_true(fixture_run(f, "/ip/route; set *4 distance=7; /system/identity/set name=x"));
	watcher_expect(&w, 0, "");
	/* A flag that was not there, or a column that grows: the head comes again. */
	assert_true(fixture_run(f, "/ip/route/disable *4"));
	watcher_expect(&w, 0,
	               "Flags: X - DISABLED, A - ACTIVE; s - STATIC\n"
	               "Columns: GATEWAY\n"
	               "  #    GATEWAY\n"
	               "~ 0 Xs 10.0.0.8\n");
	assert_true(fixture_run(f, "/ip/route/remove *4"));
	watcher_expect(&w, 0, "- 0 Xs 10.0.0.8\n");
	/* Looking again after a second finds nothing that was told already. */
	watcher_expect(&w, 1000, "");
	watcher_expect(&w, 2500, "");
	watcher_end(&w);
	/* The numbers are those that were shown. */
	fixture_free(f);
}

/* where: what begins to fit is added, what does so no more is gone. */
static void test_where(void **unused)
{
	struct fixture *f = fixture_new(false, 0);
	struct watcher w;

	assert_true(fixture_run(f, "/ip/route/add gateway=a distance=5"));
	watcher_begin(&w, f, "/ip/route/print follow-only terse proplist=gateway where distance=7");
	assert_string_equal(text_str(&w.out), "");
	assert_true(fixture_run(f, "/ip/route/set *4 distance=7"));
	watcher_expect(&w, 0, MARKS "+ 0 As gateway=\"a\"\n");
	assert_true(fixture_run(f, "/ip/route/set *4 distance=8"));
	watcher_expect(&w, 0, "- 0 As gateway=\"a\"\n");
	assert_true(fixture_run(f, "/ip/route/remove *4"));
	watcher_expect(&w, 0, "");
	watcher_end(&w);
	fixture_free(f);
}

static void test_moved(void **unused)
{
	struct fixture *f = fixture_new(false, 0);
	struct watcher w;

	assert_true(fixture_run(f, "/ip/firewall/nat; add chain=srcnat; add chain=dstnat"));
	watcher_begin(&w, f, "/ip/firewall/nat/print follow terse");
	assert_string_equal(text_str(&w.out), MARKS "  0 chain=srcnat action=accept\n"
	                                            "  1 chain=dstnat action=accept\n");
	assert_true(fixture_run(f, "/ip/firewall/nat/move 1 0"));
	watcher_turn(&w, 0);
	/* One of two has moved: which one is told is the shorter way to say it. */
	assert_non_null(strstr(text_str(&w.out), "> "));
	watcher_end(&w);
	fixture_free(f);
}

/* What is only observed is compared each second. */
static void test_observed(void **unused)
{
	struct station some[4] = { { "a", 1, 0 }, { "b", 1, 0 }, { "", 0, 0 }, { "d", 1, 0 } };
	struct stations stations = { some, 4 };
	struct fixture *f = fixture_open(&(struct fixture_wish){
		.menus = station_menus, .router = (struct router *)&stations });
	struct watcher w;

	watcher_begin(&w, f, "/ip/station/print follow");
	assert_string_equal(text_str(&w.out), MARKS "Flags: D - DYNAMIC\nColumns: NAME, USES\n"
	                                            "    NAME  USES\n  D a        1\n"
	                                            "  D b        1\n  D d        1\n");
	some[1].uses = 2;
	memcpy(some[2].name, "c", 2);
	some[3].name[0] = '\0';
	some[0].packets = 9; /* a counter, which is no news here */
	watcher_expect(&w, 999, "");
	assert_true(session_next(w.session).ns == at_ms(1000).ns);
	watcher_expect(&w, 1000, "~ D b        2\n+ D c        0\n- D d        1\n");
	assert_true(session_next(w.session).ns == at_ms(2000).ns);
	watcher_expect(&w, 2000, "");
	some[1].uses = 3;
	some[1].uses = 2;
	watcher_expect(&w, 3000, "");
	watcher_end(&w);
	/* With stats counters are. */
	watcher_begin(&w, f, "/ip/station/print follow-only stats");
	some[0].packets = 10;
	watcher_expect(&w, 0, "");
	watcher_expect(&w, 4000,
	               MARKS "Flags: D - DYNAMIC\nColumns: NAME, USES, PACKETS\n"
	                     "    NAME  USES  PACKETS\n~ D a        1       10\n");
	watcher_expect(&w, 5000, "");
	watcher_end(&w);
	fixture_free(f);
}

static void test_too_many(void **unused)
{
	struct stations stations = { mem_new(70000, sizeof(struct station)), 70000 };
	struct fixture *f = fixture_open(&(struct fixture_wish){
		.menus = station_menus, .router = (struct router *)&stations });

	for (uint32_t i = 0; i < stations.n; i++)
		stations.at[i].name[0] = 'x';
	assert_false(fixture_run(f, "/ip/station/print follow-only"));
	assert_string_equal(text_str(&f->out),
	                    "failure: follow keeps up with 65536 items; choose fewer with where\n");
	fixture_free(f);
	mem_free(stations.at);
}

static void test_conflicts(void **unused)
{
	static const char *const lines[] = {
		"follow interval=1s", "follow file=x",          "follow order-by=gateway",
		"follow count-only",  "follow-only value-list", "follow as-value",
	};
	struct fixture *f = fixture_new(false, 0);

	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		struct text line = { 0 };

		text_printf(&line, "/ip/route/print %s", lines[i]);
		assert_false(fixture_run(f, text_str(&line)));
		assert_true(strncmp(text_str(&f->out), "failure: follow ", 16) == 0);
		text_free(&line);
	}
	fixture_free(f);
}

/* --- several at once --- */

#define WATCHERS 8
#define CHANGES  400

struct told {
	struct text text; /* the naive way: a line for each change that was made */
	uint32_t ids[CHANGES];
	uint32_t numbers[CHANGES];
	uint32_t gateways[CHANGES];
	size_t n;
	uint32_t next_number;
	int width; /* of the widest number so far */
};

static void tell(struct told *told, char mark, uint32_t number, uint32_t gateway)
{
	int width = snprintf(NULL, 0, "%u", number);

	told->width = width > told->width ? width : told->width;
	text_printf(&told->text, "%c %*u As gateway=\"%u\"\n", mark, told->width, number, gateway);
}

static void change(struct fixture *f, struct told *told, struct seeded *seed)
{
	struct text line = { 0 };
	uint32_t gateway = (uint32_t)(seeded_next(seed) % 100000) + 1000;
	size_t i = told->n > 0 ? seeded_next(seed) % told->n : 0;

	switch (told->n == 0 ? 0 : seeded_next(seed) % 3) {
	case 0:
		text_printf(&line, ":put [/ip/route/add gateway=%u]", gateway);
		assert_true(fixture_run(f, text_str(&line)));
		told->ids[told->n] = (uint32_t)strtoul(text_str(&f->out) + 1, NULL, 16);
		told->numbers[told->n] = told->next_number++;
		told->gateways[told->n] = gateway;
		tell(told, '+', told->numbers[told->n++], gateway);
		break;
	case 1:
		text_printf(&line, "/ip/route/set *%X gateway=%u", told->ids[i], gateway);
		assert_true(fixture_run(f, text_str(&line)));
		if (gateway != told->gateways[i])
			tell(told, '~', told->numbers[i], gateway);
		told->gateways[i] = gateway;
		break;
	default:
		text_printf(&line, "/ip/route/remove *%X", told->ids[i]);
		assert_true(fixture_run(f, text_str(&line)));
		tell(told, '-', told->numbers[i], told->gateways[i]);
		told->n--;
		told->ids[i] = told->ids[told->n];
		told->numbers[i] = told->numbers[told->n];
		told->gateways[i] = told->gateways[told->n];
	}
	text_free(&line);
}

/* Who looks often and who looks seldom are told the same, each change once and in order. */
static void test_everybody(void **unused)
{
	struct fixture *f = fixture_new(false, 0);
	struct seeded seed = { .state = 11 };
	struct watcher watchers[WATCHERS];
	struct told told = { 0 };

	text_add(&told.text, MARKS);
	for (size_t i = 0; i < WATCHERS; i++)
		watcher_begin(&watchers[i], f,
		              "/ip/route/print follow-only terse proplist=gateway where static");
	for (size_t round = 0; round < CHANGES; round++) {
		change(f, &told, &seed);
		for (size_t i = 0; i < WATCHERS; i++)
			if (seeded_next(&seed) % (1 + i) == 0 || round % 40 == 0)
				(void)session_turn(watchers[i].session, at_ms(round * 100));
	}
	for (size_t i = 0; i < WATCHERS; i++) {
		watcher_turn(&watchers[i], CHANGES * 200);
		assert_string_equal(text_str(&watchers[i].out), text_str(&told.text));
		watcher_end(&watchers[i]);
	}
	text_free(&told.text);
	fixture_free(f);
}

/* Too far behind: it is said, and what there is in the end is told. */
static void test_behind(void **unused)
{
	struct fixture *f = fixture_new(false, 0);
	struct watcher w;

	assert_true(fixture_run(f, "/ip/route/add gateway=10.0.0.1"));
	watcher_begin(&w, f, "/ip/route/print follow-only terse proplist=gateway where static");
	for (int i = 0; i < 70; i++) {
		struct text line = { 0 };

		text_printf(&line, "/ip/route/set *4 gateway=%d", 100 + i);
		assert_true(fixture_run(f, text_str(&line)));
		text_free(&line);
	}
	watcher_turn(&w, 0);
	assert_ptr_equal(
		strstr(text_str(&w.out),
	               ";;; 6 changes were made faster than they could be shown here: they "
	               "come as one\n" MARKS "~ 0 As gateway=\"105\"\n"
	               "~ 0 As gateway=\"106\"\n"),
		text_str(&w.out));
	assert_non_null(strstr(text_str(&w.out), "gateway=\"169\"\n"));
	watcher_end(&w);
	fixture_free(f);
}

/* On a terminal the keys stand below, until one of them ends it. */
static void test_terminal(void **unused)
{
	static const char line[] = "/ip/route/print follow terse proplist=gateway\r";
	struct fixture *f = fixture_open(
		&(struct fixture_wish){ .interactive = true, .width = 80, .height = 3 });
	struct watcher other;

	text_clear(&f->out);
	assert_int_equal(session_input(f->session, line, strlen(line)), strlen(line));
	assert_string_equal(text_str(&f->out), "/ip/route/print follow terse proplist=gateway\r\n"
	                                       "Changes: + added, ~ changed, > moved, - removed\r\n"
	                                       "  DAc gateway=\"ether1\"\r\n");
	text_clear(&f->out);
	assert_false(session_turn(f->session, at_ms(0)));
	assert_string_equal(text_str(&f->out), KEYS);
	watcher_begin(&other, f, "/ip/route/add gateway=10.0.0.1");
	text_clear(&f->out);
	while (session_turn(f->session, at_ms(0)))
		;
	assert_string_equal(text_str(&f->out), "\r\033[K+ 0  As gateway=\"10.0.0.1\"\r\n" KEYS);
	watcher_end(&other);
	text_clear(&f->out);
	assert_int_equal(session_input(f->session, "q", 1), 1);
	assert_string_equal(text_str(&f->out), "\r\033[K[admin@Towpath] > ");
	/* A number that was shown means its item. */
	text_clear(&f->out);
	(void)session_input(f->session, ":put [/ip/route/get 0 gateway]\r", 31);
	assert_non_null(strstr(text_str(&f->out), "10.0.0.1\r\n"));
	fixture_free(f);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_list_and_changes),
		cmocka_unit_test(test_where),
		cmocka_unit_test(test_moved),
		cmocka_unit_test(test_observed),
		cmocka_unit_test(test_too_many),
		cmocka_unit_test(test_conflicts),
		cmocka_unit_test(test_everybody),
		cmocka_unit_test(test_behind),
		cmocka_unit_test(test_terminal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
