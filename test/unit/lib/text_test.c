#include "unit.h"

#include <stdio.h>

#include "lib/must.h"
#include "lib/text.h"
#include "seeded.h"

static void an_empty_text_is_readable(void **state)
{
	struct text text = { 0 };

	assert_string_equal(text_str(&text), "");
	text_clear(&text);
	text_add(&text, "");
	assert_string_equal(text_str(&text), "");
	text_free(&text);
	text_free(&text);
}

static void pieces_follow_each_other(void **state)
{
	struct text text = { 0 };

	text_add(&text, "add ");
	text_printf(&text, "%s=%d", "distance", 1);
	text_char(&text, ' ');
	text_repeat(&text, '-', 3);
	text_bytes(&text, "xyz", 2);
	assert_string_equal(text_str(&text), "add distance=1 ---xy");
	assert_int_equal(text.len, 20);
	assert_false(text.cut);
	text_clear(&text);
	assert_string_equal(text_str(&text), "");
	text_free(&text);
}

/* The same random pieces into a growing text and into a plain large buffer. */
static void growing_keeps_all(void **state)
{
	static char wanted[200000];
	struct seeded seeded = seeded_make(6);
	struct text text = { 0 };
	size_t at = 0;

	for (int i = 0; i < 2000; i++) {
		int width = (int)(seeded_next(&seeded) % 90 + 1);

		at += (size_t)snprintf(wanted + at, sizeof wanted - at, "%*d", width, 5);
		text_printf(&text, "%*d", width, 5);
		assert_true(text.size > text.len);
	}
	assert_int_equal(text.len, at);
	assert_string_equal(text_str(&text), wanted);
	text_free(&text);
}

/* At each size: as much as fits, terminated, cut only if something is missing. */
static void a_fixed_buffer_is_never_left(void **state)
{
	static const char whole[] = "192.168.88.1/24 on ether1";

	for (size_t size = 1; size <= sizeof whole + 2; size++) {
		char buffer[40];

		memset(buffer, '#', sizeof buffer);
		struct text text = text_into(buffer, size);

		text_add(&text, "192.168.");
		text_printf(&text, "%d.%d/%u", 88, 1, 24);
		text_char(&text, ' ');
		text_bytes(&text, "on ether1", 9);

		size_t fits = size - 1 < sizeof whole - 1 ? size - 1 : sizeof whole - 1;

		assert_int_equal(text.len, fits);
		assert_memory_equal(buffer, whole, fits);
		assert_int_equal(buffer[fits], '\0');
		assert_int_equal(buffer[size], '#');
		assert_int_equal(text.cut, size < sizeof whole);
	}
}

static void clearing_forgets_the_cut(void **state)
{
	char buffer[4];
	struct text text = text_into(buffer, sizeof buffer);

	text_add(&text, "abcdef");
	assert_true(text.cut);
	text_clear(&text);
	assert_false(text.cut);
	text_add(&text, "xyz");
	assert_string_equal(buffer, "xyz");
	assert_false(text.cut);
	text_free(&text); /* the buffer is the caller's */
	assert_string_equal(buffer, "xyz");
}

static void bytes_may_hold_zeroes(void **state)
{
	struct text text = { 0 };

	text_bytes(&text, "a\0b", 3);
	assert_int_equal(text.len, 3);
	assert_memory_equal(text.bytes, "a\0b", 4);
	text_free(&text);
}

static void numbers_are_read_whole(void **state)
{
	static const struct {
		const char *text;
		uint64_t value;
	} good[] = {
		{ "0", 0 },
		{ "7", 7 },
		{ "007", 7 },
		{ "1448", 1448 },
		{ "4294967296", 4294967296ULL },
		{ "18446744073709551615", UINT64_MAX },
	};
	static const char *const bad[] = {
		"",
		" ",
		"-1",
		"+1",
		"1 ",
		" 1",
		"0x10",
		"1e3",
		"12a",
		"a12",
		"1,000",
		"1.0",
		"/",
		":",
		"18446744073709551616",
		"99999999999999999999999",
	};
	uint64_t value;

	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		assert_true(text_to_u64(good[i].text, strlen(good[i].text), &value));
		assert_true(value == good[i].value);
	}
	value = 42;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		if (text_to_u64(bad[i], strlen(bad[i]), &value))
			fail_msg("'%s' was taken for a number", bad[i]);
		assert_int_equal(value, 42);
	}
	assert_true(text_to_u64("123456", 3, &value));
	assert_int_equal(value, 123);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_text_is_readable),
		cmocka_unit_test(pieces_follow_each_other),
		cmocka_unit_test(growing_keeps_all),
		cmocka_unit_test(a_fixed_buffer_is_never_left),
		cmocka_unit_test(clearing_forgets_the_cut),
		cmocka_unit_test(bytes_may_hold_zeroes),
		cmocka_unit_test(numbers_are_read_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
