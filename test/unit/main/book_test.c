#include "os/check.h"

#include "main/book.h"

static void write_all(struct book *book)
{
	book_chapter(book, "See also");
	book_marked(book, "a_b `x-y` -z");
	book_end(book);
	book_entry(book, 1, "add");
	book_words(book, "*new* [item]");
	book_end(book);
	book_entry(book, 2, "name=");
	book_end(book);
	book_entry(book, 1, ".end");
	book_words(book, ".TH is plain here");
	book_end(book);
	book_words(book, "'tis over");
	book_end(book);
	book_typed(book, ".lib -c 'x'");
}

static void markdown_means_what_was_said(void **state)
{
	struct book book = { .form = BOOK_MARKDOWN };

	book_page(&book, "towpath", "1", "User commands", "the console");
	write_all(&book);
	assert_string_equal(book_text(&book), "## See also\n\n"
	                                      "a\\_b `x-y` -z\n\n"
	                                      "- `add`: \\*new\\* \\[item\\]\n"
	                                      "  - `name=`\n"
	                                      "- `.end`: .TH is plain here\n\n"
	                                      "'tis over\n\n"
	                                      "    .lib -c 'x'\n\n");
	book_free(&book);
}

/* Nothing that is said becomes a request, and hyphens can be copied from the page. */
static void man_means_what_was_said(void **state)
{
	struct book book = { .form = BOOK_MAN };

	book_page(&book, "towpath", "1", "User commands", "the console");
	write_all(&book);
	assert_string_equal(book_text(&book), ".TH TOWPATH 1 \"\" \"Towpath\" \"User commands\"\n"
	                                      ".SH NAME\ntowpath \\- the console\n"
	                                      ".SH SEE ALSO\n"
	                                      "a_b \\fBx\\-y\\fR \\-z\n"
	                                      ".TP\n\\fBadd\\fR\n*new* [item]\n"
	                                      ".RS\n.TP\n\\fBname=\\fR\n\n.RE\n"
	                                      ".TP\n\\fB.end\\fR\n\\&.TH is plain here\n"
	                                      ".PP\n\\(aqtis over\n"
	                                      ".PP\n.nf\n\\&.lib \\-c \\(aqx\\(aq\n.fi\n");
	book_free(&book);
}

static void long_paragraphs_are_broken(void **state)
{
	struct book book = { .form = BOOK_MAN };

	for (unsigned i = 0; i < 100; i++)
		book_words(&book, "word .request ");
	book_end(&book);
	for (const char *at = book_text(&book); *at != '\0'; at += strcspn(at, "\n") + 1) {
		assert_in_range(strcspn(at, "\n"), 1, 80);
		assert_false(strncmp(at, ".request", 8) == 0);
	}
	book_free(&book);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(markdown_means_what_was_said),
		cmocka_unit_test(man_means_what_was_said),
		cmocka_unit_test(long_paragraphs_are_broken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
