/*
 * action.h -- the commands of a menu's own: what they take, how they run, what they may ask.
 *
 * They are part of the menu's table (menu.h), constant data like all of it.
 */
#ifndef CONF_ACTION_H
#define CONF_ACTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/mono.h"
#include "lib/text.h"

struct conf_draft;
struct diag;
struct field;
struct look_sink;
struct question;
struct router; /* opaque here: hooks only hand it on */

/* What people know from elsewhere and is not supported here: refused by its name. */
struct refused {
	const char *name; /* NULL ends a list */
	const char *why;  /* a short sentence without a full stop */
};

/* Where somebody sits. */
struct action_terminal {
	size_t width, height; /* 0: not known */
	bool dumb;            /* it understands no sequences */
};

/* Who calls an action. */
struct action_caller {
	const char *who, *door, *line;
	uint32_t *trial;     /* that the changes of this login are on (conf/trial.h), 0: on none;
	                      * NULL: it can't have one */
	struct text *notice; /* what is to be shown when it has gone well */
	uint32_t lacks;      /* policies that they do not have (policy.h) */
	char *import;        /* the file (FILE_NAME_BYTES) to be imported then; "": none */
};

/* What the changes of @caller are on trial with; 0: with none. */
static inline uint32_t action_trial(const struct action_caller *caller)
{
	return caller->trial != NULL ? *caller->trial : 0;
}

struct conf;
struct conf_answer;

/* Change the configuration; @done is called once, with the answer. */
typedef void action_change(struct conf *conf, const struct action_caller *caller, const void *args,
                           void (*done)(void *arg, const struct conf_answer *answer), void *arg);

/*
 * An action runs over time (ping) or at once (explain). The state is zeroed memory of state_size
 * bytes. start() may fail with a diag; then turn() is called whenever the router has turned, until
 * it returns true; stop() when the person interrupts. Both write what is to be shown to @out.
 *
 * A monitor has look() (look.h) instead of turn(): what is to be seen, until the person interrupts.
 * One with items() is done to items at once, and has nothing else: no fields, no start(). One with
 * change() is a transaction, and has no start() either, unless it asks first: then it gets what
 * start() and answer() have made of the state in place of the arguments.
 */
struct action {
	const char *name;
	const char *help;
	const struct field *fields;
	size_t nfields;
	size_t args_size, state_size;
	bool (*start)(struct router *router, const void *args, void *state, struct text *out,
	              struct diag *diag);
	bool (*turn)(struct router *router, void *state, struct text *out, mono now);
	void (*stop)(struct router *router, void *state, struct text *out);
	/* Did it end well? Asked once turn() has returned true. NULL: it always does. */
	bool (*finish)(struct router *router, void *state, struct diag *diag);
	void (*look)(struct router *router, void *state, struct look_sink *sink, mono now);
	uint32_t look_after_ms;
	void (*items)(struct router *router, const uint32_t *ids, size_t n);
	action_change *change;
	const struct refused *refused; /* arguments; NULL: none */

	/*
	 * An action that has the terminal to itself, when keys() is there: it gets what is typed,
	 * as it is (Ctrl-C too; Ctrl-] is the person's: stop()), and says how many bytes it has
	 * taken; the rest is offered again. What turn() writes goes out as it is, past the pager,
	 * and turn() is called while there is room for it. Nobody can call it who has no terminal.
	 * terminal() is told the size before the first turn(), and when it changes.
	 */
	size_t (*keys)(struct router *router, void *state, const char *bytes, size_t n);
	void (*terminal)(struct router *router, void *state,
	                 const struct action_terminal *terminal);

	/*
	 * A conversation, when ask() is there: after start() it fills the next question, until it
	 * returns false. answer() takes what was typed, or the question's default; when it can't
	 * be taken, @diag says why and ask() is called again. Nothing is changed before the end.
	 * stop() is called when the person gives up.
	 */
	bool (*ask)(struct router *router, void *state, struct question *question);
	bool (*answer)(struct router *router, void *state, const char *answer, struct text *out,
	               struct diag *diag);
	/*
	 * What the conversation was for: fill() carries its requests out on @draft, which is shown
	 * as lines and becomes one transaction when the person says yes. again(): they said no, or
	 * it can't be (they have been told): ask() has something to ask again.
	 */
	bool (*fill)(struct router *router, void *state, struct conf_draft *draft,
	             struct diag *diag);
	void (*again)(struct router *router, void *state, struct text *out);
	const char *unattended; /* what a script answers, where nobody can; NULL: it can't, and */
	const char *instead;    /* is told what to type instead, a whole sentence */

	/*
	 * What one must be allowed to call it (policy.h). 0: write for what changes something
	 * (items, change, fill), else read. needs(): what it takes besides, with these arguments;
	 * NULL: nothing.
	 */
	uint32_t policy;
	uint32_t (*needs)(struct router *router, const void *args);
};

#endif
