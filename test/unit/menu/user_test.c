/* Users, their groups and passwords, and what each may do. */
#include "menu/fixture.h"

#include "conf/policy.h"
#include "manage/login.h"
#include "manage/password.h"

static const char user[] = "/user";

static const char *hash_of(struct fixture *f, const char *name)
{
	const struct user *found = users_find(f->manage->users, name);

	assert_non_null(found);
	return found->hash;
}

static void a_fresh_router_has_admin(void **state)
{
	struct fixture *f = fixture_new(NULL);

	assert_int_equal(rows_n(f, user), 1);
	assert_string_equal(shown(f, user, 0, "name"), "admin");
	assert_string_equal(shown(f, user, 0, "group"), "full");
	assert_int_equal(users_find(f->manage->users, "admin")->policies, POLICY_ALL);
	assert_string_equal(hash_of(f, "admin"), "");
	assert_int_equal(rows_n(f, "/user/group"), 3);
	assert_string_equal(
		shown(f, "/user/group", 0, "policy"),
		"local,telnet,ssh,reboot,read,test,winbox,password,web,sniff,sensitive,api,romon,"
		"rest-api,!ftp,!write,!policy");
	assert_string_equal(
		shown(f, "/user/group", 1, "policy"),
		"local,telnet,ssh,reboot,read,write,test,winbox,password,web,sniff,sensitive,api,"
		"romon,rest-api,!ftp,!policy");
	fixture_free(f);
}

static void somebody_can_always_do_everything(void **state)
{
	static const char why[] =
		"failure: no enabled user of group full would be left\n"
		"nobody could manage users any more; add or enable another one first";
	struct fixture *f = fixture_new(NULL);

	refused(f, "/user/remove admin", why);
	refused(f, "/user/disable admin", why);
	refused(f, "/user/set admin group=read", why);
	must_run(f, "/user/add name=root group=full password=secret1");
	must_run(f, "/user/disable admin");
	refused(f, "/user/remove root", why);
	must_run(f, "/user/enable admin");
	must_run(f, "/user/remove root");
	must_run(f, "/user/add name=root group=full password=secret1");
	must_run(f, "/user/remove admin");
	assert_int_equal(rows_n(f, user), 1);
	fixture_free(f);
}

static void built_in_groups_stay(void **state)
{
	struct fixture *f = fixture_new(NULL);

	refused(f, "/user/group/remove read",
	        "failure: can not remove builtin: read comes with the router");
	refused(f, "/user/group/set full policy=read",
	        "failure: can not change builtin: full comes with the router\n"
	        "add a group of your own: add name=... policy=...");
	must_run(f, "/user/group/add name=watchers policy=local,read,!write");
	must_run(f, "/user/add name=wanda group=watchers password=x");
	assert_int_equal(users_find(f->manage->users, "wanda")->policies,
	                 POLICY_LOCAL | POLICY_READ);
	must_run(f, "/user/group/set watchers policy=local,read,test");
	assert_int_equal(users_find(f->manage->users, "wanda")->policies,
	                 POLICY_LOCAL | POLICY_READ | POLICY_TEST);
	assert_false(run(f, "/user/group/remove watchers")); /* it has a user */
	refused(f, "/user/group/add name=odd policy=read,fly",
	        "input does not match any value of policy\nfly is no policy");
	fixture_free(f);
}

static void passwords_are_kept_as_hashes(void **state)
{
	struct fixture *f = fixture_new(NULL);
	char first[PASSWORD_BYTES];

	must_run(f, "/user/set admin password=kanarienvogel");
	snprintf(first, sizeof first, "%s", hash_of(f, "admin"));
	assert_true(password_is_hash(first));
	assert_true(password_verify("kanarienvogel", first));
	assert_false(password_verify("kanarienvogel2", first));
	assert_false(password_verify("", first));
	/* Another salt each time. */
	must_run(f, "/user/set admin password=kanarienvogel");
	assert_string_not_equal(first, hash_of(f, "admin"));
	must_run(f, "/user/set admin password=\"\"");
	assert_string_equal(hash_of(f, "admin"), "");
	fixture_free(f);
}

static void wrong_passwords_are_told_without_them(void **state)
{
	struct fixture *f = fixture_new(NULL);
	char line[400];

	snprintf(line, sizeof line, "/user/set admin password=%0101d", 7);
	refused(f, line,
	        "invalid value for argument password\nit may have up to 100 characters and has "
	        "101");
	refused(f, "/user/set admin password=\"\\$y\\$j9T\\$abc\"",
	        "invalid value for argument password\nwhat begins with $y$ is taken for a hash, "
	        "and this is none that export show-sensitive writes");
	refused(f, "/user/set admin password=\"a\\nb\"",
	        "invalid value for argument password\nit holds a control character, which nobody "
	        "can type at a login");
	refused(f, "/user/add name=\"a b\" group=read password=x",
	        "invalid value for argument name\na user's name has no blanks, and none of \" \\ $ "
	        "; / +");
	fixture_free(f);
}

static void a_hash_can_be_carried_over(void **state)
{
	struct fixture *f = fixture_new(NULL), *g = fixture_new(NULL);
	char *lines, hash[PASSWORD_BYTES];

	must_run(f, "/user/set admin password=kanarienvogel");
	snprintf(hash, sizeof hash, "%s", hash_of(f, "admin"));
	must_run(f, "/user/add name=bob group=write password=other address=10.0.0.0/8");
	lines = exported(f, "/user");
	must_run(g, lines);
	assert_string_equal(hash_of(g, "admin"), hash);
	assert_string_equal(hash_of(g, "bob"), hash_of(f, "bob"));
	assert_string_equal(shown(g, user, 1, "address"), "10.0.0.0/8");
	mem_free(lines);
	/* Nor does it come back to life. */
	must_run(f, "/user/set bob group=full");
	must_run(f, "/user/remove admin");
	lines = exported(f, "/user");
	must_run(g, "/user/remove bob");
	must_run(g, lines);
	assert_null(users_find(g->manage->users, "admin"));
	mem_free(lines);
	fixture_free(f);
	fixture_free(g);
}

/* --- what each may do --- */

static void with_users(struct fixture *f)
{
	must_run(f, "/user/add name=rita group=read password=x");
	must_run(f, "/user/add name=walt group=write password=x");
	must_run(f, "/user/add name=fred group=full password=x");
}

static void denied(struct fixture *f, const char *line, const char *policy)
{
	char why[DIAG_TEXT_BYTES];

	snprintf(why, sizeof why,
	         "not enough permissions (9)\nthis needs the policy %s, which your group does not "
	         "have",
	         policy);
	refused(f, line, why);
}

static void readers_change_nothing(void **state)
{
	struct fixture *f = home(NULL);

	with_users(f);
	f->who = "rita";
	must_run(f, ":put [/ip/address/find]");
	must_run(f, "/export");
	denied(f, "/ip/address/add address=10.9.9.9/24 interface=ether3", "write");
	denied(f, "/ip/address/disable 0", "write");
	denied(f, "/user/add name=eve group=full password=x", "write");
	denied(f, "/undo", "write");
	denied(f, "/export show-sensitive", "policy");
	denied(f, "/user/get admin password", "policy");
	denied(f, "/user/print where password~\"y\"", "policy");
	denied(f, "/export file=x", "write");
	assert_int_equal(rows_n(f, "/ip/address"), 2);
	fixture_free(f);
}

static void writers_manage_no_users(void **state)
{
	struct memory_store store;
	struct fixture *f;

	memory_store_init(&store);
	f = home(&store);
	with_users(f);
	f->who = "walt";
	must_run(f, "/ip/address/add address=10.9.9.9/24 interface=ether3");
	denied(f, "/user/add name=eve group=full password=x", "policy");
	denied(f, "/user/group/add name=mine policy=policy", "policy");
	denied(f, "/system/reset-configuration", "policy");
	/* Neither in a row of additions, nor by undoing what others did. */
	assert_false(run(f, "/ip/route/add dst-address=10.1.0.0/16 gateway=10.9.9.1\n"
	                    "/user/add name=eve group=full password=x"));
	assert_null(users_find(f->manage->users, "eve"));
	must_run(f, "/undo count=2"); /* their own */
	refused(f, "/undo",
	        "not enough permissions (9)\n/user: to change it needs the policy policy");
	assert_non_null(users_find(f->manage->users, "fred"));
	fixture_free(f);
	memory_store_free(&store);
}

static void a_group_counts_at_once(void **state)
{
	struct fixture *f = home(NULL);

	with_users(f);
	f->who = "fred";
	must_run(f, "/user/add name=tom group=read password=x");
	f->who = NULL;
	must_run(f, "/user/set fred group=read");
	f->who = "fred";
	denied(f, "/user/remove tom", "write");
	f->who = NULL;
	must_run(f, "/user/disable fred");
	f->who = "fred";
	denied(f, "/ip/address/print", "read");
	fixture_free(f);
}

static void scripts_are_no_way_around(void **state)
{
	struct fixture *f = home(NULL);

	with_users(f);
	must_run(f, "/system/script/add name=boss source=\"/user/add name=eve group=full "
	            "password=x\"");
	must_run(f, "/system/script/add name=open dont-require-permissions=yes policy=read,write "
	            "source=\"/ip/address/disable 0\"");
	f->who = "walt";
	denied(f, "/system/script/run boss", "ftp");
	refused(f, "/system/script/set boss source=\":put 1\"",
	        "not enough permissions (9)\n/system/script: to change it needs the policy ftp");
	refused(f, "/system/script/add name=mine owner=admin policy=policy source=\":put 1\"",
	        "not enough permissions (9)\n/system/script: to change it needs the policy policy");
	/* What they add may do what they may, whoever is said to own it. */
	must_run(f, "/system/script/add name=mine owner=admin source=\"/user/add name=eve "
	            "group=full password=x\"");
	assert_string_equal(shown(f, "/system/script", 2, "policy"),
	                    "reboot,read,write,test,password,sniff,sensitive,romon");
	assert_false(run(f, "/system/script/run mine"));
	assert_non_null(strstr(f->diag.text, "not enough permissions (9)"));
	assert_null(users_find(f->manage->users, "eve"));
	f->who = "rita";
	denied(f, "/system/script/run mine", "write");
	must_run(f, "/system/script/run open");
	f->who = NULL;
	must_run(f, "/system/script/run boss");
	assert_non_null(users_find(f->manage->users, "eve"));
	fixture_free(f);
}

/* --- /password --- */

static void everybody_sets_their_own_password(void **state)
{
	struct fixture *f = home(NULL);

	with_users(f);
	f->who = "rita";
	refused(f, "/password old-password=y new-password=n1 confirm-new-password=n1",
	        "failure: old password is wrong\nit is the one you log in with");
	refused(f, "/password old-password=x new-password=n1 confirm-new-password=n2",
	        "failure: the new passwords differ\ntype the same one twice");
	refused(f, "/password old-password=x new-password=\"\" confirm-new-password=\"\"",
	        "failure: the new password is empty\nsomebody of group full can take a password "
	        "away: /user/set NAME password=\"\"");
	must_run(f, "/password old-password=x new-password=n1 confirm-new-password=n1");
	assert_true(password_verify("n1", hash_of(f, "rita")));
	f->who = "admin"; /* who has none yet */
	must_run(f, "/password old-password=\"\" new-password=n1 confirm-new-password=n1");
	assert_true(password_verify("n1", hash_of(f, "admin")));
	fixture_free(f);
}

static void an_expired_password_comes_first(void **state)
{
	struct fixture *f = home(NULL);

	with_users(f);
	must_run(f, "/user/expire-password walt");
	assert_string_equal(letters(f, user, 2), "E");
	f->who = "walt";
	denied(f, "/ip/address/print", "read");
	must_run(f, "/password old-password=x new-password=n1 confirm-new-password=n1");
	must_run(f, ":put [/ip/address/find]");
	fixture_free(f);
}

/* --- secrets --- */

static void must_lack(const struct text *text, const char *canary)
{
	if (memmem(text_str(text), text->len, canary, strlen(canary)) != NULL)
		fail_msg("the canary is in: %s", text_str(text));
}

static void nothing_typed_is_kept(void **state)
{
	static const char canary[] = "KaNaRiE";
	struct memory_store store;
	struct fixture *f;
	char *lines;

	memory_store_init(&store);
	f = home(&store);
	must_run(f, "/user/set admin password=KaNaRiE1");
	must_run(f, "/user/add name=bob group=read password=KaNaRiE2");
	must_run(f, "/user/add name=bea group=read password=KaNaRiE6\n"
	            "/user/add name=ben group=read password=\"KaNaRiE7\"");
	must_run(f, ":global p KaNaRiE3; /user/set bob password=$p");
	f->who = "admin";
	must_run(f, "/password old-password=KaNaRiE1 new-password=KaNaRiE4 "
	            "confirm-new-password=KaNaRiE4");
	assert_false(run(f, "/password old-password=KaNaRiE9 new-password=KaNaRiE4 "
	                    "confirm-new-password=KaNaRiE4"));
	f->who = NULL;
	must_run(f, "/undo");
	must_run(f, "/redo");
	assert_true(password_verify("KaNaRiE4", hash_of(f, "admin")));
	assert_true(password_verify("KaNaRiE3", hash_of(f, "bob")));
	for (size_t i = 0; i < rows_n(f, "/system/history"); i++) {
		assert_null(strstr(shown(f, "/system/history", i, "action"), canary));
		assert_null(strstr(shown(f, "/system/history", i, "redo"), canary));
		assert_null(strstr(shown(f, "/system/history", i, "undo"), canary));
	}
	must_run(f, "/export show-sensitive");
	must_lack(&f->out, canary);
	lines = exported(f, "/");
	assert_null(strstr(lines, canary));
	mem_free(lines);
	for (size_t i = 0; i < LOG_LINES; i++)
		assert_null(strstr(f->log.lines[i].text, canary));
	fixture_free(f);
	assert_true(store.ninodes > 0);
	for (int i = 0; i < store.ninodes; i++) {
		const struct memory_bytes *live = &store.inodes[i].live;

		if (live->len > 0)
			assert_null(memmem(live->at, live->len, canary, strlen(canary)));
	}
	memory_store_free(&store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_fresh_router_has_admin),
		cmocka_unit_test(somebody_can_always_do_everything),
		cmocka_unit_test(built_in_groups_stay),
		cmocka_unit_test(passwords_are_kept_as_hashes),
		cmocka_unit_test(wrong_passwords_are_told_without_them),
		cmocka_unit_test(a_hash_can_be_carried_over),
		cmocka_unit_test(readers_change_nothing),
		cmocka_unit_test(writers_manage_no_users),
		cmocka_unit_test(a_group_counts_at_once),
		cmocka_unit_test(scripts_are_no_way_around),
		cmocka_unit_test(everybody_sets_their_own_password),
		cmocka_unit_test(an_expired_password_comes_first),
		cmocka_unit_test(nothing_typed_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
