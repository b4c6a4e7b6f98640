/*
 * The table of keys, and the line that takes them: each control key that does something is in the
 * table, and each that is in the table does something.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/text.h"
#include "ui/keys.h"
#include "ui/line.h"
#include "ui/recall.h"

/* Whether @key does anything to a line that has something to do for every key. */
static bool does_something(char key)
{
	struct recall history = { 0 };
	struct line line = { .width = 80, .history = &history };
	struct text out = { 0 };
	enum line_event event;
	bool did;

	recall_keep(&history, "older");
	recall_keep(&history, "newer");
	line_start(&line, "> ", &out);
	for (const char *at = "one two\x10\x0e"
	                      "one two three\x17\x02\x02";
	     *at != '\0'; at++)
		(void)line_byte(&line, (uint8_t)*at, &out);

	struct text before = { 0 };
	size_t cursor = line.cursor;

	text_printf(&before, "%s/%d/%d", line_text(&line), line.search.on, (int)line.browsing);
	text_clear(&out);
	event = line_byte(&line, (uint8_t)key, &out);

	struct text after = { 0 };

	text_printf(&after, "%s/%d/%d", line_text(&line), line.search.on, (int)line.browsing);
	did = event != LINE_NONE || out.len > 0 || line.cursor != cursor ||
	      strcmp(text_str(&before), text_str(&after)) != 0;
	text_free(&before);
	text_free(&after);
	text_free(&out);
	line_free(&line);
	recall_free(&history);
	return did;
}

static bool in_table(const char *word)
{
	size_t len = strlen(word);

	for (size_t i = 0; i < keys_n && keys_all[i].where == keys_all[0].where; i++) {
		const char *at = keys_all[i].keys;

		for (; *at != '\0'; at += strcspn(at, " "), at += strspn(at, " "))
			if (strncmp(at, word, len) == 0 && (at[len] == '\0' || at[len] == ','))
				return true;
	}
	return false;
}

/* Down and Ctrl-N have nothing below the youngest; the line itself is above it. */
static bool needs_another_place(char letter)
{
	return letter == 'N';
}

static void test_control_keys(void **state)
{
	static const char letters[] = "ABCDEFGHJKLMNOPQRSTUVWXYZ\\";

	for (const char *letter = letters; *letter != '\0'; letter++) {
		char word[] = { 'C', 't', 'r', 'l', '-', *letter, '\0' };
		bool does = does_something((char)(*letter & 0x1f));

		if (in_table(word) != does && !needs_another_place(*letter))
			fail_msg("%s %s, but it %s in the table", word,
			         does ? "does something" : "does nothing",
			         in_table(word) ? "is" : "is not");
	}
	assert_true(in_table("Ctrl-N"));
}

static void test_each_is_explained(void **state)
{
	for (size_t i = 0; i < keys_n; i++) {
		assert_true(keys_all[i].keys[0] != '\0' && keys_all[i].help[0] != '\0');
		assert_true(keys_all[i].help[strlen(keys_all[i].help) - 1] != '.');
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_control_keys),
		cmocka_unit_test(test_each_is_explained),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
