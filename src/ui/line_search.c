/* Ctrl-R: find in the history, and among the menus, what has some letters in it. */
#include "ui/line_inside.h"

#include <string.h>

#include "ui/recall.h"

/* The newest first, and the menus behind all of them. NULL: no more. */
static const char *older(const struct line *line, size_t at)
{
	size_t n = line->history != NULL ? line->history->n : 0;

	if (at < n)
		return line->history->at[n - 1 - at];
	if (line->hooks.place == NULL)
		return NULL;
	return line->hooks.place(line->hooks.arg, at - n);
}

static void show(struct line *line, const char *text)
{
	line_splice(line, 0, line->text.len, text, strlen(text));
}

void line_search_start(struct line *line)
{
	struct line_search *search = &line->search;

	search->on = true;
	search->failed = false;
	search->at = 0;
	text_clear(&search->wanted);
	text_clear(&search->draft);
	text_add(&search->draft, line_text(line));
}

/* Look for it from @at on; what is shown already is passed over when @another is wanted. */
static void find(struct line *line, size_t at, bool another, struct text *out)
{
	struct line_search *search = &line->search;
	const char *wanted = text_str(&search->wanted), *text;

	if (*wanted == '\0')
		return;
	for (; (text = older(line, at)) != NULL; at++) {
		if (strstr(text, wanted) == NULL || (another && strcmp(text, line_text(line)) == 0))
			continue;
		search->at = at;
		search->failed = false;
		show(line, text);
		return;
	}
	search->failed = true;
	text_char(out, LINE_BELL);
}

static void shorten(struct line *line, struct text *out)
{
	struct text *wanted = &line->search.wanted;

	while (wanted->len > 0 && ((unsigned char)wanted->bytes[--wanted->len] & 0xc0) == 0x80)
		;
	if (wanted->len > 0) {
		wanted->bytes[wanted->len] = '\0';
		find(line, 0, false, out);
		return;
	}
	text_clear(wanted);
	line->search.failed = false;
	show(line, text_str(&line->search.draft));
}

bool line_search_key(struct line *line, int key, struct text *out)
{
	struct line_search *search = &line->search;

	switch (key) {
	case CTRL('R'):
	case KEY_SEARCH:
		find(line, search->at + (search->wanted.len > 0), true, out);
		return true;
	case KEY_DELETE_BACK:
	case CTRL('H'):
		shorten(line, out);
		return true;
	case CTRL('C'):
	case CTRL('G'):
		search->on = false;
		show(line, text_str(&search->draft));
		return true;
	default:
		break;
	}
	if (key >= ' ' && key < 256) {
		text_char(&search->wanted, (char)key);
		find(line, search->at, false, out);
		return true;
	}
	search->on = false;
	return false;
}

void line_search_free(struct line *line)
{
	text_free(&line->search.wanted);
	text_free(&line->search.draft);
}
