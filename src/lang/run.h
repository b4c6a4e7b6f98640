/*
 * run.h -- a program at work: one machine per running line or script.
 *
 * The machine goes from operation to operation and can stop between any two. It waits while a
 * change is on its way to the disk, while an action (ping) takes its time, and for :delay; a long
 * list is read and printed in portions, between which packets go on. Whoever drives the router
 * calls run_step() each turn. Functions that call one another need none of our own stack.
 *
 *   run_new() -> run_step() ... RUN_RUNNING: has more to do at once
 *                               RUN_WAITING: go on next turn
 *                               RUN_ASKING:  run_question(), then run_answer() lets it go on
 *                               RUN_DONE:    see run_ok(), run_diag() -> run_free()
 *
 * Memory:  each command's in an arena that is emptied after it.
 * Threads: the router's.
 */
#ifndef LANG_RUN_H
#define LANG_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lang/items.h"
#include "lang/parse.h"
#include "lib/mono.h"

struct action_terminal;
struct conf;
struct conf_draft;
struct diag;
struct question;
struct run;
struct text;
struct variables;

#define RUN_MEMORY_BYTES (16u << 20) /* of a script's values, where the host does not say */

/* What print is to lay out. */
struct print_job {
	const struct call *call;
	const struct conf_state *state;
	const struct items *items; /* those that are meant; of a long list those of one page */
	size_t count;              /* of them so far, other pages too */
	bool first;                /* no page before this one had an item */
	const char *proplist;      /* names of properties, checked; NULL: not given */
	bool follows;              /* changes come below the list */
	const char *marks;         /* of each item: what has become of it; NULL: it is listed */
};

/* What kind of output it is, for who shows it. */
enum show {
	SHOW_PAGE,    /* to be read: a page at a time */
	SHOW_PICTURE, /* takes the place of the picture before it */
	SHOW_STREAM,  /* goes on below what was shown, until somebody stops it */
	SHOW_BYTES,   /* of an action that has the terminal to itself: as they are */
};

/* Who runs the program, and what it needs from them. */
struct run_host {
	struct conf *conf;
	/* What changes the configuration goes here and is answered at once, and it is read from
	 * here, too. NULL: each command is a transaction of its own. */
	struct conf_draft *draft;
	struct numbering *numbering;
	const char *who, *door;
	uint32_t *trial; /* that the changes are on (conf/trial.h), 0: on none; NULL: there can't
	                  * be one */
	void *arg;
	void (*out)(void *arg, const char *text, size_t len);
	/* The same with more said about it; NULL: to out(). */
	void (*show)(void *arg, enum show how, const char *text, size_t len);
	bool repaints; /* a picture does take the place of the one before it */
	/* What a person should be told besides; one line without its end. */
	void (*notice)(void *arg, const char *line);
	/* Would out() take another page now? NULL: always. */
	bool (*has_room)(void *arg);
	void (*print)(void *arg, const struct print_job *job, struct text *out);
	void (*go)(void *arg, const char *path);
	void (*quit)(void *arg);
	struct variables *globals; /* that scripts share; NULL: the program has its own */
	size_t memory_bytes;       /* for its values; 0: RUN_MEMORY_BYTES */
	uint64_t time_ns;          /* for all of it; 0: any */
	const char *job;           /* what :jobname says; NULL: nothing */
	/* Run @source by itself; its name into @ret_job. NULL: nobody does that here. */
	bool (*execute)(void *arg, const char *source, struct text *ret_job, struct diag *diag);
	/* What who may do (conf/policy.h), now: it is asked before each command. NULL:
	 * everything. */
	uint32_t (*policies)(void *arg);
	bool asks; /* somebody is there who can answer questions */
	/* Where they sit. NULL: at no terminal. */
	void (*terminal)(void *arg, struct action_terminal *ret_terminal);
};

enum run_state {
	RUN_RUNNING,
	RUN_WAITING,
	RUN_ASKING,
	RUN_DONE,
};

/* Takes @program over; @host is copied, what it points to must outlive the machine. */
struct run *run_new(const struct run_host *host, struct program *program);
/* Carry out up to @budget operations. */
enum run_state run_step(struct run *run, mono now, unsigned budget);
/* What is asked; good until it is answered. NULL: nothing is. */
const struct question *run_question(const struct run *run);
/* Answer it. False with @diag when that can't be the answer: it is asked again. */
MUST_USE bool run_answer(struct run *run, const char *text, struct diag *diag);
/* Does an action have the terminal to itself? Then it is given what is typed: how many bytes it has
 * taken; the rest is to be offered again. */
bool run_takes_keys(const struct run *run);
size_t run_keys(struct run *run, const char *bytes, size_t n);
/* Stop an action, and the program behind it. A change that is under way is still finished. */
void run_interrupt(struct run *run);
/* When it has something to do next that nobody else wakes us for; mono_never(): nothing. */
mono run_next(const struct run *run);
bool run_ok(const struct run *run);
bool run_interrupted(const struct run *run);
const struct diag *run_diag(const struct run *run);
/* " (/ip/route/add; line 3)": the command at which it has failed; nothing when none has. */
void run_failed_at(const struct run *run, struct text *out);
/* At any time: a change that is under way goes on without us. */
void run_free(struct run *run);

#endif
