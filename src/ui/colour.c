#include "ui/colour.h"

#include <string.h>

#include "conf/diag.h"
#include "lang/mark.h"
#include "lang/parse.h"
#include "lib/mem.h"
#include "lib/text.h"
#include "ui/complete.h"

const char *colour_sequence(enum colour colour)
{
	switch (colour) {
	case COLOUR_MENU:
		return "\033[36m";
	case COLOUR_COMMAND:
		return "\033[35m";
	case COLOUR_NAME:
		return "\033[32m";
	case COLOUR_VARIABLE:
		return "\033[33m";
	case COLOUR_ERROR:
		return "\033[31m";
	case COLOUR_NONE:
		break;
	}
	return "\033[m";
}

static enum colour colour_of(enum mark_kind kind)
{
	switch (kind) {
	case MARK_MENU:
		return COLOUR_MENU;
	case MARK_COMMAND:
		return COLOUR_COMMAND;
	case MARK_NAME:
		return COLOUR_NAME;
	case MARK_VARIABLE:
		return COLOUR_VARIABLE;
	}
	return COLOUR_NONE;
}

/* The whole entry, and where in it the text begins whose colours are wanted. */
struct colouring {
	struct text all;
	size_t from;
	char *colours;
};

static void put(struct colouring *c, size_t at, size_t end, enum colour colour)
{
	at = at > c->from ? at : c->from;
	end = end < c->all.len ? end : c->all.len;
	if (at < end)
		memset(c->colours + (at - c->from), (int)colour, end - at);
}

static size_t offset_of(const struct text *text, unsigned line, unsigned column)
{
	size_t at = 0;

	for (; line > 1 && at < text->len; at++)
		line -= text->bytes[at] == '\n';
	at += column - 1;
	return at < text->len ? at : text->len;
}

/* Whether the text ends within the string that begins at @at. */
static bool string_is_open(const struct text *text, size_t at)
{
	struct text open = { 0 };
	bool in;

	lex_open(text_str(text), text->len, &open);
	in = open.len > 0 && open.bytes[open.len - 1] == '"' && at < text->len &&
	     text->bytes[at] == '"';
	text_free(&open);
	return in;
}

/* What is only begun is no error yet. */
static void put_error(struct colouring *c, const struct expect *expect, const struct diag *diag)
{
	size_t at = offset_of(&c->all, diag->line, diag->column);

	if (!diag->at_position || string_is_open(&c->all, at))
		return;
	if (expect->kind != EXPECT_NOTHING && at == expect->from)
		at += candidates_reach(expect, text_str(&c->all) + at, c->all.len - at);
	put(c, at, c->all.len, COLOUR_ERROR);
}

void colour_text(const struct menu *const *menus, const char *path, const char *before,
                 const char *text, size_t len, char *colours)
{
	struct colouring c = { .from = strlen(before), .colours = colours };
	struct program program;
	struct expect expect;
	struct diag diag = { 0 };
	struct marks *marks;

	if (c.from + len > COLOUR_BYTES_MAX)
		return;
	marks = mem_new(1, sizeof *marks);
	text_add(&c.all, before);
	text_bytes(&c.all, text, len);

	struct lex lex = lex_over(text_str(&c.all), c.all.len);

	lex.marks = marks;
	bool ok = parse_marked(menus, path, lex, &program, &expect, &diag);

	for (size_t i = 0; i < marks->n; i++)
		put(&c, marks->at[i].at, marks->at[i].at + marks->at[i].len,
		    colour_of(marks->at[i].kind));
	if (!ok)
		put_error(&c, &expect, &diag);
	program_free(&program);
	text_free(&c.all);
	mem_free(marks);
}
