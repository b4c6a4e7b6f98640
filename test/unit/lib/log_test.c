#include "unit.h"

#include "lib/log.h"
#include "lib/must.h"

struct heard {
	unsigned count;
	struct log_line last;
};

static void hear(void *arg, const struct log_line *line)
{
	struct heard *heard = arg;

	heard->count++;
	heard->last = *line;
}

static void a_line_is_kept_and_heard(void **state)
{
	struct heard heard = { 0 };
	struct log log;

	log_init(&log);
	log.sink = hear;
	log.sink_arg = &heard;
	log.now = (mono){ 77 };
	log_write(&log, LOG_WARNING, "interface", "%s is %s", "ether1", "down");
	assert_int_equal(heard.count, 1);
	assert_int_equal(heard.last.number, 1);
	assert_int_equal(heard.last.at.ns, 77);
	assert_int_equal(heard.last.level, LOG_WARNING);
	assert_string_equal(heard.last.topic, "interface");
	assert_string_equal(heard.last.text, "ether1 is down");
	assert_string_equal(log.lines[0].text, "ether1 is down");
	log_free(&log);
}

static void the_newest_lines_stay(void **state)
{
	struct log log;

	log_init(&log);
	for (unsigned i = 1; i <= LOG_LINES + 10; i++)
		log_write(&log, LOG_INFO, "test", "line %u", i);
	assert_int_equal(log.count, LOG_LINES + 10);
	assert_int_equal(log.lines[9].number, LOG_LINES + 10);
	assert_string_equal(log.lines[9].text, "line 1010");
	assert_int_equal(log.lines[10].number, 11); /* the oldest that is left */
	log_free(&log);
}

static void long_lines_are_cut(void **state)
{
	struct log log;

	log_init(&log);
	log_write(&log, LOG_INFO, "test", "%0500d", 1);
	assert_int_equal(strlen(log.lines[0].text), LOG_TEXT_BYTES - 1);
	log_free(&log);
}

/* What a terminal would act on must not come through: no new lines, no escapes. */
static void control_characters_become_question_marks(void **state)
{
	char hostile[34] = { 0 };
	struct log log;

	for (char c = 1; c < 32; c++)
		hostile[c - 1] = c;
	hostile[31] = 0x7f;
	log_init(&log);
	log_write(&log, LOG_INFO, "test", "a%sb", hostile);
	assert_int_equal(strlen(log.lines[0].text), 34);
	for (size_t i = 1; i <= 32; i++)
		assert_int_equal(log.lines[0].text[i], '?');
	log_write(&log, LOG_INFO, "test", "%s", "gr\xc3\xbc\xc3\x9f");
	assert_string_equal(log.lines[1].text, "gr\xc3\xbc\xc3\x9f");
	log_free(&log);
}

static void levels_have_words(void **state)
{
	static const char *const words[] = { "debug", "info", "warning", "error", "critical" };

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		assert_string_equal(log_level_word((enum log_level)i), words[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_is_kept_and_heard),
		cmocka_unit_test(the_newest_lines_stay),
		cmocka_unit_test(long_lines_are_cut),
		cmocka_unit_test(control_characters_become_question_marks),
		cmocka_unit_test(levels_have_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
