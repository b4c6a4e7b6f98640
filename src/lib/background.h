/*
 * background.h -- work that may block, kept off the packets' thread.
 *
 * A flush to disk takes 10 ms now and then; packets can't wait for that. A job's work() runs
 * elsewhere (os: a thread of its own; sim: inside the next turn, at a time of the seed's choosing)
 * and done() runs back on the router's own thread. Jobs run one at a time, in order.
 *
 * Memory: the job belongs to the caller, who keeps it until done() has been called.
 */
#ifndef LIB_BACKGROUND_H
#define LIB_BACKGROUND_H

struct background_job {
	void (*work)(struct background_job *job); /* elsewhere: touches only the job */
	void (*done)(struct background_job *job); /* on the router's thread */
	struct background_job *next;              /* belongs to the queue */
};

struct background {
	void (*submit)(struct background *background, struct background_job *job);
};

static inline void background_submit(struct background *background, struct background_job *job)
{
	background->submit(background, job);
}

#endif
