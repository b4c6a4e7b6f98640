/*
 * run.h -- `towpath run -- PROGRAM`: an unmodified program whose sockets are the router's.
 *
 * It finds out first what would go wrong later in a way that nobody understands: no router, no
 * right to ask it, a program that the preload library is not loaded into. Then it becomes the
 * program, with the library (shim/) in $LD_PRELOAD.
 */
#ifndef MAIN_RUN_H
#define MAIN_RUN_H

#include <stdbool.h>

#include "lib/must.h"

struct text;

/* What stands behind "run" on the command line. Returns only if the program can't be run: what to
 * exit with. */
int run_main(char *argv[]);

/* --- run_check.c --- */
#define RUN_PATH_BYTES 2048
enum run_found {
	RUN_FOUND = 0,
	RUN_NOT_OURS = 126, /* is there, but can't be taken over */
	RUN_NOT_FOUND = 127,
};
/* Where @program is, by $PATH if it is only a name, and can the library be loaded into it? */
MUST_USE enum run_found run_find_program(const char *program, char path[static RUN_PATH_BYTES],
                                         struct text *why);
/* Does a router answer at @path, a console's socket, and may we ask it? */
MUST_USE bool run_ask_router(const char *path, struct text *why);

#endif
