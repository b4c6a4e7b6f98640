/*
 * screen.h -- a small terminal: what it is sent, it shows. It knows the sequences that the console
 * uses, and fails the test at any other, and at a cursor that leaves the screen.
 */
#ifndef TEST_UI_SCREEN_H
#define TEST_UI_SCREEN_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define SCREEN_ROWS 120
#define SCREEN_WIDE 200

struct screen_cell {
	char c[5];  /* a character in UTF-8; "" is a blank */
	int colour; /* 0, or 31 to 37 */
};

struct screen {
	struct screen_cell at[SCREEN_ROWS][SCREEN_WIDE];
	size_t width, row, column;
	int colour;
	bool full;      /* behind the last column: the next character wraps first */
	bool sequences; /* it has got some */
	size_t drawn;   /* characters so far */
};

static inline void screen_blank(struct screen *s, size_t row, size_t column)
{
	memset(&s->at[row][column], 0, (SCREEN_WIDE - column) * sizeof s->at[0][0]);
}

static inline void screen_clear_below(struct screen *s)
{
	assert_false(s->full); /* it would take the last character away */
	screen_blank(s, s->row, s->column);
	for (size_t row = s->row + 1; row < SCREEN_ROWS; row++)
		screen_blank(s, row, 0);
}

static inline void screen_move(struct screen *s, char how, size_t n)
{
	if (how == 'A') {
		assert_true(s->row >= n);
		s->row -= n;
	} else if (how == 'B') {
		s->row += n;
		assert_true(s->row < SCREEN_ROWS);
	} else if (how == 'C') {
		s->column += n;
		assert_true(s->column < s->width);
	} else {
		s->row = s->column = 0;
	}
	s->full = false;
}

static inline const char *screen_sequence(struct screen *s, const char *c)
{
	size_t n = 0;
	bool given;

	s->sequences = true;
	assert_int_equal(*c++, '[');
	if (*c == '?') /* what a terminal is asked for */
		return c + strcspn(c, "hl");
	given = *c >= '0' && *c <= '9';
	while (*c >= '0' && *c <= '9')
		n = n * 10 + (size_t)(*c++ - '0');
	switch (*c) {
	case 'A':
	case 'B':
	case 'C':
	case 'H':
		screen_move(s, *c, given ? n : 1);
		break;
	case 'J':
		if (n == 2)
			memset(s->at, 0, sizeof s->at);
		else
			screen_clear_below(s);
		break;
	case 'K':
		assert_false(s->full);
		screen_blank(s, s->row, s->column);
		break;
	case 'm':
		s->colour = (int)n;
		break;
	default:
		fail_msg("escape sequence ending in %c", *c);
	}
	return c;
}

static inline void screen_character(struct screen *s, const char *c, size_t len)
{
	if (s->full) {
		s->row++;
		s->column = 0;
		s->full = false;
	}
	assert_true(s->row < SCREEN_ROWS);

	struct screen_cell *cell = &s->at[s->row][s->column];

	*cell = (struct screen_cell){ .colour = s->colour };
	memcpy(cell->c, c, len);
	s->drawn++;
	if (s->column + 1 == s->width)
		s->full = true;
	else
		s->column++;
}

static inline void screen_draw(struct screen *s, const char *c)
{
	for (; *c != '\0'; c++) {
		size_t len = 1;

		if (*c == '\033') {
			c = screen_sequence(s, c + 1);
		} else if (*c == '\r') {
			s->column = 0;
			s->full = false;
		} else if (*c == '\n') {
			s->row++;
			s->full = false;
		} else if (*c == '\b') {
			assert_true(s->column > 0 && !s->full);
			s->column--;
		} else if (*c != '\a') {
			while (((unsigned char)c[len] & 0xc0) == 0x80 && len < 4)
				len++;
			screen_character(s, c, len);
			c += len - 1;
		}
	}
}

/* What a row shows, without the blanks at its end. */
static inline const char *screen_row(const struct screen *s, size_t row, char *text, size_t size)
{
	size_t len = 0, end = 0;

	for (size_t i = 0; i < s->width; i++) {
		const char *c = s->at[row][i].c;

		assert_true(len + 5 < size);
		len += (size_t)snprintf(text + len, size - len, "%s", *c != '\0' ? c : " ");
		if (*c != '\0' && *c != ' ')
			end = len;
	}
	text[end] = '\0';
	return text;
}

/* The colours of a row: a digit for each column, '.' for none, without those at the end. */
static inline const char *screen_colours(const struct screen *s, size_t row, char *text)
{
	size_t end = 0;

	for (size_t i = 0; i < s->width; i++) {
		int colour = s->at[row][i].colour;

		text[i] = colour == 0 ? '.' : (char)('0' + colour - 30);
		if (colour != 0)
			end = i + 1;
	}
	text[end] = '\0';
	return text;
}

#endif
