/* The end of a conversation: its changes as lines, "Do it?", and one transaction. */
#include <string.h>

#include "conf/conf.h"
#include "conf/draft.h"
#include "lang/asking.h"
#include "lang/permission.h"

void exec_ask_draft_drop(struct asking *asking)
{
	conf_draft_free(asking->draft);
	asking->draft = NULL;
}

static void end(struct run *run)
{
	run->asking = NULL;
	exec_push(run, (struct value){ .kind = VALUE_NIL });
}

/* Back to the questions. */
static void again(struct run *run, struct diag *diag)
{
	struct asking *asking = run->asking;

	exec_ask_draft_drop(asking);
	asking->action->again(conf_router(run->host.conf), asking->state, &run->out);
	(void)exec_ask_next(run, diag);
}

bool exec_ask_draft(struct run *run, struct diag *diag)
{
	struct asking *asking = run->asking;
	struct text lines = { 0 };

	asking->draft = conf_draft_new(run->host.conf);
	if (!asking->action->fill(conf_router(run->host.conf), asking->state, asking->draft,
	                          diag) ||
	    !conf_draft_try(asking->draft, diag)) {
		again(run, diag);
		return false;
	}
	conf_draft_lines(asking->draft, &lines);
	if (lines.len > 0) {
		text_printf(&run->out, "\nThis will be done, all of it or nothing:\n\n%s\n",
		            text_str(&lines));
		question_yes(&asking->question, "Do it?", true,
		             "y: it is done, and kept. n: back to the questions. Ctrl-C: nothing "
		             "is changed.");
	} else {
		text_add(&run->out, "There is nothing to change.\n");
		exec_ask_draft_drop(asking);
		end(run);
	}
	text_free(&lines);
	exec_flush(run);
	return true;
}

static void committed(void *arg, const struct conf_answer *answer)
{
	struct run *run = arg;

	run->changing = false;
	if (run->orphan) {
		run_free(run);
	} else if (answer->ok) {
		exec_push(run, (struct value){ .kind = VALUE_NIL });
	} else {
		run->diag = *answer->diag;
		(void)exec_fail(run);
	}
}

bool exec_ask_draft_answer(struct run *run, const char *text, struct diag *diag)
{
	struct asking *asking = run->asking;
	struct conf_draft *draft = asking->draft;
	const struct journal_origin origin = { .who = run->host.who,
		                               .door = run->host.door,
		                               .lacks = permission_lacking(run),
		                               .trial = exec_trial(run),
		                               .line = asking->line };

	if (strcmp(text, "y") != 0) {
		again(run, diag);
		exec_flush(run);
		return true;
	}
	run->asking = NULL;
	run->changing = true;
	conf_draft_commit(draft, &origin, committed, run);
	conf_draft_free(draft);
	return true;
}
