/*
 * shim_door.h -- a listening AF_UNIX socket that has no name: only who holds its path descriptor
 * can connect to it.
 *
 * It is made under a name, which is taken away again at once; /proc/self/fd leads to it. So nothing
 * lies about in the file system, whatever happens, and it is reached from every network namespace.
 *
 * Errors: -errno. Threads: one at a time.
 */
#ifndef OS_SHIM_DOOR_H
#define OS_SHIM_DOOR_H

#include "lib/must.h"

struct shim_door {
	int fd;      /* listens, does not block */
	int path_fd; /* leads to it */
};

/* @near is a path in a directory that may be written to; SOCK_STREAM or SOCK_SEQPACKET. */
MUST_USE int shim_door_open(struct shim_door *door, const char *near, int type);
void shim_door_close(struct shim_door *door);
/* Have @fd, a fresh AF_UNIX socket of somebody's, listen without a name; @ret_path_fd leads there
 * and is the caller's. */
MUST_USE int shim_door_listen(int fd, const char *near, int backlog, int *ret_path_fd);
/* Connect @fd to where @path_fd leads. */
MUST_USE int shim_door_connect(int fd, int path_fd);
/* Connect @fd, a fresh AF_UNIX socket of the door's type, with this process: @ret_end is our end,
 * which does not block. */
MUST_USE int shim_door_pair(const struct shim_door *door, int fd, int *ret_end);

#endif
