#include "manage/jobs.h"

#include <stdio.h>
#include <string.h>

#include "conf/policy.h"
#include "lang/run.h"
#include "lib/mem.h"
#include "manage/manage.h"
#include "manage/users.h"

#define OPERATIONS_PER_TURN 64

struct jobs {
	struct manage *manage;
	struct job *at[JOBS_MOST];
	size_t n;
	uint32_t next_id;
};

static const char *const kinds[] = {
	[JOB_SCRIPT] = "script",
	[JOB_SCHEDULER] = "scheduler",
	[JOB_EXECUTE] = "execute",
};

static void job_log(const struct job *job, enum log_level level, const char *text)
{
	log_write(job->jobs->manage->doors.log, level, "script", "(%s%s%s) %s", kinds[job->kind],
	          job->name[0] != '\0' ? ":" : "", job->name, text);
}

/* One line for the log. One who prints without end is not to push out everything else. */
static void job_log_line(struct job *job, const char *line)
{
	mono now = job->jobs->manage->now;

	if (mono_since_ns(now, job->lines_since) >= JOB_LINES_S * NS_PER_S) {
		job->lines_since = now;
		job->lines = 0;
	}
	if (job->lines < JOB_LINES_MOST)
		job_log(job, LOG_INFO, line);
	else if (job->lines == JOB_LINES_MOST)
		job_log(job, LOG_WARNING,
		        "it prints more than the log can take: the next lines are left out");
	job->lines++;
}

static void job_log_lines(struct job *job, bool to_end)
{
	const char *at = text_str(&job->out);
	struct text rest = { 0 };
	const char *end;

	while ((end = strchr(at, '\n')) != NULL || (to_end && *at != '\0')) {
		size_t len = end != NULL ? (size_t)(end - at) : strlen(at);
		char line[LOG_TEXT_BYTES];

		snprintf(line, sizeof line, "%.*s", (int)len, at);
		job_log_line(job, line);
		at += len + (end != NULL);
	}
	text_add(&rest, at);
	text_free(&job->out);
	job->out = rest;
}

static void job_out(void *arg, const char *bytes, size_t len)
{
	struct job *job = arg;

	text_bytes(&job->out, bytes, len);
	if (!job->attended)
		job_log_lines(job, job->out.len > JOB_OUT_BYTES);
}

static void job_notice(void *arg, const char *line)
{
	struct text text = { 0 };

	text_printf(&text, ";;; %s\n", line);
	job_out(arg, text_str(&text), text.len);
	text_free(&text);
}

static bool job_has_room(void *arg)
{
	const struct job *job = arg;

	return !job->attended || job->out.len < JOB_OUT_BYTES;
}

static void job_print(void *arg, const struct print_job *print, struct text *out)
{
	const struct job *job = arg;
	struct manage *manage = job->jobs->manage;

	if (manage->print != NULL)
		manage->print(manage->conf, print, out);
}

/* A script is nowhere, and has nothing to close. */
static void job_go(void *arg, const char *path)
{
}

static void job_quit(void *arg)
{
}

static bool execute(struct jobs *jobs, const struct job_plan *plan, struct text *ret_job,
                    struct diag *diag)
{
	const struct job *job = jobs_start(jobs, plan, diag);

	if (job != NULL)
		text_printf(ret_job, "*%X", job->id);
	return job != NULL;
}

static bool job_execute(void *arg, const char *source, struct text *ret_job, struct diag *diag)
{
	struct job *job = arg;
	const struct job_plan plan = {
		.kind = JOB_EXECUTE, .owner = job->owner, .source = source, .without = job->without
	};

	return execute(job->jobs, &plan, ret_job, diag);
}

/* Where no users are kept nobody is denied anything. What belongs to nobody may do what it is said
 * to: whoever wrote it had to have all of that. */
static uint32_t job_policies(void *arg)
{
	const struct job *job = arg;
	struct users *users = job->jobs->manage->users;
	bool free = users == NULL || job->owner[0] == '\0';

	return (free ? POLICY_ALL : user_policies(users_find(users, job->owner))) & ~job->without;
}

static struct run_host job_host(struct job *job)
{
	return (struct run_host){ .conf = job->jobs->manage->conf,
		                  .numbering = &job->numbering,
		                  .who = job->owner,
		                  .door = "script",
		                  .arg = job,
		                  .out = job_out,
		                  .notice = job_notice,
		                  .has_room = job_has_room,
		                  .print = job_print,
		                  .go = job_go,
		                  .quit = job_quit,
		                  .globals = job->jobs->manage->globals,
		                  .job = job->name,
		                  .policies = job_policies,
		                  .execute = job_execute };
}

struct jobs *jobs_new(struct manage *manage)
{
	struct jobs *jobs = mem_new(1, sizeof *jobs);

	jobs->manage = manage;
	return jobs;
}

static void job_free(struct job *job)
{
	run_free(job->run);
	numbering_free(&job->numbering);
	text_free(&job->out);
	mem_free(job);
}

void jobs_free(struct jobs *jobs)
{
	for (size_t i = 0; jobs != NULL && i < jobs->n; i++)
		job_free(jobs->at[i]);
	mem_free(jobs);
}

static bool has_ended(const struct job *job)
{
	return job->run == NULL && !job->attended;
}

/* The last turn's: nobody is among them now. */
static void forget_ended(struct jobs *jobs)
{
	size_t n = 0;

	for (size_t i = 0; i < jobs->n; i++) {
		if (has_ended(jobs->at[i]))
			job_free(jobs->at[i]);
		else
			jobs->at[n++] = jobs->at[i];
	}
	jobs->n = n;
}

struct job *jobs_start(struct jobs *jobs, const struct job_plan *plan, struct diag *diag)
{
	const struct menu *const *menus = conf_menus(jobs->manage->conf);
	struct program program = { 0 };

	if (jobs->n == JOBS_MOST) {
		(void)diag_fail(diag, NULL,
		                "failure: too many jobs are running (%d)\n"
		                "/system/script/job/print shows them, remove stops one",
		                JOBS_MOST);
		return NULL;
	}
	if (!parse_program(menus, "/", plan->source, strlen(plan->source), &program, NULL, diag)) {
		program_free(&program);
		return NULL;
	}

	struct job *job = mem_new(1, sizeof *job);

	job->id = ++jobs->next_id;
	job->kind = plan->kind;
	job->row = plan->row;
	job->attended = plan->attended;
	job->without = plan->without;
	job->jobs = jobs;
	job->started = jobs->manage->wall;
	job->busy_since = jobs->manage->now;
	snprintf(job->name, sizeof job->name, "%s", plan->name != NULL ? plan->name : "");
	snprintf(job->owner, sizeof job->owner, "%s", plan->owner);

	const struct run_host host = job_host(job);

	job->run = run_new(&host, &program);
	jobs->at[jobs->n++] = job;
	return job;
}

bool jobs_execute(struct jobs *jobs, const char *owner, const char *source, struct text *ret_job,
                  struct diag *diag)
{
	const struct job_plan plan = { .kind = JOB_EXECUTE, .owner = owner, .source = source };

	return execute(jobs, &plan, ret_job, diag);
}

struct job *jobs_at(const struct jobs *jobs, size_t i)
{
	for (size_t j = 0; j < jobs->n; j++)
		if (jobs->at[j]->run != NULL && !jobs->at[j]->stopped && i-- == 0)
			return jobs->at[j];
	return NULL;
}

struct job *jobs_find(const struct jobs *jobs, uint32_t id)
{
	struct job *job;

	for (size_t i = 0; (job = jobs_at(jobs, i)) != NULL; i++)
		if (job->id == id)
			return job;
	return NULL;
}

bool jobs_of_row(const struct jobs *jobs, uint32_t row)
{
	const struct job *job;

	for (size_t i = 0; (job = jobs_at(jobs, i)) != NULL; i++)
		if (job->row == row)
			return true;
	return false;
}

void job_stop(struct job *job)
{
	job->stopped = true;
	job->waits = false;
}

bool job_collect(struct job *job, struct text *out, struct diag *diag)
{
	text_bytes(out, text_str(&job->out), job->out.len);
	text_clear(&job->out);
	if (job->run != NULL)
		return false;
	*diag = job->diag;
	job->attended = false;
	return true;
}

void job_abandon(struct job *job)
{
	job->attended = false;
	text_clear(&job->out);
	job_stop(job);
}

/* "no such item (/ip/route/remove; line 3)", and the advice behind it. */
static void job_failed(struct job *job)
{
	const struct diag *diag = run_diag(job->run);
	size_t first = strcspn(diag->text, "\n");
	struct text text = { 0 };

	text_printf(&text, "%.*s", (int)first, diag->text);
	run_failed_at(job->run, &text);
	if (job->attended)
		(void)diag_fail(&job->diag, NULL, "%s%s", text_str(&text), diag->text + first);
	else
		text_printf(&text, "%s%s", diag->text[first] != '\0' ? ": " : "",
		            diag->text[first] != '\0' ? diag->text + first + 1 : "");
	if (!job->attended)
		job_log(job, LOG_ERROR, text_str(&text));
	text_free(&text);
}

static void job_end(struct job *job)
{
	if (!job->attended)
		job_log_lines(job, true);
	if (!run_ok(job->run))
		job_failed(job);
	else if (job->stopped && job->attended)
		(void)diag_fail(&job->diag, NULL, "interrupted\nthe script was stopped");
	else if (job->stopped)
		job_log(job, LOG_INFO, "stopped");
	run_free(job->run);
	job->run = NULL;
}

/* It has taken too much; @why is told to whom it concerns. */
static void job_limit(struct job *job, const char *why)
{
	if (job->attended)
		(void)diag_fail(&job->diag, NULL, "failure: the script was stopped: %s", why);
	else
		job_log(job, LOG_ERROR, why);
	run_interrupt(job->run);
}

static void job_check(struct job *job, mono now)
{
	if (mono_since_ns(now, job->busy_since) > JOB_BUSY_S * NS_PER_S)
		job_limit(job, "it has worked for an hour without a pause; an endless loop wants "
		               "a :delay");
}

static bool job_turn(struct job *job, mono now)
{
	enum run_state state;

	if (job->stopped)
		run_interrupt(job->run);
	state = run_step(job->run, now, OPERATIONS_PER_TURN);
	job->waits = state == RUN_WAITING;
	if (state == RUN_DONE)
		job_end(job);
	else if (state == RUN_WAITING)
		job->busy_since = now;
	else if (!run_interrupted(job->run))
		job_check(job, now);
	return state == RUN_RUNNING;
}

bool jobs_turn(struct jobs *jobs, mono now)
{
	bool more = false;

	forget_ended(jobs);
	/* One of them may start another, which is then the last. */
	for (size_t i = 0; i < jobs->n; i++)
		if (jobs->at[i]->run != NULL)
			more |= job_turn(jobs->at[i], now);
	return more;
}

mono jobs_next(const struct jobs *jobs)
{
	mono next = mono_never();

	for (size_t i = 0; i < jobs->n; i++) {
		const struct job *job = jobs->at[i];

		if (job->run != NULL)
			next = mono_min(next, job->waits ? run_next(job->run) : (mono){ 0 });
	}
	return next;
}
