/* The log reads as lines of a text: no titles, no numbers, and a table only when one is asked for.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "../fuzz/small_router.h"

static const char *said(struct small_router *s, struct text *out, const char *line)
{
	text_clear(out);
	assert_true(small_router_run(s, line, strlen(line), out));
	return text_str(out);
}

static void test_lines(void **unused)
{
	struct small_router s;
	struct text out = { 0 };
	char expected[128];
	char time[32] = "";

	assert_int_equal(small_router_open(&s, NULL), 0);
	said(&s, &out, "/log/info \"two words\"; /log/error third");
	snprintf(time, sizeof time, "%.19s",
	         said(&s, &out, ":put [/log/get [find message=third] time]"));
	snprintf(expected, sizeof expected, "%s script,info two words\n%s script,error third\n",
	         time, time);
	assert_string_equal(said(&s, &out, "/log/print where topics~\"script\""), expected);
	assert_string_equal(said(&s, &out, "/log/print proplist=message where topics~\"script\""),
	                    "Columns: MESSAGE\n# MESSAGE\n0 two words\n1 third\n");
	text_free(&out);
	small_router_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
