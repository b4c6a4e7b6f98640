#include "ui/line.h"

#include <string.h>

#include "lang/parse.h"
#include "lib/mem.h"
#include "ui/line_inside.h"
#include "ui/recall.h"

void line_free(struct line *line)
{
	text_free(&line->text);
	text_free(&line->prompt);
	text_free(&line->draft);
	text_free(&line->killed);
	text_free(&line->shown.bytes);
	text_free(&line->shown.colours);
	line_search_free(line);
	*line = (struct line){ 0 };
}

const char *line_text(const struct line *line)
{
	return text_str(&line->text);
}

void line_start(struct line *line, const char *prompt, struct text *out)
{
	text_clear(&line->text);
	text_clear(&line->prompt);
	text_add(&line->prompt, prompt);
	line->cursor = 0;
	line->browsing = LINE_ITSELF;
	line->search.on = line->half = false;
	line_draw(line, out);
}

/* --- changing the text --- */

void line_splice(struct line *line, size_t from, size_t to, const char *bytes, size_t len)
{
	struct text *text = &line->text;
	size_t tail = text->len - to;

	if (from + len > to) /* make room */
		text_repeat(text, ' ', from + len - to);
	if (text->bytes != NULL) {
		memmove(text->bytes + from + len, text->bytes + to, tail);
		memcpy(text->bytes + from, bytes, len);
		text->len = from + len + tail;
		text->bytes[text->len] = '\0';
	}
	line->cursor = from + len;
}

static bool is_continuation(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

/* Whether the character before the cursor is still to be continued. */
static bool is_half(const struct line *line)
{
	size_t at = line->cursor, behind = 0;

	while (at > 0 && behind < 3 && is_continuation(line->text.bytes[at - 1])) {
		at--;
		behind++;
	}

	unsigned char lead = at > 0 ? (unsigned char)line->text.bytes[at - 1] : 0;

	return behind < (lead >= 0xf0 ? 3U : lead >= 0xe0 ? 2U : lead >= 0xc0 ? 1U : 0U);
}

static void insert(struct line *line, char c, struct text *out)
{
	if (line->text.len + 1 >= LINE_BYTES_MAX) {
		text_char(out, LINE_BELL);
		return;
	}
	line_splice(line, line->cursor, line->cursor, &c, 1);
	line->half = is_half(line);
}

void line_replace(struct line *line, size_t from, const char *word, struct text *out)
{
	size_t len = strlen(word);

	if (line->text.len + len >= LINE_BYTES_MAX)
		text_char(out, LINE_BELL);
	else
		line_splice(line, from, line->cursor, word, len);
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
	return line->text.bytes[at] == ' ' || line->text.bytes[at] == '\n';
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

/* Where the line around @at begins and ends: of a text of several lines it is one. */
static size_t line_begin(const struct line *line, size_t at)
{
	while (at > 0 && line->text.bytes[at - 1] != '\n')
		at--;
	return at;
}

static size_t line_end(const struct line *line, size_t at)
{
	while (at < line->text.len && line->text.bytes[at] != '\n')
		at++;
	return at;
}

static void cut(struct line *line, size_t from, size_t to)
{
	if (from < to)
		line_splice(line, from, to, "", 0);
}

/* The same, to be put back by Ctrl-Y. */
static void kill_text(struct line *line, size_t from, size_t to)
{
	if (from >= to)
		return;
	if (!line->masked) {
		text_clear(&line->killed);
		text_bytes(&line->killed, line_text(line) + from, to - from);
	}
	cut(line, from, to);
}

static void yank(struct line *line, struct text *out)
{
	line_replace(line, line->cursor, text_str(&line->killed), out);
}

/* Ctrl-T: the characters on both sides of the cursor change places; at the end the last two. */
static void transpose(struct line *line)
{
	size_t at = line->cursor == line->text.len ? before(line, line->cursor) : line->cursor;
	size_t from = before(line, at), to = behind(line, at);
	char swapped[8];

	if (from == at || to == at || to - from > sizeof swapped)
		return;
	memcpy(swapped, line->text.bytes + at, to - at);
	memcpy(swapped + (to - at), line->text.bytes + from, at - from);
	line_splice(line, from, to, swapped, to - from);
}

/* --- history --- */

static void show_itself(struct line *line)
{
	line->browsing = LINE_ITSELF;
	line_splice(line, 0, line->text.len, text_str(&line->draft), line->draft.len);
}

static void show_entry(struct line *line, uint64_t entry)
{
	const char *text = recall_entry(line->history, entry);

	if (text == NULL)
		return;
	if (line->browsing == LINE_ITSELF) {
		text_clear(&line->draft);
		text_add(&line->draft, line_text(line));
	}
	line->browsing = entry;
	line_splice(line, 0, line->text.len, text, strlen(text));
}

static void older(struct line *line)
{
	uint64_t at;

	if (line->history == NULL)
		return;
	at = line->browsing == LINE_ITSELF ? recall_end(line->history) : line->browsing;
	if (at > 0)
		show_entry(line, at - 1);
}

/* The oldest may have gone meanwhile, for what another session has added. */
static void newer(struct line *line)
{
	uint64_t at = line->browsing + 1;

	if (line->browsing == LINE_ITSELF)
		return;
	if (at < line->history->first)
		at = line->history->first;
	if (at < recall_end(line->history))
		show_entry(line, at);
	else
		show_itself(line);
}

/* How many characters stand before the cursor in its line. */
static size_t column_of(const struct line *line)
{
	size_t n = 0;

	for (size_t at = line_begin(line, line->cursor); at < line->cursor; at = behind(line, at))
		n++;
	return n;
}

/* The cursor goes to @column of the line that begins at @begin, or to its end. */
static void go_to_column(struct line *line, size_t begin, size_t column)
{
	size_t end = line_end(line, begin);

	line->cursor = begin;
	while (column-- > 0 && line->cursor < end)
		line->cursor = behind(line, line->cursor);
}

/* To the line above, or to the entry before. */
static void up(struct line *line)
{
	size_t begin = line_begin(line, line->cursor);

	if (begin > 0)
		go_to_column(line, line_begin(line, begin - 1), column_of(line));
	else
		older(line);
}

static void down(struct line *line)
{
	size_t end = line_end(line, line->cursor);

	if (end < line->text.len)
		go_to_column(line, end + 1, column_of(line));
	else
		newer(line);
}

/* --- keys --- */

static enum line_event enter(struct line *line, struct text *out)
{
	line_leave(line, out);
	return LINE_ENTER;
}

static enum line_event interrupt(struct line *line, struct text *out)
{
	line_leave(line, out);
	text_clear(&line->text);
	line->cursor = 0;
	return LINE_INTERRUPT;
}

static void repaint(struct line *line, struct text *out)
{
	text_add(out, line->dumb ? "\r\n" : "\033[H\033[2J");
	line_draw(line, out);
}

static bool key_moves(struct line *line, int key)
{
	switch (key) {
	case KEY_LEFT:
	case CTRL('B'):
		line->cursor = before(line, line->cursor);
		return true;
	case KEY_RIGHT:
	case CTRL('F'):
		line->cursor = behind(line, line->cursor);
		return true;
	case KEY_HOME:
	case CTRL('A'):
		line->cursor = line_begin(line, line->cursor);
		return true;
	case KEY_END:
	case CTRL('E'):
		line->cursor = line_end(line, line->cursor);
		return true;
	case KEY_WORD_LEFT:
		line->cursor = word_before(line);
		return true;
	case KEY_WORD_RIGHT:
		line->cursor = word_behind(line);
		return true;
	case KEY_UP:
	case CTRL('P'):
		up(line);
		return true;
	case KEY_DOWN:
	case CTRL('N'):
		down(line);
		return true;
	default:
		return false;
	}
}

static bool key_cuts(struct line *line, int key)
{
	switch (key) {
	case KEY_DELETE_BACK:
	case CTRL('H'):
		cut(line, before(line, line->cursor), line->cursor);
		return true;
	case KEY_DELETE:
		cut(line, line->cursor, behind(line, line->cursor));
		return true;
	case CTRL('K'):
		kill_text(line, line->cursor, line_end(line, line->cursor));
		return true;
	case CTRL('U'):
		kill_text(line, line_begin(line, line->cursor), line->cursor);
		return true;
	case CTRL('W'):
	case KEY_WORD_DELETE_BACK:
		kill_text(line, word_before(line), line->cursor);
		return true;
	case KEY_WORD_DELETE:
		kill_text(line, line->cursor, word_behind(line));
		return true;
	default:
		return false;
	}
}

static bool key_edits(struct line *line, int key, struct text *out)
{
	switch (key) {
	case CTRL('Y'):
		yank(line, out);
		return true;
	case CTRL('T'):
		transpose(line);
		return true;
	case CTRL('\\'):
		if (!line->dumb && !line->masked)
			insert(line, '\n', out);
		return true;
	case CTRL('L'):
	case KEY_REPAINT:
		repaint(line, out);
		return true;
	case CTRL('R'):
	case KEY_SEARCH:
		if (line->history != NULL)
			line_search_start(line);
		return true;
	case KEY_PASTE_BEGINS:
	case KEY_PASTE_ENDS:
		line->in_paste = key == KEY_PASTE_BEGINS;
		return true;
	default:
		return false;
	}
}

/* Whether a "?" typed now belongs to a string. */
static bool in_string(const struct line *line)
{
	struct text all = { 0 }, open = { 0 };
	bool in;

	if (line->quoted)
		text_char(&all, '"');
	text_bytes(&all, line_text(line), line->cursor);
	lex_open(text_str(&all), all.len, &open);
	in = open.len > 0 && open.bytes[open.len - 1] == '"';
	text_free(&open);
	text_free(&all);
	return in;
}

static enum line_event key_by_itself(struct line *line, int key, struct text *out)
{
	if (key_moves(line, key) || key_cuts(line, key) || key_edits(line, key, out))
		return LINE_NONE;
	switch (key) {
	case '\r':
	case '\n':
		return enter(line, out);
	case '\t':
		return LINE_TAB;
	case KEY_HELP:
		return LINE_HELP;
	case CTRL('X'):
	case KEY_SAFE:
		return LINE_SAFE;
	case CTRL('C'):
		return interrupt(line, out);
	case CTRL('D'):
		if (line->text.len == 0)
			return LINE_CLOSE;
		return key_by_itself(line, KEY_DELETE, out);
	case '?':
		if (!line->masked && !in_string(line))
			return LINE_HELP;
		break;
	default:
		break;
	}
	if (key >= ' ' && key < 256)
		insert(line, (char)key, out);
	return LINE_NONE;
}

/* In a paste keys mean nothing: what comes is text. */
static enum line_event pasted(struct line *line, int key, struct text *out)
{
	if (key == KEY_PASTE_ENDS)
		line->in_paste = false;
	else if (key == '\r' || key == '\n')
		return enter(line, out);
	else if (key == '\t')
		insert(line, ' ', out);
	else if (key >= ' ' && key < 256 && key != KEY_DELETE_BACK)
		insert(line, (char)key, out);
	return LINE_NONE;
}

enum line_event line_byte(struct line *line, uint8_t byte, struct text *out)
{
	int key = line_key(line, byte);

	if (key == KEY_NONE)
		return LINE_NONE;
	line->half = false;
	if (line->in_paste)
		return pasted(line, key, out);
	if (line->search.on && line_search_key(line, key, out))
		return LINE_NONE;
	return key_by_itself(line, key, out);
}
