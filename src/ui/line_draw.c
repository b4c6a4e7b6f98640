/*
 * What the terminal shows of a line. The picture of before is kept: only what has changed, and
 * what stands behind it, is drawn again.
 */
#include "ui/line_inside.h"

#include <string.h>

#include "ui/colour.h"

/* A place on the screen, from the start of the prompt. In a full row the column is the width: a
 * terminal waits there until it knows what comes. */
struct cell {
	size_t row, column;
};

static bool is_continuation(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

static void picture_free(struct line_picture *picture)
{
	text_free(&picture->bytes);
	text_free(&picture->colours);
	picture->cursor = 0;
}

/* --- the picture --- */

/* What would do something to the terminal is not shown as it is. */
static void show(struct line_picture *picture, const char *bytes, size_t len)
{
	size_t from = picture->bytes.len;

	text_bytes(&picture->bytes, bytes, len);
	for (size_t i = from; i < picture->bytes.len; i++) {
		unsigned char c = (unsigned char)picture->bytes.bytes[i];

		if (c < ' ' || c == 127)
			picture->bytes.bytes[i] = '.';
	}
}

static void put_prompt(const struct line *line, struct line_picture *picture)
{
	const struct line_search *search = &line->search;
	struct text prompt = { 0 };

	if (search->on)
		text_printf(&prompt, "%s \"%s\": ", search->failed ? "not found" : "search",
		            text_str(&search->wanted));
	else
		text_add(&prompt, text_str(&line->prompt));
	show(picture, text_str(&prompt), prompt.len);
	text_repeat(&picture->colours, COLOUR_NONE, picture->bytes.len);
	text_free(&prompt);
}

static size_t breaks(const char *text, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		n += text[i] == '\n';
	return n;
}

static void put_stars(const struct line *line, struct line_picture *picture)
{
	for (size_t i = 0; i <= line->text.len; i++) {
		if (i == line->cursor)
			picture->cursor = picture->bytes.len;
		if (i < line->text.len && !is_continuation(line->text.bytes[i]))
			show(picture, "*", 1);
	}
	text_repeat(&picture->colours, COLOUR_NONE, picture->bytes.len - picture->colours.len);
}

static void put_text(const struct line *line, const char *colours, struct line_picture *picture)
{
	const char *text = text_str(&line->text);
	size_t len = line->text.len, number = 1, lines = breaks(text, len) + 1;

	for (size_t at = 0;; at++) {
		const char *found = at < len ? memchr(text + at, '\n', len - at) : NULL;
		size_t n = (found != NULL ? (size_t)(found - text) : len) - at;

		if (line->cursor >= at && line->cursor <= at + n)
			picture->cursor = picture->bytes.len + line->cursor - at;
		show(picture, text + at, n);
		if (colours != NULL)
			text_bytes(&picture->colours, colours + at, n);
		else
			text_repeat(&picture->colours, COLOUR_NONE, n);
		at += n;
		if (at == len)
			return;
		if (line->dumb)
			text_char(&picture->bytes, ' ');
		else
			text_printf(&picture->bytes, "\nline %zu of %zu> ", ++number, lines);
		text_repeat(&picture->colours, COLOUR_NONE,
		            picture->bytes.len - picture->colours.len);
	}
}

static bool same_text(const struct line_picture *a, const struct line_picture *b)
{
	return a->bytes.len == b->bytes.len &&
	       memcmp(text_str(&a->bytes), text_str(&b->bytes), a->bytes.len) == 0;
}

/* The colours are asked for only when there is another text than before. */
static struct line_picture picture_of(const struct line *line)
{
	struct line_picture picture = { 0 }, plain = { 0 };
	struct text colours = { 0 };

	put_prompt(line, &plain);
	if (line->masked)
		put_stars(line, &plain);
	else
		put_text(line, NULL, &plain);
	if (line->hooks.colour == NULL || line->dumb || line->masked)
		return plain;
	if (same_text(&plain, &line->shown)) {
		text_clear(&plain.colours);
		text_bytes(&plain.colours, text_str(&line->shown.colours), plain.bytes.len);
		return plain;
	}
	text_repeat(&colours, COLOUR_NONE, line->text.len);
	if (line->text.len > 0)
		line->hooks.colour(line->hooks.arg, text_str(&line->text), line->text.len,
		                   colours.bytes);
	put_prompt(line, &picture);
	put_text(line, colours.bytes, &picture);
	text_free(&colours);
	picture_free(&plain);
	return picture;
}

/* --- where things are --- */

static void cell_step(struct cell *cell, char c, size_t width)
{
	if (c == '\n') {
		cell->row++;
		cell->column = 0;
	} else if (!is_continuation(c)) {
		if (width > 0 && cell->column == width) {
			cell->row++;
			cell->column = 0;
		}
		cell->column++;
	}
}

/* Where the byte at offset @at of the picture is, or would be. */
static struct cell cell_of(const struct line_picture *picture, size_t at, size_t width)
{
	const char *bytes = text_str(&picture->bytes);
	struct cell cell = { 0, 0 };

	for (size_t i = 0;; i++) {
		const char *found = memchr(bytes + i, '\n', at - i);
		size_t end = found != NULL ? (size_t)(found - bytes) : at;

		cell.column = 0;
		for (; i < end; i++)
			cell.column += !is_continuation(bytes[i]);
		if (width > 0 && cell.column > 0) {
			cell.row += (cell.column - 1) / width;
			cell.column = (cell.column - 1) % width + 1;
		}
		if (i == at)
			return cell;
		cell.row++;
	}
}

/* Where the cursor can be for it: behind a full row it is in the next one, if that is there. */
static struct cell cell_settled(const struct line_picture *picture, size_t at, size_t width)
{
	struct cell cell = cell_of(picture, at, width);

	if (width == 0 || cell.column < width)
		return cell;
	if (at < picture->bytes.len && picture->bytes.bytes[at] == '\n')
		return (struct cell){ cell.row, width - 1 };
	return (struct cell){ cell.row + 1, 0 };
}

static void go(struct cell from, struct cell to, struct text *out)
{
	if (to.row < from.row)
		text_printf(out, "\033[%zuA", from.row - to.row);
	else if (to.row > from.row)
		text_printf(out, "\033[%zuB", to.row - from.row);
	if (to.column == from.column)
		return;
	if (to.column + 1 == from.column) {
		text_char(out, '\b');
		return;
	}
	if (to.column < from.column)
		text_char(out, '\r');

	size_t right = to.column < from.column ? to.column : to.column - from.column;

	if (right > 0)
		text_printf(out, "\033[%zuC", right);
}

/* --- drawing --- */

static void put_colour(char from, char to, struct text *out)
{
	if (from != to)
		text_add(out, colour_sequence((enum colour)to));
}

/* Draw the picture from offset @at on. The cursor is where cell_settled() says. */
static void draw_from(const struct line_picture *picture, size_t at, size_t width, struct text *out)
{
	struct cell cell = cell_of(picture, at, width);
	bool wrapped = width > 0 && cell.column == width;
	char colour = COLOUR_NONE;

	for (; at < picture->bytes.len; at++) {
		char c = picture->bytes.bytes[at], wanted = picture->colours.bytes[at];

		put_colour(colour, wanted, out);
		colour = wanted;
		if (c != '\n')
			text_char(out, c);
		else if (!wrapped)
			text_add(out, cell.column < width || width == 0 ? "\033[K\r\n" : "\r\n");
		wrapped = false;
		cell_step(&cell, c, width);
	}
	put_colour(colour, COLOUR_NONE, out);
	/* Make it wrap, so that the cursor is where it will be. */
	if (width > 0 && cell.column == width && !wrapped)
		text_add(out, "\r\n");
}

static bool is_below(struct cell a, struct cell b)
{
	return a.row > b.row || (a.row == b.row && a.column > b.column);
}

/* How much of two pictures is the same, in whole characters. */
static size_t same_start(const struct line_picture *a, const struct line_picture *b)
{
	size_t n = 0;

	while (n < a->bytes.len && n < b->bytes.len && a->bytes.bytes[n] == b->bytes.bytes[n] &&
	       a->colours.bytes[n] == b->colours.bytes[n])
		n++;
	while (n > 0 && ((n < a->bytes.len && is_continuation(a->bytes.bytes[n])) ||
	                 (n < b->bytes.len && is_continuation(b->bytes.bytes[n]))))
		n--;
	return n;
}

static void redraw(const struct line_picture *old, const struct line_picture *now, size_t width,
                   struct text *out)
{
	size_t same = same_start(old, now);
	struct cell at = cell_settled(old, old->cursor, width);
	struct cell old_end = cell_settled(old, old->bytes.len, width);
	struct cell end = cell_settled(now, now->bytes.len, width);

	if (same < old->bytes.len || same < now->bytes.len) {
		struct cell from = cell_settled(old, same, width);

		/* Behind a full row that goes on otherwise than before: draw its last one again. */
		if (from.row != cell_settled(now, same, width).row)
			do
				same--;
			while (same > 0 && is_continuation(now->bytes.bytes[same]));
		go(at, cell_settled(old, same, width), out);
		draw_from(now, same, width, out);
		if (is_below(old_end, end))
			text_add(out, "\033[J");
		at = end;
	}
	go(at, cell_settled(now, now->cursor, width), out);
}

/* --- on a dumb terminal: one row, in which only a backspace moves --- */

static size_t columns(const struct line_picture *picture, size_t from, size_t to)
{
	size_t n = 0;

	for (size_t i = from; i < to; i++)
		n += !is_continuation(picture->bytes.bytes[i]);
	return n;
}

static void redraw_dumb(const struct line_picture *old, const struct line_picture *now,
                        struct text *out)
{
	size_t same = same_start(old, now), at = old->cursor;
	size_t old_len = columns(old, 0, old->bytes.len);
	size_t now_len = columns(now, 0, now->bytes.len);
	size_t blanks = old_len > now_len ? old_len - now_len : 0;

	if (same < old->bytes.len || same < now->bytes.len) {
		if (at > same)
			text_repeat(out, '\b', columns(old, same, at));
		else
			same = at;
		text_bytes(out, text_str(&now->bytes) + same, now->bytes.len - same);
		text_repeat(out, ' ', blanks);
		text_repeat(out, '\b', blanks);
		at = now->bytes.len;
	}
	if (now->cursor < at)
		text_repeat(out, '\b', columns(now, now->cursor, at));
	else
		text_bytes(out, text_str(&now->bytes) + at, now->cursor - at);
}

void line_refresh(struct line *line, struct text *out)
{
	if (line->half)
		return;

	struct line_picture now = picture_of(line);

	if (line->dumb)
		redraw_dumb(&line->shown, &now, out);
	else
		redraw(&line->shown, &now, line->width, out);
	picture_free(&line->shown);
	line->shown = now;
}

void line_draw(struct line *line, struct text *out)
{
	picture_free(&line->shown);
	line_refresh(line, out);
}

void line_take_away(struct line *line, struct text *out)
{
	struct line_picture none = { 0 };

	if (line->dumb) {
		redraw_dumb(&line->shown, &none, out);
	} else {
		struct cell at = cell_settled(&line->shown, line->shown.cursor, line->width);

		go(at, (struct cell){ 0, at.column }, out);
		text_add(out, "\r\033[J");
	}
	picture_free(&line->shown);
}

void line_leave(struct line *line, struct text *out)
{
	size_t cursor = line->cursor;

	line->cursor = line->text.len;
	line_refresh(line, out);
	text_add(out, "\r\n");
	line->cursor = cursor;
	picture_free(&line->shown);
}
