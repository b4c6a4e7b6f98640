/*
 * system_scheduler.c -- /system/scheduler: what runs by itself, and when.
 */
#include <stdio.h>
#include <string.h>

#include "conf/diag.h"
#include "conf/policy.h"
#include "conf/request.h"
#include "conf/type.h"
#include "lib/mem.h"
#include "lib/wall.h"
#include "manage/log_book.h"
#include "manage/manage.h"
#include "manage/schedule.h"
#include "menu/menus.h"
#include "menu/system_script.h"
#include "menu/type_date.h"
#include "router/router.h"

struct scheduler_row {
	char name[SCRIPT_NAME_BYTES], owner[SCRIPT_OWNER_BYTES];
	int32_t start_date;  /* days since 1970 */
	uint32_t start_time; /* seconds, or DAY_TIME_STARTUP */
	uint64_t interval_ms;
	uint32_t policy;
	uint64_t run_count;
	char next_run[24];
	char on_event[SCRIPT_SOURCE_BYTES];
};

static const struct field fields[] = {
	{ "name", &type_string, AT(struct scheduler_row, name), .min = 1,
	  .max = SCRIPT_NAME_BYTES - 1, .flags = F_KEY | F_BRIEF | F_REQUIRED,
	  .help = "what the entry is called" },
	{ "start-date", &type_date, AT(struct scheduler_row, start_date), .flags = F_BRIEF,
	  .help = "the first day, in UTC; by default the one on which it is added" },
	{ "start-time", &type_day_time, AT(struct scheduler_row, start_time), .flags = F_BRIEF,
	  .help = "the time of the first run, in UTC (by default now); startup: 3 seconds after "
	          "each "
	          "start of the router" },
	{ "interval", &type_time, AT(struct scheduler_row, interval_ms), .dflt = "0s",
	  .flags = F_BRIEF, .help = "run again so long after each run; 0: only once" },
	{ "on-event", &type_string, AT(struct scheduler_row, on_event), .dflt = "",
	  .max = SCRIPT_SOURCE_BYTES - 1, .flags = F_BRIEF,
	  .help = "the name of a script, or the lines of one" },
	{ "owner", &type_string, AT(struct scheduler_row, owner), .max = SCRIPT_OWNER_BYTES - 1,
	  .help = "whose entry it is: who has added it, unless said otherwise" },
	{ "policy", &type_set, AT(struct scheduler_row, policy), .words = script_policies,
	  .dflt = SCRIPT_POLICIES, .help = "what it may do when it runs" },
	{ "run-count", &type_uint, AT(struct scheduler_row, run_count),
	  .flags = F_READ_ONLY | F_BRIEF | F_RIGHT,
	  .help = "how often it has run since the router has started" },
	{ "next-run", &type_string, AT(struct scheduler_row, next_run), .flags = F_READ_ONLY,
	  .help = "when it runs next, in UTC" },
};

enum { /* places in fields[] of what may be absent */
	AT_RUN_COUNT = 7,
	AT_NEXT_RUN = 8,
};

/* Where nothing else is said it starts at this moment. */
static void scheduler_adding(struct router *router, struct request *request)
{
	const struct request_field *given = request_field(request, "start-time");
	char buffer[24];
	struct text now = text_into(buffer, sizeof buffer);

	script_adding(router, request);
	wall_text(router->manage->wall, &now);
	if (request_field(request, "start-date") == NULL)
		request_put(request, "start-date", arena_strndup(request->arena, buffer, 10));
	if (given == NULL)
		request_put(request, "start-time", arena_strdup(request->arena, buffer + 11));
}

static bool scheduler_check(const struct row *row, struct diag *diag)
{
	const struct scheduler_row *body = (const void *)row->body;

	return body->interval_ms == 0 || body->interval_ms >= 1000 ||
	       diag_fail(diag, "interval",
	                 "value of interval out of range (1s..)\n0 runs it only once");
}

static int64_t start_of(const struct scheduler_row *body)
{
	return (int64_t)body->start_date * DAY_S + body->start_time;
}

static uint32_t scheduler_row_needs(const struct row *row)
{
	return script_policies_of(((const struct scheduler_row *)(const void *)row->body)->policy);
}

static void event_fill(struct event *event, const struct row *row)
{
	const struct scheduler_row *body = (const void *)row->body;

	event->id = row->id;
	event->without = POLICY_ALL & ~script_policies_of(body->policy);
	event->disabled = (row->flags & ROW_DISABLED) != 0;
	event->at_startup = body->start_time == DAY_TIME_STARTUP;
	event->start_s = start_of(body);
	event->interval_ms = body->interval_ms;
	snprintf(event->name, sizeof event->name, "%s", body->name);
	snprintf(event->owner, sizeof event->owner, "%s", body->owner);
	event->what = mem_strdup(body->on_event);
}

static bool scheduler_prepare(struct router *router, const struct conf_state *state,
                              void **ret_prepared, struct diag *diag)
{
	struct rows rows = conf_state_rows(state, "/system/scheduler");
	struct events *events = events_new(rows.n);

	for (size_t i = 0; i < rows.n; i++)
		event_fill(&events->at[i], rows.at[i]);
	*ret_prepared = events;
	return true;
}

static void scheduler_publish(struct router *router, void *prepared)
{
	schedule_replace(router->manage->schedule, prepared);
}

static void scheduler_discard(void *prepared)
{
	events_free(prepared);
}

static void scheduler_status(struct router *router, const struct conf_state *state, struct row *row)
{
	const struct schedule *schedule = router->manage->schedule;
	const struct event *event = schedule_find(schedule, row->id);
	struct scheduler_row *body = (void *)row->body;
	struct text time = text_into(body->next_run, sizeof body->next_run);
	wall next;

	row->given |= 1ULL << AT_RUN_COUNT;
	if (event != NULL)
		body->run_count = event->run_count;
	if (!schedule_next_run(schedule, row->id, &next))
		return;
	wall_text(next, &time);
	row->given |= 1ULL << AT_NEXT_RUN;
}

/* A script of that name, or a script itself. */
static bool warn_event(struct router *router, const struct conf_state *state,
                       const struct scheduler_row *body, struct text *out)
{
	struct text why = { 0 };
	bool fine = conf_state_named(state, "/system/script", body->on_event, NULL) != NULL ||
	            script_compiles(router, body->on_event, &why);

	if (body->on_event[0] == '\0') {
		text_printf(out,
		            "warning: %s has nothing to run: on-event is the name of a script, "
		            "or the lines of one\n",
		            body->name);
		fine = false;
	} else if (!fine) {
		text_printf(
			out,
			"warning: %s: there is no script of the name that on-event says, and as "
			"a script it can't be run: %s\n",
			body->name, text_str(&why));
	}
	text_free(&why);
	return !fine;
}

static bool scheduler_warn(struct router *router, const struct conf_state *state,
                           const struct row *row, struct text *out)
{
	const struct scheduler_row *body = (const void *)row->body;
	bool warned = warn_event(router, state, body, out);

	if (body->interval_ms != 0 || body->start_time == DAY_TIME_STARTUP ||
	    start_of(body) * (int64_t)NS_PER_S > router->manage->wall.ns)
		return warned;
	text_printf(out, "warning: %s never runs: its start has passed, and its interval is 0\n",
	            body->name);
	return true;
}

const struct menu menu_system_scheduler = {
	.path = "/system/scheduler",
	.title = "What runs by itself, and when",
	.kind = MENU_LIST,
	.fields = fields,
	.nfields = ARRAY_LEN(fields),
	.row_size = sizeof(struct scheduler_row),
	.adding = scheduler_adding,
	.row_needs = scheduler_row_needs,
	.check = scheduler_check,
	.prepare = scheduler_prepare,
	.publish = scheduler_publish,
	.discard = scheduler_discard,
	.status = scheduler_status,
	.warn = scheduler_warn,
};
