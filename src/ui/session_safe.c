/* Safe mode of a session, and commit-confirm: what it did is taken back unless it says otherwise.
 */
#include "ui/session_inside.h"

#include <string.h>

#include "conf/conf.h"
#include "conf/diag.h"
#include "conf/trial.h"
#include "lang/parse.h"
#include "lib/mem.h"

/* A session that leaves by /quit, once what it did is kept. It may be gone before that. */
struct goodbye {
	struct session *session; /* NULL: it is gone */
};

static const struct trial *trial_of(const struct session *session)
{
	return session->trial != 0 ? trial_find(session->setup.conf, session->trial) : NULL;
}

void session_safe_toggle(struct session *session)
{
	static const char line[] = "/safe-mode/toggle";
	struct program program;
	struct diag diag = { 0 };
	struct text out = { 0 };

	/* What was being typed stands behind the next prompt. */
	text_clear(&session->kept);
	text_add(&session->kept, line_text(&session->line));
	line_leave(&session->line, &out);
	session_out_drawn(session, &out);
	if (parse_program(conf_menus(session->setup.conf), "/", line, sizeof line - 1, &program,
	                  NULL, &diag)) {
		session_start(session, &program);
		(void)session_step(session);
		return;
	}
	program_free(&program);
	session_out_diag(session, &diag);
	session_prompt(session);
}

void session_safe_prompt(const struct session *session, struct text *out)
{
	const struct trial *trial = trial_of(session);

	text_add(out, trial == NULL ? "> " : trial->until.ns == 0 ? "<SAFE> " : "<CONFIRM> ");
}

static void said_goodbye(void *arg, const struct conf_answer *answer)
{
	struct goodbye *goodbye = arg;
	struct session *session = goodbye->session;

	mem_free(goodbye);
	if (session == NULL)
		return;
	session->goodbye = NULL;
	if (answer->ok) {
		session_close(session);
		return;
	}
	session_out_diag(session, answer->diag);
	session_prompt(session);
}

void session_safe_quit(struct session *session)
{
	const struct trial *trial = trial_of(session);

	if (trial == NULL || trial->until.ns != 0) {
		session_close(session);
		return;
	}
	if (session->goodbye != NULL)
		return;
	session->goodbye = mem_new(1, sizeof *session->goodbye);
	session->goodbye->session = session;
	trial_keep(session->setup.conf, session->trial, said_goodbye, session->goodbye);
}

void session_safe_end(struct session *session)
{
	uint32_t trial = session->trial;

	if (session->goodbye != NULL)
		session->goodbye->session = NULL; /* it is being kept */
	else if (trial != 0)
		trial_lost(session->setup.conf, trial);
	session->goodbye = NULL;
	session->trial = 0;
}

/* What waits for a word of this user. */
static void waiting_put(const struct session *session, struct text *out)
{
	const struct trial *trial = trial_first(session->setup.conf);

	for (; trial != NULL; trial = trial->next) {
		if (trial->until.ns == 0 || strcmp(trial->who, session->setup.who) != 0)
			continue;
		text_printf(out,
		            ";;; commit-confirm %u (%s) waits: /confirm %u keeps what it did, "
		            "/safe-mode/print says how long\n",
		            trial->id, trial->door, trial->id);
	}
}

static void notices_put(const struct session *session, struct text *out)
{
	struct text told = { 0 };

	trial_notices(session->setup.conf, session->setup.who, &told);
	for (const char *at = text_str(&told); *at != '\0';) {
		size_t len = strcspn(at, "\n");

		text_printf(out, ";;; %.*s\n", (int)len, at);
		at += len + (at[len] == '\n');
	}
	text_free(&told);
}

void session_safe_greet(struct session *session)
{
	struct text text = { 0 };

	if (!session->setup.interactive)
		return;
	notices_put(session, &text);
	waiting_put(session, &text);
	session_out_text(session, &text);
}

/* Its time is up, or another login of the user has decided. */
void session_safe_turn(struct session *session)
{
	struct text text = { 0 };

	if (session->trial == 0 || trial_of(session) != NULL || session->run != NULL ||
	    session->goodbye != NULL)
		return;
	session->trial = 0;
	if (!session->setup.interactive || session->closed)
		return;
	notices_put(session, &text);
	if (text.len > 0)
		session_tell(session, text_str(&text));
	text_free(&text);
}
