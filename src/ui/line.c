#include "ui/line.h"

#include <string.h>

#include "lang/parse.h"
#include "lib/mem.h"
#include "ui/table.h"

#define CTRL(letter) ((letter)&0x1f)
#define ESCAPE       0x1b
#define DELETE       0x7f
#define BELL         '\a'

void line_free(struct line *line)
{
	for (size_t i = 0; i < line->nhistory; i++)
		mem_free(line->history[i]);
	text_free(&line->text);
	text_free(&line->prompt);
	text_free(&line->draft);
	*line = (struct line){ 0 };
}

const char *line_text(const struct line *line)
{
	return text_str(&line->text);
}

/* --- drawing --- */

static bool is_continuation(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

/* Columns from the start of the prompt to offset @to of the text. */
static size_t columns_to(const struct line *line, size_t to)
{
	size_t n = table_text_width(text_str(&line->prompt));

	for (size_t i = 0; i < to; i++)
		n += !is_continuation(line->text.bytes[i]);
	return n;
}

static size_t row_of(const struct line *line, size_t columns)
{
	return line->width > 0 ? columns / line->width : 0;
}

/* From the end of what was drawn to where the cursor belongs. */
static void place_cursor(struct line *line, struct text *out)
{
	size_t end = columns_to(line, line->text.len);
	size_t at = columns_to(line, line->cursor);

	/* In the last column a terminal waits before it wraps: make it. */
	if (line->width > 0 && end > 0 && end % line->width == 0)
		text_add(out, "\r\n");
	line->row = row_of(line, at);
	if (at == end)
		return;
	if (row_of(line, end) > line->row)
		text_printf(out, "\033[%zuA", row_of(line, end) - line->row);
	text_char(out, '\r');

	size_t column = line->width > 0 ? at % line->width : at;

	if (column > 0)
		text_printf(out, "\033[%zuC", column);
}

static void draw_text(const struct line *line, struct text *out)
{
	if (!line->masked) {
		text_add(out, text_str(&line->text));
		return;
	}
	for (size_t i = 0; i < line->text.len; i++)
		if (!is_continuation(line->text.bytes[i]))
			text_char(out, '*');
}

void line_draw(struct line *line, struct text *out)
{
	text_add(out, text_str(&line->prompt));
	draw_text(line, out);
	place_cursor(line, out);
}

static void redraw(struct line *line, struct text *out)
{
	if (line->row > 0)
		text_printf(out, "\033[%zuA", line->row);
	text_add(out, "\r\033[J");
	line_draw(line, out);
}

void line_start(struct line *line, const char *prompt, struct text *out)
{
	text_clear(&line->text);
	text_clear(&line->prompt);
	text_add(&line->prompt, prompt);
	line->cursor = 0;
	line->row = 0;
	line->browsing = line->nhistory;
	line_draw(line, out);
}

/* --- changing the text --- */

static void splice(struct line *line, size_t from, size_t to, const char *bytes, size_t len)
{
	struct text tail = { 0 };

	text_bytes(&tail, text_str(&line->text) + to, line->text.len - to);
	line->text.len = from;
	text_bytes(&line->text, bytes, len);
	text_bytes(&line->text, text_str(&tail), tail.len);
	line->cursor = from + len;
	text_free(&tail);
}

static void insert(struct line *line, char c, struct text *out)
{
	bool at_end = line->cursor == line->text.len;

	if (line->text.len + 1 >= LINE_BYTES_MAX) {
		text_char(out, BELL);
		return;
	}
	splice(line, line->cursor, line->cursor, &c, 1);

	size_t end = columns_to(line, line->text.len);

	if (at_end && !line->masked && (line->width == 0 || end % line->width != 0)) {
		text_char(out, c);
		line->row = row_of(line, end);
	} else {
		redraw(line, out);
	}
}

void line_replace(struct line *line, size_t from, const char *word, struct text *out)
{
	size_t len = strlen(word);

	if (line->text.len + len >= LINE_BYTES_MAX) {
		text_char(out, BELL);
		return;
	}
	splice(line, from, line->cursor, word, len);
	redraw(line, out);
}

static size_t before(const struct line *line, size_t at)
{
	while (at > 0 && is_continuation(line->text.bytes[--at]))
		;
	return at;
}

static size_t behind(const struct line *line, size_t at)
{
	if (at < line->text.len)
		at++;
	while (at < line->text.len && is_continuation(line->text.bytes[at]))
		at++;
	return at;
}

static bool is_blank_at(const struct line *line, size_t at)
{
	return line->text.bytes[at] == ' ';
}

static size_t word_before(const struct line *line)
{
	size_t at = line->cursor;

	while (at > 0 && is_blank_at(line, at - 1))
		at--;
	while (at > 0 && !is_blank_at(line, at - 1))
		at--;
	return at;
}

static size_t word_behind(const struct line *line)
{
	size_t at = line->cursor;

	while (at < line->text.len && is_blank_at(line, at))
		at++;
	while (at < line->text.len && !is_blank_at(line, at))
		at++;
	return at;
}

static void cut(struct line *line, size_t from, size_t to, struct text *out)
{
	if (from == to)
		return;
	splice(line, from, to, "", 0);
	redraw(line, out);
}

static void move(struct line *line, size_t to, struct text *out)
{
	if (to == line->cursor)
		return;
	line->cursor = to;
	redraw(line, out);
}

/* --- history --- */

void line_remember(struct line *line, const char *entry)
{
	size_t n = line->nhistory;

	if (*entry == '\0' || (n > 0 && strcmp(line->history[n - 1], entry) == 0))
		return;
	if (n == HISTORY_LINES) {
		mem_free(line->history[0]);
		memmove(line->history, line->history + 1, (n - 1) * sizeof line->history[0]);
		line->nhistory--;
	}
	line->history[line->nhistory++] = mem_strdup(entry);
	line->browsing = line->nhistory;
}

static void show_entry(struct line *line, size_t entry, struct text *out)
{
	const char *text;

	if (entry > line->nhistory || entry == line->browsing)
		return;
	if (line->browsing == line->nhistory) {
		text_clear(&line->draft);
		text_add(&line->draft, line_text(line));
	}
	text = entry == line->nhistory ? text_str(&line->draft) : line->history[entry];
	line->browsing = entry;
	splice(line, 0, line->text.len, text, strlen(text));
	redraw(line, out);
}

static void older(struct line *line, struct text *out)
{
	if (line->browsing > 0)
		show_entry(line, line->browsing - 1, out);
}

/* --- keys --- */

static void end_line(struct line *line, struct text *out)
{
	move(line, line->text.len, out);
	text_add(out, "\r\n");
	line->row = 0;
}

static enum line_event interrupt(struct line *line, struct text *out)
{
	end_line(line, out);
	text_clear(&line->text);
	line->cursor = 0;
	return LINE_INTERRUPT;
}

static void clear_screen(struct line *line, struct text *out)
{
	text_add(out, "\033[H\033[2J");
	line_draw(line, out);
}

struct key {
	const char *sequence; /* behind ESC */
	int meaning;
};

enum {
	KEY_UP = 256,
	KEY_DOWN,
	KEY_LEFT,
	KEY_RIGHT,
	KEY_HOME,
	KEY_END,
	KEY_DELETE,
	KEY_WORD_LEFT,
	KEY_WORD_RIGHT,
	KEY_WORD_DELETE,
	KEY_HELP,
};

static const struct key keys[] = {
	{ "[A", KEY_UP },        { "[B", KEY_DOWN },          { "[C", KEY_RIGHT },
	{ "[D", KEY_LEFT },      { "[H", KEY_HOME },          { "[F", KEY_END },
	{ "[1~", KEY_HOME },     { "[4~", KEY_END },          { "[7~", KEY_HOME },
	{ "[8~", KEY_END },      { "[3~", KEY_DELETE },       { "OA", KEY_UP },
	{ "OB", KEY_DOWN },      { "OC", KEY_RIGHT },         { "OD", KEY_LEFT },
	{ "OH", KEY_HOME },      { "OF", KEY_END },           { "b", KEY_WORD_LEFT },
	{ "f", KEY_WORD_RIGHT }, { "d", KEY_WORD_DELETE },    { "OP", KEY_HELP },
	{ "[11~", KEY_HELP },    { "[1;5C", KEY_WORD_RIGHT }, { "[1;5D", KEY_WORD_LEFT },
};

static enum line_event key_delete(struct line *line, int key, struct text *out)
{
	if (key == CTRL('D') && line->text.len == 0)
		return LINE_CLOSE;
	cut(line, line->cursor, behind(line, line->cursor), out);
	return LINE_NONE;
}

static bool key_moves(struct line *line, int key, struct text *out)
{
	switch (key) {
	case KEY_LEFT:
	case CTRL('B'):
		move(line, before(line, line->cursor), out);
		return true;
	case KEY_RIGHT:
	case CTRL('F'):
		move(line, behind(line, line->cursor), out);
		return true;
	case KEY_HOME:
	case CTRL('A'):
		move(line, 0, out);
		return true;
	case KEY_END:
	case CTRL('E'):
		move(line, line->text.len, out);
		return true;
	case KEY_WORD_LEFT:
		move(line, word_before(line), out);
		return true;
	case KEY_WORD_RIGHT:
		move(line, word_behind(line), out);
		return true;
	default:
		return false;
	}
}

static bool key_edits(struct line *line, int key, struct text *out)
{
	switch (key) {
	case KEY_UP:
	case CTRL('P'):
		older(line, out);
		return true;
	case KEY_DOWN:
	case CTRL('N'):
		show_entry(line, line->browsing + 1, out);
		return true;
	case DELETE:
	case CTRL('H'):
		cut(line, before(line, line->cursor), line->cursor, out);
		return true;
	case CTRL('K'):
		cut(line, line->cursor, line->text.len, out);
		return true;
	case CTRL('U'):
		cut(line, 0, line->cursor, out);
		return true;
	case CTRL('W'):
		cut(line, word_before(line), line->cursor, out);
		return true;
	case KEY_WORD_DELETE:
		cut(line, line->cursor, word_behind(line), out);
		return true;
	case CTRL('L'):
		clear_screen(line, out);
		return true;
	default:
		return false;
	}
}

static enum line_event handle_key(struct line *line, int key, struct text *out)
{
	if (key_moves(line, key, out) || key_edits(line, key, out))
		return LINE_NONE;
	switch (key) {
	case '\r':
	case '\n':
		end_line(line, out);
		return LINE_ENTER;
	case '\t':
		return LINE_TAB;
	case KEY_HELP:
		return LINE_HELP;
	case CTRL('C'):
		return interrupt(line, out);
	case KEY_DELETE:
	case CTRL('D'):
		return key_delete(line, key, out);
	default:
		if (key >= ' ' && key < 256)
			insert(line, (char)key, out);
		return LINE_NONE;
	}
}

/* One more byte of an escape sequence; the whole of it is a key or is passed over. */
static enum line_event escape_byte(struct line *line, uint8_t byte, struct text *out)
{
	char first = line->escape_len > 0 ? line->escape[0] : (char)byte;
	bool ends = first != '[' && first != 'O' ? true : line->escape_len > 0 && byte >= 0x40;

	if (line->escape_len + 1 < sizeof line->escape)
		line->escape[line->escape_len++] = (char)byte;
	if (!ends)
		return LINE_NONE;
	line->escape[line->escape_len] = '\0';
	line->in_escape = false;
	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (strcmp(keys[i].sequence, line->escape) == 0)
			return handle_key(line, keys[i].meaning, out);
	return LINE_NONE;
}

/* Whether a "?" typed now belongs to a string. */
static bool in_string(const struct line *line)
{
	struct text open = { 0 };
	bool in;

	lex_open(line_text(line), line->cursor, &open);
	in = open.len > 0 && open.bytes[open.len - 1] == '"';
	text_free(&open);
	return in;
}

enum line_event line_byte(struct line *line, uint8_t byte, struct text *out)
{
	bool after_return = line->after_return;

	line->after_return = byte == '\r';
	if (after_return && (byte == '\n' || byte == '\0'))
		return LINE_NONE; /* RFC 854: a return is followed by one of them */
	if (line->in_escape)
		return escape_byte(line, byte, out);
	if (byte == ESCAPE) {
		line->in_escape = true;
		line->escape_len = 0;
		return LINE_NONE;
	}
	if (byte == '?' && !line->masked && !in_string(line))
		return LINE_HELP;
	return handle_key(line, byte, out);
}
