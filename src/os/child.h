/*
 * child.h -- a process of our own for what must not live in the router's: this program again, told
 * by a hidden word what to be, with one socket and nothing else.
 *
 * It begins with empty memory: no secret of the router's is in it, whenever it is started. It ends
 * when the router does, for then its socket does.
 */
#ifndef OS_CHILD_H
#define OS_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

#include "lib/must.h"

#define CHILD_FD      3 /* the child's end of the socket */
#define CHILD_FD_MORE 4 /* and what else child_start_with() has given it */
#define CHILD_PROGRAM "/proc/self/exe"

struct child {
	pid_t pid; /* 0: none */
	int fd;    /* the router's end (SOCK_SEQPACKET), -1: closed */
};

/*
 * Run @program (CHILD_PROGRAM: this one) with the one argument @word, an empty environment,
 * /dev/null for input and output, our standard error, CHILD_FD, and no other descriptor; in a
 * session of its own, so that Ctrl-C is the router's alone to understand.
 */
MUST_USE int child_start(const char *program, const char *word, struct child *ret_child);
/* The same, and @more is its CHILD_FD_MORE; here it stays open, and the caller's. */
MUST_USE int child_start_with(const char *program, const char *word, int more,
                              struct child *ret_child);
/* Close its socket and kill it. */
void child_end(struct child *child);
/* After child_end(): true when it is gone for good (or there was none); @wait: only then return. */
bool child_reap(struct child *child, bool wait);

/* In the child: is CHILD_FD such a socket? Otherwise a person has typed the hidden word. */
bool child_is_one(void);

#endif
