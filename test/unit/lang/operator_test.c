#include "unit.h"

#include <stdio.h>

#include "conf/diag.h"
#include "lang/operator.h"
#include "lib/must.h"

static struct arena arena;

static int forget(void **state)
{
	arena_free(&arena);
	return 0;
}

/* A word as it would be guessed; '...' is a text, {..;..} an array of words, "nothing" is that. */
static struct value operand(const char *word)
{
	struct pair pairs[8] = { 0 };
	size_t len = strlen(word), n = 0;

	if (strcmp(word, "nothing") == 0)
		return value_nil();
	if (word[0] == '\'')
		return (struct value){ .kind = VALUE_TEXT,
			               .text = arena_strndup(&arena, word + 1, len - 2) };
	if (word[0] != '{')
		return value_guess(&arena, word);
	for (const char *at = word + 1; *at != '}' && *at != '\0';) {
		size_t part = strcspn(at, ";}=");

		if (at[part] == '=') {
			pairs[n].key = value_text(&arena, arena_strndup(&arena, at, part));
			at += part + 1;
			part = strcspn(at, ";}");
		}
		pairs[n++].value = operand(arena_strndup(&arena, at, part));
		at += part + (at[part] == ';');
	}
	return value_array(&arena, pairs, n);
}

struct sum {
	const char *left;
	enum operator op;
	const char *right;         /* NULL: of one operand */
	const char *kind, *result; /* kind NULL: an error that says `result` */
};

static void check(const struct sum *sums, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct value left = operand(sums[i].left), right = value_nil(),
			     result = value_nil();
		struct diag diag = { 0 };
		bool ok;

		if (sums[i].right != NULL)
			right = operand(sums[i].right);
		ok = operator_apply(sums[i].op, &left, &right, &arena, &result, &diag);
		if (ok != (sums[i].kind != NULL))
			fail_msg("%s %s %s: %s", sums[i].left, operator_sign(sums[i].op),
			         sums[i].right, diag.text);
		if (ok) {
			assert_string_equal(value_kind_word(&result), sums[i].kind);
			assert_string_equal(value_str(&result, &arena), sums[i].result);
		} else if (strstr(diag.text, sums[i].result) == NULL) {
			fail_msg("%s %s: \"%s\" does not say \"%s\"", sums[i].left,
			         operator_sign(sums[i].op), diag.text, sums[i].result);
		}
	}
}

static void it_counts(void **state)
{
	static const struct sum sums[] = {
		{ "3", OPERATOR_ADD, "4", "num", "7" },
		{ "3", OPERATOR_SUB, "4", "num", "-1" },
		{ "'5'", OPERATOR_ADD, "3", "num", "8" },
		{ "7", OPERATOR_MUL, "-6", "num", "-42" },
		{ "10", OPERATOR_DIV, "3", "num", "3" },
		{ "-10", OPERATOR_DIV, "3", "num", "-3" },
		{ "10", OPERATOR_MOD, "3", "num", "1" },
		{ "10", OPERATOR_DIV, "0", NULL, "division by zero" },
		{ "10", OPERATOR_MOD, "0", NULL, "division by zero" },
		{ "9223372036854775807", OPERATOR_ADD, "1", NULL, "out of range" },
		{ "-9223372036854775808", OPERATOR_DIV, "-1", NULL, "out of range" },
		{ "-9223372036854775808", OPERATOR_MOD, "-1", "num", "0" },
		{ "-9223372036854775808", OPERATOR_NEGATE, NULL, NULL, "out of range" },
		{ "5", OPERATOR_NEGATE, NULL, "num", "-5" },
		{ "10s", OPERATOR_NEGATE, NULL, "time", "-00:00:10" },
		{ "10s", OPERATOR_ADD, "5", "time", "00:00:15" },
		{ "10s", OPERATOR_SUB, "1m", "time", "-00:00:50" },
		{ "10s", OPERATOR_MUL, "3", "time", "00:00:30" },
		{ "3", OPERATOR_MUL, "10s", "time", "00:00:30" },
		{ "1m", OPERATOR_DIV, "8", "time", "00:00:07.500" },
		{ "1m", OPERATOR_DIV, "25s", "num", "2" },
		{ "1m", OPERATOR_MOD, "25s", "time", "00:00:10" },
		{ "1m", OPERATOR_MUL, "1m", NULL, "operator * can't take time" },
		{ "x", OPERATOR_ADD, "1", NULL, "operator + can't take str \"x\" and num \"1\"" },
		{ "nothing", OPERATOR_ADD, "1", NULL, "can't take nothing \"\" and num" },
		{ "{1;2}", OPERATOR_ADD, "1", NULL, "can't take array \"1;2\"" },
		{ "true", OPERATOR_ADD, "1", NULL, "can't take bool" },
	};

	check(sums, ARRAY_LEN(sums));
}

static void addresses_are_counted_with(void **state)
{
	static const struct sum sums[] = {
		{ "10.0.0.1", OPERATOR_ADD, "5", "ip", "10.0.0.6" },
		{ "5", OPERATOR_ADD, "10.0.0.1", "ip", "10.0.0.6" },
		{ "10.0.0.255", OPERATOR_ADD, "1", "ip", "10.0.1.0" },
		{ "10.0.0.9", OPERATOR_SUB, "4", "ip", "10.0.0.5" },
		{ "10.0.0.1", OPERATOR_SUB, "10.0.0.9", "num", "-8" },
		{ "255.255.255.255", OPERATOR_ADD, "1", NULL, "out of range" },
		{ "0.0.0.0", OPERATOR_SUB, "1", NULL, "out of range" },
		{ "10.0.0.1", OPERATOR_ADD, "10.0.0.1", NULL, "operator + can't take ip" },
		{ "5", OPERATOR_SUB, "10.0.0.1", NULL, "can't take num" },
		{ "10.0.0.1", OPERATOR_MUL, "2", NULL, "can't take ip" },
		{ "10.0.5.77", OPERATOR_BIT_AND, "255.255.255.0", "ip", "10.0.5.0" },
		{ "10.0.5.0", OPERATOR_BIT_OR, "0.0.0.255", "ip", "10.0.5.255" },
		{ "10.0.5.0", OPERATOR_BIT_XOR, "10.0.5.9", "ip", "0.0.0.9" },
		{ "255.255.255.0", OPERATOR_BIT_NOT, NULL, "ip", "0.0.0.255" },
		{ "255.255.255.255", OPERATOR_SHIFT_LEFT, "8", "ip", "255.255.255.0" },
		{ "10.0.0.0", OPERATOR_SHIFT_RIGHT, "24", "ip", "0.0.0.10" },
		{ "10.0.0.0", OPERATOR_SHIFT_RIGHT, "99", "ip", "0.0.0.0" },
		{ "1", OPERATOR_SHIFT_LEFT, "4", "num", "16" },
		{ "12", OPERATOR_BIT_AND, "10", "num", "8" },
		{ "1", OPERATOR_SHIFT_LEFT, "-1", NULL, "less than nothing" },
		{ "x", OPERATOR_BIT_AND, "1", NULL, "operator & can't take str" },
		{ "10.1.2.3", OPERATOR_IN, "10.0.0.0/8", "bool", "true" },
		{ "11.1.2.3", OPERATOR_IN, "10.0.0.0/8", "bool", "false" },
		{ "10.1.0.0/16", OPERATOR_IN, "10.0.0.0/8", "bool", "true" },
		{ "10.0.0.0/8", OPERATOR_IN, "10.1.0.0/16", "bool", "false" },
		{ "'10.1.2.3'", OPERATOR_IN, "10.0.0.0/8", "bool", "true" },
		{ "5", OPERATOR_IN, "{4;5}", "bool", "true" },
		{ "6", OPERATOR_IN, "{4;5}", "bool", "false" },
		{ "5", OPERATOR_IN, "10.0.0.0/8", NULL, "operator in can't take num" },
	};

	check(sums, ARRAY_LEN(sums));
}

static void values_are_compared(void **state)
{
	static const struct sum sums[] = {
		{ "3", OPERATOR_LESS, "4", "bool", "true" },
		{ "'9'", OPERATOR_LESS, "10", "bool", "true" },
		{ "'9'", OPERATOR_LESS, "'10'", "bool", "false" },
		{ "'5'", OPERATOR_EQUAL, "5", "bool", "true" },
		{ "5", OPERATOR_EQUAL, "'5'", "bool", "true" },
		{ "true", OPERATOR_EQUAL, "'yes'", "bool", "true" },
		{ "nothing", OPERATOR_EQUAL, "nothing", "bool", "true" },
		{ "nothing", OPERATOR_EQUAL, "''", "bool", "false" },
		{ "nothing", OPERATOR_NOT_EQUAL, "0", "bool", "true" },
		{ "10.0.0.9", OPERATOR_LESS, "10.0.0.10", "bool", "true" },
		{ "10.0.0.0/8", OPERATOR_LESS, "10.0.0.0/9", "bool", "true" },
		{ "90s", OPERATOR_GREATER_EQUAL, "1m30s", "bool", "true" },
		{ "90s", OPERATOR_LESS_EQUAL, "89s", "bool", "false" },
		{ "x", OPERATOR_GREATER, "'w'", "bool", "true" },
		{ "*1A", OPERATOR_EQUAL, "'*1A'", "bool", "true" },
		{ "{1;2;a=3}", OPERATOR_EQUAL, "{1;2;a=3}", "bool", "true" },
		{ "{1;2;a=3}", OPERATOR_EQUAL, "{1;2;b=3}", "bool", "false" },
		{ "{1;2}", OPERATOR_LESS, "{1;2;3}", "bool", "true" },
		{ "3", OPERATOR_LESS, "x", NULL, "operator < can't take num \"3\" and str \"x\"" },
		{ "3", OPERATOR_EQUAL, "x", "bool", "false" },
		{ "5", OPERATOR_GREATER, "10.0.0.1", NULL, "operator > can't take" },
		{ "true", OPERATOR_AND, "false", "bool", "false" },
		{ "true", OPERATOR_OR, "false", "bool", "true" },
		{ "nothing", OPERATOR_OR, "false", "bool", "false" },
		{ "false", OPERATOR_NOT, NULL, "bool", "true" },
		{ "5", OPERATOR_NOT, NULL, NULL, "conditional not boolean" },
		{ "true", OPERATOR_AND, "x", NULL, "conditional not boolean" },
	};

	check(sums, ARRAY_LEN(sums));
}

static void texts_and_arrays_are_joined(void **state)
{
	static const struct sum sums[] = {
		{ "a", OPERATOR_CONCAT, "5", "str", "a5" },
		{ "10.0.0.1", OPERATOR_CONCAT, "'/24'", "str", "10.0.0.1/24" },
		{ "nothing", OPERATOR_CONCAT, "x", "str", "x" },
		{ "1", OPERATOR_JOIN, "2", "array", "1;2" },
		{ "{1;2}", OPERATOR_JOIN, "{3;a=4}", "array", "1;2;3;a=4" },
		{ "{a=1;b=1}", OPERATOR_JOIN, "{a=2}", "array", "a=2;b=1" },
		{ "nothing", OPERATOR_JOIN, "1", "array", "1" },
		{ "{4;5}", OPERATOR_ELEMENT, "1", "num", "5" },
		{ "{4;5}", OPERATOR_ELEMENT, "2", "nothing", "" },
		{ "{4;5}", OPERATOR_ELEMENT, "-1", "nothing", "" },
		{ "{4;a=5}", OPERATOR_ELEMENT, "a", "num", "5" },
		{ "{4;a=5}", OPERATOR_ELEMENT, "b", "nothing", "" },
		{ "{yes=5}", OPERATOR_ELEMENT, "'yes'", "num", "5" },
		{ "nothing", OPERATOR_ELEMENT, "a", "nothing", "" },
		{ "*5", OPERATOR_ELEMENT, "0", "id", "*5" },
		{ "5", OPERATOR_ELEMENT, "0", NULL, "operator -> can't take num" },
		{ "ether1", OPERATOR_MATCH, "'^ether[0-9]$'", "bool", "true" },
		{ "wlan1", OPERATOR_MATCH, "'^ether'", "bool", "false" },
		{ "10.0.0.1", OPERATOR_MATCH, "'^10'", "bool", "true" },
		{ "{a;b}", OPERATOR_MATCH, "b", "bool", "true" },
		{ "nothing", OPERATOR_MATCH, "'^$'", "bool", "true" },
		{ "x", OPERATOR_MATCH, "'('", NULL, "operator ~ can't take" },
	};

	check(sums, ARRAY_LEN(sums));
}

/* Whatever the two kinds: a result or an error, and never both. */
static void any_two_kinds_are_answered(void **state)
{
	static const char *const words[] = { "nothing", "true", "5",        "x",
		                             "'5'",     "10s",  "10.0.0.1", "10.0.0.0/8",
		                             "*1",      "{}",   "{1}",      "{a=1}",
		                             "0",       "''",   "0.0.0.0",  "-1" };

	for (int op = 0; op < OPERATORS; op++) {
		for (size_t i = 0; i < ARRAY_LEN(words) * ARRAY_LEN(words); i++) {
			struct value left = operand(words[i % ARRAY_LEN(words)]);
			struct value right = operand(words[i / ARRAY_LEN(words)]), result;
			struct diag diag = { 0 };
			bool ok = operator_apply(op, &left, &right, &arena, &result, &diag);

			assert_int_equal(ok, !diag.failed);
			if (ok)
				assert_non_null(value_str(&result, &arena));
			else
				assert_non_null(strchr(diag.text, '\n'));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(it_counts, forget),
		cmocka_unit_test_teardown(addresses_are_counted_with, forget),
		cmocka_unit_test_teardown(values_are_compared, forget),
		cmocka_unit_test_teardown(texts_and_arrays_are_joined, forget),
		cmocka_unit_test_teardown(any_two_kinds_are_answered, forget),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
