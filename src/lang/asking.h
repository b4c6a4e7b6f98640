/*
 * asking.h -- the inside of a machine that asks, which two files share: exec_ask.c asks for
 * arguments and what an action wants to know, exec_ask_draft.c whether to do what came of it.
 */
#ifndef LANG_ASKING_H
#define LANG_ASKING_H

#include "conf/question.h"
#include "lang/exec.h"

struct conf_draft;

struct asking {
	struct question question;

	/* An argument that is missing; `call` has those that were answered before. */
	struct call *call;
	const struct op *op;
	struct param param;

	/* An action's question. */
	const struct action *action;
	const struct call *action_call;
	void *state;
	const char *line; /* as typed */

	/* An edited text: what is to be called with it as the last argument. */
	struct call *set;

	/* What would be done: the question is whether to do it. */
	struct conf_draft *draft;
};

/* The next question of the action, or its end. False with @diag when that can't be: it goes on. */
bool exec_ask_next(struct run *run, struct diag *diag);

bool exec_edit_answer(struct run *run, const char *text, struct diag *diag);

/* The action has asked all: show what would be done, and ask. */
bool exec_ask_draft(struct run *run, struct diag *diag);
bool exec_ask_draft_answer(struct run *run, const char *text, struct diag *diag);
/* Throw it away. */
void exec_ask_draft_drop(struct asking *asking);

#endif
