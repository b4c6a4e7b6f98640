/*
 * confine.h -- a process that answers messages, and can do nothing else even if it is taken over.
 *
 * Threads: before the process has a second one.
 */
#ifndef OS_CONFINE_H
#define OS_CONFINE_H

#include <stddef.h>

#include "lib/must.h"

/*
 * For good: nobody's user and no capabilities; no file, no process, no core dump that would show a
 * password; @memory bytes more than it has now; and but 19 system calls: receive and send on the @n
 * descriptors @fds, wait for them, take memory that holds no code, ask the time, complain on
 * standard error, exit. Any other call ends the process (SIGSYS). 0 or -errno.
 */
MUST_USE int confine_to_messages(const int *fds, size_t n, size_t memory);
/*
 * The same, and what a library that speaks over connections asks of them: their addresses, options
 * and errors, whether they wait; to close them, and to look past SIGPIPE. To connect does nothing,
 * and succeeds.
 */
MUST_USE int confine_to_connections(const int *fds, size_t n, size_t memory);

#endif
