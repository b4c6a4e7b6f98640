/*
 * exec.h -- the inside of a machine: how one command of a program is carried out.
 *
 *   exec_change: by a request to the configuration; the machine waits for the answer
 *   exec_read:   at once, from the published state
 *   exec_rows:   from there and from what is observed, in portions
 *   exec_file:   by reading or writing a file of the router's
 *   exec_import: by running one
 *   exec_action: over turns
 *   exec_ask:    when a person has answered
 *
 * Each takes its computed arguments off the stack and pushes its value. False means that it has
 * failed and run->diag says why.
 */
#ifndef LANG_EXEC_H
#define LANG_EXEC_H

#include "conf/diag.h"
#include "conf/file.h"
#include "lang/run.h"
#include "lang/value.h"
#include "lib/text.h"

struct action;
struct asking;
struct question;
struct reading;
struct request;

/* A file that is being run. */
struct import {
	struct conf_draft *draft; /* begun for it; NULL: its commands act as those around it */
	unsigned from_line;       /* 0: all of it */
	unsigned errors;          /* of a dry run, which goes on behind them */
	bool dry_run, partial, verbose;
};

struct run {
	struct run_host host;
	struct program program;
	size_t at;           /* the operation to come */
	struct value *stack; /* values that wait for the command around them */
	size_t depth, stack_size;
	struct arena arena; /* of the command at the outside; emptied when the stack is */
	struct diag diag;
	bool failed, interrupted, finished;

	/* A change on its way. */
	const struct call *call;
	struct request **requests; /* of one transaction: this command's, and those behind it */
	size_t nrequests;
	size_t first_at;    /* the operation behind the first of them */
	size_t alone_until; /* operations before it get transactions of their own */
	struct text notice;
	bool changing, orphan;

	/* A file that is read or written, and the machine that runs what was read. */
	char file[FILE_NAME_BYTES];
	struct run *inner;
	struct import import;
	unsigned imports; /* how many machines are around this one */
	bool verbose;     /* say each command before it is carried out */

	/* A list that is read in portions. */
	struct reading *reading;
	bool stuck; /* nobody takes its pages, or it waits for its time */
	mono now;
	mono due; /* when what waits for its time goes on; as long as something does */

	/* An action at work. */
	const struct action *action;
	void *action_state;
	struct text out;

	/* A question that waits for its answer. */
	struct asking *asking;
};

/* What a command works with. */
struct exec {
	struct run *run;
	const struct call *call;
	const struct menu *menu;
	bool wanted;
	size_t computed; /* where on the stack its next computed argument lies */
};

/* Carry out @call, whose arguments are all there or will be complained about. */
void run_call(struct run *run, const struct call *call, bool wanted);

/* Stop the machine; run->diag is filled. Always false. */
bool exec_fail(struct run *run);
/* In a script, an error without a place of its own gets that of its argument or command. */
void exec_locate(const struct run *run, const struct call *call, struct diag *diag);
void exec_push(struct run *run, struct value value);
/* What the machine reads: what is published, or its draft; and the end of that. */
const struct conf_state *exec_hold(struct run *run);
void exec_release(struct run *run, const struct conf_state *state);
/* Hand on what was written to run->out. */
void exec_flush(struct run *run);
/* The same for output that is more than lines that come by. */
void exec_show(struct run *run, enum show how);
/* Tell the person each line of @text. */
void exec_notice(struct run *run, const char *text);

/* The value of @arg: as typed, or what the command in brackets has yielded. */
struct value exec_value(struct exec *exec, const struct arg *arg);
/* The items that @value means, appended to @list. */
bool exec_items(struct exec *exec, const struct arg *arg, const struct value *value,
                struct id_list *list);
/* Exactly one item, for place-before and its like. */
bool exec_item(struct exec *exec, const struct arg *arg, const struct value *value,
               uint32_t *ret_id);
/* Whether items were named, where the command needs them. */
bool exec_need_items(struct exec *exec);
/* Fail, because @arg names the property @name, which is not there. */
bool exec_unknown_property(struct exec *exec, const struct arg *arg, const char *name);

bool exec_change(struct exec *exec);
bool exec_read(struct exec *exec);
bool exec_read_put(struct exec *exec);
bool exec_rows(struct exec *exec);
void exec_rows_turn(struct run *run);
void exec_rows_stop(struct run *run);
bool exec_import(struct exec *exec);
void exec_import_turn(struct run *run, mono now, unsigned budget);
/* Say what is about to be carried out, if that is wanted. */
void exec_import_echo(struct run *run, const struct call *call);
/* The file that argument @argument names, to run->file. */
bool exec_file_name(struct exec *exec, const char *argument);
/* The disk has answered; true when the machine is still wanted and may go on. */
bool exec_file_came_back(struct run *run, int error);
/* Write run->out to run->file. */
bool exec_file_export(struct run *run);
bool exec_export(struct exec *exec);
/* The same for print: into run->file, behind what it holds if @append. */
void exec_file_print(struct run *run, bool append);
/* The text is longer than a file may be: false. */
bool exec_file_too_long(struct run *run);
bool exec_action(struct exec *exec);
void exec_action_turn(struct run *run, mono now);
void exec_action_stop(struct run *run);
/* Does the command lack an argument that somebody can be asked for? Then they are. */
bool exec_ask_missing(struct run *run, const struct op *op);
/* The questions of an action that has been started. */
bool exec_ask_begin(struct exec *exec, void *state);
bool exec_ask_answer(struct run *run, const char *text, struct diag *diag);
const struct question *exec_ask_question(const struct run *run);
void exec_ask_stop(struct run *run);

#endif
