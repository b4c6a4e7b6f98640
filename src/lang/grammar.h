/*
 * grammar.h -- which words may stand where, read from the menus.
 *
 * Parsing, completion and help ask the same questions here, so that what is offered is accepted.
 * A prefix that fits exactly one word means that word; an exact match always wins.
 *
 * Memory:  allocates nothing but paths, in the caller's arena.
 * Threads: any; reads constant tables only.
 */
#ifndef LANG_GRAMMAR_H
#define LANG_GRAMMAR_H

#include <stdbool.h>
#include <stddef.h>

#include "conf/menu.h"
#include "conf/request.h"
#include "lang/lex.h"

#define GRAMMAR_DEPTH 32 /* how deep brackets may nest */

/* A point in the tree of menus. Folders between declared menus need not be declared. */
struct place {
	const struct menu *const *menus; /* NULL-terminated */
	const char *path;                /* "/" or "/ip/route" */
	const struct menu *menu;         /* NULL: an undeclared folder */
};

enum option {
	OPTION_NONE,
	OPTION_BRIEF = 1 << 0,
	OPTION_DETAIL = 1 << 1,
	OPTION_TERSE = 1 << 2,
	OPTION_VALUE_LIST = 1 << 3,
	OPTION_COUNT_ONLY = 1 << 4,
	OPTION_STATS = 1 << 5,
	OPTION_AS_VALUE = 1 << 6,
	OPTION_SHOW_IDS = 1 << 7,
	OPTION_WITHOUT_PAGING = 1 << 8,
	OPTION_VERBOSE = 1 << 9,
	OPTION_COMPACT = 1 << 10,
	OPTION_SHOW_SENSITIVE = 1 << 11,
	OPTION_HIDE_SENSITIVE = 1 << 12,
	OPTION_DRY_RUN = 1 << 24,
	OPTION_FOLLOW = 1 << 13,
	OPTION_FOLLOW_ONLY = 1 << 14,
	OPTION_APPEND = 1 << 15,
	OPTION_TIMESTAMP = 1 << 16,
	OPTION_ONCE = 1 << 17,
};

enum command_kind {
	COMMAND_VERB,
	COMMAND_STATEMENT, /* of the language itself: :if, :put */
	COMMAND_BUILTIN,   /* computes a value: :len */
	COMMAND_QUIT,
	COMMAND_IMPORT,
};

enum word_kind {
	WORD_MENU,
	WORD_COMMAND,
};

struct builtin;
struct program_arg;
struct scope_name;
struct statement;

/* A word that may stand at a place. */
struct place_word {
	enum word_kind kind;
	const char *text; /* not terminated */
	size_t len;
	const char *help; /* may be NULL */
	enum command_kind command;
	enum verb verb;
	const struct action *action;
	const struct statement *statement;
	const struct builtin *builtin;
};

struct place_sink {
	void (*word)(struct place_sink *sink, const struct place_word *word);
};

enum param_kind {
	PARAM_NONE,   /* nothing at this index; go on */
	PARAM_VALUE,  /* name=value */
	PARAM_FLAG,   /* a bare word; an option */
	PARAM_ITEMS,  /* names items */
	PARAM_WHERE,  /* an expression follows, to the end of the command */
	PARAM_FIELDS, /* names of fields, separated by commas */
};

/* One argument that a command takes. */
struct param {
	enum param_kind kind;
	const char *name;
	const char *alias; /* NULL: none */
	const char *help;
	const struct field *field; /* NULL: the command's own */
	const char *files;         /* the name of a file that ends so; NULL: of none */
	enum option option;
	bool positional; /* may be given without its name */
	bool unsettable; /* !name is understood */
	size_t index;    /* which one it is; each may be given once */
};

#define PARAM_MAX 96

/* What is called: a command at a place. */
struct command {
	enum command_kind kind;
	struct place place;
	enum verb verb;
	const struct action *action;
	const struct statement *statement;
	const struct builtin *builtin;
	const struct menu *menu;  /* whose items are meant; an older menu's target */
	const struct menu *older; /* the older menu whose fields are typed, or NULL */
};

/* What could stand at the end of a text; completion and help are made of it. */
enum expect_kind {
	EXPECT_NOTHING,
	EXPECT_PLACE,      /* a menu or a command at `place` */
	EXPECT_PARAM,      /* an argument of `command` that is not in `used` yet */
	EXPECT_VALUE,      /* a value of `param` of `command` */
	EXPECT_TEST,       /* a property or flag of command.menu */
	EXPECT_TEST_VALUE, /* a value of `param.field` to compare with */
	EXPECT_GLOBAL,     /* behind ":": a command of the language */
	EXPECT_VARIABLE,   /* behind "$": one of `names` or `args` */
};

struct expect {
	enum expect_kind kind;
	struct place place;
	bool after_slash; /* the path so far is joined by slashes */
	bool bare_first;  /* EXPECT_PARAM: an item or a positional value may stand here, too */
	struct command command;
	struct param param;
	bool used[PARAM_MAX];
	size_t from; /* where the word begins that is being typed */
	bool quoted; /* behind an opening quote */
	bool unset;  /* EXPECT_PARAM: behind "!" */
	const struct scope_name *names;
	const struct program_arg *args;
};

/* Note in @expect (may be NULL) what @word is, when the text ends with it. */
void expect_word(struct expect *expect, const struct lex *lex, const struct word *word,
                 const struct expect *what);

const struct menu *grammar_menu(const struct menu *const *menus, const char *path);
struct place place_at(const struct menu *const *menus, const char *path);
struct place place_parent(const struct place *place, struct arena *arena);
struct place place_child(const struct place *place, const char *name, size_t len,
                         struct arena *arena);
/* Offer each word that may stand at @place; a folder may be offered more than once. */
void place_words(const struct place *place, struct place_sink *sink);
/* The word that @text means at @place. False: none, or several. */
bool place_find(const struct place *place, const char *text, struct place_word *ret_word);

/* "add", or what its action is called; not for those of the language itself. */
const char *command_word(const struct command *command);

/* Offer the commands of the language, which stand behind a colon anywhere. */
void place_global_words(struct place_sink *sink);
/* The one that @text means, or exactly is. */
bool place_global_find(const char *text, bool exactly, struct place_word *ret_word);

struct command command_of(const struct place *place, const struct place_word *word);
/* Whether the command begins by naming items. */
bool command_takes_items(const struct command *command);
/* Parameter @index of @command; false when there are no more. */
bool command_param(const struct command *command, size_t index, struct param *ret_param);
/* The parameter that @name means. False: none, or several. */
bool command_find(const struct command *command, const char *name, struct param *ret_param);

/* The field that @name means in where and get: exact, older or unambiguous; NULL when none. */
const struct field *menu_field_find(const struct menu *menu, const char *name);
/* The bit of enum row_flags that @name means ("disabled", "active"), or 0. */
uint32_t menu_flag_find(const struct menu *menu, const char *name);

#endif
