/*
 * guard_process.h -- the guard's process, from the router's side: started, watched, started again.
 *
 * Who decides over passwords is svc/guard_serve.h; what it is told goes through
 * svc/guard_client.h. While there is no guard, everybody is told to wait.
 *
 * Memory: this struct. Threads: the router's, which never waits for the guard.
 */
#ifndef MAIN_GUARD_PROCESS_H
#define MAIN_GUARD_PROCESS_H

#include "lib/log.h"
#include "lib/mono.h"
#include "os/child.h"
#include "os/loop.h"
#include "svc/guard_client.h"

#define GUARD_PROCESS_WORD "guard-process" /* the hidden argument */

struct guard_process {
	struct guard_client client; /* its .guard is the door */
	struct loop *loop;
	struct log *log;
	const char *program;
	struct child child;
	struct loop_watch *watch; /* NULL: there is no guard just now */
	mono started, again;      /* when it was; when it may be */
	mono heard;               /* when it last answered or had nothing to */
	uint64_t pause_ms;        /* between two starts */
	bool spoke;
};

/* Start it. 0 or -errno, and nothing is left over. @program: CHILD_PROGRAM, or where towpathd is.
 */
MUST_USE int guard_process_start(struct guard_process *process, struct loop *loop, struct log *log,
                                 const char *program, mono now);
/* Answer those who are told to wait, start it anew if it has ended. */
void guard_process_turn(struct guard_process *process, mono now);
mono guard_process_next(const struct guard_process *process);
/* Also of zeroed memory. */
void guard_process_stop(struct guard_process *process);

/* The guard itself: it ends when its router has gone. Comes back only to whoever has no router,
 * with an exit status. */
int guard_process_run(void);

#endif
