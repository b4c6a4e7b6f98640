/*
 * menu.h -- one table per menu.
 *
 * A menu is declared once, as constant data; console, completion, help, REST, API, web form,
 * export, import and documentation are read from it, and no interface knows a menu by name
 * (ARCHITECTURE, D6). This header is what a menu may say about itself.
 *
 * A row's body is a plain struct of the menu's choosing (often one of core's or fw's own), without
 * pointers: it is copied and compared as bytes. A field that was not given holds its default; one
 * without default is all zeroes and its bit in row->given is clear.
 */
#ifndef CONF_MENU_H
#define CONF_MENU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "conf/action.h"
#include "lib/mono.h"
#include "lib/text.h"

struct conf_state;
struct diag;
struct menu;
struct request;
struct router; /* opaque here: hooks only hand it on */
struct type;

enum field_flags {
	F_REQUIRED = 1 << 0,  /* add must give it */
	F_READ_ONLY = 1 << 1, /* observed, never set, never stored */
	F_SECRET = 1 << 2,    /* hidden in print, export and history unless asked for */
	F_KEY = 1 << 3,       /* the item's name: selects it, and no two rows share it */
	F_BRIEF = 1 << 4,     /* a column of print brief */
	F_UNNAMED = 1 << 5,   /* may be given without its name, in the order of the table */
	F_NEGATE = 1 << 6,    /* accepts name=!value; the type keeps the mark in the value */
	F_BARE = 1 << 7,      /* a flag: the bare word sets it (blackhole, hairpin) */
	F_STATS = 1 << 8,     /* a column of print stats */
	F_RIGHT = 1 << 9,     /* numbers: right-aligned in a table */
	F_HOLDS = 1 << 12,    /* of a reference: what it names can't be removed meanwhile */
	F_QUIET = 1 << 11,    /* print detail leaves it out as long as it is as by default */
	F_PASSING = 1 << 13,  /* a row that is added with it is not stored: menu->take gets it */
	F_ITEM = 1 << 14,     /* of an action: an item of its menu, named as for set; type_ref */
	F_DEFAULT_NAME =
		1 << 10, /* of a MENU_FIXED: which thing the row is for; stored, never set */
};

#define FIELD_MAX 64 /* bits in row->given */

struct field {
	const char *name;
	const struct type *type;
	uint16_t offset, bytes;   /* use AT() */
	const char *dflt;         /* as typed; NULL: absent until set */
	const char *help;         /* a short sentence without a full stop */
	const char *alias;        /* an older name that is also accepted; NULL: none */
	uint32_t flags;           /* enum field_flags */
	int64_t min, max;         /* for numbers, when max > min; lengths for strings */
	const char *const *words; /* for enumerations and sets: NULL-terminated, value = index */
	const char *ref;          /* for references: path of the menu whose items are meant, or the
	                           * key space ("interface") of several */
};

/* Where a field lies in the row's body: AT(struct route_spec, dst). */
#define AT(type_, member)                                                                          \
	.offset = offsetof(type_, member), .bytes = sizeof(((type_ *)NULL)->member)

/* One item. The body follows; its shape is the menu's. */
enum row_flags {
	ROW_DISABLED = 1 << 0,
	ROW_DYNAMIC = 1 << 1, /* made by the router, not by configuration */
	ROW_FIXED = 1 << 2,   /* comes with the router; can be set, not removed */
	/* 1 << 8 and up: the menu's own, in the order of menu->flags */
	ROW_MENU_FIRST = 1 << 8,
};

/* In the id of a dynamic row made of the stored one of that id; others begin at 0x80000000. */
#define ROW_MADE_OF 0x40000000U

static inline bool row_is_made_of(uint32_t id)
{
	return (id & (0x80000000U | ROW_MADE_OF)) == ROW_MADE_OF;
}

struct row {
	uint32_t id;         /* *1A on the console; never used again within a store */
	uint32_t flags;      /* enum row_flags */
	uint64_t given;      /* bit i: field i was given and is not what it would be by default */
	const char *comment; /* "" when there is none */
	_Alignas(8) uint8_t body[];
};

static inline bool row_given(const struct row *row, size_t field)
{
	return (row->given >> field & 1) != 0;
}

/* The rows of one menu at one moment, in order. Immutable once published. */
struct rows {
	const struct row *const *at;
	size_t n;
};

/* The rows of the menu at @path in @state ("/ip/address"); hooks read other menus through it. */
struct rows conf_state_rows(const struct conf_state *state, const char *path);
/* The row with @id there, or NULL. */
const struct row *conf_state_row(const struct conf_state *state, const char *path, uint32_t id);
/*
 * The row whose F_KEY field is @name (the whole name), or NULL. @ref is a path or a key space, as
 * in struct field; @ret_menu, unless NULL, gets the menu it was found in.
 */
const struct row *conf_state_named(const struct conf_state *state, const char *ref,
                                   const char *name, const struct menu **ret_menu);
/* The row with @id among the items @ref means, or NULL. */
const struct row *conf_state_ref(const struct conf_state *state, const char *ref, uint32_t id,
                                 const struct menu **ret_menu);
/* What @row is called: its F_KEY field (a char array), "" in a menu without one. */
const char *menu_row_name(const struct menu *menu, const struct row *row);
/* The index of the field called @name (or by its alias @name), or -1. */
int menu_field(const struct menu *menu, const char *name);

/* A letter before a row: "X - disabled". Bit i of the menu's flags is ROW_MENU_FIRST << i. */
struct menu_flag {
	char letter;
	const char *word;
};

enum menu_kind {
	MENU_FOLDER,   /* only leads to others */
	MENU_LIST,     /* add, remove; order means nothing */
	MENU_ORDERED,  /* add, remove, move; order matters (rules) */
	MENU_FIXED,    /* a row for each thing there is; set only */
	MENU_SETTINGS, /* exactly one row */
	MENU_OBSERVED, /* nothing stored: every row is observed */
};

/* Takes observed rows one by one; false: enough, stop. @row->flags and body filled by the hook. */
struct row_sink {
	bool (*row)(struct row_sink *sink, const struct row *row);
};

/* Takes the rows that a fresh store starts with, one by one. @flags: ROW_FIXED for what comes with
 * the router, ROW_DISABLED. In MENU_SETTINGS the fields are set in the one row. */
struct fresh_field {
	const char *name, *value; /* as a person would type them */
};

struct fresh_sink {
	void (*row)(struct fresh_sink *sink, uint32_t flags, const struct fresh_field *fields,
	            size_t n);
};

struct menu {
	const char *path;  /* "/ip/route" */
	const char *title; /* a short sentence for ? */
	enum menu_kind kind;
	const struct field *fields;
	size_t nfields;
	size_t row_size;
	const struct menu_flag *flags;
	size_t nflags;
	const char *key_space;      /* menus of one key space share its names ("interface") */
	bool detail;                /* print defaults to detail (rules), not to a table */
	bool plain;                 /* print brief writes lines: no titles, no numbers (the log) */
	const char *const *depends; /* NULL-terminated paths: when one of those menus changes, this
	                             * one is prepared and published again, after it */
	const struct action *actions;
	size_t nactions;
	const struct refused *refused; /* arguments; NULL: none */
	/* Who changes rows or sees their secrets must be allowed this besides (conf/policy.h); of
	 * one row that is added, changed or removed row_needs() says what more. */
	uint32_t policy;
	uint32_t (*row_needs)(const struct row *row);

	/* Judge one row by itself: reads nothing but the row, so that a form may call it too. */
	bool (*check)(const struct row *row, struct diag *diag);
	/* Judge the menu's rows together (duplicates, references). */
	bool (*check_all)(const struct conf_state *state, struct rows rows, struct diag *diag);

	/* Put into @request, which adds a row, who adds it and when, where that is kept. */
	void (*adding)(struct router *router, struct request *request);

	/*
	 * From rows to what the router runs on, in two halves (D9). prepare() does all that can
	 * fail, on a copy, and returns it; publish() swaps it in and can't fail; discard() throws
	 * away what was not published. The router's thread.
	 */
	bool (*prepare)(struct router *router, const struct conf_state *state, void **ret_prepared,
	                struct diag *diag);
	void (*publish)(struct router *router, void *prepared);
	void (*discard)(void *prepared);

	/* Fill the read-only fields and the menu's flags of a copy of a stored row. */
	void (*status)(struct router *router, const struct conf_state *state, struct row *row);
	/* Offer the rows that are not stored: dynamic ones, or all of a MENU_OBSERVED. */
	void (*observe)(struct router *router, const struct conf_state *state,
	                struct row_sink *sink);
	/*
	 * The same in portions, instead of observe(), where there may be a million: look at the
	 * places from *@at on (0 at first), @most of them, and move *@at on. The row at place n has
	 * the id n + 1, so that none is offered twice however they come and go meanwhile. True:
	 * there are more.
	 */
	bool (*observe_some)(struct router *router, const struct conf_state *state, uint32_t *at,
	                     uint32_t most, struct row_sink *sink);
	/*
	 * The rows lie where looking takes its time (on a disk): asked before a list of them is
	 * read, again and again as long as it says true. *@at is 0 at first, and the hook's own.
	 */
	bool (*awaits)(struct router *router, uint64_t *at);
	/* Take a row added with an F_PASSING field, which is not stored: it is observed as @ret_id.
	 */
	bool (*take)(struct router *router, const struct row *row, uint32_t *ret_id,
	             struct diag *diag);
	/* Remove an observed row (a connection); NULL: they can't be removed. */
	bool (*forget)(struct router *router, const struct row *row, struct diag *diag);
	/*
	 * MENU_FIXED: the name of the @n-th thing there is (a port), written to @ret_name; false:
	 * no more. Asked at load. The name goes to the field with F_DEFAULT_NAME, else to F_KEY. A
	 * thing without a stored row gets one; the row of a thing that is gone stays stored, and
	 * is not offered until the thing is back.
	 */
	bool (*fixed)(struct router *router, size_t n, char *ret_name, size_t bytes);
	/* The rows of a fresh store; those of menus further up are there already. */
	void (*fresh)(struct router *router, struct fresh_sink *sink);
	/* The name of a row of fresh() that every store begins with, though it can be removed
	 * later: NULL: there is none. */
	const char *begins_with;
	/* A warning about a stored row, after add and set and in print detail; false: none. */
	bool (*warn)(struct router *router, const struct conf_state *state, const struct row *row,
	             struct text *out);

	/*
	 * An older spelling of another menu (/ip/firewall/src-nat): requests are rewritten into
	 * the menu at @target, and the person is shown today's form. NULL for ordinary menus.
	 */
	const char *target;
	bool (*translate)(struct request *request, struct diag *diag);
};

#endif
