/*
 * reboot.c -- /system/reboot and /system/shutdown: asked first, then done once the turn is over.
 *
 * At a console they ask; in a script, where nobody can answer, they are meant as they stand.
 */
#include "menu/reboot.h"

#include <string.h>

#include "conf/question.h"
#include "manage/manage.h"
#include "router/router.h"

bool reboot_begin(struct router *router, const void *args, void *state, struct text *out,
                  struct diag *diag)
{
	return true;
}

static bool ask(struct reboot_state *at, struct question *question, const char *text,
                const char *help)
{
	if (at->answered)
		return false;
	question_yes(question, text, false, help);
	return true;
}

static bool take(struct reboot_state *at, const char *answer)
{
	at->answered = true;
	return strcmp(answer, "y") == 0;
}

bool reboot_ask(struct router *router, void *state, struct question *question)
{
	return ask(state, question, "Reboot, yes?",
	           "The router stops and starts again with what is configured now: connections "
	           "through it are forgotten, and nothing passes for about a second.");
}

bool reboot_answer(struct router *router, void *state, const char *answer, struct text *out,
                   struct diag *diag)
{
	if (!take(state, answer))
		return true;
	manage_leave(router->manage, MANAGE_REBOOT);
	text_add(out, "system will reboot shortly\n");
	return true;
}

bool reboot_shutdown_ask(struct router *router, void *state, struct question *question)
{
	return ask(state, question, "Shutdown, yes?",
	           "The router stops, and nothing passes until towpathd is started again; the "
	           "machine it runs on stays up.");
}

bool reboot_shutdown_answer(struct router *router, void *state, const char *answer,
                            struct text *out, struct diag *diag)
{
	if (!take(state, answer))
		return true;
	manage_leave(router->manage, MANAGE_SHUTDOWN);
	text_add(out, "system will shutdown shortly\n");
	return true;
}
