/*
 * The editor from both ends: a naive model of the text, and a small terminal that shows what it
 * draws. Whatever is typed, text, picture and cursor must be those of the model.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "../seeded.h"
#include "ui/editor.h"

#define WIDTH  12
#define HEIGHT 5 /* four rows of text and the title's */

struct screen {
	char at[HEIGHT][WIDTH + 1];
	size_t row, column;
};

static void screen_show(struct screen *s, const char *c)
{
	for (; *c != '\0'; c++) {
		unsigned row, column;

		if (*c == '\r') {
			s->column = 0;
		} else if (*c == '\n') {
			s->row++;
		} else if (*c != '\033') {
			assert_true(s->row < HEIGHT && s->column < WIDTH);
			s->at[s->row][s->column++] = *c;
		} else if (strncmp(c, "\033[H", 3) == 0) {
			s->row = s->column = 0;
			c += 2;
		} else if (strncmp(c, "\033[K", 3) == 0) {
			memset(&s->at[s->row][s->column], ' ', WIDTH - s->column);
			c += 2;
		} else if (sscanf(c, "\033[%u;%uH", &row, &column) == 2) {
			s->row = row - 1;
			s->column = column - 1;
			c = strchr(c, 'H');
		} else { /* another screen, colours */
			c += strcspn(c, "hlm");
		}
	}
}

/* The @n-th line of @text, from @left on, as wide as the screen. */
static void line_shown(const char *text, size_t n, size_t left, char *shown)
{
	size_t len;

	memset(shown, ' ', WIDTH);
	shown[WIDTH] = '\0';
	for (; n > 0 && text != NULL; n--) {
		text = strchr(text, '\n');
		text = text != NULL ? text + 1 : NULL;
	}
	if (text == NULL)
		return;
	len = strcspn(text, "\n");
	if (len > left)
		memcpy(shown, text + left, len - left < WIDTH ? len - left : WIDTH);
}

static void shows_model(struct editor *editor, struct screen *s, const char *model, size_t cursor)
{
	struct text out = { 0 };
	size_t line = 0, column = 0;

	editor_draw(editor, &out);
	screen_show(s, text_str(&out));
	text_free(&out);
	assert_string_equal(editor_text(editor), model);
	for (size_t i = 0; i < cursor; i++) {
		column = model[i] == '\n' ? 0 : column + 1;
		line += model[i] == '\n';
	}
	assert_true(line >= editor->top && line < editor->top + HEIGHT - 1);
	assert_int_equal(s->row, line - editor->top);
	assert_int_equal(s->column, column - editor->left);
	for (size_t row = 0; row < HEIGHT - 1; row++) {
		char shown[WIDTH + 1];

		line_shown(model, editor->top + row, editor->left, shown);
		assert_memory_equal(s->at[row], shown, WIDTH);
	}
}

static void model_key(char *model, size_t *cursor, const char *key)
{
	size_t len = strlen(model), at = *cursor;

	if (key[0] == '\033') { /* left, right, home, end */
		if (key[2] == 'D' && at > 0)
			at--;
		if (key[2] == 'C' && at < len)
			at++;
		while (key[2] == 'H' && at > 0 && model[at - 1] != '\n')
			at--;
		while (key[2] == 'F' && at < len && model[at] != '\n')
			at++;
	} else if (key[0] == '\010') {
		if (at > 0)
			memmove(model + at - 1, model + at, len - at + 1);
		at -= at > 0;
	} else if (key[0] == '\004') {
		if (at < len)
			memmove(model + at, model + at + 1, len - at);
	} else {
		memmove(model + at + 1, model + at, len - at + 1);
		model[at++] = key[0] == '\r' ? '\n' : key[0];
	}
	*cursor = at;
}

static void test_random(void **unused)
{
	static const char *const keys[] = { "a",    "b",      " ",      "?",      "\r",
		                            "\r",   "\033[D", "\033[C", "\033[H", "\033[F",
		                            "\010", "\004",   "\033OD", "z" };

	for (uint64_t seed = 1; seed <= 30; seed++) {
		struct seeded random = seeded_make(seed);
		struct editor editor = { .width = WIDTH, .height = HEIGHT };
		struct text out = { 0 };
		struct screen screen = { .row = 0 };
		char model[600] = "";
		size_t cursor = 0;

		editor_open(&editor, "t", "", "", &out);
		screen_show(&screen, text_str(&out));
		text_free(&out);
		for (int i = 0; i < 500; i++) {
			const char *key = keys[seeded_next(&random) % ARRAY_LEN(keys)];

			for (const char *c = key; *c != '\0'; c++)
				assert_int_equal(editor_byte(&editor, (uint8_t)*c), EDITOR_NONE);
			model_key(model, &cursor, key);
			shows_model(&editor, &screen, model, cursor);
		}
		editor_free(&editor);
	}
}

static void type(struct editor *editor, const char *bytes)
{
	for (; *bytes != '\0'; bytes++)
		assert_int_equal(editor_byte(editor, (uint8_t)*bytes), EDITOR_NONE);
}

/* Up and down keep the column; cut lines can be put back, also elsewhere. */
static void test_lines(void **unused)
{
	struct editor editor = { .width = WIDTH, .height = HEIGHT };
	struct text out = { 0 };

	editor_open(&editor, "t", "first\nab\nthird\n", "", &out);
	type(&editor, "\033[F\033[B\033[BX"); /* behind "third", for there the column was 5 */
	assert_string_equal(editor_text(&editor), "first\nab\nthXird\n");
	type(&editor, "\033[A\033[H\013\013\033[B\031");
	assert_string_equal(editor_text(&editor), "first\nthXird\n\n");
	type(&editor, "\033[5~\033[5~\033[H\xc3\xa4\010\xe4\xb8\xad");
	assert_string_equal(editor_text(&editor), "\xe4\xb8\xad"
	                                          "first\nthXird\n\n");
	assert_int_equal(editor_byte(&editor, 'O' & 0x1f), EDITOR_SAVE);
	assert_int_equal(editor_byte(&editor, 'X' & 0x1f), EDITOR_LEAVE);
	assert_int_equal(editor_byte(&editor, 'C' & 0x1f), EDITOR_LEAVE);
	text_free(&out);
	editor_free(&editor);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
