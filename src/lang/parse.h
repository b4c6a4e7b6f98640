/*
 * parse.h -- console text to a program.
 *
 *   [prefix] [path] command [items] [name=value ...]
 *
 * A line becomes a flat list of operations on a stack of values, so that whoever runs it can stop
 * between any two of them and go on later. Words are resolved here against the menus; items,
 * references and the values of fields only when the program runs.
 *
 * Memory: all of a program lies in one arena; program_free() gives it back.
 */
#ifndef LANG_PARSE_H
#define LANG_PARSE_H

#include <stdbool.h>
#include <stddef.h>

#include "lang/grammar.h"
#include "lib/arena.h"

struct diag;
struct expr;

#define LINE_BYTES_MAX   65536u     /* one typed line */
#define SCRIPT_BYTES_MAX (8u << 20) /* a script as a whole */

struct arg {
	struct param param;
	const char *value; /* NULL: unset, or computed */
	bool computed;     /* the value is on the stack, in the order of the arguments */
	struct spot spot, value_spot;
	struct arg *next;
};

/* One command with its arguments. */
struct call {
	struct command command;
	struct arg *args;
	size_t ncomputed;
	struct expr *where;
	unsigned options; /* enum option */
	struct spot spot; /* of the command's word */
	const char *text; /* as typed */
};

enum op_code {
	OP_CALL, /* take its computed arguments, carry it out, push its value */
	OP_DROP, /* take a value that nobody wants */
	OP_GO,   /* move the session to `path` */
};

struct op {
	enum op_code code;
	struct call *call;
	const char *path;
	bool wanted; /* OP_CALL: its value is asked for, so nothing is shown */
};

struct program {
	struct arena arena;
	struct op *ops;
	size_t nops, size;
	bool several_lines;
};

/*
 * Compile @text, typed at the menu @path. On failure @diag has the position; either
 * way @program is given back with program_free(). @expect (may be NULL) learns what could stand at
 * the end of @text, whether or not it can be compiled so far; what it points to lives as long as
 * @program.
 */
bool parse_program(const struct menu *const *menus, const char *path, const char *text, size_t len,
                   struct program *program, struct expect *expect, struct diag *diag);
/* The same for a text to be read by @lex, from its beginning: with marks. */
bool parse_marked(const struct menu *const *menus, const char *path, struct lex lex,
                  struct program *program, struct expect *expect, struct diag *diag);
void program_free(struct program *program);

/* Whether @text is well-formed; for fuzzing and dry runs. */
bool parse_check(const struct menu *const *menus, const char *text, size_t len, struct diag *diag);

/* The argument called @name, or NULL. */
const struct arg *call_arg(const struct call *call, const char *name);

#endif
