/*
 * password.c -- /password: a new password for whoever asks. The old one is verified by the
 * guard, then it is a change of /user like any other.
 */
#include <string.h>

#include "conf/conf.h"
#include "conf/diag.h"
#include "conf/policy.h"
#include "conf/type.h"
#include "lib/guard.h"
#include "lib/mem.h"
#include "manage/login.h"
#include "manage/manage.h"
#include "menu/user.h"
#include "router/router.h"

const struct field password_fields[3] = {
	{ "old-password", &type_string, AT(struct password_args, old), .max = PASSWORD_MOST,
	  .flags = F_REQUIRED | F_SECRET, .help = "the one you have; Enter when there is none" },
	{ "new-password", &type_string, AT(struct password_args, fresh), .max = PASSWORD_MOST,
	  .flags = F_REQUIRED | F_SECRET, .help = "the one you want" },
	{ "confirm-new-password", &type_string, AT(struct password_args, confirmed),
	  .max = PASSWORD_MOST, .flags = F_REQUIRED | F_SECRET, .help = "the same once more" },
};

struct job {
	struct conf *conf;
	struct arena arena;
	struct request request;
	uint32_t id;
	struct text notice;
	struct password_args args;
	conf_done *done;
	void *arg;
};

static void finish(struct job *job, const struct conf_answer *answer)
{
	job->done(job->arg, answer);
	explicit_bzero(&job->args, sizeof job->args);
	text_free(&job->notice);
	arena_free(&job->arena);
	mem_free(job);
}

static void changed(void *arg, const struct conf_answer *answer)
{
	finish(arg, answer);
}

static void fail(struct job *job, struct diag *diag)
{
	finish(job, &(struct conf_answer){ .diag = diag });
}

static void verified(void *arg, const struct guard_answer *answer)
{
	struct job *job = arg;
	struct diag diag = { 0 };

	if (answer->verdict == GUARD_WAIT) {
		login_wait(answer, &diag);
		fail(job, &diag);
		return;
	}
	if (answer->verdict != GUARD_OK) {
		(void)diag_fail(&diag, "old-password",
		                "failure: old password is wrong\nit is the one you log in with");
		fail(job, &diag);
		return;
	}
	/* The values live in the job: nothing of them stays in the arena. */
	request_put(&job->request, "password", "");
	request_field(&job->request, "password")->value = job->args.fresh;
	request_put(&job->request, "expired", "no");
	conf_change(job->conf, &job->request, changed, job);
}

static bool makes_sense(const struct password_args *args, struct diag *diag)
{
	if (strcmp(args->fresh, args->confirmed) != 0)
		return diag_fail(diag, "confirm-new-password",
		                 "failure: the new passwords differ\ntype the same one twice");
	if (args->fresh[0] == '\0')
		return diag_fail(diag, "new-password",
		                 "failure: the new password is empty\nsomebody of group full can "
		                 "take a password away: /user/set NAME password=\"\"");
	if (strncmp(args->fresh, "$y$", 3) == 0)
		return diag_fail(diag, "new-password",
		                 "invalid value for argument new-password\na password does not "
		                 "begin with $y$: hashes do");
	return true;
}

/* The id of the row of @who, and its body; 0: there is none. */
static uint32_t own_row(struct conf *conf, const char *who, struct user_row *ret_user)
{
	const struct conf_state *state = conf_hold(conf);
	const struct row *row = conf_state_named(state, "/user", who, NULL);
	uint32_t id = row != NULL ? row->id : 0;

	if (row != NULL)
		memcpy(ret_user, row->body, sizeof *ret_user);
	conf_release(conf, state);
	return id;
}

static struct job *job_new(struct conf *conf, const struct action_caller *caller,
                           const struct password_args *args, uint32_t id)
{
	struct job *job = mem_new(1, sizeof *job);

	job->conf = conf;
	job->args = *args;
	job->id = id;
	job->request = (struct request){ .menu = conf_menu(conf, "/user"),
		                         .verb = VERB_SET,
		                         .ids = &job->id,
		                         .nids = 1,
		                         .who = arena_strdup(&job->arena, caller->who),
		                         .door = arena_strdup(&job->arena, caller->door),
		                         .line = arena_strdup(&job->arena, caller->line),
		                         .trial = action_trial(caller),
		                         .arena = &job->arena,
		                         .notice = &job->notice };
	return job;
}

void password_change(struct conf *conf, const struct action_caller *caller, const void *args,
                     conf_done *done, void *arg)
{
	const struct password_args *typed = args;
	struct user_row user;
	struct diag diag = { 0 };
	struct login_ask ask = { .door = DOOR_LOCAL, .name = caller->who, .password = typed->old };
	uint32_t id = own_row(conf, caller->who, &user);
	struct job *job = job_new(conf, caller, typed, id);

	job->done = done;
	job->arg = arg;
	if (id == 0)
		(void)diag_fail(&diag, NULL, "failure: %s is no user of this router (any more)",
		                caller->who);
	if (diag.failed || !makes_sense(typed, &diag))
		fail(job, &diag);
	else if (user.password[0] == '\0')
		verified(job, &(struct guard_answer){
				      typed->old[0] == '\0' ? GUARD_OK : GUARD_WRONG, 0 });
	else
		login_verify(conf_router(conf)->manage, &ask, user.password, verified, job);
}
