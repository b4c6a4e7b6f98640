/*
 * Typing, seen from both ends: a naive model of the text, and a small terminal that shows what the
 * editor draws. Whatever is typed, screen and cursor must be those of the model.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/text.h"
#include "ui/line.h"

#define ROWS 40
#define WIDE 200

struct screen {
	char at[ROWS][WIDE];
	size_t width, row, column;
	bool full; /* behind the last column: the next character wraps first */
};

static void screen_clear_below(struct screen *s)
{
	memset(&s->at[s->row][s->column], ' ', WIDE - s->column);
	for (size_t r = s->row + 1; r < ROWS; r++)
		memset(s->at[r], ' ', WIDE);
}

static const char *screen_escape(struct screen *s, const char *c)
{
	size_t n = 0;

	assert_int_equal(*c++, '[');
	while (*c >= '0' && *c <= '9')
		n = n * 10 + (size_t)(*c++ - '0');
	n = n > 0 ? n : 1;
	s->full = false;
	switch (*c) {
	case 'A':
		assert_true(s->row >= n);
		s->row -= n;
		break;
	case 'C':
		s->column += n;
		assert_true(s->column < s->width);
		break;
	case 'H':
		s->row = s->column = 0;
		break;
	case 'J':
		if (n == 2)
			memset(s->at, ' ', sizeof s->at);
		else
			screen_clear_below(s);
		break;
	default:
		fail_msg("escape sequence ending in %c", *c);
	}
	return c;
}

static void screen_draw(struct screen *s, const char *c)
{
	for (; *c != '\0'; c++) {
		if (*c == '\033') {
			c = screen_escape(s, c + 1);
		} else if (*c == '\r') {
			s->column = 0;
			s->full = false;
		} else if (*c == '\n') {
			s->row++;
			s->full = false;
		} else if (*c != '\a') {
			if (s->full) {
				s->row++;
				s->column = 0;
				s->full = false;
			}
			s->at[s->row][s->column] = *c;
			if (s->column + 1 == s->width)
				s->full = true;
			else
				s->column++;
		}
	}
}

struct model {
	char text[512];
	size_t len, cursor;
};

static void model_cut(struct model *m, size_t from, size_t to)
{
	memmove(m->text + from, m->text + to, m->len - to);
	m->len -= to - from;
	m->cursor = from;
}

static void model_key(struct model *m, const char *key)
{
	if (key[0] >= ' ' && key[1] == '\0' && key[0] != 127) {
		memmove(m->text + m->cursor + 1, m->text + m->cursor, m->len - m->cursor);
		m->text[m->cursor++] = key[0];
		m->len++;
	} else if (strcmp(key, "\033[D") == 0 || strcmp(key, "\002") == 0) {
		m->cursor -= m->cursor > 0;
	} else if (strcmp(key, "\033[C") == 0 || strcmp(key, "\006") == 0) {
		m->cursor += m->cursor < m->len;
	} else if (strcmp(key, "\001") == 0 || strcmp(key, "\033[H") == 0) {
		m->cursor = 0;
	} else if (strcmp(key, "\005") == 0 || strcmp(key, "\033[4~") == 0) {
		m->cursor = m->len;
	} else if (strcmp(key, "\177") == 0 || strcmp(key, "\010") == 0) {
		if (m->cursor > 0)
			model_cut(m, m->cursor - 1, m->cursor);
	} else if (strcmp(key, "\033[3~") == 0) {
		if (m->cursor < m->len)
			model_cut(m, m->cursor, m->cursor + 1);
	} else if (strcmp(key, "\013") == 0) {
		m->len = m->cursor;
	} else if (strcmp(key, "\025") == 0) {
		model_cut(m, 0, m->cursor);
	}
}

static const char *const keys[] = {
	"\033[D",  "\002", "\033[C", "\006",   "\001",    "\033[H", "\005",
	"\033[4~", "\177", "\010",   "\033[D", "\010",    "\177",   "\033[D",
	"\033[3~", "\013", "\025",   "\014",   "\033[2~",
};

static void type_keys(struct line *line, const char *key, struct text *out)
{
	for (const char *c = key; *c != '\0'; c++)
		assert_int_equal(line_byte(line, (uint8_t)*c, out), LINE_NONE);
}

static void check_screen(const struct screen *s, const struct model *m, const char *prompt,
                         size_t top)
{
	size_t at = strlen(prompt) + m->cursor;
	char all[1024];
	int len = snprintf(all, sizeof all, "%s%.*s", prompt, (int)m->len, m->text);

	for (int i = 0; i < len; i++)
		assert_int_equal(s->at[top + (size_t)i / s->width][(size_t)i % s->width], all[i]);
	for (size_t i = (size_t)len; i < (top == 0 ? 10 * s->width : (size_t)len); i++)
		assert_int_equal(s->at[i / s->width][i % s->width], ' ');
	assert_int_equal(s->row - top, at / s->width);
	assert_int_equal(s->column, at % s->width);
	assert_false(s->full);
}

static void test_screen(void **unused)
{
	static const char prompt[] = "[a@b] /x> ";

	srandom(7);
	for (size_t width = 11; width < 60; width += 7) {
		struct line line = { .width = width };
		struct model model = { .len = 0 };
		struct screen screen = { .width = width };
		struct text out = { 0 };

		memset(screen.at, ' ', sizeof screen.at);
		line_start(&line, prompt, &out);
		screen_draw(&screen, text_str(&out));
		for (int i = 0; i < 3000; i++) {
			char letter[2] = { (char)('a' + random() % 26), '\0' };
			const char *key = random() % 3 != 0
			                          ? letter
			                          : keys[(size_t)random() % ARRAY_LEN(keys)];

			if (model.len > 90)
				key = random() % 2 ? "\025" : "\013";
			text_clear(&out);
			type_keys(&line, key, &out);
			screen_draw(&screen, text_str(&out));
			model_key(&model, key);
			assert_int_equal(line.text.len, model.len);
			assert_memory_equal(line_text(&line), model.text, model.len);
			check_screen(&screen, &model, prompt, 0);
		}
		text_free(&out);
		line_free(&line);
	}
}

static void type_line(struct line *line, const char *text)
{
	struct text out = { 0 };

	for (const char *c = text; *c != '\0'; c++)
		(void)line_byte(line, (uint8_t)*c, &out);
	text_free(&out);
}

static void test_history(void **unused)
{
	struct line line = { .width = 80 };
	struct text out = { 0 };

	line_remember(&line, "one");
	line_remember(&line, "two");
	line_remember(&line, "two");
	line_start(&line, "> ", &out);
	type_line(&line, "draft\033[A");
	assert_string_equal(line_text(&line), "two");
	type_line(&line, "\020");
	assert_string_equal(line_text(&line), "one");
	type_line(&line, "\033[A\033[A");
	assert_string_equal(line_text(&line), "one");
	type_line(&line, "\033[B\033[B");
	assert_string_equal(line_text(&line), "draft");
	type_line(&line, "\033[B\016");
	assert_string_equal(line_text(&line), "draft");
	for (int i = 0; i < HISTORY_LINES + 5; i++) {
		char entry[16];

		snprintf(entry, sizeof entry, "line %d", i);
		line_remember(&line, entry);
	}
	assert_int_equal(line.nhistory, HISTORY_LINES);
	assert_string_equal(line.history[0], "line 5");
	text_free(&out);
	line_free(&line);
}

static void test_events(void **unused)
{
	struct line line = { .width = 80 };
	struct text out = { 0 };

	line_start(&line, "> ", &out);
	assert_int_equal(line_byte(&line, 4, &out), LINE_CLOSE);
	type_line(&line, "ab cd  ef");
	type_line(&line, "\027");
	assert_string_equal(line_text(&line), "ab cd  ");
	type_line(&line, "\033b\033d");
	assert_string_equal(line_text(&line), "ab   ");
	assert_int_equal(line_byte(&line, 4, &out), LINE_NONE);
	assert_string_equal(line_text(&line), "ab  ");
	assert_int_equal(line_byte(&line, '?', &out), LINE_HELP);
	assert_int_equal(line_byte(&line, '\t', &out), LINE_TAB);
	type_line(&line, "\005\"?");
	assert_string_equal(line_text(&line), "ab  \"?");
	assert_int_equal(line_byte(&line, '\r', &out), LINE_ENTER);
	/* What telnet sends behind a return is no second one. */
	assert_int_equal(line_byte(&line, '\n', &out), LINE_NONE);
	assert_int_equal(line_byte(&line, '\n', &out), LINE_ENTER);
	assert_int_equal(line_byte(&line, 3, &out), LINE_INTERRUPT);
	assert_string_equal(line_text(&line), "");
	/* UTF-8: one character is one step. */
	type_line(&line, "a\xc3\xa4"
	                 "b\033[D\177");
	assert_string_equal(line_text(&line), "ab");
	assert_int_equal(line.cursor, 1);
	text_free(&out);
	line_free(&line);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_screen),
		cmocka_unit_test(test_history),
		cmocka_unit_test(test_events),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
