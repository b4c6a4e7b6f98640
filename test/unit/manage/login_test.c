/* Who comes in, by which door, and what the log says of it. */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "conf/diag.h"
#include "conf/policy.h"
#include "lib/log.h"
#include "lib/mem.h"
#include "manage/login.h"
#include "manage/manage.h"

struct fixture {
	struct manage manage;
	struct log log;
	struct clock clock;
	struct background background;
	/* Of the last attempt. */
	struct login *login;
	char said[DIAG_TEXT_BYTES];
	unsigned answers;
};

static mono test_mono(struct clock *clock)
{
	return (mono){ 0 };
}

static wall test_wall(struct clock *clock)
{
	return (wall){ 1700000000LL * (int64_t)NS_PER_S };
}

static void at_once(struct background *background, struct background_job *job)
{
	job->work(job);
	job->done(job);
}

static struct user *add_user(struct users *users, size_t i, const char *name, const char *password)
{
	static const uint8_t salt[PASSWORD_SALT_BYTES] = "0123456789abcde";
	struct user *user = &users->at[i];

	user->id = (uint32_t)i + 1;
	user->policies = POLICY_ALL;
	snprintf(user->name, sizeof user->name, "%s", name);
	if (password != NULL)
		assert_true(password_hash(password, salt, user->hash));
	return user;
}

static void make_users(struct fixture *f)
{
	struct users *users = users_new(5);

	(void)add_user(users, 0, "admin", NULL);
	(void)add_user(users, 1, "bob", "right");
	add_user(users, 2, "gone", "right")->disabled = true;
	add_user(users, 3, "near", "right")->policies = POLICY_LOCAL | POLICY_READ;
	(void)add_user(users, 4, "inside", "right");
	users->at[4].limited = true;
	assert_true(ip_prefix_parse("10.0.0.0/8", 10, &users->at[4].from));
	users_replace(&f->manage.users, users);
}

static struct fixture *fixture_new(void)
{
	struct fixture *f = mem_new(1, sizeof *f);

	log_init(&f->log);
	f->clock = (struct clock){ .mono = test_mono, .wall = test_wall };
	f->background.submit = at_once;
	f->manage.doors = (struct conf_setup){ .background = &f->background,
		                               .clock = &f->clock,
		                               .log = &f->log };
	f->manage.logins = logins_new(&f->manage);
	make_users(f);
	return f;
}

static void fixture_free(struct fixture *f)
{
	logins_free(f->manage.logins);
	users_free(f->manage.users);
	log_free(&f->log);
	mem_free(f);
}

static void answered(void *arg, struct login *login, const struct diag *diag)
{
	struct fixture *f = arg;

	f->answers++;
	f->login = login;
	assert_true((login == NULL) == (diag != NULL));
	if (diag != NULL)
		snprintf(f->said, sizeof f->said, "%s", diag->text);
}

static bool enter(struct fixture *f, enum door door, const char *name, const char *password,
                  const char *from)
{
	struct login_ask ask = { .door = door, .name = name, .password = password };
	ip4 addr;

	if (from != NULL) {
		assert_true(ip4_parse(from, strlen(from), &addr));
		ask.from = ip_addr_v4(addr);
	}
	f->answers = 0;
	f->said[0] = '\0';
	login_begin(f->manage.logins, &ask, answered, f);
	assert_int_equal(f->answers, 1);
	return f->login != NULL;
}

static const struct log_line *last_line(const struct fixture *f)
{
	return &f->log.lines[(f->log.count - 1) % LOG_LINES];
}

static void logged(const struct fixture *f, enum log_level level, const char *topic,
                   const char *text)
{
	assert_string_equal(last_line(f)->text, text);
	assert_string_equal(last_line(f)->topic, topic);
	assert_int_equal(last_line(f)->level, level);
}

static void comings_and_goings_are_logged(void **state)
{
	struct fixture *f = fixture_new();

	assert_true(enter(f, DOOR_TELNET, "bob", "right", "10.0.0.5"));
	logged(f, LOG_INFO, "system,account", "user bob logged in from 10.0.0.5 via telnet");
	assert_ptr_equal(logins_at(f->manage.logins, 0), f->login);
	assert_true(users_find(f->manage.users, "bob")->has_logged_in);
	assert_int_equal(login_policies(f->login), POLICY_ALL);
	login_end(f->login);
	logged(f, LOG_INFO, "system,account", "user bob logged out from 10.0.0.5 via telnet");
	assert_null(logins_at(f->manage.logins, 0));
	assert_true(enter(f, DOOR_LOCAL, "admin", NULL, NULL));
	logged(f, LOG_INFO, "system,account", "user admin logged in via local");
	login_end(f->login);
	fixture_free(f);
}

static void wrong_passwords_say_nothing(void **state)
{
	static const char why[] = "Login failed, incorrect username or password";
	static const struct {
		const char *name, *password, *from;
	} cases[] = {
		{ "bob", "wrong", "10.0.0.5" },    { "bob", "", "10.0.0.5" },
		{ "nobody", "right", "10.0.0.5" }, { "gone", "right", "10.0.0.5" },
		{ "near", "right", "10.0.0.5" },   { "inside", "right", "192.168.1.1" },
	};
	struct fixture *f = fixture_new();

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		assert_false(enter(f, DOOR_SSH, cases[i].name, cases[i].password, cases[i].from));
		assert_string_equal(f->said, why);
	}
	assert_false(enter(f, DOOR_SSH, "x", "wrong", "10.0.0.5"));
	logged(f, LOG_ERROR, "system,critical", "login failure for user x from 10.0.0.5 via ssh");
	assert_true(enter(f, DOOR_SSH, "inside", "right", "10.1.1.1"));
	login_end(f->login);
	assert_true(enter(f, DOOR_CONSOLE, "near", "right", NULL));
	login_end(f->login);
	fixture_free(f);
}

/* B3: admin without a password is let in at the router itself, and from no network. */
static void no_password_is_good_here_only(void **state)
{
	struct fixture *f = fixture_new();

	for (enum door door = DOOR_TELNET; door < DOOR_N; door++)
		assert_false(enter(f, door, "admin", "", "192.168.88.7"));
	assert_true(enter(f, DOOR_CONSOLE, "admin", "", NULL));
	login_end(f->login);
	assert_true(enter(f, DOOR_LOCAL, "admin", "", NULL));
	login_end(f->login);
	assert_false(enter(f, DOOR_CONSOLE, "admin", "guess", NULL));
	assert_false(enter(f, DOOR_CONSOLE, "bob", "", NULL));
	fixture_free(f);
}

static void whom_the_door_knows_is_told_why(void **state)
{
	struct fixture *f = fixture_new();

	assert_false(enter(f, DOOR_LOCAL, "eve", NULL, NULL));
	assert_string_equal(f->said, "failure: there is no user eve\nsomebody of group full adds "
	                             "one: /user/add name=eve group=read");
	assert_false(enter(f, DOOR_LOCAL, "gone", NULL, NULL));
	assert_string_equal(f->said, "failure: user gone is disabled");
	users_find(f->manage.users, "bob")->policies = POLICY_SSH;
	assert_false(enter(f, DOOR_LOCAL, "bob", NULL, NULL));
	assert_string_equal(f->said, "not enough permissions (9)\nuser bob may not log in here: "
	                             "their group lacks the policy local");
	fixture_free(f);
}

/* A name is data: it can't look like another line, nor like another name. */
static void names_are_quoted_in_the_log(void **state)
{
	struct fixture *f = fixture_new();

	assert_false(enter(f, DOOR_SSH, "a from 1.2.3.4\nuser b", "x", "10.0.0.5"));
	assert_null(strchr(last_line(f)->text, '\n'));
	assert_memory_equal(last_line(f)->text, "login failure for user \"a from 1.2.3.4", 38);
	fixture_free(f);
}

static void there_is_an_end_to_logins(void **state)
{
	struct login *logins[LOGINS_MOST];
	struct fixture *f = fixture_new();

	for (size_t i = 0; i < LOGINS_MOST; i++) {
		assert_true(enter(f, DOOR_LOCAL, "bob", NULL, NULL));
		logins[i] = f->login;
	}
	assert_false(enter(f, DOOR_LOCAL, "bob", NULL, NULL));
	assert_string_equal(f->said, "failure: too many logins (64); end one of them first");
	for (size_t i = 0; i < LOGINS_MOST; i++)
		login_end(logins[i]);
	assert_true(enter(f, DOOR_LOCAL, "bob", NULL, NULL));
	login_end(f->login);
	fixture_free(f);
}

static void who_is_who_on_the_local_socket(void **state)
{
	char name[USER_NAME_BYTES];
	struct diag diag = { 0 };

	assert_true(login_local_name("root", true, "", name, &diag));
	assert_string_equal(name, "admin");
	assert_true(login_local_name("root", true, "bob", name, &diag));
	assert_string_equal(name, "bob");
	assert_true(login_local_name("alice", false, "", name, &diag));
	assert_string_equal(name, "alice");
	assert_true(login_local_name("alice", false, "alice", name, &diag));
	assert_false(login_local_name("alice", false, "admin", name, &diag));
	assert_string_equal(diag.text, "failure: you are alice on this machine, and can't be admin "
	                               "here\nonly root, and who runs towpathd, may be anybody");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(comings_and_goings_are_logged),
		cmocka_unit_test(wrong_passwords_say_nothing),
		cmocka_unit_test(no_password_is_good_here_only),
		cmocka_unit_test(whom_the_door_knows_is_told_why),
		cmocka_unit_test(names_are_quoted_in_the_log),
		cmocka_unit_test(there_is_an_end_to_logins),
		cmocka_unit_test(who_is_who_on_the_local_socket),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
