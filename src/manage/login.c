#include "manage/login.h"

#include <stdio.h>
#include <string.h>

#include "conf/conf.h"
#include "conf/diag.h"
#include "conf/policy.h"
#include "lib/log.h"
#include "lib/mem.h"
#include "lib/text.h"
#include "manage/manage.h"

struct logins {
	struct manage *manage;
	struct login *at[LOGINS_MOST];
	size_t n;
	uint32_t next_id;
	unsigned verifying;
};

/* One that waits for its password to be verified. */
struct attempt {
	struct logins *logins;
	struct login_ask ask;
	char name[USER_NAME_BYTES];
	bool known; /* there is something to be verified */
	login_done *done;
	void *arg;
};

static const struct {
	const char *word;
	uint32_t policy;
	bool near; /* who stands there is at the machine itself */
} doors[DOOR_N] = {
	[DOOR_LOCAL] = { "local", POLICY_LOCAL, true },
	[DOOR_CONSOLE] = { "console", POLICY_LOCAL, true },
	[DOOR_TELNET] = { "telnet", POLICY_TELNET, false },
	[DOOR_SSH] = { "ssh", POLICY_SSH, false },
	[DOOR_WEB] = { "web", POLICY_WEB, false },
	[DOOR_API] = { "api", POLICY_API, false },
	[DOOR_REST_API] = { "rest-api", POLICY_REST_API, false },
};

/* Of nothing anybody could type: names that do not exist take as long as those that do. */
static const char nobodys_hash[] =
	"$y$j9T$k2XAnEHBqQ1Ct2aMXFKNa/$qdVSV23znpN3oRX4v17E59IodBxO1bzdFa3VKKRlE9.";

const char *login_door_word(enum door door)
{
	return doors[door].word;
}

struct logins *logins_new(struct manage *manage)
{
	struct logins *logins = mem_new(1, sizeof *logins);

	logins->manage = manage;
	return logins;
}

void logins_free(struct logins *logins)
{
	if (logins == NULL)
		return;
	must(logins->verifying == 0);
	for (size_t i = 0; i < logins->n; i++)
		mem_free(logins->at[i]);
	mem_free(logins);
}

const struct login *logins_at(const struct logins *logins, size_t i)
{
	return i < logins->n ? logins->at[i] : NULL;
}

/* --- passwords --- */

struct verification {
	struct background_job job; /* first: the job is cast back to this */
	struct logins *logins;
	char password[PASSWORD_BYTES], hash[PASSWORD_BYTES];
	bool right;
	void (*done)(void *arg, bool right);
	void *arg;
};

static void verify_work(struct background_job *job)
{
	struct verification *v = (struct verification *)job;

	v->right = password_verify(v->password, v->hash);
	explicit_bzero(v->password, sizeof v->password);
}

static void verify_done(struct background_job *job)
{
	struct verification *v = (struct verification *)job;

	v->logins->verifying--;
	v->done(v->arg, v->right);
	mem_free(v);
}

void login_verify(struct manage *manage, const char *password, const char *hash,
                  void (*done)(void *arg, bool right), void *arg)
{
	struct verification *v = mem_new(1, sizeof *v);

	*v = (struct verification){ .job = { .work = verify_work, .done = verify_done },
		                    .logins = manage->logins,
		                    .done = done,
		                    .arg = arg };
	snprintf(v->password, sizeof v->password, "%s", password);
	/* One that was cut is not what was typed. */
	if (strlen(password) <= PASSWORD_MOST)
		snprintf(v->hash, sizeof v->hash, "%s", hash);
	v->logins->verifying++;
	background_submit(manage->doors.background, &v->job);
}

/* --- the log --- */

/* " from 10.0.0.5 via telnet" */
static void put_way(enum door door, const char *from, struct text *out)
{
	if (from[0] != '\0')
		text_printf(out, " from %s", from);
	text_printf(out, " via %s", doors[door].word);
}

static void log_way(struct logins *logins, const char *format, const char *name, enum door door,
                    const char *from)
{
	bool failure = format == NULL;
	struct text line = { 0 };

	text_add(&line, failure ? "login failure for user " : "user ");
	conf_quote(name, &line);
	text_add(&line, failure ? "" : format);
	put_way(door, from, &line);
	log_write(logins->manage->doors.log, failure ? LOG_ERROR : LOG_INFO,
	          failure ? "system,critical" : "system,account", "%s", text_str(&line));
	text_free(&line);
}

static void print_from(const struct ip_addr *from, char text[LOGIN_FROM_BYTES])
{
	struct text out = text_into(text, LOGIN_FROM_BYTES);

	text[0] = '\0';
	if (from->family != 0)
		ip_addr_print(from, &out);
}

/* --- who may come in --- */

static bool comes_from(const struct user *user, const struct ip_addr *from)
{
	if (!user->limited || from->family == 0)
		return true;
	return from->family == IP_V4 && user->from.addr.family == IP_V4 &&
	       ip4_within(from->v4, user->from.addr.v4, user->from.bits);
}

/* All but the password. The words are for who is known already, and for nobody else. */
static bool judge(const struct user *user, const struct login_ask *ask, struct diag *diag)
{
	const char *policy = doors[ask->door].word;

	if (user == NULL)
		return diag_fail(diag, "user",
		                 "failure: there is no user %s\nsomebody of group full adds one: "
		                 "/user/add name=%s group=read",
		                 ask->name, ask->name);
	if (user->disabled)
		return diag_fail(diag, "user", "failure: user %s is disabled", ask->name);
	if ((user->policies & doors[ask->door].policy) == 0)
		return diag_fail(diag, "user",
		                 "not enough permissions (9)\nuser %s may not log in here: their "
		                 "group lacks the policy %s",
		                 ask->name, doors[ask->door].near ? "local" : policy);
	if (!comes_from(user, &ask->from))
		return diag_fail(diag, "user", "failure: user %s may not log in from this address",
		                 ask->name);
	return true;
}

static struct login *open_login(struct logins *logins, const struct login_ask *ask,
                                struct user *user)
{
	struct login *login = mem_new(1, sizeof *login);

	login->id = ++logins->next_id;
	login->logins = logins;
	login->door = ask->door;
	login->when = clock_wall(logins->manage->doors.clock);
	snprintf(login->name, sizeof login->name, "%s", user->name);
	print_from(&ask->from, login->from);
	user->has_logged_in = true;
	user->last_login = login->when;
	logins->at[logins->n++] = login;
	log_way(logins, " logged in", login->name, login->door, login->from);
	return login;
}

/* It has been judged, and its password, if it needs one, is right. */
static void finish(struct logins *logins, const struct login_ask *ask, login_done *done, void *arg,
                   struct diag *diag)
{
	struct user *user = users_find(logins->manage->users, ask->name);
	char from[LOGIN_FROM_BYTES];

	if (!diag->failed && logins->n == LOGINS_MOST)
		(void)diag_fail(diag, NULL, "failure: too many logins (%d); end one of them first",
		                LOGINS_MOST);
	if (!diag->failed && judge(user, ask, diag)) {
		done(arg, open_login(logins, ask, user), NULL);
		return;
	}
	print_from(&ask->from, from);
	log_way(logins, NULL, ask->name, ask->door, from);
	done(arg, NULL, diag);
}

static void fail_password(struct diag *diag)
{
	*diag = (struct diag){ 0 };
	(void)diag_fail(diag, NULL, "Login failed, incorrect username or password");
}

static void verified(void *arg, bool right)
{
	struct attempt *attempt = arg;
	struct diag diag = { 0 };

	attempt->ask.name = attempt->name;
	if (!right || !attempt->known)
		fail_password(&diag);
	finish(attempt->logins, &attempt->ask, attempt->done, attempt->arg, &diag);
	mem_free(attempt);
}

bool login_local_name(const char *account, bool trusted, const char *want,
                      char ret_name[USER_NAME_BYTES], struct diag *diag)
{
	const char *name = want[0] != '\0' ? want : trusted ? "admin" : account;

	if (!trusted && strcmp(name, account) != 0)
		return diag_fail(diag, "user",
		                 "failure: you are %s on this machine, and can't be %s here\nonly "
		                 "root, and who runs towpathd, may be anybody",
		                 account, name);
	if (strlen(name) >= USER_NAME_BYTES)
		return diag_fail(diag, "user",
		                 "failure: there is no user %s: names have at most %d characters",
		                 name, USER_NAME_BYTES - 1);
	snprintf(ret_name, USER_NAME_BYTES, "%s", name);
	return true;
}

/* With a password: whoever does not know it learns nothing about users. */
static void begin_verifying(struct logins *logins, const struct login_ask *ask, login_done *done,
                            void *arg)
{
	const struct user *user = users_find(logins->manage->users, ask->name);
	struct attempt *attempt = mem_new(1, sizeof *attempt);
	struct diag ignored = { 0 };
	bool known = user != NULL && user->hash[0] != '\0' && judge(user, ask, &ignored);

	*attempt = (struct attempt){
		.logins = logins, .ask = *ask, .known = known, .done = done, .arg = arg
	};
	snprintf(attempt->name, sizeof attempt->name, "%s", ask->name);
	login_verify(logins->manage, ask->password, known ? user->hash : nobodys_hash, verified,
	             attempt);
}

/* At the machine itself a user without a password needs none. */
static bool needs_none(const struct logins *logins, const struct login_ask *ask)
{
	const struct user *user = users_find(logins->manage->users, ask->name);

	return user != NULL && user->hash[0] == '\0' && ask->password[0] == '\0' &&
	       doors[ask->door].near;
}

void login_begin(struct logins *logins, const struct login_ask *ask, login_done *done, void *arg)
{
	struct diag diag = { 0 };

	if (ask->password == NULL || needs_none(logins, ask))
		finish(logins, ask, done, arg, &diag);
	else
		begin_verifying(logins, ask, done, arg);
}

void login_end(struct login *login)
{
	struct logins *logins = login->logins;

	log_way(logins, " logged out", login->name, login->door, login->from);
	for (size_t i = 0; i < logins->n; i++) {
		if (logins->at[i] == login) {
			logins->at[i] = logins->at[--logins->n];
			break;
		}
	}
	mem_free(login);
}

uint32_t login_policies(const struct login *login)
{
	return user_policies(users_find(login->logins->manage->users, login->name));
}
