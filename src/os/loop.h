/*
 * loop.h -- wait for descriptors, signals and a point in time, and call back.
 *
 * The loop knows no router: towpathd joins it to ports, the console's socket and the store's
 * thread. A callback may add, change and remove watches, its own included.
 *
 * Memory:  a record for each watch.
 * Threads: one.
 */
#ifndef OS_LOOP_H
#define OS_LOOP_H

#include "lib/clock.h"
#include "lib/must.h"

struct loop;
struct loop_watch;

enum loop_event {
	LOOP_READ = 1 << 0,  /* there is something to read, or the other end has gone */
	LOOP_WRITE = 1 << 1, /* writing would not wait */
};

/* @events: LOOP_READ and LOOP_WRITE. An error or hang-up shows as what was asked for. */
typedef void loop_callback(void *arg, unsigned events);
typedef void loop_signal_callback(void *arg, int signal);

MUST_USE int loop_new(struct clock *clock, struct loop **ret_loop);
/* All watches go with it; the descriptors stay open. The signal mask is as it was before. */
void loop_free(struct loop *loop);

/* Watch @fd, which stays the caller's, for @interest (enum loop_event; 0: for nothing now). */
MUST_USE int loop_add(struct loop *loop, int fd, loop_callback *call, void *arg,
                      struct loop_watch **ret_watch);
MUST_USE int loop_interest(struct loop_watch *watch, unsigned interest);
/* Before the descriptor is closed. No callback comes afterwards, even one that is due. */
void loop_remove(struct loop_watch *watch);

/* Have SIGTERM, SIGINT and SIGHUP delivered to @call from loop_wait(). Once for each loop, and
 * before other threads are started: they inherit the mask. */
MUST_USE int loop_signals(struct loop *loop, loop_signal_callback *call, void *arg);

/*
 * One pass: wait until something happens, but not beyond @until (a time that has passed: do not
 * wait; mono_never(): for ever), then call back. Returns how many callbacks were called, 0 when
 * the time has come (or a signal outside the three has interrupted), or -errno.
 */
MUST_USE int loop_wait(struct loop *loop, mono until);

#endif
