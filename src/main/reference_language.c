/* What is the same in all menus. */
#include "main/reference.h"

#include <string.h>

#include "lang/builtin.h"
#include "lang/statement.h"
#include "menu/menus.h"
#include "ui/keys.h"

void reference_param(struct book *book, unsigned depth, const struct param *param, bool required)
{
	struct text term = { 0 };
	bool value = param->kind != PARAM_FLAG && param->kind != PARAM_WHERE;

	text_printf(&term, "%s%s", param->name, value ? "=" : "");
	book_entry(book, depth, text_str(&term));
	text_free(&term);
	book_words(book, param->help);
	if (required)
		book_words(book, "; required");
	if (param->positional)
		book_words(book, "; may be given without its name");
	if (param->alias != NULL) {
		book_words(book, "; also ");
		book_code(book, param->alias);
	}
	book_end(book);
}

/* --- the commands of menus --- */

struct verb_sink {
	struct place_sink sink;
	struct book *book;
	const struct place *place;
};

/* Properties stand with their menus; what is here is the command's own. */
static bool is_property(const struct command *command, const struct param *param)
{
	const struct field *first = command->menu != NULL ? command->menu->fields : NULL;

	return param->kind == PARAM_NONE || (first != NULL && param->field >= first &&
	                                     param->field < first + command->menu->nfields);
}

static void write_verb(struct place_sink *sink, const struct place_word *word)
{
	struct verb_sink *verbs = (struct verb_sink *)sink;
	struct command command = command_of(verbs->place, word);
	struct param param;
	struct text name = { 0 };

	if (word->kind != WORD_COMMAND || word->action != NULL || word->statement != NULL)
		return;
	text_bytes(&name, word->text, word->len);
	book_entry(verbs->book, 1, text_str(&name));
	text_free(&name);
	book_words(verbs->book, word->help);
	book_end(verbs->book);
	for (size_t i = 0; command.kind != COMMAND_QUIT && command_param(&command, i, &param); i++)
		if (!is_property(&command, &param))
			reference_param(verbs->book, 2, &param, false);
}

static void write_root_command(struct place_sink *sink, const struct place_word *word)
{
	if (word->command == COMMAND_IMPORT || word->command == COMMAND_QUIT)
		write_verb(sink, word);
}

/* A menu whose order matters has all there are. */
void reference_commands(struct book *book)
{
	struct place place = place_at(menus_all, "/"), root = place;
	struct verb_sink verbs = { .sink = { write_verb }, .book = book, .place = &place };

	for (size_t i = 0; menus_all[i] != NULL; i++)
		if (menus_all[i]->kind == MENU_ORDERED && menus_all[i]->target == NULL)
			place = place_at(menus_all, menus_all[i]->path);
	place_words(&place, &verbs.sink);
	verbs.sink.word = write_root_command;
	verbs.place = &root;
	place_words(&root, &verbs.sink);
}

/* --- the language --- */

static void write_words(struct book *book, const char *const *words)
{
	for (size_t i = 0; words != NULL && words[i] != NULL; i++) {
		book_words(book, i == 0 ? "; one of " : ", ");
		book_code(book, words[i]);
	}
}

static void write_builtin(struct book *book, const struct builtin *builtin)
{
	for (size_t i = 0; i < builtin->nparams; i++) {
		const struct builtin_param *param = &builtin->params[i];
		struct text term = { 0 };

		text_printf(&term, "%s=", param->name);
		book_entry(book, 2, text_str(&term));
		text_free(&term);
		book_words(book, param->help);
		write_words(book, param->words);
		book_words(book, param->required ? "; required" : "");
		book_words(book, param->positional ? "; may be given without its name" : "");
		book_end(book);
	}
}

struct language_sink {
	struct place_sink sink;
	struct book *book;
};

static void write_global(struct place_sink *sink, const struct place_word *word)
{
	struct book *book = ((struct language_sink *)sink)->book;
	struct text name = { 0 };

	text_char(&name, ':');
	text_bytes(&name, word->text, word->len);
	book_entry(book, 1, text_str(&name));
	text_free(&name);
	book_words(book, word->help);
	book_end(book);
	if (word->builtin != NULL)
		write_builtin(book, word->builtin);
	for (size_t i = 0; word->statement != NULL && i < word->statement->nparams; i++)
		reference_param(book, 2, &word->statement->params[i].param,
		                word->statement->params[i].required);
}

void reference_language(struct book *book)
{
	struct language_sink sink = { .sink = { write_global }, .book = book };

	place_global_words(&sink.sink);
}

void reference_keys(struct book *book)
{
	const char *where = NULL;

	for (size_t i = 0; i < keys_n; i++) {
		if (keys_all[i].where != where) {
			where = keys_all[i].where;
			book_printf(book, "%s:", where);
			book_end(book);
		}
		book_entry(book, 1, keys_all[i].keys);
		book_words(book, keys_all[i].help);
		book_end(book);
	}
}
