/*
 * exec.h -- the inside of a machine: how one command of a program is carried out.
 *
 *   exec_change: by a request to the configuration; the machine waits for the answer
 *   exec_read:   at once, from the published state
 *   exec_rows:   from there and from what is observed, in portions
 *   exec_file:   by reading or writing a file of the router's
 *   exec_import: by running one
 *   exec_action: over turns
 *   exec_keys:   the same, with the terminal to itself
 *   exec_script: variables, jumps, operators: the language's own operations
 *   act:         its statements that act
 *   exec_ask:    when a person has answered
 *   exec_edit:   when a person has edited
 *
 * Each takes its computed arguments off the stack and pushes its value. False means that it has
 * failed and run->diag says why.
 */
#ifndef LANG_EXEC_H
#define LANG_EXEC_H

#include "conf/action.h"
#include "conf/diag.h"
#include "conf/file.h"
#include "lang/run.h"
#include "lang/value.h"
#include "lang/variables.h"
#include "lib/text.h"

struct monitor;
struct asking;
struct question;
struct reading;
struct request;

/* A function that is being called; the text as a whole is the outermost one. */
struct frame {
	struct frame *caller;
	struct variable *slots;
	unsigned nslots, level; /* level 0: the text as a whole */
	size_t base;            /* its part of the stack begins here */
	size_t ntries;          /* so many tries are around it */
	/* Where the caller goes on, and what it works with: */
	const struct program *code;
	size_t at;
	struct arena arena;
};

/* An error goes on here. */
struct handler {
	struct frame *frame;
	size_t at, depth;
};

/* A function that was not written in the program: compiled when it was first called. */
struct compiled {
	struct program program;
	struct compiled *next;
};

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
	const struct program *code; /* the function that runs, or the program */
	size_t at;                  /* the operation to come */
	struct value *stack;        /* values that wait for the command around them */
	size_t depth, stack_size;
	struct frame *frame;
	struct handler *tries;
	size_t ntries, tries_size;
	struct arena arena; /* of the command at the outside; emptied when the frame's stack is */
	struct diag diag;
	unsigned failed_line;           /* 0: it has not failed, or nobody knows where */
	const struct call *failed_call; /* NULL: none, but a command of the language */
	bool failed, interrupted, finished;
	bool limited; /* failed by a limit: nobody catches that */

	struct variables *own; /* globals of a host that has none */
	struct compiled *compiled;
	size_t slot_bytes;  /* of all local variables */
	size_t frame_bytes; /* of the arenas that wait for a function to return */
	size_t code_bytes;  /* of `compiled` */
	mono began, wake;
	bool begun, sleeping;

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
	enum run_state inner_state;
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
	const struct call *action_call;
	void *action_state;
	struct action_terminal terminal; /* as the action knows it */
	struct monitor *monitor;         /* NULL: it has none */
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
	size_t computed; /* where on the stack its computed arguments begin */
};

/* --- call_line.c --- */

bool call_has_secret(const struct call *call);
/* "/user/add name=joe password=*****", for the history. */
const char *call_line(const struct call *call, struct arena *arena);

/* Carry out @call, whose arguments are all there or will be complained about. */
void run_call(struct run *run, const struct call *call, bool wanted);

/* What the changes of whoever runs @run are on trial with; 0: with none. */
uint32_t exec_trial(const struct run *run);
/* Stop the machine; run->diag is filled. Always false. */
bool exec_fail(struct run *run);
/* Stop it where nobody catches the error: a limit. Always false. */
bool exec_fail_limit(struct run *run);
/* Give back what values have taken, if none is left. */
void exec_settle(struct run *run);
/* In a script, an error without a place of its own gets that of its argument or command. */
void exec_locate(struct run *run, const struct call *call, struct diag *diag);
void exec_locate_op(struct run *run, const struct op *op, struct diag *diag);
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

/* The value of @arg: as typed, or what was computed. */
struct value exec_value(struct exec *exec, const struct arg *arg);
/* The same as a property takes it: lists with commas, yes and no. NULL: it has none. */
const char *exec_text(struct exec *exec, const struct arg *arg);
/* The values that the call's where compares with. */
const struct value *exec_where(const struct exec *exec);
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
bool exec_rows(struct exec *exec);
void exec_rows_turn(struct run *run);
void exec_rows_stop(struct run *run);
/* An operation of the language. */
bool exec_script(struct run *run, const struct op *op);
/* The end of a function: back to its caller, with @value. */
void exec_script_return(struct run *run, struct value value);
/* What has failed goes on where it is caught; false: nowhere. */
bool exec_script_catch(struct run *run);
/* Out of all functions and tries, to the text as a whole. */
void exec_script_unwind(struct run *run);
void exec_script_free(struct run *run);
/* Stops the machine when its values take more than they may. */
void exec_script_check(struct run *run);
/* @source as a function, compiled; NULL: run->diag says why not. */
const struct program *exec_script_compile(struct run *run, const char *source);
bool exec_import(struct exec *exec);
/* Import run->file, all or nothing. */
void exec_import_file(struct run *run);
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
/* The action of @call is a change of the configuration: @args are its own. */
bool exec_action_change(struct run *run, const struct call *call, const void *args);
void exec_action_turn(struct run *run, mono now);
void exec_action_stop(struct run *run);
/* Has @action what it needs to have the terminal to itself, or doesn't it want that? */
bool exec_keys_allowed(struct run *run, const struct action *action);
/* It begins: it is told where. */
void exec_keys_begin(struct run *run);
/* False: there is no room for what its turn would say. */
bool exec_keys_turn(struct run *run);
/* What the turn has said goes out; if that was something, there may be more at once. */
void exec_keys_flush(struct run *run);
/* Monitors are actions, too; run->action and run->action_state are set when one begins. */
bool exec_monitor_interval(struct exec *exec, const char *text, uint64_t *ret_ms);
bool exec_monitor_begin(struct exec *exec, uint64_t interval_ms);
void exec_monitor_turn(struct run *run);
void exec_monitor_stop(struct run *run);
/* Does the command lack an argument that somebody can be asked for? Then they are. */
bool exec_ask_missing(struct run *run, const struct op *op);
/* The questions of an action that has been started. */
bool exec_ask_begin(struct exec *exec, void *state);
bool exec_ask_answer(struct run *run, const char *text, struct diag *diag);
const struct question *exec_ask_question(const struct run *run);
void exec_ask_stop(struct run *run);
bool exec_edit(struct exec *exec);

#endif
