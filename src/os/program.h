/*
 * program.h -- run another program to its end. There is no shell in between.
 */
#ifndef OS_PROGRAM_H
#define OS_PROGRAM_H

#include "lib/must.h"

struct text;

/*
 * Run @argv[0], looked for in the system's program directories whatever $PATH says, with @input on
 * its standard input and an empty environment but for $PATH. What it complains of (standard error)
 * is added to @complaint. Waits for its end.
 *
 * Returns its exit status (128 + signal when it was killed), or -ENOENT when there is no such
 * program, or another -errno.
 */
MUST_USE int program_run(const char *const argv[], const char *input, struct text *complaint);

#endif
