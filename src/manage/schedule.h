/*
 * schedule.h -- what is to run by itself, and when.
 *
 * An event is due at a time of the wall clock and every so often from then on, or some seconds
 * after the router has started. Times that have passed while the router was off, or over which the
 * wall clock has jumped, are not made up for; an event that is late runs once. What the menu
 * /system/scheduler publishes is kept here; runs are counted from the router's start on.
 *
 * Memory:  the schedule's own.
 * Threads: the router's.
 */
#ifndef MANAGE_SCHEDULE_H
#define MANAGE_SCHEDULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/mono.h"
#include "lib/must.h"
#include "manage/scripts.h"

struct manage;
struct schedule;

#define SCHEDULE_STARTUP_S 3 /* after the start */

struct event {
	uint32_t id; /* of its row */
	char name[SCRIPT_NAME_BYTES], owner[SCRIPT_OWNER_BYTES];
	char *what;       /* the name of a script, or a script itself */
	uint32_t without; /* policies that it does not have (conf/policy.h) */
	bool disabled, at_startup;
	int64_t start_s;      /* since 1970, UTC; unless at_startup */
	uint64_t interval_ms; /* 0: once */

	uint64_t run_count;
	bool planned, comes;
	bool held_up;  /* it has been said that it still runs since the last time */
	mono due;      /* at_startup */
	wall due_wall; /* otherwise */
};

struct events {
	size_t n;
	struct event at[];
};

/* Room for @n, all zeroes, to be filled; `what` from lib/mem.h. */
MUST_USE struct events *events_new(size_t n);
void events_free(struct events *events);

MUST_USE struct schedule *schedule_new(struct manage *manage);
void schedule_free(struct schedule *schedule);
/* @events take the place of those so far; what stays the same keeps its counts and its turn. */
void schedule_replace(struct schedule *schedule, struct events *events);
const struct event *schedule_find(const struct schedule *schedule, uint32_t id);
/* When row @id runs next, by the clock at @now; false: never. */
bool schedule_next_run(const struct schedule *schedule, uint32_t id, wall *ret_wall);

/* Start what is due; manage->now and ->wall are those of the turn. */
void schedule_turn(struct schedule *schedule);
mono schedule_next(const struct schedule *schedule);

#endif
