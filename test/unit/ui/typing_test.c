/* Typing at an interactive console, and what the terminal is sent for it. */
#include "ui/fixture.h"

static void type(struct fixture *f, const char *bytes)
{
	text_clear(&f->out);
	assert_int_equal(session_input(f->session, bytes, strlen(bytes)), strlen(bytes));
	fixture_settle(f);
}

/* Pasted lines run in order, and what is typed on is behind them. */
static void test_paste(void **unused)
{
	struct fixture *f = fixture_new(true, 80);

	text_clear(&f->out);
	type(f, "\033[200~:put one\r/ip {\n\troute {\n\tprint count-only }}\n:put "
	        "\"a?\"\r\n\033[201~");
	assert_string_equal(text_str(&f->out),
	                    ":put one\r\none\r\n[admin@Towpath] > /ip {\r\n{... "
	                    " route {\r\n{{...  print count-only }}\r\n1\r\n"
	                    "[admin@Towpath] > :put \"a?\"\r\na?\r\n[admin@Towpath] > ");
	type(f, "\033[200~:put");
	type(f, "\033[201~ two\r");
	assert_string_equal(text_str(&f->out), " two\r\ntwo\r\n[admin@Towpath] > ");
	fixture_free(f);
}

/* A terminal that knows no sequences gets none, whatever is typed. */
static void test_dumb(void **unused)
{
	struct fixture *f = fixture_new(false, 80);

	session_free(f->session);
	f->session = session_new(&(struct session_setup){ .conf = f->conf,
	                                                  .who = "admin",
	                                                  .door = "console",
	                                                  .interactive = true,
	                                                  .colour = true,
	                                                  .dumb = true,
	                                                  .arg = f,
	                                                  .out = fixture_out });
	type(f, "/ip/rx\177o\t\001\033[C\014?\030pr\r/quit\r");
	assert_null(strchr(text_str(&f->out), '\033'));
	fixture_free(f);
}

static bool chat_with(void *arg, const char *line)
{
	struct fixture *f = arg;

	text_printf(&f->notice, "said: %s\n", line);
	return strcmp(line, "alone") != 0;
}

/* A line with # goes to others, but not when it is pasted: an export begins so. */
static void test_chat(void **unused)
{
	struct fixture *f = fixture_new(false, 80);

	session_free(f->session);
	f->session = session_new(&(struct session_setup){ .conf = f->conf,
	                                                  .who = "admin",
	                                                  .door = "console",
	                                                  .width = 80,
	                                                  .interactive = true,
	                                                  .no_detection = true,
	                                                  .arg = f,
	                                                  .out = fixture_out,
	                                                  .chat = chat_with });
	assert_string_equal(text_str(&f->out), "[admin@Towpath] > ");
	type(f, "# hello there\r");
	assert_string_equal(text_str(&f->notice), "said: hello there\n");
	assert_string_equal(text_str(&f->out), "# hello there\r\n[admin@Towpath] > ");
	type(f, "#alone\r");
	assert_string_equal(text_str(&f->out),
	                    "#alone\r\nnobody else is at a console\r\n[admin@Towpath] > ");
	text_clear(&f->notice);
	type(f, "\033[200~# 2026-11-22 by Towpath\r:put x\r\033[201~#\r/ip {\r# none\r}\r");
	assert_string_equal(text_str(&f->notice), "");
	/* What others say comes above the line that is being typed, and does nothing but show. */
	type(f, "/ip rou");
	text_clear(&f->out);
	session_tell(f->session, "# carol: hi\033[2J\n");
	assert_string_equal(text_str(&f->out),
	                    "\r\033[J# carol: hi\\1B[2J\r\n[admin@Towpath] > /ip rou");
	type(f, "te\r");
	assert_string_equal(text_str(&f->out), "te\r\n[admin@Towpath] /ip/route> ");
	fixture_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_paste),
		cmocka_unit_test(test_dumb),
		cmocka_unit_test(test_chat),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
