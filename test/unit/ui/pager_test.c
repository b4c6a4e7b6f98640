/* Long output on a terminal: a page, a question, the rest. */
#include "fixture.h"

#include "ui/session_inside.h"

#define ASKED  "-- [Q quit|D dump|down]"
#define GONE   "\r\033[K"
#define PROMPT "[admin@Towpath] > "

static void expect(struct fixture *f, const char *keys, const char *shown)
{
	text_clear(&f->out);
	assert_int_equal(session_input(f->session, keys, strlen(keys)), strlen(keys));
	assert_string_equal(text_str(&f->out), shown);
}

/* Six routes, a terminal of 80 columns and @height rows. */
static struct fixture *six_routes(size_t height)
{
	struct fixture *f = fixture_new(true, 80);

	session_resize(f->session, 80, height);
	for (int i = 1; i <= 6; i++) {
		struct text line = { 0 };

		text_printf(&line, "/ip route add gateway=10.0.0.%d\r", i);
		(void)session_input(f->session, text_str(&line), line.len);
		fixture_settle(f);
		text_free(&line);
	}
	return f;
}

#define LIST "/ip route print proplist=gateway where !dynamic"

#define REMOVE  "/ip route print; /ip route remove [find static]\r"
#define WITHOUT "/ip route print without-paging where !dynamic"

#define HEAD LIST "\r\nFlags: A - ACTIVE; s - STATIC\r\nColumns: GATEWAY\r\n#    GATEWAY\r\n"

static void test_pages(void **unused)
{
	struct fixture *f = six_routes(6);

	expect(f, LIST "\r", HEAD "0 As 10.0.0.1\r\n1 As 10.0.0.2\r\n" ASKED);
	assert_true(session_busy(f->session));
	assert_false(session_turn(f->session, (mono){ 0 }));
	expect(f, "x", "");
	expect(f, "\r", GONE "2 As 10.0.0.3\r\n" ASKED);
	/* A terminal's return may come with a new line behind it. */
	expect(f, "\r\n", GONE "3 As 10.0.0.4\r\n" ASKED);
	expect(f, "\033[B", GONE "4 As 10.0.0.5\r\n" ASKED);
	expect(f, " ", GONE "5 As 10.0.0.6\r\n" PROMPT);
	assert_false(session_busy(f->session));
	fixture_free(f);
}

/* What fits is not stopped at, to the last row but the prompt's. */
static void test_what_fits(void **unused)
{
	struct fixture *f = six_routes(10);

	expect(f, LIST "\r",
	       HEAD "0 As 10.0.0.1\r\n1 As 10.0.0.2\r\n2 As 10.0.0.3\r\n3 As 10.0.0.4\r\n"
	            "4 As 10.0.0.5\r\n5 As 10.0.0.6\r\n" PROMPT);
	fixture_free(f);
}

static void test_quit_and_dump(void **unused)
{
	struct fixture *f = six_routes(7);

	expect(f, LIST "; :put behind\r",
	       LIST "; :put behind\r\nFlags: A - ACTIVE; s - STATIC\r\nColumns: GATEWAY\r\n"
	            "#    GATEWAY\r\n0 As 10.0.0.1\r\n1 As 10.0.0.2\r\n2 As 10.0.0.3\r\n" ASKED);
	expect(f, "q", GONE PROMPT);
	assert_false(session_busy(f->session));
	/* Numbers were given to what was not shown, too. */
	expect(f, ":put [/ip route get 5 gateway]\r",
	       ":put [/ip route get 5 gateway]\r\n10.0.0.6\r\n" PROMPT);
	expect(f, LIST "\r", HEAD "0 As 10.0.0.1\r\n1 As 10.0.0.2\r\n2 As 10.0.0.3\r\n" ASKED);
	expect(f, "\003", GONE PROMPT);
	/* What stands behind it on the line is not done unseen. */
	(void)session_input(f->session, REMOVE, strlen(REMOVE));
	assert_true(pager_waits(&f->session->pager));
	expect(f, "q", GONE PROMPT);
	expect(f, ":put [/ip route print count-only where static]\r",
	       ":put [/ip route print count-only where static]\r\n6\r\n" PROMPT);
	expect(f, LIST "; :put behind\r",
	       LIST "; :put behind\r\nFlags: A - ACTIVE; s - STATIC\r\nColumns: GATEWAY\r\n"
	            "#    GATEWAY\r\n0 As 10.0.0.1\r\n1 As 10.0.0.2\r\n2 As 10.0.0.3\r\n" ASKED);
	expect(f, "D", GONE "3 As 10.0.0.4\r\n4 As 10.0.0.5\r\n5 As 10.0.0.6\r\nbehind\r\n" PROMPT);
	fixture_free(f);
}

/* A line that the terminal breaks takes more than one row. */
static void test_wide_lines(void **unused)
{
	struct fixture *f = six_routes(6);
	struct text comment = { 0 };

	text_add(&comment, "/ip route comment 0 ");
	text_repeat(&comment, 'x', 100);
	text_char(&comment, '\r');
	(void)session_input(f->session, text_str(&comment), comment.len);
	text_free(&comment);
	fixture_settle(f);
	text_clear(&f->out);
	(void)session_input(f->session, LIST "\r", strlen(LIST) + 1);
	assert_non_null(strstr(text_str(&f->out), "x\r\n" ASKED));
	fixture_free(f);
}

/* Who pastes lines or types on is not asked. */
static void test_typed_on(void **unused)
{
	struct fixture *f = six_routes(6);

	expect(f, LIST "\r:put on\r",
	       HEAD "0 As 10.0.0.1\r\n1 As 10.0.0.2\r\n2 As 10.0.0.3\r\n3 As 10.0.0.4\r\n"
	            "4 As 10.0.0.5\r\n5 As 10.0.0.6\r\n" PROMPT ":put on\r\non\r\n" PROMPT);
	text_clear(&f->out);
	(void)session_input(f->session, WITHOUT "\r", strlen(WITHOUT) + 1);
	assert_non_null(strstr(text_str(&f->out), "\r\n5 As 0.0.0.0/0"));
	assert_null(strstr(text_str(&f->out), ASKED));
	session_resize(f->session, 80, 3);
	expect(f, LIST "\r",
	       LIST "\r\nFlags: A - ACTIVE; s - STATIC\r\nColumns: GATEWAY\r\n" ASKED);
	/* A higher terminal shows more at once. */
	session_resize(f->session, 80, 40);
	expect(f, " ",
	       GONE "#    GATEWAY\r\n0 As 10.0.0.1\r\n1 As 10.0.0.2\r\n2 As 10.0.0.3\r\n"
	            "3 As 10.0.0.4\r\n4 As 10.0.0.5\r\n5 As 10.0.0.6\r\n" PROMPT);
	fixture_free(f);
}

static void test_line_rows(void **unused)
{
	static const struct {
		const char *text;
		size_t width, rows, len;
	} lines[] = {
		{ "abc\nd", 0, 1, 4 },
		{ "abcdef\n", 6, 1, 7 },
		{ "abcdefg\n", 6, 2, 8 },
		{ "\n", 6, 1, 1 },
		{ "abc", 2, 2, 3 },
		{ "\033[1mabcd\033[m\n", 4, 1, 12 },
		{ "\303\244\303\266\n", 2, 1, 5 },
		{ "\033[", 1, 1, 2 },
		{ "\033[1", 1, 1, 3 },
	};

	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		size_t len;

		assert_int_equal(
			pager_line_rows(lines[i].text, strlen(lines[i].text), lines[i].width, &len),
			lines[i].rows);
		assert_int_equal(len, lines[i].len);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pages),         cmocka_unit_test(test_what_fits),
		cmocka_unit_test(test_quit_and_dump), cmocka_unit_test(test_wide_lines),
		cmocka_unit_test(test_typed_on),      cmocka_unit_test(test_line_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
