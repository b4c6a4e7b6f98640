#include "ui/session.h"

#include <string.h>

#include "conf/conf.h"
#include "conf/diag.h"
#include "lang/variables.h"
#include "lib/mem.h"
#include "ui/session_inside.h"

#define STEPS_PER_TURN 256u

static void finish(struct session *session)
{
	struct run *run = session->run;
	session_done *done = session->done;
	bool ok = run_ok(run);

	live_end(session);
	pager_reset(&session->pager);
	if (!ok)
		session_out_diag(session, run_diag(run));
	run_free(run);
	session->run = NULL;
	session->done = NULL;
	if (done != NULL)
		done(session->done_arg, ok);
	session_prompt(session);
}

void session_start(struct session *session, struct program *program)
{
	const struct run_host host = session_out_host(session);

	session->run = run_new(&host, program);
}

bool session_step(struct session *session)
{
	enum run_state state;

	if (session->asking || pager_waits(&session->pager) || session->live.paused)
		return false;
	state = run_step(session->run, session->now, STEPS_PER_TURN);
	session_raw_follow(session);
	if (state == RUN_DONE && !pager_waits(&session->pager))
		finish(session);
	else if (state == RUN_ASKING)
		session_ask(session);
	return state == RUN_RUNNING;
}

bool session_run(struct session *session, const char *text, size_t len, session_done *done,
                 void *arg)
{
	struct program program;
	struct diag diag = { 0 };

	if (session->run != NULL || len > SCRIPT_BYTES_MAX)
		return false;
	session->done = done;
	session->done_arg = arg;
	if (parse_program(conf_menus(session->setup.conf), session->path, text, len, &program, NULL,
	                  &diag)) {
		session_start(session, &program);
		(void)session_step(session);
		return true;
	}
	program_free(&program);
	session_out_diag(session, &diag);
	session->done = NULL;
	if (done != NULL)
		done(arg, false);
	return true;
}

bool session_turn(struct session *session, mono now)
{
	bool more = false;

	session->now = now;
	session_safe_turn(session);
	session_raw_hand_on(session);
	if (session->run != NULL)
		more = session_step(session);
	if (session_keys_read(session))
		session_keys_catch_up(session);
	return more || (session_keys_read(session) && session->ahead.len > 0 && !session->closed);
}

mono session_next(const struct session *session)
{
	if (session->run == NULL || pager_waits(&session->pager) || session->live.paused)
		return mono_never();
	return run_next(session->run);
}

void session_interrupt(struct session *session)
{
	if (session->run == NULL)
		return;
	pager_drop(session);
	live_end(session);
	session->asking = false;
	run_interrupt(session->run);
	(void)session_step(session);
}

bool session_busy(const struct session *session)
{
	return session->run != NULL && !session->asking;
}

bool session_closed(const struct session *session)
{
	return session->closed;
}

const char *session_path(const struct session *session)
{
	return session->path;
}

void session_resize(struct session *session, size_t width, size_t height)
{
	session->setup.width = width;
	session->setup.height = height;
	session->line.width = width;
	session->answer.width = width;
	session->editor.width = width;
	session->editor.height = height;
	if (session->editing)
		session_ask_draw(session);
}

/* A terminal that says what is pasted is told to, and told to leave it at the end. */
static void ask_for_pastes(struct session *session, bool on)
{
	if (session->setup.interactive && !session->setup.dumb && !session->setup.no_detection)
		session_out_bytes(session, on ? "\033[?2004h" : "\033[?2004l", 8);
}

void session_close(struct session *session)
{
	if (!session->closed)
		ask_for_pastes(session, false);
	session->closed = true;
	session_safe_end(session);
}

struct session *session_new(const struct session_setup *setup)
{
	struct session *session = mem_new(1, sizeof *session);

	session->setup = *setup;
	if (setup->globals == NULL)
		session->setup.globals = session->own = variables_new();
	session->setup.colour = setup->colour && !setup->dumb;
	session->path = mem_strdup("/");
	session->line.width = setup->width;
	session->line.dumb = setup->dumb;
	session->line.history = setup->history != NULL ? setup->history : &session->own_history;
	session->line.hooks = session_keys_hooks(session);
	ask_for_pastes(session, true);
	if (setup->interactive && setup->greeting != NULL)
		session_out_bytes(session, setup->greeting, strlen(setup->greeting));
	session_safe_greet(session);
	session_prompt(session);
	return session;
}

void session_free(struct session *session)
{
	if (session == NULL)
		return;
	run_free(session->run);
	variables_free(session->own);
	session_safe_end(session);
	pager_reset(&session->pager);
	line_free(&session->line);
	line_free(&session->answer);
	editor_free(&session->editor);
	text_free(&session->wrong);
	recall_free(&session->own_history);
	numbering_free(&session->numbering);
	text_free(&session->entry);
	text_free(&session->ahead);
	text_free(&session->kept);
	mem_free(session->path);
	mem_free(session);
}
