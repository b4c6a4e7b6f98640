/*
 * background.h -- lib's struct background as one thread, and an eventfd that the loop watches.
 *
 * The thread ("tw-store" in ps and top) takes no signals. Jobs run in the order of submission.
 *
 * Memory:  one small record.
 * Threads: all calls come from the router's thread; only work() runs elsewhere.
 */
#ifndef OS_BACKGROUND_H
#define OS_BACKGROUND_H

#include "lib/background.h"
#include "lib/must.h"

/* 0 and @ret_background, or -errno when there can be no further thread or descriptor. */
MUST_USE int background_start(struct background **ret_background);
/* Readable when jobs have come back: then call background_collect(). */
int background_fd(const struct background *background);
/* Run done() of every job whose work is over; a done() may submit again. */
void background_collect(struct background *background);
/* Finish all that was submitted, done() included (also what a done() submits), and end. */
void background_stop(struct background *background);

#endif
