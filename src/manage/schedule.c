#include "manage/schedule.h"

#include <stdlib.h>
#include <string.h>

#include "lib/mem.h"
#include "manage/jobs.h"
#include "manage/manage.h"

/* The wall clock is looked at so often, should it jump while nothing else happens. */
#define LOOK_S 10
/* A clock that was put right by less than this has not jumped. */
#define JUMP_NS ((int64_t)NS_PER_S)

struct schedule {
	struct manage *manage;
	struct events *events;
	bool started;
	mono started_at;
	mono last;      /* the turn before */
	wall last_wall; /* the wall clock then */
};

struct events *events_new(size_t n)
{
	struct events *events = mem_new(1, sizeof *events + n * sizeof events->at[0]);

	events->n = n;
	return events;
}

void events_free(struct events *events)
{
	for (size_t i = 0; events != NULL && i < events->n; i++)
		mem_free(events->at[i].what);
	mem_free(events);
}

struct schedule *schedule_new(struct manage *manage)
{
	struct schedule *schedule = mem_new(1, sizeof *schedule);

	schedule->manage = manage;
	schedule->events = events_new(0);
	return schedule;
}

void schedule_free(struct schedule *schedule)
{
	if (schedule != NULL)
		events_free(schedule->events);
	mem_free(schedule);
}

const struct event *schedule_find(const struct schedule *schedule, uint32_t id)
{
	for (size_t i = 0; i < schedule->events->n; i++)
		if (schedule->events->at[i].id == id)
			return &schedule->events->at[i];
	return NULL;
}

static bool same_times(const struct event *a, const struct event *b)
{
	return a->disabled == b->disabled && a->at_startup == b->at_startup &&
	       a->start_s == b->start_s && a->interval_ms == b->interval_ms;
}

void schedule_replace(struct schedule *schedule, struct events *events)
{
	for (size_t i = 0; i < events->n; i++) {
		struct event *event = &events->at[i];
		const struct event *old = schedule_find(schedule, event->id);

		if (old == NULL)
			continue;
		event->run_count = old->run_count;
		if (!same_times(event, old))
			continue;
		event->planned = old->planned;
		event->comes = old->comes;
		event->due = old->due;
		event->due_wall = old->due_wall;
		event->held_up = old->held_up;
	}
	events_free(schedule->events);
	schedule->events = events;
}

/* The first of @first, @first + @step, ... that is later than @now; false: there is none. */
static bool next_after(int64_t first, uint64_t step, int64_t now, int64_t *ret_next)
{
	uint64_t past = first > now ? 0 : (uint64_t)now - (uint64_t)first;

	*ret_next = first;
	if (first > now)
		return true;
	if (step == 0 || past / step >= INT64_MAX / step)
		return false;
	return !__builtin_add_overflow(first, (int64_t)((past / step + 1) * step), ret_next);
}

static void plan(const struct schedule *schedule, struct event *event)
{
	const struct manage *manage = schedule->manage;
	/* An interval of centuries never comes round. */
	uint64_t step =
		event->interval_ms < INT64_MAX / NS_PER_MS ? event->interval_ms * NS_PER_MS : 0;
	mono startup = mono_add_s(schedule->started_at, SCHEDULE_STARTUP_S);
	int64_t next = 0;

	event->planned = true;
	event->comes = false;
	if (event->disabled)
		return;
	if (event->at_startup) {
		event->comes =
			next_after((int64_t)startup.ns, step, (int64_t)manage->now.ns, &next);
		event->due = (mono){ (uint64_t)next };
	} else {
		event->comes = next_after(event->start_s * (int64_t)NS_PER_S, step, manage->wall.ns,
		                          &next);
		event->due_wall = (wall){ next };
	}
}

static bool is_due(const struct schedule *schedule, const struct event *event)
{
	if (!event->comes)
		return false;
	if (event->at_startup)
		return mono_due(event->due, schedule->manage->now);
	return schedule->manage->wall.ns >= event->due_wall.ns;
}

static void event_log(const struct schedule *schedule, const struct event *event,
                      enum log_level level, const char *text)
{
	log_write(schedule->manage->doors.log, level, "script", "(scheduler:%s) %s", event->name,
	          text);
}

/* Its script is that of the name; what is no name is a script itself. */
static void fire(struct schedule *schedule, struct event *event)
{
	struct manage *manage = schedule->manage;
	struct script *script = scripts_find(manage->scripts, event->what);
	struct job_plan job = { .kind = JOB_SCHEDULER,
		                .row = event->id,
		                .name = event->name,
		                .owner = event->owner,
		                .source = script != NULL ? script->source : event->what,
		                .without = event->without };
	struct diag diag = { 0 };
	struct text text = { 0 };

	if (jobs_of_row(manage->jobs, event->id)) {
		if (!event->held_up)
			event_log(schedule, event, LOG_WARNING,
			          "not started again: it is still running since the last time");
		event->held_up = true;
		return;
	}
	if (script != NULL && script->disabled) {
		event_log(schedule, event, LOG_WARNING, "not started: its script is disabled");
		return;
	}
	event->held_up = false;
	event->run_count++;
	if (script != NULL) {
		job.without |= script->without;
		script->run_count++;
		script->last_started = manage->wall;
	}
	if (jobs_start(manage->jobs, &job, &diag) != NULL)
		return;
	for (char *end = strchr(diag.text, '\n'); end != NULL; end = strchr(diag.text, '\n'))
		*end = ' ';
	text_printf(&text, "not started: %s", diag.text);
	if (diag.at_position)
		text_printf(&text, " (line %u column %u)", diag.line, diag.column);
	event_log(schedule, event, LOG_ERROR, text_str(&text));
	text_free(&text);
}

/* Have the two clocks gone on by as much? */
static bool has_jumped(const struct schedule *schedule)
{
	const struct manage *manage = schedule->manage;
	int64_t passed = (int64_t)mono_since_ns(manage->now, schedule->last);
	int64_t jump = manage->wall.ns - schedule->last_wall.ns - passed;

	return jump > JUMP_NS || jump < -JUMP_NS;
}

void schedule_turn(struct schedule *schedule)
{
	const struct manage *manage = schedule->manage;
	bool jumped = schedule->started && has_jumped(schedule);

	if (!schedule->started)
		schedule->started_at = manage->now;
	schedule->started = true;
	schedule->last = manage->now;
	schedule->last_wall = manage->wall;
	for (size_t i = 0; i < schedule->events->n; i++) {
		struct event *event = &schedule->events->at[i];

		if (!event->planned || (jumped && !event->at_startup))
			plan(schedule, event);
		if (!is_due(schedule, event))
			continue;
		plan(schedule, event);
		fire(schedule, event);
	}
}

mono schedule_next(const struct schedule *schedule)
{
	const struct manage *manage = schedule->manage;
	mono next = mono_never();

	for (size_t i = 0; i < schedule->events->n; i++) {
		const struct event *event = &schedule->events->at[i];
		int64_t left = event->due_wall.ns - manage->wall.ns;

		if (!event->planned)
			return (mono){ 0 };
		if (!event->comes)
			continue;
		if (event->at_startup) {
			next = mono_min(next, event->due);
			continue;
		}
		next = mono_min(next, mono_add_ns(manage->now, left > 0 ? (uint64_t)left : 0));
		next = mono_min(next, mono_add_s(manage->now, LOOK_S));
	}
	return next;
}

bool schedule_next_run(const struct schedule *schedule, uint32_t id, wall *ret_wall)
{
	const struct event *event = schedule_find(schedule, id);
	const struct manage *manage = schedule->manage;

	if (event == NULL || !event->planned || !event->comes)
		return false;
	*ret_wall = event->due_wall;
	if (event->at_startup)
		ret_wall->ns = manage->wall.ns + (int64_t)(event->due.ns - manage->now.ns);
	return true;
}
