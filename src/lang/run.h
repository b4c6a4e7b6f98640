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

struct conf;
struct diag;
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
};

/* Who runs the program, and what it needs from them. */
struct run_host {
	struct conf *conf;
	struct numbering *numbering;
	const char *who, *door;
	void *arg;
	void (*out)(void *arg, const char *text, size_t len);
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
};

enum run_state {
	RUN_RUNNING,
	RUN_WAITING,
	RUN_DONE,
};

/* Takes @program over; @host is copied, what it points to must outlive the machine. */
struct run *run_new(const struct run_host *host, struct program *program);
/* Carry out up to @budget operations. */
enum run_state run_step(struct run *run, mono now, unsigned budget);
/* Stop an action, and the program behind it. A change that is under way is still finished. */
void run_interrupt(struct run *run);
bool run_ok(const struct run *run);
bool run_interrupted(const struct run *run);
const struct diag *run_diag(const struct run *run);
/* At any time: a change that is under way goes on without us. */
void run_free(struct run *run);

#endif
