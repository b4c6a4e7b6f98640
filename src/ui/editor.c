#include "ui/editor.h"

#include <string.h>

#define CTRL(letter) ((letter)&0x1f)
#define ESCAPE       0x1b
#define DELETE       0x7f

static const char keys_help[] = "^O save and leave  ^C leave  ^K cut  ^Y put back";

const char *editor_text(const struct editor *editor)
{
	return text_str(&editor->text);
}

void editor_free(struct editor *editor)
{
	text_free(&editor->text);
	text_free(&editor->title);
	text_free(&editor->note);
	text_free(&editor->cut);
	*editor = (struct editor){ .width = editor->width, .height = editor->height };
}

void editor_open(struct editor *editor, const char *title, const char *text, const char *note,
                 struct text *out)
{
	editor_free(editor);
	text_add(&editor->text, text);
	text_add(&editor->title, title);
	text_add(&editor->note, note);
	text_add(out, "\033[?1049h");
	editor_draw(editor, out);
}

void editor_close(struct editor *editor, struct text *out)
{
	text_add(out, "\033[?1049l");
	editor_free(editor);
}

/* --- places --- */

static bool is_continuation(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

static char char_at(const struct editor *editor, size_t at)
{
	return text_str(&editor->text)[at];
}

static size_t line_begin(const struct editor *editor, size_t at)
{
	while (at > 0 && char_at(editor, at - 1) != '\n')
		at--;
	return at;
}

static size_t line_finish(const struct editor *editor, size_t at)
{
	while (at < editor->text.len && char_at(editor, at) != '\n')
		at++;
	return at;
}

static size_t column_of(const struct editor *editor, size_t at)
{
	size_t column = 0;

	for (size_t i = line_begin(editor, at); i < at; i++)
		column += !is_continuation(char_at(editor, i));
	return column;
}

/* The place in the line that begins at @at, as far right as @column or its end. */
static size_t at_column(const struct editor *editor, size_t at, size_t column)
{
	size_t end = line_finish(editor, at);

	while (at < end && column > 0) {
		at++;
		while (at < end && is_continuation(char_at(editor, at)))
			at++;
		column--;
	}
	return at;
}

static size_t line_of(const struct editor *editor, size_t at)
{
	size_t line = 0;

	for (size_t i = 0; i < at; i++)
		line += char_at(editor, i) == '\n';
	return line;
}

static size_t before(const struct editor *editor, size_t at)
{
	while (at > 0 && is_continuation(char_at(editor, --at)))
		;
	return at;
}

static size_t behind(const struct editor *editor, size_t at)
{
	if (at < editor->text.len)
		at++;
	while (at < editor->text.len && is_continuation(char_at(editor, at)))
		at++;
	return at;
}

/* --- drawing --- */

static size_t screen_width(const struct editor *editor)
{
	return editor->width > 0 ? editor->width : 80;
}

/* Rows for the text: the last one of the screen is for the title. */
static size_t screen_rows(const struct editor *editor)
{
	size_t height = editor->height > 0 ? editor->height : 24;

	return height > 1 ? height - 1 : 1;
}

static void scroll(struct editor *editor)
{
	size_t line = line_of(editor, editor->cursor), column = column_of(editor, editor->cursor);
	size_t rows = screen_rows(editor), width = screen_width(editor);

	if (line < editor->top)
		editor->top = line;
	if (line >= editor->top + rows)
		editor->top = line - rows + 1;
	if (column < editor->left)
		editor->left = column;
	if (column >= editor->left + width)
		editor->left = column - width + 1;
}

/* The part of the line from @at on that fits; what would move the terminal shows as a dot. */
static void draw_line(const struct editor *editor, size_t at, struct text *out)
{
	size_t end = line_finish(editor, at);
	size_t from = at_column(editor, at, editor->left);

	for (size_t i = from, column = 0; i < end; i++) {
		char c = char_at(editor, i);

		if (!is_continuation(c) && column++ == screen_width(editor))
			break;
		text_char(out, (unsigned char)c < ' ' || c == DELETE ? '.' : c);
	}
}

static void draw_status(const struct editor *editor, struct text *out)
{
	struct text line = { 0 };
	size_t most = screen_width(editor);

	if (editor->note.len > 0)
		text_add(&line, text_str(&editor->note));
	else
		text_printf(&line, "%s  %s", text_str(&editor->title), keys_help);
	for (size_t i = 0; i < line.len; i++)
		if ((unsigned char)line.bytes[i] < ' ')
			line.bytes[i] = ' ';
	while (line.len > 0 && line.len >= most)
		line.bytes[--line.len] = '\0';
	text_printf(out, "\033[7m%s\033[m", text_str(&line));
	text_free(&line);
}

void editor_draw(struct editor *editor, struct text *out)
{
	size_t at = 0;

	scroll(editor);
	for (size_t i = 0; i < editor->top; i++)
		at = line_finish(editor, at) + 1;
	text_add(out, "\033[H");
	for (size_t row = 0; row < screen_rows(editor); row++) {
		if (at <= editor->text.len) {
			draw_line(editor, at, out);
			at = line_finish(editor, at) + 1;
		}
		text_add(out, "\033[K\r\n");
	}
	draw_status(editor, out);
	text_printf(out, "\033[K\033[%zu;%zuH", line_of(editor, editor->cursor) - editor->top + 1,
	            column_of(editor, editor->cursor) - editor->left + 1);
}

/* --- keys --- */

static void splice(struct editor *editor, size_t from, size_t to, const char *bytes, size_t len)
{
	struct text tail = { 0 };

	if (editor->text.len - (to - from) + len > EDITOR_BYTES_MAX)
		return;
	text_add(&tail, text_str(&editor->text) + to);
	(void)text_str(&editor->text);
	if (editor->text.bytes != NULL) {
		editor->text.len = from;
		editor->text.bytes[from] = '\0';
	}
	text_bytes(&editor->text, bytes, len);
	text_bytes(&editor->text, text_str(&tail), tail.len);
	editor->cursor = from + len;
	text_free(&tail);
}

static void move_lines(struct editor *editor, bool down, size_t lines)
{
	size_t column = column_of(editor, editor->cursor);
	size_t at = line_begin(editor, editor->cursor);

	for (; lines > 0; lines--) {
		if (down && line_finish(editor, at) < editor->text.len)
			at = line_finish(editor, at) + 1;
		else if (!down && at > 0)
			at = line_begin(editor, at - 1);
	}
	editor->cursor = at_column(editor, at, column);
}

/* To the end of the line; at its end, the end itself. */
static void cut_line(struct editor *editor)
{
	size_t end = line_finish(editor, editor->cursor);

	if (end == editor->cursor && end < editor->text.len)
		end++;
	text_clear(&editor->cut);
	text_bytes(&editor->cut, text_str(&editor->text) + editor->cursor, end - editor->cursor);
	splice(editor, editor->cursor, end, "", 0);
}

static bool key_moves(struct editor *editor, int key)
{
	switch (key) {
	case CTRL('B'):
		editor->cursor = before(editor, editor->cursor);
		return true;
	case CTRL('F'):
		editor->cursor = behind(editor, editor->cursor);
		return true;
	case CTRL('P'):
	case CTRL('N'):
		move_lines(editor, key == CTRL('N'), 1);
		return true;
	case CTRL('V'):
	case CTRL('Z'):
		move_lines(editor, key == CTRL('V'), screen_rows(editor));
		return true;
	case CTRL('A'):
		editor->cursor = line_begin(editor, editor->cursor);
		return true;
	case CTRL('E'):
		editor->cursor = line_finish(editor, editor->cursor);
		return true;
	default:
		return false;
	}
}

static void key_edits(struct editor *editor, int key)
{
	const char c = key == '\r' ? '\n' : (char)key;

	if (key == DELETE || key == CTRL('H'))
		splice(editor, before(editor, editor->cursor), editor->cursor, "", 0);
	else if (key == CTRL('D'))
		splice(editor, editor->cursor, behind(editor, editor->cursor), "", 0);
	else if (key == CTRL('K'))
		cut_line(editor);
	else if (key == CTRL('Y'))
		splice(editor, editor->cursor, editor->cursor, text_str(&editor->cut),
		       editor->cut.len);
	else if (key == '\r' || key == '\n' || key == '\t' || key >= ' ')
		splice(editor, editor->cursor, editor->cursor, &c, 1);
}

/* The sequences of cursor keys, each as the control key that means the same. */
static int escape_key(const char *sequence)
{
	static const struct {
		const char *sequence;
		int key;
	} keys[] = {
		{ "[A", CTRL('P') },  { "[B", CTRL('N') },  { "[C", CTRL('F') },
		{ "[D", CTRL('B') },  { "[H", CTRL('A') },  { "[F", CTRL('E') },
		{ "OA", CTRL('P') },  { "OB", CTRL('N') },  { "OC", CTRL('F') },
		{ "OD", CTRL('B') },  { "OH", CTRL('A') },  { "OF", CTRL('E') },
		{ "[1~", CTRL('A') }, { "[4~", CTRL('E') }, { "[3~", CTRL('D') },
		{ "[7~", CTRL('A') }, { "[8~", CTRL('E') }, { "[5~", CTRL('Z') },
		{ "[6~", CTRL('V') },
	};

	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (strcmp(keys[i].sequence, sequence) == 0)
			return keys[i].key;
	return 0;
}

/* The key that an escape sequence is at its last byte; 0 before, and for others. */
static int escape_byte(struct editor *editor, uint8_t byte)
{
	char first = editor->escape_len > 0 ? editor->escape[0] : (char)byte;
	bool ends = (first != '[' && first != 'O') || (editor->escape_len > 0 && byte >= 0x40);

	if (editor->escape_len + 1 < sizeof editor->escape)
		editor->escape[editor->escape_len++] = (char)byte;
	if (!ends)
		return 0;
	editor->escape[editor->escape_len] = '\0';
	editor->in_escape = false;
	return escape_key(editor->escape);
}

enum editor_event editor_byte(struct editor *editor, uint8_t byte)
{
	int key = byte;
	bool after_return = editor->after_return;

	editor->after_return = byte == '\r';
	if (after_return && (byte == '\n' || byte == '\0'))
		return EDITOR_NONE; /* RFC 854: a return is followed by one of them */
	if (editor->in_escape) {
		key = escape_byte(editor, byte);
	} else if (byte == ESCAPE) {
		editor->in_escape = true;
		editor->escape_len = 0;
		return EDITOR_NONE;
	}
	if (key == CTRL('O'))
		return EDITOR_SAVE;
	if (key == CTRL('C') || key == CTRL('X'))
		return EDITOR_LEAVE;
	text_clear(&editor->note);
	if (!key_moves(editor, key))
		key_edits(editor, key);
	return EDITOR_NONE;
}
