#include "fuzz.h"
#include "small_router.h"

#include "lang/parse.h"
#include "ui/complete.h"
#include "ui/help.h"

enum {
	LINE_MOST = 2000, /* longer ones say nothing new, and each of their ends is completed */
	ENDS_MOST = 16,
	AGAIN_MOST = 3,
};

static unsigned lines_in(const char *text, size_t len)
{
	unsigned n = 1;

	for (size_t i = 0; i < len; i++)
		n += text[i] == '\n';
	return n;
}

/* What can't be parsed is said to be wrong somewhere in it; what can is whole. */
static void check_parse(const char *text, size_t len)
{
	struct diag diag = { 0 };
	struct text open = { 0 };
	bool ok = parse_check(menus_all, text, len, &diag);

	must(ok == !diag.failed);
	lex_open(text, len, &open);
	if (!ok) {
		must(diag.at_position && diag.text[0] != '\0');
		must(diag.line >= 1 && diag.line <= lines_in(text, len));
		must(diag.column >= 1 && diag.column <= len + 1);
	}
	text_free(&open);
}

/* Typed out, a candidate is still offered. (A quoted one ends with its quote.) */
static void check_candidate(struct small_router *s, const char *text,
                            const struct candidates *candidates, size_t i)
{
	const char *word = candidates->at[i].text;
	struct candidates again;
	struct text typed = { 0 };
	bool found = false;

	text_bytes(&typed, text, candidates->from);
	text_add(&typed, word);
	candidates_find(s->conf, "/", text_str(&typed), typed.len, &again);
	for (size_t k = 0; k < again.n && !found; k++)
		found = strcmp(again.at[k].text, word) == 0;
	must(found || word[0] == '"');
	candidates_free(&again);
	text_free(&typed);
}

static void check_candidates(struct small_router *s, const char *text, size_t len)
{
	struct candidates candidates;
	struct text out = { 0 };

	candidates_find(s->conf, "/", text, len, &candidates);
	must(candidates.from <= len);
	must(candidates.n == 0 || candidates_common(&candidates) <= strlen(candidates.at[0].text));
	for (size_t i = 1; i < candidates.n; i++)
		must(strcmp(candidates.at[i - 1].text, candidates.at[i].text) < 0);
	for (size_t i = 0; i < candidates.n && i < AGAIN_MOST; i++)
		check_candidate(s, text, &candidates, i);
	help_print(&candidates, len % 2 == 0, &out);
	help_list(&candidates, len % 100, &out);
	text_free(&out);
	candidates_free(&candidates);
}

/* A line of the console: parsed, and completed at each of its last places. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	struct small_router s;

	if (size > LINE_MOST)
		return 0;
	check_parse(text, size);
	must(small_router_open(&s, NULL) == 0);
	for (size_t len = size > ENDS_MOST ? size - ENDS_MOST : 0; len <= size; len++)
		check_candidates(&s, text, len);
	small_router_close(&s);
	return 0;
}
