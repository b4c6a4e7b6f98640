/*
 * reference.c -- print the reference, or a manual page.
 *
 * usage: towpath-reference markdown | towpath.1 | towpathd.8 | towpath-console.7
 */
#include "main/reference.h"

#include <stdio.h>
#include <string.h>

#include "conf/conf.h"
#include "main/usage.h"
#include "menu/menus.h"
#include "sim/clock.h"

static void paragraph(struct book *book, const char *words)
{
	book_marked(book, words);
	book_end(book);
}

static void language(struct book *book)
{
	paragraph(book,
	          "Commands of the language stand behind a colon, anywhere. Those that compute "
	          "a value are used in square brackets: `:put [:len \"abc\"]`.");
	reference_language(book);
}

static void commands(struct book *book)
{
	paragraph(book,
	          "Menus have these commands where they make sense. Words may be abbreviated as "
	          "long as they are unambiguous; `name=value` and `name value` are the same.");
	reference_commands(book);
}

static void menus(struct book *book)
{
	struct sim_clock clock;
	struct conf_setup setup = { .menus = menus_all, .clock = &clock.clock };
	struct conf *conf;
	struct reference reference = { .book = book };

	sim_clock_init(&clock, (mono){ 0 });
	conf = conf_new(&setup);
	reference.state = conf_hold(conf);
	paragraph(
		book,
		"Behind a property stand what its value is, its limits, what it is when it is not "
		"given, and whether it must be given. A `[!]` says that the value may be negated. "
		"Items of lists have `comment` and `disabled`, too; the flags `X` (disabled) and "
		"`D` (dynamic: made by the router) may stand before any item.");
	reference_menus(&reference);
	conf_release(conf, reference.state);
	conf_free(conf);
}

static void keys(struct book *book)
{
	paragraph(book, "At a terminal the line is edited as in a shell.");
	reference_keys(book);
}

/* What the reference and the page of the console have in common. */
static void chapters(struct book *book)
{
	book_chapter(book, "Keys");
	keys(book);
	book_chapter(book, "Commands of menus");
	commands(book);
	book_chapter(book, "Commands of the language");
	language(book);
	book_chapter(book, "Menus");
	menus(book);
}

static void print_markdown(struct book *book)
{
	text_add(&book->out, "# Reference\n\n");
	paragraph(book,
	          "Everything the console takes. This file is made by `make reference` from the "
	          "tables that the console itself reads, and `make test` fails when it is not what "
	          "they say: change the tables in `src/menu` and `src/lang`, not this file.");
	chapters(book);
}

static void print_console(struct book *book)
{
	book_page(book, "towpath-console", "7", "Towpath manual",
	          "the menus and the language of a Towpath router");
	book_chapter(book, "Description");
	paragraph(
		book,
		"A router of `towpathd` is set up in its console, which `towpath` opens. `?` says "
		"what can stand at the cursor, Tab completes it; what they say is said here, too.");
	chapters(book);
	book_chapter(book, "See also");
	paragraph(book, "towpath(1), towpathd(8)");
}

static void print_calls(struct book *book, const struct usage *usage)
{
	book_chapter(book, "Synopsis");
	for (size_t i = 0; i < usage->ncalls; i++) {
		book_code(book, usage->name);
		book_printf(book, " %s", usage->calls[i].spelled);
		book_end(book);
	}
}

static void print_chapter(struct book *book, const struct usage_chapter *chapter)
{
	book_chapter(book, chapter->title);
	for (size_t i = 0; chapter->paragraphs[i] != NULL; i++) {
		if (chapter->typed)
			book_typed(book, chapter->paragraphs[i]);
		else
			paragraph(book, chapter->paragraphs[i]);
	}
}

static void print_see(struct book *book, const char *const *see)
{
	book_chapter(book, "See also");
	for (size_t i = 0; see[i] != NULL; i++)
		book_printf(book, "%s%s", i > 0 ? ", " : "", see[i]);
	book_end(book);
}

/* What --help says, and the chapters that only the manual has. */
static void print_usage(struct book *book, const struct usage *usage)
{
	book_page(book, usage->name, usage->section, usage->volume, usage->what);
	print_calls(book, usage);
	for (size_t i = 0; i < usage->nchapters; i++) {
		print_chapter(book, &usage->chapters[i]);
		if (i > 0)
			continue;
		book_words(book, usage->summary);
		book_end(book);
		for (size_t n = 0; usage->notes[n] != NULL; n++)
			paragraph(book, usage->notes[n]);
		book_chapter(book, "Options");
		for (size_t o = 0; o < usage->noptions; o++) {
			const struct usage_option *option = &usage->options[o];

			book_entry(book, option->detail ? 2 : 1, option->spelled);
			book_words(book, option->what);
			book_end(book);
		}
	}
	print_see(book, usage->see);
}

int main(int argc, char *argv[])
{
	const char *which = argc == 2 ? argv[1] : "";
	struct book book = { .form = strcmp(which, "markdown") == 0 ? BOOK_MARKDOWN : BOOK_MAN };

	if (strcmp(which, "markdown") == 0)
		print_markdown(&book);
	else if (strcmp(which, "towpath.1") == 0)
		print_usage(&book, &usage_towpath);
	else if (strcmp(which, "towpathd.8") == 0)
		print_usage(&book, &usage_towpathd);
	else if (strcmp(which, "towpath-console.7") == 0)
		print_console(&book);
	else
		fputs("usage: towpath-reference markdown | towpath.1 | towpathd.8 | "
		      "towpath-console.7\n",
		      stderr);
	fputs(book_text(&book), stdout);
	int status = book_text(&book)[0] == '\0' || fflush(stdout) != 0;

	book_free(&book);
	return status;
}
