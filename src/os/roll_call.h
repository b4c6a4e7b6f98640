/*
 * roll_call.h -- which descriptors of other processes are still open?
 *
 * A socket that is connected with nothing can't tell us when its last copy is closed, and a copy of
 * our own would keep it open. An epoll set knows its files without holding them: one that has been
 * closed everywhere is gone from the set. It is never waited for; who is in it is read in
 * /proc/self/fdinfo.
 *
 * Memory: none but the kernel's. A call reads about 70 bytes for each who is on the roll.
 * Errors: -errno. Threads: one at a time.
 */
#ifndef OS_ROLL_CALL_H
#define OS_ROLL_CALL_H

#include <stdint.h>

#include "lib/must.h"

struct roll_call {
	int epoll_fd;
	int place_fd; /* an epoll set knows a file by its descriptor's number, too: always this one
	               */
};

MUST_USE int roll_call_open(struct roll_call *roll);
void roll_call_close(struct roll_call *roll);
/* Put what @fd is on the roll, as @id; @fd may be closed afterwards. */
MUST_USE int roll_call_add(struct roll_call *roll, int fd, uint64_t id);
/* Take it off again; nothing happens when it was not on it. */
void roll_call_remove(struct roll_call *roll, int fd);
/* Call @here for each that is still open, in no order. */
MUST_USE int roll_call_take(const struct roll_call *roll, void (*here)(void *arg, uint64_t id),
                            void *arg);

#endif
