/* stack_linux.h -- the kernel's calls, as scripts name them. */
#ifndef SCRIPT_STACK_LINUX_H
#define SCRIPT_STACK_LINUX_H

#include "script/stack.h"

/* Make @call on descriptor @socket. Returns what it returned, or -errno. */
int64_t linux_call(int socket, const struct call_pattern *call, struct call_io *io);

#endif
