#include "main/book.h"

#include <ctype.h>
#include <string.h>

#include "lib/must.h"

#define LINE_WIDTH 78 /* of the source of a manual page; mandoc asks for it */

static bool is_man(const struct book *book)
{
	return book->form == BOOK_MAN;
}

static void add_markdown(struct text *to, char c)
{
	if (strchr("\\`*_<>[]#", c) != NULL)
		text_char(to, '\\');
	text_char(to, c);
}

static void add_man(struct text *to, char c)
{
	static const struct {
		char c;
		const char *name;
	} names[] = {
		{ '\\', "\\e" },  { '-', "\\-" },   { '\'', "\\(aq" }, { '`', "\\(ga" },
		{ '^', "\\(ha" }, { '~', "\\(ti" }, { '"', "\\(dq" },
	};

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (names[i].c == c) {
			text_add(to, names[i].name);
			return;
		}
	}
	text_char(to, c);
}

static void add_escaped(const struct book *book, struct text *to, const char *words, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (is_man(book))
			add_man(to, words[i]);
		else
			add_markdown(to, words[i]);
	}
}

static void add_code(const struct book *book, struct text *to, const char *code, size_t len)
{
	if (is_man(book)) {
		text_add(to, "\\fB");
		add_escaped(book, to, code, len);
		text_add(to, "\\fR");
	} else {
		text_char(to, '`');
		text_bytes(to, code, len);
		text_char(to, '`');
	}
}

void book_words(struct book *book, const char *words)
{
	add_escaped(book, &book->paragraph, words, strlen(words));
}

void book_code(struct book *book, const char *code)
{
	add_code(book, &book->paragraph, code, strlen(code));
}

void book_marked(struct book *book, const char *words)
{
	bool code = false;

	for (; *words != '\0'; code = !code) {
		size_t len = strcspn(words, "`");

		if (code)
			add_code(book, &book->paragraph, words, len);
		else
			add_escaped(book, &book->paragraph, words, len);
		words += len;
		words += *words == '`';
	}
}

void book_printf(struct book *book, const char *format, ...)
{
	struct text words = { 0 };
	va_list args;

	va_start(args, format);
	text_vprintf(&words, format, args);
	va_end(args);
	book_words(book, text_str(&words));
	text_free(&words);
}

/* A line must not begin with what would be a request. */
static void break_lines(const char *words, struct text *out)
{
	size_t column = 0;

	while (*words != '\0') {
		size_t len = strcspn(words, " ");

		if (column > 0) {
			bool full = column + 1 + len > LINE_WIDTH;

			text_char(out, full ? '\n' : ' ');
			column = full ? 0 : column + 1;
		}
		if (column == 0 && (*words == '.' || *words == '\''))
			text_add(out, "\\&");
		text_bytes(out, words, len);
		column += len;
		words += len;
		words += strspn(words, " ");
	}
}

/* Lists end where something else begins. */
static void to_depth(struct book *book, unsigned depth)
{
	if (!is_man(book)) {
		if (depth == 0 && book->depth > 0)
			text_char(&book->out, '\n');
		book->depth = depth;
		return;
	}
	for (; book->depth < depth; book->depth++)
		if (book->depth > 0)
			text_add(&book->out, ".RS\n");
	for (; book->depth > depth; book->depth--)
		if (book->depth > 1)
			text_add(&book->out, ".RE\n");
}

void book_entry(struct book *book, unsigned depth, const char *term)
{
	struct text line = { 0 };

	must(depth > 0 && book->paragraph.len == 0);
	to_depth(book, depth);
	add_code(book, &line, term, strlen(term));
	if (is_man(book)) {
		text_printf(&book->out, ".TP\n%s\n", text_str(&line));
	} else {
		text_repeat(&book->out, ' ', 2 * (size_t)(depth - 1));
		text_printf(&book->out, "- %s", text_str(&line));
	}
	text_free(&line);
	book->in_entry = true;
	book->headed = false;
}

static void end_markdown(struct book *book)
{
	if (book->in_entry && book->paragraph.len > 0)
		text_add(&book->out, ": ");
	text_add(&book->out, text_str(&book->paragraph));
	text_add(&book->out, book->in_entry ? "\n" : "\n\n");
}

void book_end(struct book *book)
{
	if (!book->in_entry)
		to_depth(book, 0);
	if (is_man(book)) {
		if (!book->in_entry && !book->headed)
			text_add(&book->out, ".PP\n");
		break_lines(text_str(&book->paragraph), &book->out);
		text_char(&book->out, '\n');
	} else {
		end_markdown(book);
	}
	book->in_entry = book->headed = false;
	text_clear(&book->paragraph);
}

static void heading(struct book *book, const char *request, const char *marks, const char *title)
{
	struct text line = { 0 };

	to_depth(book, 0);
	for (const char *p = title; *p != '\0'; p++) {
		char c = is_man(book) && strcmp(request, ".SH") == 0 ? (char)toupper(*p) : *p;

		add_escaped(book, &line, &c, 1);
	}
	text_printf(&book->out, "%s %s\n%s", is_man(book) ? request : marks, text_str(&line),
	            is_man(book) ? "" : "\n");
	text_free(&line);
	book->headed = true;
}

void book_chapter(struct book *book, const char *title)
{
	heading(book, ".SH", "##", title);
}

void book_section(struct book *book, const char *title)
{
	heading(book, ".SS", "###", title);
}

void book_page(struct book *book, const char *name, const char *section, const char *volume,
               const char *what)
{
	if (!is_man(book))
		return;
	text_add(&book->out, ".TH ");
	for (const char *p = name; *p != '\0'; p++)
		text_char(&book->out, (char)toupper(*p));
	text_printf(&book->out, " %s \"\" \"Towpath\" \"%s\"\n.SH NAME\n", section, volume);
	book_words(book, name);
	text_add(&book->paragraph, " \\- ");
	book_words(book, what);
	text_printf(&book->out, "%s\n", text_str(&book->paragraph));
	text_clear(&book->paragraph);
}

void book_typed(struct book *book, const char *line)
{
	to_depth(book, 0);
	if (is_man(book)) {
		text_add(&book->out, book->headed ? ".nf\n" : ".PP\n.nf\n");
		if (*line == '.')
			text_add(&book->out, "\\&");
		add_escaped(book, &book->out, line, strlen(line));
		text_add(&book->out, "\n.fi\n");
	} else {
		text_printf(&book->out, "    %s\n\n", line);
	}
	book->headed = false;
}

const char *book_text(const struct book *book)
{
	return text_str(&book->out);
}

void book_free(struct book *book)
{
	text_free(&book->out);
	text_free(&book->paragraph);
	*book = (struct book){ 0 };
}
