#include "lang/advice.h"

#include <string.h>

#include "lib/text.h"

#define WORDS_MAX  96  /* all that can stand at one point */
#define NEAR_MAX   4   /* more are no advice */
#define LIST_BYTES 220 /* of a list; DIAG_TEXT_BYTES has room for two of them */
#define WORD_SHOWN 40  /* bytes of what was typed */

#define PLACE_SHOWN 64

#define ALL_SCORE 100 /* the typed word begins this one */

struct known {
	const char *text; /* not terminated */
	size_t len;
};

/* The words there are. It begins as a place_sink, so that place_words() can fill it. */
struct known_words {
	struct place_sink sink;
	struct known at[WORDS_MAX];
	size_t n;
};

static void known_add(struct known_words *known, const char *text, size_t len)
{
	for (size_t i = 0; i < known->n; i++)
		if (known->at[i].len == len && memcmp(known->at[i].text, text, len) == 0)
			return;
	if (known->n < WORDS_MAX)
		known->at[known->n++] = (struct known){ text, len };
}

static void place_word(struct place_sink *sink, const struct place_word *word)
{
	known_add((struct known_words *)sink, word->text, word->len);
}

/* How much alike two words are: 0 is not at all. */
static size_t likeness(const char *typed, const struct known *known)
{
	size_t len = strlen(typed), same = 0, in_order = 0;

	while (same < len && same < known->len && typed[same] == known->text[same])
		same++;
	for (size_t i = 0, j = 0; i < len && j < known->len; i++) {
		const char *found = memchr(known->text + j, typed[i], known->len - j);

		if (found == NULL)
			continue;
		j = (size_t)(found - known->text) + 1;
		in_order++;
	}
	if (same == len)
		return ALL_SCORE;
	if (same == 0 || in_order * 3 < (len > known->len ? len : known->len) * 2)
		return 0;
	return same + in_order;
}

/* The nearest words, best first. */
struct near_words {
	const struct known *at[NEAR_MAX];
	size_t score[NEAR_MAX];
	size_t n;
};

static void near_offer(struct near_words *near, const struct known *known, size_t score)
{
	size_t at = near->n;

	while (at > 0 && near->score[at - 1] < score)
		at--;
	if (score == 0 || at == NEAR_MAX)
		return;
	if (near->n < NEAR_MAX)
		near->n++;
	for (size_t i = near->n - 1; i > at; i--) {
		near->at[i] = near->at[i - 1];
		near->score[i] = near->score[i - 1];
	}
	near->at[at] = known;
	near->score[at] = score;
}

static struct near_words nearest(const struct known_words *known, const char *typed)
{
	struct near_words near = { .n = 0 };

	for (size_t i = 0; *typed != '\0' && i < known->n; i++)
		near_offer(&near, &known->at[i], likeness(typed, &known->at[i]));
	return near;
}

static void print_near(const struct near_words *near, struct text *out)
{
	for (size_t i = 0; i < near->n; i++)
		text_printf(out, "%s%.*s",
		            i == 0             ? ""
		            : i + 1 == near->n ? " or "
		                               : ", ",
		            (int)near->at[i]->len, near->at[i]->text);
}

/* Of a long list only the beginning. */
static void print_all(const struct known_words *known, struct text *out)
{
	size_t from = out->len;

	for (size_t i = 0; i < known->n; i++) {
		if (out->len - from > LIST_BYTES) {
			text_add(out, ", ... (? shows all)");
			return;
		}
		text_printf(out, "%s%.*s", i == 0 ? "there are " : ", ", (int)known->at[i].len,
		            known->at[i].text);
	}
}

/* Characters of several bytes are not split; bytes that are no characters may be anything. */
static void print_word(const char *word, struct text *out)
{
	size_t len = strlen(word), shown = len;

	if (len > WORD_SHOWN)
		for (shown = WORD_SHOWN; shown > 0 && ((unsigned char)word[shown] & 0xc0) == 0x80;)
			shown--;
	text_printf(out, "\"%.*s%s\"", (int)shown, word, shown < len ? "..." : "");
}

static void print_several(const struct near_words *near, const char *word, struct text *out)
{
	text_char(out, '\n');
	print_word(word, out);
	text_add(out, " could be ");
	print_near(near, out);
}

/* There is no @what called @word @where. */
static void print_advice(const struct known_words *known, const char *word, const char *what,
                         const char *where, struct text *out)
{
	struct near_words near = nearest(known, word);

	if (near.n > 1 && near.score[1] == ALL_SCORE) {
		print_several(&near, word, out);
		return;
	}
	if (*word == '\0') {
		text_printf(out, "\nthis is no %s; ", what);
	} else {
		text_printf(out, "\nthere is no %s%s", what, *what != '\0' ? " " : "");
		print_word(word, out);
		text_printf(out, " %s; ", where);
	}
	if (near.n == 0) {
		print_all(known, out);
		return;
	}
	text_add(out, "did you mean ");
	print_near(&near, out);
	text_char(out, '?');
}

void advice_place(const struct place *place, const char *word, struct text *out)
{
	struct known_words known = { .sink = { place_word } };
	char buffer[PLACE_SHOWN];
	struct text where = text_into(buffer, sizeof buffer);

	place_words(place, &known.sink);
	text_printf(&where, "in %s", place->path);
	print_advice(&known, word, "", strcmp(place->path, "/") == 0 ? "here" : text_str(&where),
	             out);
}

void advice_global(const char *word, struct text *out)
{
	struct known_words known = { .sink = { place_word } };

	place_global_words(&known.sink);
	print_advice(&known, word, "", "behind a colon", out);
}

static void params_collect(const struct command *command, bool own, struct known_words *known)
{
	struct param param;

	for (size_t i = 0; command_param(command, i, &param); i++) {
		bool is_own = param.kind == PARAM_VALUE && strcmp(param.name, "comment") != 0 &&
		              strcmp(param.name, "disabled") != 0;

		if (param.kind != PARAM_NONE && is_own == own)
			known_add(known, param.name, strlen(param.name));
	}
}

void advice_argument(const struct command *command, const char *word, struct text *out)
{
	struct known_words known = { .n = 0 };

	/* The menu's own first: what every command has is not what is looked for. */
	params_collect(command, true, &known);
	params_collect(command, false, &known);
	if (known.n == 0)
		text_add(out, "\nnothing more can stand here");
	else
		print_advice(&known, word, "argument", "here", out);
}

void advice_property(const struct menu *menu, const char *word, struct text *out)
{
	struct known_words known = { .n = 0 };
	bool stored = menu->kind != MENU_SETTINGS && menu->kind != MENU_OBSERVED;

	for (size_t i = 0; i < menu->nfields; i++)
		known_add(&known, menu->fields[i].name, strlen(menu->fields[i].name));
	for (size_t i = 0; i < menu->nflags; i++)
		known_add(&known, menu->flags[i].word, strlen(menu->flags[i].word));
	if (stored) {
		known_add(&known, "comment", strlen("comment"));
		known_add(&known, "disabled", strlen("disabled"));
	}
	print_advice(&known, word, "property", "here", out);
}
