/*
 * statement.h -- the commands of the language itself: what they are called, what they take, and how
 * they become operations.
 *
 *   statement.c       their arguments, for builtins and the calls of functions, too
 *   statement_flow.c  :if, loops, :do, errors
 *   statement_data.c  variables, and what acts: :put, :delay, :log ...
 *
 * Arguments are compiled in the order of the text, cut out, and pasted by the statement where they
 * run. Each statement leaves one value.
 */
#ifndef LANG_STATEMENT_H
#define LANG_STATEMENT_H

#include "lang/code.h"
#include "lang/grammar.h"

struct parser;
struct statement_call;

enum statement_form {
	FORM_VALUE,
	FORM_NAME,   /* of a variable, which is declared by it in a loop or handler */
	FORM_NAMES,  /* key,value */
	FORM_TARGET, /* of :set: a variable, or ($variable->key) */
	FORM_BLOCK,  /* { commands } that run here */
	FORM_CODE,   /* { commands } as a function, or a text */
};

struct statement_param {
	struct param param;
	enum statement_form form;
	bool required;
};

struct statement {
	const char *name, *help;
	const struct statement_param *params;
	size_t nparams;
	bool (*emit)(struct parser *p, struct statement_call *call);
	op_act *act; /* what emit = statement_emit_act has done with the arguments, in order */
	bool scoped; /* it has slots for a loop, and names of its own */
	bool loops;  /* break and continue in its do= are for it */
	bool yields; /* emit has left a value; else it is nil */
};

struct statement_given {
	bool given;
	struct code_piece code;
	struct spot spot;
	const char *name; /* FORM_NAME, FORM_TARGET */
};

#define STATEMENT_PARAMS 6

struct statement_call {
	const struct statement *statement;
	struct statement_given given[STATEMENT_PARAMS];
	struct spot spot;
	unsigned loop, slots; /* of scoped ones: the first of LOOP_SLOTS */
	bool key;             /* FORM_NAMES: there are two */
	unsigned nkeys;       /* FORM_TARGET: of the element; their code is given */
};

extern const struct statement statements_all[];
extern const size_t statements_n;

/* What follows the word of @command, a statement or builtin. */
bool statement_parse(struct parser *p, const struct command *command, const struct word *word);
/* $function arguments */
bool statement_invoke(struct parser *p);

/* Paste the code of argument @i. */
void statement_paste(struct parser *p, struct statement_call *call, size_t i);
/* All arguments in their order (nil: not given), then the statement's act. */
bool statement_emit_act(struct parser *p, struct statement_call *call);

/* The params of each, and its emit: statement_flow.c, statement_data.c. */
bool statement_emit_if(struct parser *p, struct statement_call *call);
bool statement_emit_for(struct parser *p, struct statement_call *call);
bool statement_emit_foreach(struct parser *p, struct statement_call *call);
bool statement_emit_while(struct parser *p, struct statement_call *call);
bool statement_emit_do(struct parser *p, struct statement_call *call);
bool statement_emit_onerror(struct parser *p, struct statement_call *call);
bool statement_emit_retry(struct parser *p, struct statement_call *call);
bool statement_emit_return(struct parser *p, struct statement_call *call);
bool statement_emit_break(struct parser *p, struct statement_call *call);
bool statement_emit_continue(struct parser *p, struct statement_call *call);
bool statement_emit_time(struct parser *p, struct statement_call *call);
bool statement_emit_local(struct parser *p, struct statement_call *call);
bool statement_emit_global(struct parser *p, struct statement_call *call);
bool statement_emit_set(struct parser *p, struct statement_call *call);

#endif
