/*
 * jobs.h -- programs at work without a person at their keyboard: scripts that a schedule, another
 * script or a person has started.
 *
 * Each is a machine of its own (lang/run.h) that is given a few operations a turn, whatever it
 * does, so that packets and people do not wait for it. What a job prints and how it ends goes to
 * the log (topic script), unless somebody attends: whoever has called run waits for its end and
 * takes its output.
 *
 * A job may do what its owner may at that moment, less what its script is denied.
 *
 * A job that takes too much is stopped and told why: more memory than a machine gives its values,
 * or JOB_BUSY_S of work without ever waiting for anything.
 *
 * Memory:  a job's own, until it has ended and, if attended, was collected.
 * Threads: the router's.
 */
#ifndef MANAGE_JOBS_H
#define MANAGE_JOBS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "conf/diag.h"
#include "lang/items.h"
#include "lib/mono.h"
#include "lib/must.h"
#include "lib/text.h"
#include "manage/scripts.h"

#define JOBS_MOST       32
#define JOB_BUSY_S      3600
#define JOB_OUT_BYTES   65536 /* an attended job waits while nobody takes so much of it */
#define JOB_LINES_MOST  100   /* that one job logs within JOB_LINES_S */
#define JOB_LINES_S     10
#define JOB_NAME_BYTES  SCRIPT_NAME_BYTES
#define JOB_OWNER_BYTES SCRIPT_OWNER_BYTES

struct jobs;
struct manage;
struct run;

enum job_kind {
	JOB_SCRIPT,    /* of /system/script, run by a command */
	JOB_SCHEDULER, /* of /system/scheduler */
	JOB_EXECUTE,   /* a piece of a script that goes its own way */
};

struct job {
	uint32_t id; /* *1A in /system/script/job; never used again */
	enum job_kind kind;
	uint32_t row;                                      /* that it was started from, or 0 */
	char name[JOB_NAME_BYTES], owner[JOB_OWNER_BYTES]; /* name "" of what has none */
	uint32_t without;                                  /* as in its plan */
	wall started;

	struct jobs *jobs;
	struct run *run; /* NULL: it has ended */
	struct numbering numbering;
	bool waits;             /* nothing to do before something happens */
	mono busy_since;        /* it has not waited since */
	bool stopped, attended; /* stopped: on somebody's wish */
	struct diag diag;       /* why it failed */
	struct text out;        /* attended: what nobody has taken yet; else a line under way */
	unsigned lines;         /* logged since lines_since */
	mono lines_since;
};

/* What is to be started; copied. */
struct job_plan {
	enum job_kind kind;
	uint32_t row;
	const char *name, *owner, *source;
	uint32_t without; /* policies that its owner has, and it has not (conf/policy.h) */
	bool attended;
};

MUST_USE struct jobs *jobs_new(struct manage *manage);
void jobs_free(struct jobs *jobs);

/* The job, or NULL with @diag when it can't be compiled or too many are at work. */
MUST_USE struct job *jobs_start(struct jobs *jobs, const struct job_plan *plan, struct diag *diag);
/*
 * For :execute: @source goes its own way, in the name of @owner; its id, as in *1A, to @ret_job.
 * False with @diag as above.
 */
MUST_USE bool jobs_execute(struct jobs *jobs, const char *owner, const char *source,
                           struct text *ret_job, struct diag *diag);
/* The @i-th of those that are at work; NULL: no more. */
struct job *jobs_at(const struct jobs *jobs, size_t i);
/* NULL: it is not at work (any more). */
struct job *jobs_find(const struct jobs *jobs, uint32_t id);
/* Is there one that was started from row @row? */
bool jobs_of_row(const struct jobs *jobs, uint32_t row);
/* It ends in the turn to come. */
void job_stop(struct job *job);
/*
 * What an attended @job has printed so far, appended to @out. True when it has ended: then it is
 * gone, and @diag (if it is failed) says why.
 */
MUST_USE bool job_collect(struct job *job, struct text *out, struct diag *diag);
/* Nobody attends @job any more; it is stopped and tells nobody. */
void job_abandon(struct job *job);

/* Let them go on. True: there is more to do at once. */
bool jobs_turn(struct jobs *jobs, mono now);
mono jobs_next(const struct jobs *jobs);

#endif
