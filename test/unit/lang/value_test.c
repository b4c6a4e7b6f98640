#include "unit.h"

#include "conf/diag.h"
#include "lang/value.h"
#include "lib/must.h"
#include "lib/text.h"

static struct arena arena;

static int forget(void **state)
{
	arena_free(&arena);
	return 0;
}

static void words_are_guessed(void **state)
{
	static const struct {
		const char *word, *kind, *shown;
	} cases[] = {
		{ "5", "num", "5" },
		{ "-5", "num", "-5" },
		{ "0x1F", "num", "31" },
		{ "-0x10", "num", "-16" },
		{ "0x", "str", "0x" },
		{ "9223372036854775807", "num", "9223372036854775807" },
		{ "-9223372036854775808", "num", "-9223372036854775808" },
		{ "9223372036854775808", "str", "9223372036854775808" },
		{ "5x", "str", "5x" },
		{ "-", "str", "-" },
		{ "", "str", "" },
		{ "true", "bool", "true" },
		{ "yes", "bool", "true" },
		{ "no", "bool", "false" },
		{ "YES", "str", "YES" },
		{ "10.0.0.1", "ip", "10.0.0.1" },
		{ "10.0.0.256", "str", "10.0.0.256" },
		{ "10.0.0.0/8", "ip-prefix", "10.0.0.0/8" },
		{ "10.0.0.1/255.0.0.0", "ip-prefix", "10.0.0.1/8" },
		{ "10.0.0.0/33", "str", "10.0.0.0/33" },
		{ "*1A", "id", "*1A" },
		{ "*1a", "id", "*1A" },
		{ "*", "str", "*" },
		{ "*123456789", "str", "*123456789" },
		{ "10s", "time", "00:00:10" },
		{ "1d2h3m4s500ms", "time", "1d02:03:04.500" },
		{ "1w8d", "time", "2w1d00:00:00" },
		{ "1.5s", "time", "00:00:01.500" },
		{ "-90s", "time", "-00:01:30" },
		{ "7us", "time", "00:00:00.000007" },
		{ "7ns", "time", "00:00:00.000000007" },
		{ "01:02:03", "time", "01:02:03" },
		{ "1d02:03:04.25", "time", "1d02:03:04.250" },
		{ "30:00", "time", "1d06:00:00" },
		{ "1:2:3", "str", "1:2:3" },
		{ "01:60:00", "str", "01:60:00" },
		{ "02:00:00:00:00:01", "str", "02:00:00:00:00:01" },
		{ "1h1d", "str", "1h1d" },
		{ "1s1s", "str", "1s1s" },
		{ "1.s", "str", "1.s" },
		{ "99999999999w", "str", "99999999999w" },
		{ "ether1", "str", "ether1" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct value value = value_guess(&arena, cases[i].word);

		assert_string_equal(value_kind_word(&value), cases[i].kind);
		assert_string_equal(value_str(&value, &arena), cases[i].shown);
	}
}

static void times_are_read_as_they_are_shown(void **state)
{
	static const int64_t times[] = { 0,
		                         1,
		                         -1,
		                         999,
		                         1000,
		                         1000000,
		                         59999999999,
		                         86400000000000,
		                         604800000000001,
		                         INT64_MAX,
		                         -INT64_MAX };

	for (size_t i = 0; i < ARRAY_LEN(times); i++) {
		struct text text = { 0 };
		int64_t again = 0;

		value_time_print(times[i], &text);
		assert_true(value_time_read(text_str(&text), &again));
		assert_int_equal(again, times[i]);
		text_free(&text);
	}
}

static struct pair named(const char *name, struct value value)
{
	return (struct pair){ .key = value_text(&arena, name), .value = value };
}

static struct pair plain(struct value value)
{
	return (struct pair){ .value = value };
}

/* As the manual of RouterOS has it: {2;"aX"=1;y=2;5} is 0=2 1=5 aX=1 y=2. */
static void arrays_have_an_order(void **state)
{
	struct pair pairs[] = { plain(value_num(2)), named("y", value_num(9)),
		                named("aX", value_num(1)), named("y", value_num(2)),
		                plain(value_text(&arena, "five")) };
	struct value array = value_array(&arena, pairs, ARRAY_LEN(pairs));
	struct value name = value_text(&arena, "y"), index = value_num(1), gone = value_num(2);
	struct pair pair;

	assert_string_equal(value_str(&array, &arena), "2;five;aX=1;y=2");
	assert_int_equal(value_count(&array), 4);
	assert_string_equal(value_find(&array, &name) != NULL ? "found" : "", "found");
	assert_int_equal(value_find(&array, &name)->number, 2);
	assert_string_equal(value_find(&array, &index)->text, "five");
	assert_null(value_find(&array, &gone));
	assert_true(value_element(&array, 1, &arena, &pair));
	assert_int_equal(pair.key.number, 1);
	assert_true(value_element(&array, 2, &arena, &pair));
	assert_string_equal(pair.key.text, "aX");
	assert_false(value_element(&array, 4, &arena, &pair));
}

static void copies_stand_alone(void **state)
{
	struct arena other = { 0 };
	struct pair inner[] = { plain(value_id(&other, 7)),
		                named("k", value_text(&other, "text")) };
	struct pair outer[] = { plain(value_array(&other, inner, 2)) };

	inner[1].key = value_text(&other, "k");

	struct value value = value_array(&other, outer, 1);
	struct value copy = value_copy(&value, &arena);

	assert_int_equal(value_bytes(&copy), value_bytes(&value));
	arena_free(&other);
	assert_string_equal(value_str(&copy, &arena), "*7;k=text");
}

static void depth_has_an_end(void **state)
{
	struct value value = value_num(1);

	for (int i = 0; i < 1000; i++) {
		struct pair pair = plain(value);

		value = value_array(&arena, &pair, 1);
		assert_true(value.array->depth <= VALUE_DEPTH);
	}
	assert_string_equal(value_str(&value, &arena), "1");
}

static void kinds_are_told(void **state)
{
	struct value nothing = value_nil(), nil = value_missing(), one = value_id(&arena, 1);
	struct value none = { .kind = VALUE_IDS }, code = value_code(&arena, ":put 1;;", 6);

	assert_string_equal(value_kind_word(&nothing), "nothing");
	assert_string_equal(value_kind_word(&nil), "nil");
	assert_string_equal(value_kind_word(&one), "id");
	assert_string_equal(value_kind_word(&none), "array");
	assert_string_equal(value_kind_word(&code), "code");
	assert_string_equal(value_str(&code, &arena), ":put 1");
	assert_int_equal(value_count(&nothing), 0);
}

static void truth_is_told(void **state)
{
	static const struct {
		const char *word;
		int truth; /* -1: an error */
	} cases[] = { { "true", 1 }, { "no", 0 }, { "5", -1 }, { "ether1", -1 }, { "", -1 } };
	struct value nothing = value_nil();
	struct diag diag = { 0 };
	bool truth = true;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct value value = value_guess(&arena, cases[i].word);

		diag = (struct diag){ 0 };
		assert_int_equal(value_truth(&value, &truth, &diag), cases[i].truth >= 0);
		if (cases[i].truth >= 0)
			assert_int_equal(truth, cases[i].truth);
		else
			assert_non_null(strstr(diag.text, "conditional not boolean"));
	}
	diag = (struct diag){ 0 };
	assert_true(value_truth(&nothing, &truth, &diag));
	assert_false(truth);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(words_are_guessed, forget),
		cmocka_unit_test(times_are_read_as_they_are_shown),
		cmocka_unit_test_teardown(arrays_have_an_order, forget),
		cmocka_unit_test_teardown(copies_stand_alone, forget),
		cmocka_unit_test_teardown(depth_has_an_end, forget),
		cmocka_unit_test_teardown(kinds_are_told, forget),
		cmocka_unit_test_teardown(truth_is_told, forget),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
