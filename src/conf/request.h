/*
 * request.h -- one command, whoever asks: console, script, REST, API, web.
 *
 * A request names a menu, a verb, perhaps items, and fields as text. It has passed the grammar
 * (abbreviations are resolved) but no value has been typed yet: that is the schema's work.
 *
 * Memory: everything lives in the arena of whoever made the request.
 */
#ifndef CONF_REQUEST_H
#define CONF_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/arena.h"

struct menu;

enum verb {
	VERB_NONE,
	VERB_ADD,
	VERB_SET,
	VERB_REMOVE,
	VERB_ENABLE,
	VERB_DISABLE,
	VERB_MOVE,
	VERB_COMMENT,
	VERB_UNSET,
	VERB_PRINT,
	VERB_FIND,
	VERB_GET,
	VERB_EXPORT,
	VERB_EDIT,
	VERB_ACTION, /* one of the menu's own */
	VERB_RESET,  /* typed only: it comes as VERB_UNSET of the properties meant */
};

struct request_field {
	const char *name;  /* full name, as in the schema (or in an older menu's) */
	const char *value; /* as typed, quotes resolved; NULL: unset (name with "!" before it) */
	unsigned line, column; /* of the name's first character, 1-based */
	unsigned value_column;
	struct request_field *next;
};

struct request {
	const struct menu *menu;
	enum verb verb;
	const struct action *action; /* for VERB_ACTION */
	uint32_t *ids;               /* the items meant, in order */
	size_t nids;
	struct request_field *fields; /* in the order typed */
	uint32_t place_before;        /* 0: at the end */
	const char *who;              /* user */
	const char *door;             /* "console", "script", "rest", ... */
	const char *line;             /* what was typed, for history */
	uint32_t trial;               /* the change is on it (conf/trial.h); 0: on none */
	uint32_t lacks;               /* policies that who does not have (conf/policy.h) */
	struct arena *arena;
	uint32_t added;      /* out: the row that add made */
	struct text *notice; /* grows: what the person should be told besides */
};

/* The field called @name, or NULL. */
struct request_field *request_field(const struct request *request, const char *name);
/* Add a field at the end, or replace the value of one that is there. */
void request_put(struct request *request, const char *name, const char *value);
void request_drop(struct request *request, const char *name);

#endif
