#include <errno.h>
#include <string.h>

#include "api/towpath_inside.h"
#include "conf/diag.h"
#include "manage/jobs.h"
#include "ui/session.h"

static void out(void *arg, const char *bytes, size_t len)
{
	const struct towpath *t = arg;

	if (t->out != NULL)
		t->out(t->out_arg, bytes, len, false);
}

static void out_error(void *arg, const char *bytes, size_t len)
{
	const struct towpath *t = arg;

	if (t->out != NULL)
		t->out(t->out_arg, bytes, len, true);
}

static bool execute(void *arg, const char *source, struct text *ret_job, struct diag *diag)
{
	const struct towpath *t = arg;

	return jobs_execute(t->manage->jobs, "admin", source, ret_job, diag);
}

static void ended(void *arg, bool ok)
{
	struct towpath *t = arg;

	t->run_over = true;
	t->run_result = t->run_interrupted ? -EINTR : ok ? 0 : -EINVAL;
}

/* A session of its own each time: lines begin at the root, and leave no variables behind. */
static struct session *session_make(struct towpath *t)
{
	const struct session_setup setup = {
		.conf = t->conf,
		.who = "admin",
		.door = "script",
		.arg = t,
		.out = out,
		.error = out_error,
		.globals = t->manage->globals,
		.execute = execute,
	};

	return session_new(&setup);
}

void towpath_run_free(struct towpath *t)
{
	if (t->session != NULL)
		session_free(t->session);
	t->session = NULL;
}

bool towpath_run_turn(struct towpath *t)
{
	bool more;

	if (t->session == NULL)
		return false;
	more = session_turn(t->session, t->clock.now);
	return more && !t->run_over;
}

mono towpath_run_next(const struct towpath *t)
{
	return t->session != NULL && !t->run_over ? session_next(t->session) : mono_never();
}

/* Go on while nothing but this is to be waited for (a loop may have no end: so many turns at once
 * as in an advance), then with the caller's help until it ends. */
static int run_wait(struct towpath *t)
{
	bool more = true;

	for (unsigned i = 0; more && i < TOWPATH_TURNS_MAX; i++)
		more = towpath_run_turn(t);
	t->more |= more;
	while (!t->run_over && towpath_may_wait(t)) {
		int error = t->wait(t->arg, t, towpath_next(t));

		if (error != 0)
			return error;
	}
	return towpath_run_result(t);
}

int towpath_run(struct towpath *t, const char *lines, towpath_output *output, void *arg)
{
	if (!t->started)
		return -ENETDOWN;
	if (lines == NULL)
		return -EFAULT;
	if (!t->run_over || t->advancing)
		return -EBUSY;
	towpath_run_free(t);
	t->out = output;
	t->out_arg = arg;
	t->run_over = t->run_interrupted = t->turned = false;
	t->run_result = -EINPROGRESS;
	/* What a line shows is of this moment: so is what it changes. */
	t->router->net.now = t->clock.now;
	t->session = session_make(t);
	if (!session_run(t->session, lines, strlen(lines), ended, t)) {
		ended(t, false);
		return -E2BIG;
	}
	return run_wait(t);
}

int towpath_run_result(const struct towpath *t)
{
	return t->run_over ? t->run_result : -EINPROGRESS;
}

void towpath_run_interrupt(struct towpath *t)
{
	if (t->session == NULL || t->run_over)
		return;
	t->run_interrupted = true;
	session_interrupt(t->session);
}
