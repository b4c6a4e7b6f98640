/* admin+ct80w: who, and what the terminal is like. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib/text.h"
#include "ui/login_name.h"

static const struct {
	const char *typed;
	struct login_name name;
} rows[] = {
	{ "admin", { .who = "admin" } },
	{ "admin+", { .who = "admin" } },
	{ "admin+c", { .who = "admin", .no_colour = true } },
	{ "admin+ct80w", { .who = "admin", .no_colour = true, .no_detection = true, .width = 80 } },
	{ "a.b-c@d+cet",
	  { .who = "a.b-c@d", .no_colour = true, .no_detection = true, .dumb = true } },
	{ "admin+120w40h", { .who = "admin", .width = 120, .height = 40 } },
	{ "admin+80w90w", { .who = "admin", .width = 90 } },
	{ "+c", { .no_colour = true } },
	{ "", { .who = "" } },
};

static void test_taken(void **unused)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct login_name name;

		assert_true(login_name_parse(rows[i].typed, &name, NULL));
		assert_string_equal(name.who, rows[i].name.who);
		assert_int_equal(name.no_colour, rows[i].name.no_colour);
		assert_int_equal(name.no_detection, rows[i].name.no_detection);
		assert_int_equal(name.dumb, rows[i].name.dumb);
		assert_int_equal(name.width, rows[i].name.width);
		assert_int_equal(name.height, rows[i].name.height);
	}
}

static void test_refused(void **unused)
{
	static const char *const typed[][2] = {
		{ "admin+x", "there is no such login option" },
		{ "admin+C", "there is no such login option" },
		{ "admin+80", "there is no such login option" },
		{ "admin+c+t", "there is no such login option" },
		{ "admin+w", "the login option w needs a number from 20 to 10000" },
		{ "admin+19w", "the login option w needs a number from 20 to 10000" },
		{ "admin+0h", "the login option h needs a number from 1 to 10000" },
		{ "admin+99999999999999999999w", "the login option w needs a number" },
		{ "admin+8c", "the login option c takes no number" },
		{ "ad min", "a login name has" },
		{ "ad\033min", "a login name has" },
		{ "0123456789012345678901234567890123456789012345678901234567890123",
		  "a login name has" },
	};

	for (size_t i = 0; i < ARRAY_LEN(typed); i++) {
		struct login_name name;
		struct text why = { 0 };

		assert_false(login_name_parse(typed[i][0], &name, &why));
		assert_memory_equal(text_str(&why), typed[i][1], strlen(typed[i][1]));
		text_free(&why);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_taken),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
