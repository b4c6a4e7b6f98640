#include "lang/lex.h"

#include <string.h>

#include "conf/diag.h"
#include "lib/text.h"

struct lex lex_over(const char *text, size_t len)
{
	return (struct lex){ .text = text, .len = len, .line = 1 };
}

struct spot lex_spot(const struct lex *lex)
{
	return (struct spot){ .at = lex->at,
		              .line = lex->line,
		              .column = (unsigned)(lex->at - lex->line_at) + 1 };
}

int lex_peek(const struct lex *lex)
{
	return lex->at < lex->len ? (unsigned char)lex->text[lex->at] : LEX_END;
}

static int peek_second(const struct lex *lex)
{
	return lex->at + 1 < lex->len ? (unsigned char)lex->text[lex->at + 1] : LEX_END;
}

static void step(struct lex *lex)
{
	if (lex->text[lex->at++] == '\n') {
		lex->line++;
		lex->line_at = lex->at;
	}
}

bool lex_take(struct lex *lex, char c)
{
	if (lex_peek(lex) != (unsigned char)c)
		return false;
	step(lex);
	return true;
}

/* How many characters at @lex join this line to the next one: "\" and the end of the line. */
static size_t join_len(const struct lex *lex)
{
	if (lex_peek(lex) != '\\')
		return 0;
	if (peek_second(lex) == '\n')
		return 2;
	if (peek_second(lex) == '\r' && lex->at + 2 < lex->len && lex->text[lex->at + 2] == '\n')
		return 3;
	return 0;
}

bool lex_blanks(struct lex *lex)
{
	size_t from = lex->at;

	for (;;) {
		size_t join = join_len(lex);
		int c = lex_peek(lex);

		if (join == 0 && c != ' ' && c != '\t' && c != '\r')
			return lex->at > from;
		for (size_t i = 0; i < (join > 0 ? join : 1); i++)
			step(lex);
	}
}

static void skip_comment(struct lex *lex)
{
	while (lex_peek(lex) != LEX_END && lex_peek(lex) != '\n')
		step(lex);
}

bool lex_gap(struct lex *lex, bool start)
{
	for (;;) {
		lex_blanks(lex);
		if (lex_peek(lex) == '#') {
			skip_comment(lex);
			start = false;
		} else if (lex_take(lex, '\n') || lex_take(lex, ';')) {
			start = true;
		} else {
			return start;
		}
	}
}

bool lex_command_ends(const struct lex *lex)
{
	int c = lex_peek(lex);

	return c == LEX_END || (c != '\0' && strchr("\n;#)]}", c) != NULL);
}

static bool ends_word(enum lex_kind kind, int c)
{
	/* Control characters have no place outside of quotes, either. */
	if (c <= ' ' || c == 127 || strchr("$\\\";#[]{}()='", c) != NULL)
		return true;
	if (kind == LEX_PATH)
		return c == '/';
	return kind == LEX_TEST && strchr("<>~!&|", c) != NULL;
}

struct word lex_word(struct lex *lex, enum lex_kind kind, struct arena *arena)
{
	struct word word = { .spot = lex_spot(lex) };

	while (!ends_word(kind, lex_peek(lex)))
		lex->at++;
	word.len = lex->at - word.spot.at;
	word.text = arena_strndup(arena, lex->text + word.spot.at, word.len);
	return word;
}

static int hex_value(int c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The character that the escape at @lex (behind its backslash) means, or -1. */
static int escape(struct lex *lex)
{
	static const char letters[] = "nrtabfv_\"\\$?";
	static const char meanings[] = "\n\r\t\a\b\f\v \"\\$?";
	int c = lex_peek(lex);
	const char *found = c > 0 ? strchr(letters, c) : NULL;
	int high = hex_value(c);

	if (found != NULL) {
		lex->at++;
		return meanings[found - letters];
	}

	int low = hex_value(peek_second(lex));

	if (high < 0 || low < 0 || high + low == 0)
		return -1;
	lex->at += 2;
	return high << 4 | low;
}

static bool string_fail(struct diag *diag, const struct spot *spot, const char *advice)
{
	return diag_fail_at(diag, spot->line, spot->column, "syntax error\n%s", advice);
}

/* One character of a string, or a joined line, into @out at *@len. */
static bool string_char(struct lex *lex, char *out, size_t *len, struct diag *diag)
{
	struct spot spot = lex_spot(lex);
	size_t join = join_len(lex);

	if (join > 0) {
		while (join-- > 0)
			step(lex);
		while (lex_peek(lex) == ' ' || lex_peek(lex) == '\t')
			step(lex);
		return true;
	}
	if (lex_peek(lex) == '\0')
		return string_fail(diag, &spot, "a zero byte can't stand in a line");
	if (!lex_take(lex, '\\')) {
		out[(*len)++] = lex->text[lex->at];
		step(lex);
		return true;
	}

	int c = escape(lex);

	if (c < 0)
		return string_fail(diag, &spot,
		                   "known are \\\" \\\\ \\n \\r \\t \\$ \\? \\_ \\a \\b \\f \\v "
		                   "and two upper-case hex digits");
	out[(*len)++] = (char)c;
	return true;
}

bool lex_string_piece(struct lex *lex, struct arena *arena, struct word *ret_word, bool *ret_end,
                      struct diag *diag)
{
	struct word word = { .spot = lex_spot(lex), .quoted = true };
	const char *from = lex->text + lex->at, *end = from;

	while (end < lex->text + lex->len && *end != '"' && *end != '$')
		end += *end == '\\' && end + 1 < lex->text + lex->len ? 2 : 1;

	char *out = arena_new(arena, (size_t)(end - from) + 1, 1);

	while (lex_peek(lex) != LEX_END && lex_peek(lex) != '"' && lex_peek(lex) != '$')
		if (!string_char(lex, out, &word.len, diag))
			return false;
	word.text = out;
	*ret_word = word;
	*ret_end = lex_take(lex, '"');
	return true;
}

static bool never_closed(const struct spot *spot, struct diag *diag)
{
	return string_fail(diag, spot, "this quote is never closed");
}

bool lex_string(struct lex *lex, struct arena *arena, struct word *ret_word, struct diag *diag)
{
	struct spot open = lex_spot(lex);
	struct spot spot;
	bool end;

	must(lex_take(lex, '"'));
	if (!lex_string_piece(lex, arena, ret_word, &end, diag))
		return false;
	ret_word->spot = open;
	if (end)
		return true;
	spot = lex_spot(lex);
	if (lex_peek(lex) == '$')
		return string_fail(diag, &spot, "write \\$ for a dollar sign");
	return never_closed(&open, diag);
}

static bool is_letter(int c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(int c)
{
	return c >= '0' && c <= '9';
}

static bool is_hex(int c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

struct word lex_variable(struct lex *lex, struct arena *arena)
{
	struct word word = { .spot = lex_spot(lex) };

	while (is_letter(lex_peek(lex)) || is_digit(lex_peek(lex)))
		lex->at++;
	word.len = lex->at - word.spot.at;
	word.text = arena_strndup(arena, lex->text + word.spot.at, word.len);
	return word;
}

bool lex_space(struct lex *lex)
{
	size_t from = lex->at;

	while (lex_blanks(lex) || lex_take(lex, '\n'))
		;
	return lex->at > from;
}

/* Whether the character at @lex belongs to the literal that began with @first. */
static bool in_literal(const struct lex *lex, int first)
{
	int c = lex_peek(lex), next = peek_second(lex);

	if (is_letter(c) || is_digit(c))
		return true;
	if (c == ':')
		return is_hex(next) || next == ':' ||
		       (lex->at > 0 && lex->text[lex->at - 1] == ':');
	if (is_digit(first) || first == ':')
		return (c == '.' || c == '/') && is_digit(next);
	return c == '-' && (is_letter(next) || is_digit(next));
}

struct word lex_literal(struct lex *lex, struct arena *arena)
{
	struct word word = { .spot = lex_spot(lex) };
	int first = lex_peek(lex);
	bool begins = is_letter(first) || is_digit(first) ||
	              (first == ':' && peek_second(lex) == ':') ||
	              (first == '*' && is_hex(peek_second(lex)));

	if (begins)
		lex->at++;
	while (begins && in_literal(lex, first))
		lex->at++;
	word.len = lex->at - word.spot.at;
	word.text = arena_strndup(arena, lex->text + word.spot.at, word.len);
	return word;
}

static void close_one(struct text *open, char bracket)
{
	if (open->len > 0 && open->bytes[open->len - 1] == bracket) {
		open->len--;
		open->bytes[open->len] = '\0';
	}
}

static bool in_string(const struct text *open)
{
	return open->len > 0 && open->bytes[open->len - 1] == '"';
}

/* The character at *@at, inside of quotes. */
static void open_quoted(const char *text, size_t len, size_t *at, struct text *open)
{
	char c = text[*at];

	if (c == '\\')
		++*at;
	else if (c == '"')
		close_one(open, '"');
	else if (c == '$' && *at + 1 < len && (text[*at + 1] == '[' || text[*at + 1] == '('))
		text_char(open, text[++*at]);
}

static void open_plain(const char *text, size_t len, size_t *at, struct text *open)
{
	char c = text[*at];

	if (c == '#')
		while (*at + 1 < len && text[*at + 1] != '\n')
			++*at;
	else if (c == '\\')
		++*at;
	else if (c == '{' || c == '[' || c == '(' || c == '"')
		text_char(open, c);
	else if (c == '}' || c == ']' || c == ')')
		close_one(open, c == '}' ? '{' : c == ']' ? '[' : '(');
}

void lex_open(const char *text, size_t len, struct text *open)
{
	text_clear(open);
	for (size_t i = 0; i < len; i++) {
		if (in_string(open)) {
			open_quoted(text, len, &i, open);
			continue;
		}
		if (text[i] == '\\' && (i + 1 == len || (i + 2 == len && text[i + 1] == '\n'))) {
			text_char(open, '\\');
			return;
		}
		open_plain(text, len, &i, open);
	}
}
