/*
 * reset.c -- /system/reset-configuration: asked first, a backup before it, then one transaction.
 *
 * What is to be run afterwards is looked for before anything is thrown away.
 */
#include "menu/reset.h"

#include <errno.h>
#include <string.h>

#include "conf/backup.h"
#include "conf/diag.h"
#include "conf/draft.h"
#include "conf/question.h"
#include "conf/type.h"
#include "lang/parse.h"
#include "lib/mem.h"

#define RESET_BACKUP "before-reset" BACKUP_SUFFIX

static const char *const scripts[] = { ".rsc", NULL };

const struct field reset_fields[RESET_FIELDS] = {
	{ "no-defaults", &type_bool, AT(struct reset_args, no_defaults), .dflt = "no",
	  .help = "leave out what a fresh router has besides what comes with it" },
	{ "keep-users", &type_bool, AT(struct reset_args, keep_users), .dflt = "no",
	  .help = "users, their groups and keys stay" },
	{ "skip-backup", &type_bool, AT(struct reset_args, skip_backup), .dflt = "no",
	  .help = "make no backup (" RESET_BACKUP ") before" },
	{ "run-after-reset", &type_file, AT(struct reset_args, run_after), .words = scripts,
	  .max = FILE_NAME_BYTES - 1, .help = "the file to import then, all of it or nothing" },
};

bool reset_begin(struct router *router, const void *args, void *state, struct text *out,
                 struct diag *diag)
{
	((struct reset_state *)state)->args = *(const struct reset_args *)args;
	return true;
}

bool reset_ask(struct router *router, void *state, struct question *question)
{
	if (((struct reset_state *)state)->answered)
		return false;
	question_yes(question, "Dangerous! Reset anyway?", false,
	             "All settings are thrown away, and the router is as on its first day: whoever "
	             "is connected through it or to it may be cut off.");
	return true;
}

bool reset_answer(struct router *router, void *state, const char *answer, struct text *out,
                  struct diag *diag)
{
	struct reset_state *mine = state;

	mine->answered = true;
	mine->wanted = strcmp(answer, "y") == 0;
	return true;
}

/* On its way: the file is looked for -> backup -> reset. */
struct job {
	struct conf *conf;
	struct reset_args args;
	struct arena arena; /* of the origin's words */
	struct journal_origin origin;
	char file[FILE_NAME_BYTES];
	char *import; /* the caller's */
	struct text *notice;
	struct diag diag;
	conf_done *done;
	void *arg;
};

static void answer(struct job *job, const struct conf_answer *result)
{
	job->done(job->arg, result);
	arena_free(&job->arena);
	mem_free(job);
}

static void fail(struct job *job)
{
	answer(job, &(struct conf_answer){ .diag = &job->diag });
}

static void committed(void *arg, const struct conf_answer *result)
{
	struct job *job = arg;

	if (result->ok) {
		text_add(job->notice, "System configuration reset\n");
		memcpy(job->import, job->file, sizeof job->file);
	}
	answer(job, result);
}

/* Those of the menus about users that there are. */
static void kept_menus(const struct job *job, const char *kept[4])
{
	static const char *const users[] = { "/user", "/user/group", "/user/ssh-keys" };
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_LEN(users) && job->args.keep_users; i++) {
		if (conf_menu(job->conf, users[i]) != NULL)
			kept[n++] = users[i];
	}
	kept[n] = NULL;
}

static void reset(struct job *job)
{
	struct conf_draft *draft = conf_draft_new(job->conf);
	const char *kept[4];

	kept_menus(job, kept);
	if (conf_draft_reset(draft, kept, job->args.no_defaults, &job->diag))
		conf_draft_commit(draft, &job->origin, committed, job);
	else
		fail(job);
	conf_draft_free(draft);
}

static void saved(void *arg, const struct conf_answer *result)
{
	struct job *job = arg;

	if (result->ok) {
		text_add(job->notice, "what there was is in " RESET_BACKUP "\n");
		reset(job);
		return;
	}
	(void)diag_fail(&job->diag, "skip-backup",
	                "%s\nso nothing was reset; skip-backup=yes resets without a backup",
	                result->diag->text);
	fail(job);
}

static void begin(struct job *job)
{
	if (job->args.skip_backup)
		reset(job);
	else
		backup_save(job->conf, RESET_BACKUP, NULL, saved, job);
}

static void looked(void *arg, int error, const char *text, size_t len)
{
	struct job *job = arg;

	if (error == 0 && parse_check(conf_menus(job->conf), text, len, &job->diag)) {
		begin(job);
		return;
	}
	if (error != 0)
		(void)diag_fail(&job->diag, "run-after-reset",
		                "failure: %s can't be read: %s; nothing was reset", job->file,
		                strerror(-error));
	fail(job);
}

void reset_change(struct conf *conf, const struct action_caller *caller, const void *args,
                  conf_done *done, void *arg)
{
	const struct reset_state *state = args;
	struct job *job;

	if (!state->wanted) {
		done(arg, &(struct conf_answer){ .ok = true });
		return;
	}
	job = mem_new(1, sizeof *job);
	job->conf = conf;
	job->args = state->args;
	job->import = caller->import;
	job->notice = caller->notice;
	job->done = done;
	job->arg = arg;
	job->origin = (struct journal_origin){
		.who = arena_strdup(&job->arena, caller->who != NULL ? caller->who : ""),
		.lacks = caller->lacks,
		.door = arena_strdup(&job->arena, caller->door != NULL ? caller->door : ""),
		.line = "/system/reset-configuration",
		.trial = action_trial(caller),
	};
	if (job->args.run_after[0] == '\0')
		begin(job);
	else if (file_name("run-after-reset", job->args.run_after, job->file, &job->diag))
		file_read(conf, job->file, looked, job);
	else
		fail(job);
}
