/*
 * user.c -- /user: who may log in.
 */
#include "menu/user.h"

#include <stdio.h>
#include <string.h>

#include "conf/conf.h"
#include "conf/diag.h"
#include "conf/policy.h"
#include "conf/type.h"
#include "lib/mem.h"
#include "lib/wall.h"
#include "manage/manage.h"
#include "menu/menus.h"
#include "menu/type_password.h"
#include "router/router.h"

#define FLAG_EXPIRED ROW_MENU_FIRST

enum { /* places in fields[] */
	AT_PASSWORD = 2,
	AT_ADDRESS = 3,
	AT_LAST = 4,
};

static const struct field fields[] = {
	{ "name", &type_string, AT(struct user_row, name), .min = 1, .max = USER_NAME_BYTES - 1,
	  .flags = F_KEY | F_BRIEF | F_REQUIRED, .help = "what they log in as" },
	{ "group", &type_ref, AT(struct user_row, group), .ref = "/user/group",
	  .flags = F_BRIEF | F_REQUIRED | F_HOLDS, .help = "says what they may do" },
	{ "password", &type_password, AT(struct user_row, password), .dflt = "",
	  .max = PASSWORD_MOST, .flags = F_REQUIRED | F_SECRET,
	  .help = "what they log in with; with none they can at the router itself only" },
	{ "address", &type_network, AT(struct user_row, address), .flags = F_BRIEF,
	  .help = "the network they may log in from; any when it is not given" },
	{ "last-logged-in", &type_string, AT(struct user_row, last_logged_in),
	  .flags = F_READ_ONLY | F_BRIEF,
	  .help = "when they logged in last since the router has started, in UTC" },
	{ "expired", &type_bool, AT(struct user_row, expired), .dflt = "no", .flags = F_QUIET,
	  .help = "they may do nothing but give themselves a new password" },
};

static const struct refused refused[] = {
	{ "inactivity-timeout", "a login lasts until it is ended" },
	{ "inactivity-policy", "a login lasts until it is ended" },
	{ "skin", "the console looks the same to everybody" },
	{ NULL, NULL },
};

static const struct menu_flag flags[] = { { 'E', "expired" } };

static const struct group_row *group_of(const struct conf_state *state, const struct user_row *user)
{
	const struct row *row = conf_state_row(state, "/user/group", user->group);

	return row != NULL ? (const void *)row->body : NULL;
}

static bool user_check(const struct row *row, struct diag *diag)
{
	const struct user_row *body = (const void *)row->body;

	for (const char *at = body->name; *at != '\0'; at++)
		if ((unsigned char)*at <= ' ' || strchr("\"\\$;/+", *at) != NULL || *at == 0x7f)
			return diag_fail(diag, "name",
			                 "invalid value for argument name\na user's name has no "
			                 "blanks, and none of \" \\ $ ; / +");
	return true;
}

/* Somebody must be left who can do everything. */
static bool user_check_all(const struct conf_state *state, struct rows rows, struct diag *diag)
{
	for (size_t i = 0; i < rows.n; i++) {
		const struct group_row *group = group_of(state, (const void *)rows.at[i]->body);

		if ((rows.at[i]->flags & ROW_DISABLED) == 0 && group != NULL &&
		    strcmp(group->name, USER_GROUP_FULL) == 0)
			return true;
	}
	return diag_fail(diag, "group",
	                 "failure: no enabled user of group full would be left\n"
	                 "nobody could manage users any more; add or enable another one first");
}

static void user_fill(const struct conf_state *state, const struct row *row, struct user *user)
{
	const struct user_row *body = (const void *)row->body;
	const struct group_row *group = group_of(state, body);

	user->id = row->id;
	user->disabled = (row->flags & ROW_DISABLED) != 0;
	user->policies = group != NULL ? group->policy : 0;
	user->limited = row_given(row, AT_ADDRESS);
	user->from = body->address;
	user->expired = body->expired;
	snprintf(user->name, sizeof user->name, "%s", body->name);
	if (password_is_hash(body->password))
		snprintf(user->hash, sizeof user->hash, "%s", body->password);
}

static bool user_prepare(struct router *router, const struct conf_state *state, void **ret_prepared,
                         struct diag *diag)
{
	struct rows rows = conf_state_rows(state, "/user");
	struct users *users = users_new(rows.n);

	for (size_t i = 0; i < rows.n; i++)
		user_fill(state, rows.at[i], &users->at[i]);
	*ret_prepared = users;
	return true;
}

static void user_publish(struct router *router, void *prepared)
{
	users_replace(&router->manage->users, prepared);
}

static void user_discard(void *prepared)
{
	users_free(prepared);
}

static void user_status(struct router *router, const struct conf_state *state, struct row *row)
{
	const struct user *user = users_find_id(router->manage->users, row->id);
	struct user_row *body = (void *)row->body;
	struct text time = text_into(body->last_logged_in, sizeof body->last_logged_in);

	if (body->expired)
		row->flags |= FLAG_EXPIRED;
	if (user == NULL || !user->has_logged_in)
		return;
	wall_text(user->last_login, &time);
	row->given |= 1ULL << AT_LAST;
}

bool user_lacks_password(const struct conf_state *state, const char *name)
{
	const struct row *row = conf_state_named(state, "/user", name, NULL);

	return row != NULL && (row->flags & ROW_DISABLED) == 0 &&
	       ((const struct user_row *)(const void *)row->body)->password[0] == '\0';
}

static bool user_warn(struct router *router, const struct conf_state *state, const struct row *row,
                      struct text *out)
{
	const struct user_row *body = (const void *)row->body;

	if (!user_lacks_password(state, body->name))
		return false;
	text_printf(out,
	            "warning: user %s has no password, and can log in at the router itself only",
	            body->name);
	return true;
}

static void user_fresh(struct router *router, struct fresh_sink *sink)
{
	static const struct fresh_field admin[] = { { "name", "admin" },
		                                    { "group", USER_GROUP_FULL },
		                                    { "comment", "system default user" } };

	sink->row(sink, 0, admin, ARRAY_LEN(admin));
}

/* --- expire-password --- */

struct expire_args {
	uint32_t user;
};

static const struct field expire_fields[] = {
	{ "numbers", &type_ref, AT(struct expire_args, user), .ref = "/user",
	  .flags = F_REQUIRED | F_UNNAMED | F_ITEM, .help = "the user: a name, or a number" },
};

struct expiry {
	struct arena arena;
	struct request request;
	uint32_t id;
	struct text notice;
	conf_done *done;
	void *arg;
};

static void expired(void *arg, const struct conf_answer *answer)
{
	struct expiry *expiry = arg;

	expiry->done(expiry->arg, answer);
	text_free(&expiry->notice);
	arena_free(&expiry->arena);
	mem_free(expiry);
}

static void expire(struct conf *conf, const struct action_caller *caller, const void *args,
                   conf_done *done, void *arg)
{
	struct expiry *expiry = mem_new(1, sizeof *expiry);

	expiry->id = ((const struct expire_args *)args)->user;
	expiry->done = done;
	expiry->arg = arg;
	expiry->request = (struct request){ .menu = conf_menu(conf, "/user"),
		                            .verb = VERB_SET,
		                            .ids = &expiry->id,
		                            .nids = 1,
		                            .who = arena_strdup(&expiry->arena, caller->who),
		                            .door = arena_strdup(&expiry->arena, caller->door),
		                            .line = arena_strdup(&expiry->arena, caller->line),
		                            .trial = action_trial(caller),
		                            .lacks = caller->lacks,
		                            .arena = &expiry->arena,
		                            .notice = &expiry->notice };
	request_put(&expiry->request, "expired", "yes");
	conf_change(conf, &expiry->request, expired, expiry);
}

static const struct action actions[] = {
	{ .name = "expire-password",
	  .help = "have a user set a new password before anything else",
	  .fields = expire_fields,
	  .nfields = ARRAY_LEN(expire_fields),
	  .args_size = sizeof(struct expire_args),
	  .change = expire,
	  .policy = POLICY_WRITE | POLICY_POLICY },
};

const struct menu menu_user = {
	.path = "/user",
	.title = "Who may log in",
	.kind = MENU_LIST,
	.fields = fields,
	.nfields = ARRAY_LEN(fields),
	.row_size = sizeof(struct user_row),
	.flags = flags,
	.nflags = ARRAY_LEN(flags),
	.actions = actions,
	.nactions = ARRAY_LEN(actions),
	.refused = refused,
	.policy = POLICY_POLICY,
	.begins_with = "admin",
	.depends = (const char *const[]){ "/user/group", NULL },
	.check = user_check,
	.check_all = user_check_all,
	.prepare = user_prepare,
	.publish = user_publish,
	.discard = user_discard,
	.status = user_status,
	.warn = user_warn,
	.fresh = user_fresh,
};
