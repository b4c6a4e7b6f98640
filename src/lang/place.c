/* The tree of menus: which words may stand at a place, and which one is meant. */
#include "lang/grammar.h"

#include <string.h>

#include "conf/menu.h"
#include "lang/builtin.h"
#include "lang/statement.h"
#include "lib/text.h"

struct verb_word {
	const char *name;
	enum verb verb;
	unsigned kinds; /* bits of enum menu_kind */
	const char *help;
};

#define LISTS  (1u << MENU_LIST | 1u << MENU_ORDERED)
#define STORED (LISTS | 1u << MENU_FIXED)
#define ROWS   (STORED | 1u << MENU_SETTINGS | 1u << MENU_OBSERVED)

static const struct verb_word verbs[] = {
	{ "add", VERB_ADD, LISTS, "Create a new item" },
	{ "comment", VERB_COMMENT, STORED, "Set comment for items" },
	{ "disable", VERB_DISABLE, STORED, "Disable items" },
	{ "edit", VERB_EDIT, STORED | 1u << MENU_SETTINGS, "Edit a property's text on the screen" },
	{ "enable", VERB_ENABLE, STORED, "Enable items" },
	{ "export", VERB_EXPORT, ~0u, "Print commands that restore this configuration" },
	{ "find", VERB_FIND, STORED | 1u << MENU_OBSERVED, "Find items by value" },
	{ "get", VERB_GET, ROWS, "Get the value of an item's property" },
	{ "move", VERB_MOVE, 1u << MENU_ORDERED, "Change the order of items" },
	{ "print", VERB_PRINT, ROWS, "Print values of item properties" },
	{ "remove", VERB_REMOVE, LISTS, "Remove items" },
	{ "reset", VERB_RESET, STORED | 1u << MENU_SETTINGS,
	  "Put item properties back to their defaults" },
	{ "set", VERB_SET, STORED | 1u << MENU_SETTINGS, "Change item properties" },
	{ "unset", VERB_UNSET, STORED, "Clear item properties" },
};

const char *command_word(const struct command *command)
{
	if (command->kind != COMMAND_VERB)
		return command->kind == COMMAND_IMPORT ? "import" : "quit";
	if (command->verb == VERB_ACTION)
		return command->action->name;
	for (size_t i = 0; i < ARRAY_LEN(verbs); i++)
		if (verbs[i].verb == command->verb)
			return verbs[i].name;
	return "";
}

void expect_word(struct expect *expect, const struct lex *lex, const struct word *word,
                 const struct expect *what)
{
	if (expect == NULL)
		return;
	if (lex->at < lex->len) {
		expect->kind = EXPECT_NOTHING;
		return;
	}
	*expect = *what;
	expect->from = word->spot.at;
}

const struct menu *grammar_menu(const struct menu *const *menus, const char *path)
{
	for (size_t i = 0; menus[i] != NULL; i++)
		if (strcmp(menus[i]->path, path) == 0)
			return menus[i];
	return NULL;
}

struct place place_at(const struct menu *const *menus, const char *path)
{
	return (struct place){ .menus = menus, .path = path, .menu = grammar_menu(menus, path) };
}

struct place place_parent(const struct place *place, struct arena *arena)
{
	const char *slash = strrchr(place->path, '/');

	if (slash == place->path)
		return place_at(place->menus, "/");
	return place_at(place->menus,
	                arena_strndup(arena, place->path, (size_t)(slash - place->path)));
}

struct place place_child(const struct place *place, const char *name, size_t len,
                         struct arena *arena)
{
	const char *base = strcmp(place->path, "/") == 0 ? "" : place->path;

	return place_at(place->menus, arena_printf(arena, "%s/%.*s", base, (int)len, name));
}

/* Where in @menu's path the name of the child of @place begins that it is or lives below. */
static const char *child_of(const struct place *place, const struct menu *menu)
{
	size_t len = strcmp(place->path, "/") == 0 ? 0 : strlen(place->path);

	if (strncmp(menu->path, place->path, len) != 0 || menu->path[len] != '/' ||
	    menu->path[len + 1] == '\0')
		return NULL;
	return menu->path + len + 1;
}

static void offer_menus(const struct place *place, struct place_sink *sink)
{
	for (size_t i = 0; place->menus[i] != NULL; i++) {
		const char *name = child_of(place, place->menus[i]);

		if (name == NULL)
			continue;

		size_t len = strcspn(name, "/");
		struct place_word word = { .kind = WORD_MENU, .text = name, .len = len };

		if (name[len] == '\0')
			word.help = place->menus[i]->title;
		sink->word(sink, &word);
	}
}

static bool verb_stands(const struct verb_word *verb, const struct menu *menu)
{
	if (verb->kinds == ~0u)
		return true;
	if (menu == NULL)
		return false;
	if (verb->verb == VERB_REMOVE && menu->forget != NULL)
		return true;
	return (verb->kinds >> menu->kind & 1) != 0;
}

/* The menu whose rows a command at @place is about. */
static const struct menu *rows_menu(const struct place *place)
{
	if (place->menu == NULL || place->menu->target == NULL)
		return place->menu;

	const struct menu *target = grammar_menu(place->menus, place->menu->target);

	return target != NULL ? target : place->menu;
}

static void offer_commands(const struct place *place, struct place_sink *sink)
{
	const struct menu *menu = rows_menu(place);

	for (size_t i = 0; i < ARRAY_LEN(verbs); i++) {
		if (!verb_stands(&verbs[i], menu))
			continue;
		sink->word(sink, &(struct place_word){ .kind = WORD_COMMAND,
		                                       .text = verbs[i].name,
		                                       .len = strlen(verbs[i].name),
		                                       .help = verbs[i].help,
		                                       .verb = verbs[i].verb });
	}
	for (size_t i = 0; menu != NULL && i < menu->nactions; i++) {
		const struct action *action = &menu->actions[i];

		sink->word(sink, &(struct place_word){ .kind = WORD_COMMAND,
		                                       .text = action->name,
		                                       .len = strlen(action->name),
		                                       .help = action->help,
		                                       .verb = VERB_ACTION,
		                                       .action = action });
	}
}

void place_words(const struct place *place, struct place_sink *sink)
{
	static const char quit[] = "quit", import[] = "import";
	struct place_word put;

	offer_menus(place, sink);
	offer_commands(place, sink);
	if (strcmp(place->path, "/") != 0)
		return;
	sink->word(sink, &(struct place_word){ .kind = WORD_COMMAND,
	                                       .text = import,
	                                       .len = sizeof import - 1,
	                                       .help = "Run the lines of a file",
	                                       .command = COMMAND_IMPORT });
	if (place_global_find("put", true, &put))
		sink->word(sink, &put);
	sink->word(sink, &(struct place_word){ .kind = WORD_COMMAND,
	                                       .text = quit,
	                                       .len = sizeof quit - 1,
	                                       .help = "Quit the console",
	                                       .command = COMMAND_QUIT });
}

struct finder {
	struct place_sink sink;
	const char *text;
	size_t len;
	struct place_word found;
	bool any, exact, several;
};

static void finder_word(struct place_sink *sink, const struct place_word *word)
{
	struct finder *finder = (struct finder *)sink;

	if (finder->exact || word->len < finder->len ||
	    memcmp(word->text, finder->text, finder->len) != 0)
		return;
	if (word->len == finder->len) {
		finder->exact = true;
		finder->several = false;
	} else if (finder->any && (word->len != finder->found.len ||
	                           memcmp(word->text, finder->found.text, word->len) != 0)) {
		finder->several = true;
	}
	finder->found = *word;
	finder->any = true;
}

bool place_global_find(const char *text, bool exactly, struct place_word *ret_word)
{
	struct finder finder = { .sink = { finder_word }, .text = text, .len = strlen(text) };

	if (finder.len == 0)
		return false;
	place_global_words(&finder.sink);
	if (!finder.any || finder.several || (exactly && !finder.exact))
		return false;
	*ret_word = finder.found;
	return true;
}

bool place_find(const struct place *place, const char *text, struct place_word *ret_word)
{
	struct finder finder = { .sink = { finder_word }, .text = text, .len = strlen(text) };

	if (finder.len == 0)
		return false;
	place_words(place, &finder.sink);
	if (!finder.any || finder.several)
		return false;
	*ret_word = finder.found;
	return true;
}

struct command command_of(const struct place *place, const struct place_word *word)
{
	struct command command = { .kind = word->command,
		                   .place = *place,
		                   .verb = word->verb,
		                   .action = word->action,
		                   .statement = word->statement,
		                   .builtin = word->builtin,
		                   .menu = rows_menu(place) };

	if (command.menu != place->menu)
		command.older = place->menu;
	return command;
}

static void offer_global(struct place_sink *sink, struct place_word word)
{
	word.kind = WORD_COMMAND;
	word.len = strlen(word.text);
	sink->word(sink, &word);
}

void place_global_words(struct place_sink *sink)
{
	for (size_t i = 0; i < statements_n; i++)
		offer_global(sink, (struct place_word){ .text = statements_all[i].name,
		                                        .help = statements_all[i].help,
		                                        .command = COMMAND_STATEMENT,
		                                        .statement = &statements_all[i] });
	for (size_t i = 0; builtins_all[i] != NULL; i++)
		offer_global(sink, (struct place_word){ .text = builtins_all[i]->name,
		                                        .help = builtins_all[i]->help,
		                                        .command = COMMAND_BUILTIN,
		                                        .builtin = builtins_all[i] });
}
