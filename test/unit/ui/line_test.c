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
#include "ui/colour.h"
#include "ui/line.h"
#include "ui/recall.h"
#include "ui/screen.h"

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

static size_t model_before(const struct model *m)
{
	size_t at = m->cursor;

	while (at > 0 && ((unsigned char)m->text[--at] & 0xc0) == 0x80)
		;
	return at;
}

static size_t model_behind(const struct model *m)
{
	size_t at = m->cursor + (m->cursor < m->len);

	while (at < m->len && ((unsigned char)m->text[at] & 0xc0) == 0x80)
		at++;
	return at;
}

static size_t model_begin(const struct model *m)
{
	size_t at = m->cursor;

	while (at > 0 && m->text[at - 1] != '\n')
		at--;
	return at;
}

static size_t model_end(const struct model *m)
{
	size_t at = m->cursor;

	while (at < m->len && m->text[at] != '\n')
		at++;
	return at;
}

static void model_insert(struct model *m, const char *text)
{
	size_t len = strlen(text);

	memmove(m->text + m->cursor + len, m->text + m->cursor, m->len - m->cursor);
	memcpy(m->text + m->cursor, text, len);
	m->cursor += len;
	m->len += len;
}

static void model_up_down(struct model *m, bool up)
{
	size_t column = 0, to = m->cursor;

	if (up ? model_begin(m) == 0 : model_end(m) == m->len)
		return;
	while (m->cursor > model_begin(m)) {
		m->cursor = model_before(m);
		column++;
	}
	m->cursor = up ? m->cursor - 1 : model_end(m) + 1;
	m->cursor = model_begin(m);
	for (to = model_end(m); column > 0 && m->cursor < to; column--)
		m->cursor = model_behind(m);
}

static void model_key(struct model *m, const char *key)
{
	static const struct {
		const char *key;
		char does;
	} meanings[] = {
		{ "\033[D", '<' }, { "\002", '<' },    { "\033[C", '>' },   { "\006", '>' },
		{ "\001", 'a' },   { "\033[H", 'a' },  { "\005", 'e' },     { "\033[4~", 'e' },
		{ "\177", 'h' },   { "\010", 'h' },    { "\033[3~", 'd' },  { "\013", 'k' },
		{ "\025", 'u' },   { "\034", 's' },    { "\033[A", '^' },   { "\033[B", 'v' },
		{ "\014", ' ' },   { "\033[2~", ' ' }, { "\033[15~", ' ' },
	};
	char does = 'i';

	for (size_t i = 0; i < ARRAY_LEN(meanings); i++)
		if (strcmp(meanings[i].key, key) == 0)
			does = meanings[i].does;
	switch (does) {
	case 'i':
		model_insert(m, key);
		break;
	case 's':
		model_insert(m, "\n");
		break;
	case '<':
		m->cursor = model_before(m);
		break;
	case '>':
		m->cursor = model_behind(m);
		break;
	case 'a':
		m->cursor = model_begin(m);
		break;
	case 'e':
		m->cursor = model_end(m);
		break;
	case '^':
		model_up_down(m, true);
		break;
	case 'v':
		model_up_down(m, false);
		break;
	case 'h':
		model_cut(m, model_before(m), m->cursor);
		break;
	case 'd':
		model_cut(m, m->cursor, model_behind(m));
		break;
	case 'k':
		model_cut(m, m->cursor, model_end(m));
		break;
	case 'u':
		model_cut(m, model_begin(m), m->cursor);
		break;
	default:
		break;
	}
}

static const char *const keys[] = {
	"\033[D",  "\002",   "\033[C",   "\006",         "\001",    "\033[H",   "\005",
	"\033[4~", "\177",   "\010",     "\033[D",       "\010",    "\177",     "\033[D",
	"\033[3~", "\013",   "\025",     "\014",         "\033[2~", "\034",     "\033[A",
	"\033[B",  "\033[A", "\303\244", "\342\202\254", " ",       "\033[15~",
};

static void type_keys(struct line *line, const char *key, struct text *out)
{
	for (const char *c = key; *c != '\0'; c++)
		assert_int_equal(line_byte(line, (uint8_t)*c, out), LINE_NONE);
}

/* The screen as it must be: drawn at once, character for character, by nobody who saves any. */
static void draw_plainly(const struct model *m, const char *prompt, size_t width, bool dumb,
                         struct screen *s)
{
	size_t lines = 1, number = 1, row = 0, column = 0;

	*s = (struct screen){ .width = width };
	screen_draw(s, prompt);
	for (size_t i = 0; i < m->len; i++)
		lines += m->text[i] == '\n';
	for (size_t i = 0, len; i <= m->len; i += len) {
		char character[5] = "";

		len = 1;
		if (i == m->cursor) {
			row = s->row + (s->full && (i == m->len || m->text[i] != '\n'));
			column = s->full && row > s->row ? 0 : s->column;
		}
		while (i + len < m->len && ((unsigned char)m->text[i + len] & 0xc0) == 0x80)
			len++;
		if (i == m->len) {
			break;
		} else if (m->text[i] == '\n' && !dumb) {
			char mark[40];

			snprintf(mark, sizeof mark, "\r\nline %zu of %zu> ", ++number, lines);
			s->colour = 0;
			screen_draw(s, mark);
		} else {
			memcpy(character, m->text[i] == '\n' ? " " : m->text + i, len);
			s->colour = (unsigned char)*character % 3 == 0 && !dumb ? 31 : 0;
			screen_draw(s, character);
		}
	}
	s->row = row;
	s->column = column;
}

static void check_screen(const struct screen *s, const struct screen *plain)
{
	for (size_t row = 0; row < SCREEN_ROWS; row++)
		for (size_t i = 0; i < s->width; i++) {
			const struct screen_cell *a = &s->at[row][i], *b = &plain->at[row][i];

			if (*a->c == '\0' || *b->c == '\0') {
				assert_true(*a->c == '\0' || *a->c == ' ');
				assert_true(*b->c == '\0' || *b->c == ' ');
			} else {
				assert_string_equal(a->c, b->c);
				assert_int_equal(a->colour, b->colour);
			}
		}
	assert_int_equal(s->row, plain->row);
	assert_int_equal(s->column, plain->column);
	assert_false(s->full);
}

/* Some colour for each character, which changes nothing but itself. */
static void colour_some(void *arg, const char *text, size_t len, char *colours)
{
	for (size_t i = 0, lead = 0; i < len; i++) {
		if (((unsigned char)text[i] & 0xc0) != 0x80)
			lead = i;
		colours[i] = (unsigned char)text[lead] % 3 == 0 ? COLOUR_ERROR : COLOUR_NONE;
	}
}

/* Keys at random; what comes together is drawn together. */
static void type_at_random(size_t width, bool dumb, unsigned seed)
{
	static const char prompt[] = "[a@b] /x> ";
	static struct screen screen, plain;
	struct line line = { .width = width, .dumb = dumb, .hooks = { .colour = colour_some } };
	struct model model = { .len = 0 };
	struct text out = { 0 };

	srandom(seed);
	screen = (struct screen){ .width = width };
	line_start(&line, prompt, &out);
	screen_draw(&screen, text_str(&out));
	for (int i = 0; i < 3000; i++) {
		text_clear(&out);
		for (long together = 1 + random() % 3; together > 0; together--) {
			char letter[2] = { (char)('a' + random() % 26), '\0' };
			const char *key = random() % 3 != 0
			                          ? letter
			                          : keys[(size_t)random() % ARRAY_LEN(keys)];

			if (model.len > 90)
				key = random() % 2 ? "\025" : "\013";
			if (dumb && (*key == '\034' || *key == '\014' || key[1] == '['))
				key = "\002";
			type_keys(&line, key, &out);
			model_key(&model, key);
		}
		line_refresh(&line, &out);
		screen_draw(&screen, text_str(&out));
		assert_int_equal(line.text.len, model.len);
		assert_memory_equal(line_text(&line), model.text, model.len);
		draw_plainly(&model, prompt, width, dumb, &plain);
		check_screen(&screen, &plain);
	}
	if (dumb)
		assert_false(screen.sequences);
	text_free(&out);
	line_free(&line);
}

static void test_screen(void **unused)
{
	for (size_t width = 11; width < 60; width += 7)
		type_at_random(width, false, (unsigned)width);
	type_at_random(150, true, 3);
}

/* Only what has changed is drawn: a letter at the end of a long line is one letter. */
static void test_little(void **unused)
{
	struct line line = { .width = 40 };
	struct text out = { 0 };

	line_start(&line, "> ", &out);
	for (int i = 0; i < 70; i++)
		type_keys(&line, "x", &out);
	line_refresh(&line, &out);
	text_clear(&out);
	type_keys(&line, "y", &out);
	line_refresh(&line, &out);
	assert_string_equal(text_str(&out), "y");
	text_clear(&out);
	type_keys(&line, "\033[D", &out);
	line_refresh(&line, &out);
	assert_string_equal(text_str(&out), "\b");
	text_clear(&out);
	line_refresh(&line, &out);
	assert_string_equal(text_str(&out), "");
	text_free(&out);
	line_free(&line);
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
	struct recall history = { 0 };
	struct line line = { .width = 80, .history = &history };
	struct text out = { 0 };

	recall_keep(&history, "one");
	recall_keep(&history, "two");
	recall_keep(&history, "two");
	line_start(&line, "> ", &out);
	type_line(&line, "draft\033[A");
	assert_string_equal(line_text(&line), "two");
	type_line(&line, "\020");
	assert_string_equal(line_text(&line), "one");
	type_line(&line, "\033[A\033[A");
	assert_string_equal(line_text(&line), "one");
	/* Another login of the same user types meanwhile. */
	recall_keep(&history, "three");
	type_line(&line, "\033[B\033[B");
	assert_string_equal(line_text(&line), "three");
	type_line(&line, "\033[B");
	assert_string_equal(line_text(&line), "draft");
	type_line(&line, "\033[B\016");
	assert_string_equal(line_text(&line), "draft");
	recall_keep(&history, "four\nfive");
	/* Up goes through the lines of an entry of several. */
	type_line(&line, "\033[A");
	assert_string_equal(line_text(&line), "four\nfive");
	type_line(&line, "\033[A!\033[A");
	assert_string_equal(line_text(&line), "three");
	text_free(&out);
	line_free(&line);
	recall_free(&history);
}

static void test_history_bounds(void **unused)
{
	struct recalls all = { 0 };
	struct recall *mine = recalls_take(&all, "admin"), *again = recalls_take(&all, "admin");
	char *big = malloc(RECALL_BYTES_MAX + 2);

	assert_ptr_equal(mine, again);
	for (int i = 0; i < RECALL_ENTRIES + 5; i++) {
		char entry[16];

		snprintf(entry, sizeof entry, "line %d", i);
		recall_keep(mine, entry);
	}
	assert_int_equal(mine->n, RECALL_ENTRIES);
	assert_string_equal(recall_entry(mine, 5), "line 5");
	assert_null(recall_entry(mine, 4));
	assert_null(recall_entry(mine, RECALL_ENTRIES + 5));
	memset(big, 'x', RECALL_BYTES_MAX + 1);
	big[RECALL_BYTES_MAX + 1] = '\0';
	recall_keep(mine, big);
	assert_int_equal(mine->n, RECALL_ENTRIES);
	big[RECALL_BYTES_MAX - 10] = '\0';
	recall_keep(mine, big);
	assert_int_equal(mine->n, 2);
	recalls_give(&all, mine);
	recalls_give(&all, again);
	/* The entries of whoever left last are kept, of the others there is a bound. */
	for (int i = 0; i < RECALLS_KEPT; i++) {
		char who[16];

		snprintf(who, sizeof who, "user%d", i);
		recalls_give(&all, recalls_take(&all, who));
		if (i == 3) {
			mine = recalls_take(&all, "admin");
			assert_int_equal(mine->n, 2);
			recalls_give(&all, mine);
		}
	}
	mine = recalls_take(&all, "user0");
	recalls_give(&all, mine);
	recalls_give(&all, recalls_take(&all, "one more"));
	mine = recalls_take(&all, "user1");
	assert_int_equal(mine->n, 0);
	recalls_give(&all, mine);
	recalls_free(&all);
	free(big);
}

static const char *places(void *arg, size_t index)
{
	static const char *const all[] = { "/ip/firewall/nat", "/ip/route" };

	return index < ARRAY_LEN(all) ? all[index] : NULL;
}

static void test_search(void **unused)
{
	struct recall history = { 0 };
	struct line line = { .width = 80, .history = &history, .hooks = { .place = places } };
	struct screen screen = { .width = 80 };
	struct text out = { 0 };
	char row[512];

	recall_keep(&history, "/ip route print");
	recall_keep(&history, "/ip address print");
	recall_keep(&history, "/ip route add");
	line_start(&line, "> ", &out);
	type_line(&line, "draft\022ro");
	assert_string_equal(line_text(&line), "/ip route add");
	line_draw(&line, &out);
	screen_draw(&screen, text_str(&out) + 2);
	assert_string_equal(screen_row(&screen, 0, row, sizeof row),
	                    "search \"ro\": /ip route add");
	type_line(&line, "\022");
	assert_string_equal(line_text(&line), "/ip route print");
	/* Behind the history are the menus; then there is nothing more, and what was found stays.
	 */
	type_line(&line, "\022\022");
	assert_string_equal(line_text(&line), "/ip/route");
	type_line(&line, "\010\010");
	assert_string_equal(line_text(&line), "draft");
	type_line(&line, "nat");
	assert_string_equal(line_text(&line), "/ip/firewall/nat");
	type_line(&line, "\007");
	assert_string_equal(line_text(&line), "draft");
	/* Another key takes what was found and does what it does. */
	type_line(&line, "\033[13~addr\001# ");
	assert_string_equal(line_text(&line), "# /ip address print");
	type_line(&line, "\022route p");
	assert_int_equal(line_byte(&line, '\r', &out), LINE_ENTER);
	assert_string_equal(line_text(&line), "/ip route print");
	text_free(&out);
	line_free(&line);
	recall_free(&history);
}

/* What is pasted is text: a question mark asks nothing, a tab completes nothing. */
static void test_paste(void **unused)
{
	struct line line = { .width = 80 };
	struct text out = { 0 };

	line_start(&line, "> ", &out);
	type_line(&line, "a\033[200~b?\tc\022\001\033[A");
	assert_string_equal(line_text(&line), "ab? c");
	assert_int_equal(line_byte(&line, '\r', &out), LINE_ENTER);
	assert_int_equal(line_byte(&line, '\n', &out), LINE_NONE);
	line_start(&line, "> ", &out);
	type_line(&line, "d\033[201~\001e");
	assert_string_equal(line_text(&line), "ed");
	text_free(&out);
	line_free(&line);
}

static void test_edits(void **unused)
{
	static const struct {
		const char *typed, *text;
	} rows[] = {
		{ "one two\027\031\031", "one twotwo" },
		{ "one two\025x\031", "xone two" },
		{ "one two\001\013\031y", "one twoy" },
		{ "one two\001\033d\005\031", " twoone" },
		{ "one two\033\177x", "one x" },
		{ "ab\024", "ba" },
		{ "a\303\244\024", "\303\244a" },
		{ "abc\002\002\024", "bac" },
		{ "\024a\024", "a" },
		{ "one two\033[1;5Dx\033bx\033fx", "one xxtwox" },
		{ "one\034two\001x\033[Ay", "oyne\nxtwo" },
		{ "\033[[A", "" },
		{ "a\033[99999999999999999999~b", "ab" },
		{ "a\033\033[Db", "ba" },
		{ "a\000b", "a" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct line line = { .width = 80 };
		struct text out = { 0 };

		line_start(&line, "> ", &out);
		type_line(&line, rows[i].typed);
		if (strcmp(line_text(&line), rows[i].text) != 0)
			fail_msg("row %zu gives %s", i, line_text(&line));
		text_free(&out);
		line_free(&line);
	}
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
	assert_int_equal(line_byte(&line, 24, &out), LINE_SAFE);
	type_line(&line, "\033O");
	assert_int_equal(line_byte(&line, 'S', &out), LINE_SAFE);
	type_line(&line, "\033[[");
	assert_int_equal(line_byte(&line, 'A', &out), LINE_HELP);
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
		cmocka_unit_test(test_screen),  cmocka_unit_test(test_little),
		cmocka_unit_test(test_history), cmocka_unit_test(test_history_bounds),
		cmocka_unit_test(test_search),  cmocka_unit_test(test_paste),
		cmocka_unit_test(test_edits),   cmocka_unit_test(test_events),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
