#include "unit.h"

#include "lang/pattern.h"
#include "lib/must.h"
#include "lib/text.h"

static void repetitions_are_written_out(void **state)
{
	static const struct {
		const char *pattern;
		size_t size;
	} cases[] = {
		{ "", 0 },
		{ "abc", 3 },
		{ "a{3}", 3 },
		{ "a{2,5}b", 6 },
		{ "a{2,}", 3 },
		{ "a+", 2 },
		{ "a*b?", 2 },
		{ "(ab){3}", 9 },
		{ "((a{2}){2}){2}", 14 },
		{ "(a|b)+", 8 },
		{ "[(]{2}", 2 },
		{ "[](]{2}", 2 },
		{ "[^]({]{2}", 2 },
		{ "[[:alpha:](]{2}", 2 },
		{ "\\({2}", 2 },
		{ "^([0-9]{1,3}\\.){3}[0-9]{1,3}$", 20 },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_int_equal(pattern_size(cases[i].pattern), cases[i].size);
}

static void expect_refused(const char *pattern)
{
	regex_t regex;

	assert_non_null(pattern_compile(&regex, pattern));
}

/* Each of these would have the C library take gigabytes, or forever. */
static void bombs_are_refused(void **state)
{
	struct text nested = { 0 };

	expect_refused("((a{255}){255}){255}");
	expect_refused("a{255}{255}{255}");
	expect_refused("(((a{1,255}){1,255}){1,255}){1,255}");
	expect_refused("[[:alpha:]]{30000}");
	expect_refused("a{99999999999999999999999}");
	text_repeat(&nested, '(', 40);
	text_char(&nested, 'a');
	for (int i = 0; i < 40; i++)
		text_add(&nested, "+)");
	expect_refused(text_str(&nested));
	text_free(&nested);
	expect_refused("(a*)\\1");
}

static void what_is_no_pattern_is_refused(void **state)
{
	expect_refused("(");
	expect_refused("a{2");
	expect_refused("[a");
}

static void others_match(void **state)
{
	regex_t regex;

	assert_null(pattern_compile(&regex, "^([0-9]{1,3}\\.){3}[0-9]{1,3}$"));
	assert_true(pattern_matches(&regex, "192.0.2.1"));
	assert_false(pattern_matches(&regex, "192.0.2"));
	pattern_free(&regex);
	assert_null(pattern_compile(&regex, "[\\1]\\.\\\\1"));
	assert_true(pattern_matches(&regex, "1.\\1"));
	pattern_free(&regex);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(repetitions_are_written_out),
		cmocka_unit_test(bombs_are_refused),
		cmocka_unit_test(what_is_no_pattern_is_refused),
		cmocka_unit_test(others_match),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
