/*
 * system_script_job.c -- /system/script/job: what runs by itself at this moment.
 */
#include <stdio.h>
#include <string.h>

#include "conf/diag.h"
#include "conf/type.h"
#include "lib/wall.h"
#include "manage/jobs.h"
#include "manage/log_book.h"
#include "manage/manage.h"
#include "menu/lookup.h"
#include "menu/menus.h"
#include "router/router.h"

struct job_row {
	char script[JOB_NAME_BYTES], owner[JOB_OWNER_BYTES];
	uint8_t type; /* enum job_kind */
	char started[24];
};

static const char *const types[] = { "script", "scheduler", "execute", NULL };

static const struct field fields[] = {
	{ "script", &type_string, AT(struct job_row, script), .flags = F_READ_ONLY | F_BRIEF,
	  .help = "the script or the entry of the scheduler that it was started from" },
	{ "type", &type_enum, AT(struct job_row, type), .words = types,
	  .flags = F_READ_ONLY | F_BRIEF, .help = "what has started it" },
	{ "owner", &type_string, AT(struct job_row, owner), .flags = F_READ_ONLY | F_BRIEF,
	  .help = "whose it is" },
	{ "started", &type_string, AT(struct job_row, started), .flags = F_READ_ONLY | F_BRIEF,
	  .help = "when it was started, in UTC" },
};

static void job_fill(struct job_row *body, const struct job *job)
{
	struct text started = text_into(body->started, sizeof body->started);

	snprintf(body->script, sizeof body->script, "%s", job->name);
	snprintf(body->owner, sizeof body->owner, "%s", job->owner);
	body->type = (uint8_t)job->kind;
	wall_text(job->started, &started);
}

static void job_observe(struct router *router, const struct conf_state *state,
                        struct row_sink *sink)
{
	_Alignas(8) uint8_t storage[LOOKUP_ROW_BYTES(sizeof(struct job_row))];
	const struct job *job;

	for (size_t i = 0; (job = jobs_at(router->manage->jobs, i)) != NULL; i++) {
		struct row *row = lookup_row(storage, sizeof(struct job_row), job->id, 0);

		job_fill((void *)row->body, job);
		row->given = (1ULL << ARRAY_LEN(fields)) - 1;
		if (!sink->row(sink, row))
			return;
	}
}

static bool job_forget(struct router *router, const struct row *row, struct diag *diag)
{
	struct job *job = jobs_find(router->manage->jobs, row->id);

	if (job == NULL)
		return diag_fail(diag, NULL, "no such item: the script has ended by itself");
	job_stop(job);
	return true;
}

const struct menu menu_system_script_job = {
	.path = "/system/script/job",
	.title = "Scripts at work; remove stops one",
	.kind = MENU_OBSERVED,
	.fields = fields,
	.nfields = ARRAY_LEN(fields),
	.row_size = sizeof(struct job_row),
	.observe = job_observe,
	.forget = job_forget,
};
