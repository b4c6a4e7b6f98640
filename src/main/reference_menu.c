/* The menus, one by one. */
#include "main/reference.h"

#include <stdlib.h>
#include <string.h>

#include "conf/type.h"
#include "lib/mem.h"
#include "menu/menus.h"
#include "menu/word_help.h"
#include "ui/help.h"

/* --- properties --- */

struct words_sink {
	struct choice_sink sink;
	struct book *book;
	const struct conf_state *state;
	const struct field *field;
	unsigned depth;
	size_t n, helped;
};

static const char *help_of(const struct words_sink *words, const char *word, const char *help)
{
	return help != NULL ? help : word_help(words->field, word);
}

static void count_word(struct choice_sink *sink, const char *word, const char *help)
{
	struct words_sink *words = (struct words_sink *)sink;

	words->n++;
	if (help_of(words, word, help) != NULL)
		words->helped++;
}

static void list_word(struct choice_sink *sink, const char *word, const char *help)
{
	struct words_sink *words = (struct words_sink *)sink;

	book_words(words->book, words->n++ == 0 ? "; one of " : ", ");
	book_code(words->book, word);
}

static void explain_word(struct choice_sink *sink, const char *word, const char *help)
{
	struct words_sink *words = (struct words_sink *)sink;

	help = help_of(words, word, help);
	book_entry(words->book, words->depth, word);
	if (help != NULL)
		book_words(words->book, help);
	book_end(words->book);
}

static void offer_words(struct words_sink *words,
                        void (*choice)(struct choice_sink *sink, const char *word,
                                       const char *help))
{
	words->n = 0;
	words->sink.choice = choice;
	words->field->type->choices(words->field, words->state, &words->sink);
}

static void write_limits(struct book *book, const struct field *field)
{
	struct text bounds = { 0 };

	help_bounds(field, &bounds);
	if (field->type == &type_string && field->max > 0)
		book_printf(book, ", up to %lld bytes", (long long)field->max);
	else if (field->type == &type_word && bounds.len > 0)
		book_printf(book, ", %s bytes", text_str(&bounds));
	else if (bounds.len > 0)
		book_printf(book, ", %s", text_str(&bounds));
	text_free(&bounds);
}

static void write_marks(struct book *book, const struct field *field)
{
	static const struct {
		uint32_t flag;
		const char *words;
	} marks[] = {
		{ F_REQUIRED, "required" },
		{ F_READ_ONLY, "read-only" },
		{ F_SECRET, "secret" },
		{ F_BARE, "the word alone sets it" },
		{ F_UNNAMED, "may be given without its name" },
		{ F_PASSING, "not stored" },
	};

	for (size_t i = 0; i < ARRAY_LEN(marks); i++)
		if ((field->flags & marks[i].flag) != 0)
			book_printf(book, "; %s", marks[i].words);
	if (field->alias != NULL) {
		book_words(book, "; also ");
		book_code(book, field->alias);
	}
}

static void write_type(struct book *book, const struct field *field)
{
	book_printf(book, " (%s", field->type->name);
	if (field->type->looks != NULL)
		book_printf(book, ": %s", field->type->looks);
	write_limits(book, field);
	if (field->ref != NULL)
		book_printf(book, "; of %s", field->ref);
	if (field->dflt != NULL) {
		book_words(book, "; default ");
		book_code(book, *field->dflt != '\0' ? field->dflt : "\"\"");
	}
	write_marks(book, field);
}

/* What it is, then its values: in the same line, or each with its meaning below. */
static void write_field(const struct reference *reference, unsigned depth,
                        const struct field *field)
{
	struct book *book = reference->book;
	struct words_sink words = {
		.book = book, .state = reference->state, .field = field, .depth = depth + 1
	};

	book_entry(book, depth, field->name);
	book_words(book, field->help);
	write_type(book, field);
	if (field->type != &type_bool && field->type->choices != NULL)
		offer_words(&words, count_word);
	if (words.n > 0 && words.helped == 0)
		offer_words(&words, list_word);
	book_words(book, ")");
	book_end(book);
	if (words.helped > 0)
		offer_words(&words, explain_word);
}

/* --- commands --- */

static void write_refused(struct book *book, unsigned depth, const struct refused *refused)
{
	for (; refused != NULL && refused->name != NULL; refused++) {
		book_entry(book, depth, refused->name);
		book_printf(book, "refused: %s", refused->why);
		book_end(book);
	}
}

static void write_action(const struct reference *reference, const struct place *place,
                         const struct place_word *word)
{
	struct command command = command_of(place, word);
	struct param param;

	book_entry(reference->book, 1, word->action->name);
	book_words(reference->book, word->help);
	book_end(reference->book);
	for (size_t i = 0; command_param(&command, i, &param); i++) {
		if (param.field != NULL && param.kind != PARAM_NONE)
			write_field(reference, 2, param.field);
		else if (param.kind != PARAM_NONE)
			reference_param(reference->book, 2, &param, false);
	}
	write_refused(reference->book, 2, word->action->refused);
}

struct command_sink {
	struct place_sink sink;
	const struct reference *reference;
	const struct place *place;
	size_t n;
};

static void list_verb(struct place_sink *sink, const struct place_word *word)
{
	struct command_sink *commands = (struct command_sink *)sink;
	struct text name = { 0 };

	if (word->kind != WORD_COMMAND || word->command != COMMAND_VERB || word->action != NULL)
		return;
	text_bytes(&name, word->text, word->len);
	book_words(commands->reference->book, commands->n++ == 0 ? "Commands: " : ", ");
	book_code(commands->reference->book, text_str(&name));
	text_free(&name);
}

static void list_action(struct place_sink *sink, const struct place_word *word)
{
	struct command_sink *commands = (struct command_sink *)sink;

	if (word->kind == WORD_COMMAND && word->action != NULL)
		write_action(commands->reference, commands->place, word);
}

/* --- menus --- */

static const char *kind_words(enum menu_kind kind)
{
	switch (kind) {
	case MENU_FOLDER:
		return "leads to others";
	case MENU_LIST:
		return "a list";
	case MENU_ORDERED:
		return "a list whose order matters";
	case MENU_FIXED:
		return "an item for each thing there is: they are set, not added";
	case MENU_SETTINGS:
		return "settings";
	case MENU_OBSERVED:
		return "what the router sees; nothing is stored";
	}
	return "";
}

static void write_flags(struct book *book, const struct menu *menu)
{
	if (menu->nflags == 0)
		return;
	book_words(book, "Flags:");
	book_end(book);
	for (size_t i = 0; i < menu->nflags; i++) {
		char letter[] = { menu->flags[i].letter, '\0' };
		const char *help = word_help(NULL, menu->flags[i].word);

		book_entry(book, 1, letter);
		book_words(book, menu->flags[i].word);
		if (help != NULL)
			book_printf(book, ": %s", help);
		book_end(book);
	}
}

static void write_fields(const struct reference *reference, const struct menu *menu)
{
	if (menu->nfields > 0) {
		book_words(reference->book, "Properties:");
		book_end(reference->book);
	}
	for (size_t i = 0; i < menu->nfields; i++)
		write_field(reference, 1, &menu->fields[i]);
	write_refused(reference->book, 1, menu->refused);
}

static void write_actions(const struct reference *reference, const struct menu *menu,
                          const struct place *place)
{
	struct command_sink commands = { .sink = { list_action },
		                         .reference = reference,
		                         .place = place };

	if (menu->nactions == 0)
		return;
	book_words(reference->book, "Commands of its own:");
	book_end(reference->book);
	place_words(place, &commands.sink);
}

static void write_menu(const struct reference *reference, const struct menu *menu)
{
	struct book *book = reference->book;
	struct place place = place_at(menus_all, menu->path);
	struct command_sink verbs = { .sink = { list_verb }, .reference = reference };

	book_section(book, menu->path);
	book_printf(book, "%s (%s). ", menu->title, kind_words(menu->kind));
	if (menu->target != NULL)
		book_printf(book,
		            "An older form of %s: what is typed here is done there, and "
		            "today's line is shown. ",
		            menu->target);
	place_words(&place, &verbs.sink);
	book_words(book, ".");
	book_end(book);
	write_flags(book, menu);
	write_fields(reference, menu);
	write_actions(reference, menu, &place);
}

static int path_order(const void *a, const void *b)
{
	return strcmp((*(const struct menu *const *)a)->path,
	              (*(const struct menu *const *)b)->path);
}

void reference_menus(const struct reference *reference)
{
	const struct menu **sorted;
	size_t n = 0;

	while (menus_all[n] != NULL)
		n++;
	sorted = mem_new(n, sizeof *sorted);
	memcpy(sorted, menus_all, n * sizeof *sorted);
	qsort(sorted, n, sizeof *sorted, path_order);
	for (size_t i = 0; i < n; i++)
		write_menu(reference, sorted[i]);
	mem_free(sorted);
}
