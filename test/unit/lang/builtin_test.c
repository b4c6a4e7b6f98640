#include "unit.h"

#include "conf/diag.h"
#include "lang/builtin.h"
#include "lib/must.h"
#include "lib/random.h"
#include "lib/text.h"

static struct arena arena;

static int forget(void **state)
{
	arena_free(&arena);
	return 0;
}

/* A counter: what is drawn is known, and spread over all bytes. */
struct known_random {
	struct random random;
	uint64_t drawn;
};

static void fill_known(struct random *random, void *bytes, size_t len)
{
	struct known_random *mine = (struct known_random *)random;
	uint8_t *at = bytes;

	for (size_t i = 0; i < len; i++) {
		mine->drawn = mine->drawn * 6364136223846793005ULL + 1442695040888963407ULL;
		at[i] = (uint8_t)(mine->drawn >> 56);
	}
}

static bool run(const char *name, const struct value *args, uint64_t given, struct value *ret_value,
                struct diag *diag)
{
	struct known_random random = { { fill_known }, 1 };
	struct builtin_call call = { .args = args,
		                     .given = given,
		                     .arena = &arena,
		                     .now = { 1700000000000000000 },
		                     .random = &random.random,
		                     .diag = diag };
	const struct builtin *builtin = builtin_find(name);
	bool ok;

	assert_non_null(builtin);
	*diag = (struct diag){ 0 };
	ok = builtin_run(builtin, &call);
	assert_int_equal(ok, !diag->failed);
	*ret_value = call.result;
	return ok;
}

struct use {
	const char *name;
	const char *args[4];       /* NULL: not given; with @, an array: words between commas */
	const char *kind, *result; /* kind NULL: an error that says `result` */
};

static struct value argument(const char *word)
{
	struct value text, array;
	struct diag diag;

	if (word[0] == '\'')
		return (struct value){ .kind = VALUE_TEXT,
			               .text = arena_strndup(&arena, word + 1, strlen(word) - 2) };
	if (word[0] != '@')
		return value_guess(&arena, word);
	text = value_text(&arena, word + 1);
	assert_true(run("toarray", &text, 1, &array, &diag));
	return array;
}

static void check(const struct use *uses, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct value args[BUILTIN_PARAMS] = { 0 }, result;
		struct diag diag;
		uint64_t given = 0;
		bool ok;

		for (unsigned a = 0; a < ARRAY_LEN(uses[i].args); a++) {
			if (uses[i].args[a] == NULL)
				continue;
			args[a] = argument(uses[i].args[a]);
			given |= 1ULL << a;
		}
		ok = run(uses[i].name, args, given, &result, &diag);
		if (ok != (uses[i].kind != NULL))
			fail_msg(":%s %s: %s", uses[i].name, uses[i].args[0], diag.text);
		if (ok) {
			assert_string_equal(value_kind_word(&result), uses[i].kind);
			assert_string_equal(value_str(&result, &arena), uses[i].result);
		} else if (strstr(diag.text, uses[i].result) == NULL) {
			fail_msg(":%s %s: \"%s\" does not say \"%s\"", uses[i].name,
			         uses[i].args[0], diag.text, uses[i].result);
		}
	}
}

static void texts_and_arrays_are_looked_into(void **state)
{
	static const struct use uses[] = {
		{ "len", { "'abcde'" }, "num", "5" },
		{ "len", { "@a,b,c" }, "num", "3" },
		{ "len", { "12345" }, "num", "5" },
		{ "len", { NULL }, NULL, "missing value(s) of argument(s) value" },
		{ "pick", { "abcde", "1", "3" }, "str", "bc" },
		{ "pick", { "abcde", "1" }, "str", "b" },
		{ "pick", { "abcde", "3", "99" }, "str", "de" },
		{ "pick", { "abcde", "5" }, "nil", "" },
		{ "pick", { "abcde", "9223372036854775807" }, "nil", "" },
		{ "pick", { "abcde", "3", "1" }, "nil", "" },
		{ "pick", { "abcde", "-1" }, NULL, "value of begin out of range" },
		{ "pick", { "abcde", "x" }, NULL, "invalid value for argument begin" },
		{ "pick", { "@a,b,c", "1" }, "str", "b" },
		{ "pick", { "@a,b,c", "1", "3" }, "array", "b;c" },
		{ "pick", { "10.0.0.1", "0", "2" }, "str", "10" },
		{ "find", { "abcabc", "b" }, "num", "1" },
		{ "find", { "abcabc", "b", "1" }, "num", "4" },
		{ "find", { "abcabc", "b", "99" }, "nil", "" },
		{ "find", { "abcabc", "x" }, "nil", "" },
		{ "find", { "@a,b,7", "7" }, "num", "2" },
		{ "find", { "@a,b,7", "c" }, "nil", "" },
		{ "range", { "1", "4" }, "array", "1;2;3;4" },
		{ "range", { "4", "1", "-2" }, "array", "4;2" },
		{ "range", { "4", "1" }, "array", "4;3;2;1" },
		{ "range", { "1", "4", "-1" }, "array", "" },
		{ "range", { "3", "3" }, "array", "3" },
		{ "range", { "1", "4", "0" }, NULL, "never arrive" },
		{ "range", { "0", "99999999" }, NULL, "too many" },
		{ "range",
		  { "-9223372036854775808", "9223372036854775807" },
		  NULL,
		  "out of range" },
		{ "tolf", { "'a\r\nb\rc\n'" }, "str", "a\nb\rc\n" },
		{ "tocrlf", { "'a\r\nb\n'" }, "str", "a\r\nb\r\n" },
	};

	check(uses, ARRAY_LEN(uses));
}

static void kinds_are_converted(void **state)
{
	static const struct use uses[] = {
		{ "typeof", { NULL }, "str", "nothing" },
		{ "typeof", { "10.0.0.0/8" }, "str", "ip-prefix" },
		{ "tostr", { "90s" }, "str", "00:01:30" },
		{ "tonum", { "'0x10'" }, "num", "16" },
		{ "tonum", { "90s" }, "num", "90" },
		{ "tonum", { "10.0.0.1" }, "num", "167772161" },
		{ "tonum", { "x" }, "nil", "" },
		{ "tobool", { "'yes'" }, "bool", "true" },
		{ "tobool", { "0" }, "bool", "false" },
		{ "tobool", { "maybe" }, "nil", "" },
		{ "toid", { "'*1a'" }, "id", "*1A" },
		{ "toid", { "-1" }, "nil", "" },
		{ "toip", { "'10.0.0.1'" }, "ip", "10.0.0.1" },
		{ "toip", { "167772161" }, "ip", "10.0.0.1" },
		{ "toip", { "10.0.0" }, "nil", "" },
		{ "toip", { "4294967296" }, "nil", "" },
		{ "totime", { "90" }, "time", "00:01:30" },
		{ "totime", { "'1h'" }, "time", "01:00:00" },
		{ "totime", { "9223372036854775807" }, "nil", "" },
		{ "tonsec", { "1.5s" }, "num", "1500000000" },
		{ "tonsec", { "5" }, "nil", "" },
		{ "toarray", { "'1,x,10.0.0.1'" }, "array", "1;x;10.0.0.1" },
		{ "toarray", { "''" }, "array", "" },
		{ "toarray", { "'a,,b'" }, "array", "a;;b" },
	};

	check(uses, ARRAY_LEN(uses));
}

static void bytes_change_their_shape(void **state)
{
	static const struct use uses[] = {
		{ "convert", { "Hello", NULL, "base64" }, "str", "SGVsbG8=" },
		{ "convert", { "'Hello!'", NULL, "base64" }, "str", "SGVsbG8h" },
		{ "convert", { "SGVsbG8=", "base64" }, "str", "Hello" },
		{ "convert", { "SGVsbG8", "base64" }, "str", "Hello" },
		{ "convert", { "'S GVs'", "base64" }, NULL, "this is not base64" },
		{ "convert", { "SGVsb", "base64" }, NULL, "this is not base64" },
		{ "convert", { "Hello", NULL, "hex" }, "str", "48656c6c6f" },
		{ "convert", { "'48656C6c6f'", "hex" }, "str", "Hello" },
		{ "convert", { "'486'", "hex" }, NULL, "this is not hex" },
		{ "convert", { "'00'", "hex" }, NULL, "zero byte" },
		{ "convert", { "'00'", "hex", "base64" }, "str", "AA==" },
		{ "convert", { "'a b/c'", NULL, "url" }, "str", "a%20b%2Fc" },
		{ "convert", { "'a%20b'", "url" }, "str", "a b" },
		{ "convert", { "'a%2'", "url" }, NULL, "this is not url" },
		{ "convert", { "Hello", NULL, "rot13" }, "str", "Uryyb" },
		{ "convert", { "Hello", NULL, NULL, "uc" }, "str", "HELLO" },
		{ "convert", { "hello", NULL, NULL, "ucfirst" }, "str", "Hello" },
		{ "convert", { "hello", NULL, NULL, "reverse" }, "str", "olleh" },
		{ "convert", { "'a\nb'", NULL, NULL, "crlf" }, "str", "a\r\nb" },
		{ "convert", { "x", "base65" }, NULL, "input does not match any value of from" },
	};

	check(uses, ARRAY_LEN(uses));
}

static void values_go_through_json(void **state)
{
	static const struct use uses[] = {
		{ "serialize",
		  { "@1,x,yes,10s,5.5", "json" },
		  "str",
		  "[1,\"x\",true,\"00:00:10\",\"5.5\"]" },
		{ "serialize", { "'5'", "json" }, "str", "5" },
		{ "serialize", { "'5'", "json", "json.no-string-conversion" }, "str", "\"5\"" },
		{ "serialize", { "@1", "json", "json.pretty" }, "str", "[\n    1\n]" },
		{ "serialize", { "@1", "json", "json.ugly" }, NULL, "any value of options" },
		{ "serialize", { "@1" }, NULL, "missing value(s) of argument(s) to" },
		{ "serialize", { "@1", "dsv" }, NULL, "there are json" },
		{ "serialize", { "'\xff'", "json" }, NULL, "not UTF-8" },
		{ "deserialize",
		  { "'{\"b\":[1,2],\"a\":{\"c\":null}}'", "json" },
		  "array",
		  "a=c=;b=1;2" },
		{ "deserialize", { "'[1.5,true,\"x\",-7]'", "json" }, "array", "1.5;true;x;-7" },
		{ "deserialize", { "'5'", "json" }, "num", "5" },
		{ "deserialize", { "'[1,'", "json" }, NULL, "this is no JSON" },
		{ "deserialize", { "'[99999999999999999999]'", "json" }, NULL, "this is no JSON" },
		{ "deserialize", { "'\"\\u0000\"'", "json" }, NULL, "this is no JSON" },
	};
	struct text deep = { 0 };
	struct value args[BUILTIN_PARAMS] = { 0 }, result;
	struct diag diag;

	check(uses, ARRAY_LEN(uses));
	text_repeat(&deep, '[', 100);
	text_repeat(&deep, ']', 100);
	args[0] = value_text(&arena, text_str(&deep));
	args[1] = value_text(&arena, "json");
	assert_false(run("deserialize", args, 3, &result, &diag));
	assert_non_null(strstr(diag.text, "deep"));
	text_free(&deep);
}

static void named_elements_make_an_object(void **state)
{
	struct pair pairs[] = { { value_text(&arena, "name"), value_text(&arena, "x") },
		                { value_nil(), value_num(5) } };
	struct value args[BUILTIN_PARAMS] = { value_array(&arena, pairs, 2),
		                              value_text(&arena, "json") };
	struct value result;
	struct diag diag;

	assert_true(run("serialize", args, 3, &result, &diag));
	assert_string_equal(result.text, "{\"0\":5,\"name\":\"x\"}");
}

static void chance_keeps_its_bounds(void **state)
{
	static const struct use uses[] = {
		{ "rndnum", { "7", "7" }, "num", "7" },
		{ "rndnum", { "8", "7" }, NULL, "must not be below from" },
		{ "rndstr", { "5", "x" }, "str", "xxxxx" },
		{ "rndstr", { "0" }, NULL, "out of range (1.." },
		{ "rndstr", { "5", "''" }, NULL, "at least one" },
		{ "timestamp", { NULL }, "time", "2810w5d22:13:20" },
	};
	struct known_random random = { { fill_known }, 99 };
	unsigned seen[6] = { 0 };

	check(uses, ARRAY_LEN(uses));
	for (int i = 0; i < 6000; i++) {
		struct value args[] = { value_num(-2), value_num(3) };
		struct diag diag = { 0 };
		struct builtin_call call = { .args = args,
			                     .given = 3,
			                     .arena = &arena,
			                     .random = &random.random,
			                     .diag = &diag };

		assert_true(builtin_run(builtin_find("rndnum"), &call));
		assert_in_range(call.result.number + 2, 0, 5);
		seen[call.result.number + 2]++;
	}
	for (int i = 0; i < 6; i++)
		assert_in_range(seen[i], 850, 1150);
}

static void all_are_described_and_found(void **state)
{
	for (size_t i = 0; builtins_all[i] != NULL; i++) {
		assert_ptr_equal(builtin_find(builtins_all[i]->name), builtins_all[i]);
		assert_true(strlen(builtins_all[i]->help) > 10);
		assert_true(i == 0 || strcmp(builtins_all[i - 1]->name, builtins_all[i]->name) < 0);
		for (size_t p = 0; p < builtins_all[i]->nparams; p++) {
			const struct builtin_param *param = &builtins_all[i]->params[p];

			assert_true(strlen(param->help) > 3);
			assert_true(p == 0 || !param->positional || param[-1].positional);
		}
	}
	assert_null(builtin_find("no-such"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(texts_and_arrays_are_looked_into, forget),
		cmocka_unit_test_teardown(kinds_are_converted, forget),
		cmocka_unit_test_teardown(bytes_change_their_shape, forget),
		cmocka_unit_test_teardown(values_go_through_json, forget),
		cmocka_unit_test_teardown(named_elements_make_an_object, forget),
		cmocka_unit_test_teardown(chance_keeps_its_bounds, forget),
		cmocka_unit_test(all_are_described_and_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
