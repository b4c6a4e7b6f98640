/*
 * parse.h -- console text to a program.
 *
 *   [prefix] [path] command [items] [name=value ...]
 *
 * A line becomes a flat list of operations on a stack of values, so that whoever runs it can stop
 * between any two of them and go on later. Words are resolved here against the menus; items,
 * references and the values of fields only when the program runs.
 *
 * The memory of a program: program.h.
 */
#ifndef LANG_PARSE_H
#define LANG_PARSE_H

#include <stdbool.h>
#include <stddef.h>

#include "lang/program.h"

struct diag;

#define LINE_BYTES_MAX   65536u     /* one typed line */
#define SCRIPT_BYTES_MAX (8u << 20) /* a script as a whole */

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
/*
 * The same for the source of a function: what it names and nobody declares is an argument of it.
 * It runs at the root.
 */
bool parse_function(const struct menu *const *menus, const char *text, size_t len,
                    struct program *program, struct diag *diag);

/* Whether @text is well-formed; for fuzzing and dry runs. */
bool parse_check(const struct menu *const *menus, const char *text, size_t len, struct diag *diag);

#endif
