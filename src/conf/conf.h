/*
 * conf.h -- the configuration of one router: rows in a store, changed by transactions.
 *
 * A change goes (ARCHITECTURE, D9): prepare (typed, checked, compiled: all that can fail, on a
 * copy) -> durable (SQLite, on the background thread) -> publish (can't fail) -> answer. Changes
 * run one after another; reading never waits.
 *
 * Threads: the router's, except the jobs it gives to struct background itself.
 * Memory:  a published state lives until nobody holds it (conf_hold, conf_release).
 */
#ifndef CONF_CONF_H
#define CONF_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "conf/menu.h"
#include "conf/request.h"
#include "lib/background.h"
#include "lib/clock.h"
#include "lib/log.h"
#include "lib/random.h"
#include "lib/store.h"

struct conf;
struct diag;

struct conf_setup {
	const struct menu *const *menus; /* NULL-terminated; the order in which they apply */
	struct router *router;
	struct store *store; /* NULL: nothing is kept */
	struct background *background;
	struct clock *clock; /* wall time for history */
	struct log *log;
	struct random *random; /* for SQLite, should it ask; may be NULL */
	bool no_defaults;      /* a fresh store gets only the rows that come with the router */
	/* What @word means, a value of @field, or a flag of items when @field is NULL; NULL: not
	 * known. May be NULL. */
	const char *(*word_help)(const struct field *field, const char *word);
};

/* The file in the store that holds the configuration (beside it, while it is written: "-wal"). */
#define CONF_FILE "config.db"

MUST_USE struct conf *conf_new(const struct conf_setup *setup);
/* Before: every change has been answered, and every held state released. */
void conf_free(struct conf *conf);
/* No change is under way (the background has nothing of ours). */
bool conf_idle(const struct conf *conf);

/*
 * Open the store and publish what it holds; a fresh store gets the menus' fresh rows first.
 * Called once, before packets. Returns 0 or -errno with @diag in words (a damaged store is
 * -EUCLEAN, never an empty start; manage/recovery.h goes on from there).
 */
MUST_USE int conf_load(struct conf *conf, struct diag *diag);

/* The menu at @path, or NULL. */
const struct menu *conf_menu(const struct conf *conf, const char *path);
const struct menu *const *conf_menus(const struct conf *conf);
/* What the word means to people, or NULL. */
const char *conf_word_help(const struct conf *conf, const struct field *field, const char *word);
struct router *conf_router(const struct conf *conf);
/* What it was made with: the doors to the world. */
const struct conf_setup *conf_doors(const struct conf *conf);
/* The time of day, for people. */
wall conf_wall(const struct conf *conf);

/* What is published now. Rows found in it stay good until conf_release(). */
const struct conf_state *conf_hold(struct conf *conf);
void conf_release(struct conf *conf, const struct conf_state *state);

/* How a change ended. Called on the router's thread, perhaps before conf_change() returns. */
struct conf_answer {
	bool ok;
	const struct diag *diag; /* when not ok */
	uint32_t id;             /* of the row that add made */
	uint64_t revision;       /* of the configuration, counts up */
};

typedef void conf_done(void *arg, const struct conf_answer *answer);

/* Tell whoever asked for a change that it can't be. */
static inline void conf_refuse(const struct diag *diag, conf_done *done, void *arg)
{
	done(arg, &(struct conf_answer){ .diag = diag });
}

/*
 * Carry out @request (add, set, remove, enable, disable, move, comment, unset) as one
 * transaction. The request stays the caller's and must live until @done was called.
 */
void conf_change(struct conf *conf, struct request *request, conf_done *done, void *arg);

/*
 * The same for several requests: all of them or none. answer->id is that of the last row added. A
 * request in an older menu is rewritten into today's (request->menu changes) and shown as such in
 * request->notice. "remove" of observed rows (connections) has to be the only request.
 */
void conf_change_all(struct conf *conf, struct request *const *requests, size_t n, conf_done *done,
                     void *arg);

/* The readable form, in today's spelling, of everything or of the menus below @path. */
struct export_options {
	const struct conf_state *state; /* NULL: what is published */
	const char *path;               /* NULL or "/": all */
	/* Of those only the ones at or below these, and not at or below those with a "!":
	 * "/ip/firewall,!/ip/firewall/nat". NULL: all. */
	const char *choice;
	/* Only rows for which it returns true; NULL: all. */
	bool (*wanted)(void *arg, const struct menu *menu, const struct row *row);
	void *arg;
	bool verbose; /* defaults too */
	bool terse;   /* each line whole: menu and command together */
	bool show_sensitive;
};
void conf_export(struct conf *conf, const struct export_options *options, struct text *out);
/* Of a state that is held, without the line of when; from any thread, as it only reads it. */
void conf_export_state(const struct conf_state *state, const struct export_options *options,
                       struct text *out);

/*
 * Offer the rows of @menu as print and find see them: first the stored ones, in order, as copies
 * with the read-only fields and the menu's flags filled in, then what the menu observes. A row is
 * good until the sink returns. Returns false when the sink has stopped the walk.
 */
bool conf_rows_walk(struct conf *conf, const struct conf_state *state, const struct menu *menu,
                    struct row_sink *sink);

/*
 * The same over several turns. At most @most rows or places are looked at; true: there are more.
 * What the sink returns does not matter. A menu that does not observe in portions does it at once.
 */
struct rows_walk {
	const struct conf_state *state; /* held by the caller until the walk is over */
	const struct menu *menu;
	uint32_t stored, place; /* how far it has come: 0 at first */
};
MUST_USE bool conf_rows_walk_some(struct conf *conf, struct rows_walk *walk, uint32_t most,
                                  struct row_sink *sink);

/* Only the row with @id, stored or observed; false when there is none. */
bool conf_row_show(struct conf *conf, const struct conf_state *state, const struct menu *menu,
                   uint32_t id, struct row_sink *sink);

/* Write @value as a word of a line: quoted and escaped with RouterOS's escapes if need be. */
void conf_quote(const char *value, struct text *out);

/*
 * Read a value of a row (stored or observed) as text; used by print, get, find and where. Nothing
 * is written for a field that is absent: one without a default whose bit in row->given is clear.
 * Read-only fields are always there; a hook leaves them all zeroes where there is nothing to show.
 */
void conf_field_print(const struct conf_state *state, const struct field *field,
                      const struct row *row, struct text *out);

#endif
