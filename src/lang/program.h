/*
 * program.h -- a text of the console, compiled.
 *
 * A flat list of operations on a stack of values: whoever runs it can stop between any two of them
 * and go on later. Each statement leaves one value behind, which is dropped. Jumps are relative, so
 * that a piece of code can be compiled first and put into its place afterwards. Local variables
 * have been given slots; what a function's body calls $1 or $name is a slot that the caller fills.
 *
 * Memory: all of a program lies in one arena, its functions' code too; program_free() gives it
 * back.
 */
#ifndef LANG_PROGRAM_H
#define LANG_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lang/grammar.h"
#include "lang/operator.h"
#include "lang/value.h"
#include "lib/arena.h"

struct builtin;
struct expr;
struct op;
struct run;

struct arg {
	struct param param;
	const char *value; /* NULL: unset, or computed */
	bool computed;     /* the value is on the stack */
	size_t nth;        /* of the computed ones, from 0 */
	struct spot spot, value_spot;
	struct arg *next;
};

/* One command with its arguments. */
struct call {
	struct command command;
	struct arg *args;
	size_t ncomputed; /* values on the stack: of arguments, then of where */
	size_t nwhere;    /* of them, those that where compares with */
	struct expr *where;
	unsigned options; /* enum option */
	struct spot spot; /* of the command's word */
	const char *text; /* as typed */
	struct call *next;
};

enum op_code {
	OP_CALL,         /* take its computed arguments, carry it out, push its value */
	OP_DROP,         /* take a value that nobody wants */
	OP_GO,           /* move the session to `text` */
	OP_PUSH,         /* push `value` */
	OP_LOAD,         /* push what `slot` holds */
	OP_STORE,        /* take a value into `slot` */
	OP_LOAD_GLOBAL,  /* push the global variable `text` */
	OP_STORE_GLOBAL, /* take a value into it */
	OP_OPERATE,      /* take `count` operands, push what `operator` makes of them */
	OP_JOIN,         /* take `count` values, push their texts as one */
	OP_ARRAY,        /* take `count` pairs of key and value, push an array */
	OP_JUMP,         /* leave `count` tries, go on at `jump` from here */
	OP_UNLESS,       /* take a value, jump when it is false */
	OP_BOTH,         /* jump when the topmost value is false, and keep it */
	OP_EITHER,       /* jump when it is true, and keep it */
	OP_BREAK,        /* (while compiling: out of the loop `slot`) */
	OP_CONTINUE,     /* (likewise: to its next round) */
	OP_EACH,         /* the next element of the array in `slot`, or jump */
	OP_COUNT,        /* the next number of :for, or jump */
	OP_TRY,          /* an error from here on jumps, its message pushed */
	OP_TRIED,        /* until here */
	OP_INVOKE,       /* take a function and `count` pairs of arguments, call it */
	OP_RETURN,       /* take a value, go back to the caller with it */
	OP_BUILTIN,      /* take `count` values, push what `builtin` makes of them */
	OP_ACT,          /* take `count` values, do `act`, push its value */
};

/* The slots of a loop, side by side. EACH: array, index, key, value. COUNT: next, last, step,
 * shown. */
#define LOOP_SLOTS 4

typedef bool op_act(struct run *run, const struct op *op);

struct op {
	enum op_code code;
	bool wanted; /* OP_CALL: its value is asked for, so nothing is shown */
	enum operator operator;
	unsigned line, column;
	unsigned count, slot;
	int jump;
	union {
		struct call *call;
		const char *text;
		const struct value *value;
		const struct builtin *builtin;
		op_act *act;
	};
	uint64_t given; /* OP_BUILTIN: bit i: argument i was given. Acts: what they like */
};

/* A variable that the caller of a function fills. */
struct program_arg {
	const char *name;
	unsigned slot;
	struct program_arg *next;
};

struct program {
	struct arena arena;
	struct op *ops;
	size_t nops, size;
	unsigned nslots;
	struct program_arg *args;
	struct call *calls;
	bool several_lines;

	/* Functions: those that are written in a program are compiled with it. */
	const char *source;
	struct program *functions; /* of a program as a whole; of a function: NULL */
	struct program *next;
};

void program_free(struct program *program);
/* The function with this @source in @program, or NULL. */
const struct program *program_function(const struct program *program, const char *source);

/* The argument called @name, or NULL. */
const struct arg *call_arg(const struct call *call, const char *name);

#endif
