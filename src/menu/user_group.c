/*
 * user_group.c -- /user/group: what the users of a group may do.
 */
#include <string.h>

#include "conf/diag.h"
#include "conf/policy.h"
#include "conf/type.h"
#include "menu/menus.h"
#include "menu/user.h"

#define BUILT_IN_READ  (POLICY_ALL & ~(uint32_t)(POLICY_FTP | POLICY_WRITE | POLICY_POLICY))
#define BUILT_IN_WRITE (POLICY_ALL & ~(uint32_t)(POLICY_FTP | POLICY_POLICY))

static const struct {
	const char *name;
	uint32_t policy;
} built_in[] = {
	{ "read", BUILT_IN_READ },
	{ "write", BUILT_IN_WRITE },
	{ USER_GROUP_FULL, POLICY_ALL },
};

/* --- the type --- */

static int policy_find(const char *word, size_t len)
{
	for (int i = 0; i < POLICY_N; i++)
		if (strlen(policy_words[i]) == len && memcmp(policy_words[i], word, len) == 0)
			return i;
	return -1;
}

static bool policy_parse(const struct field *field, const struct conf_state *state,
                         const char *text, void *at, struct diag *diag)
{
	uint32_t policies = 0;

	while (*text != '\0') {
		size_t len = strcspn(text, ",");
		bool not = *text == '!';
		int i = policy_find(text + not, len - not );

		if (i < 0)
			return diag_fail(diag, field->name,
			                 "input does not match any value of %s\n%.*s is no policy",
			                 field->name, (int)(len < 40 ? len : 40), text);
		if (not )
			policies &= ~(1U << i);
		else
			policies |= 1U << i;
		text += len + (text[len] == ',');
	}
	memcpy(at, &policies, sizeof policies);
	return true;
}

static void policy_print(const struct field *field, const struct conf_state *state, const void *at,
                         struct text *out)
{
	uint32_t policies;

	memcpy(&policies, at, sizeof policies);
	for (int has = 1; has >= 0; has--)
		for (int i = 0; i < POLICY_N; i++)
			if ((policies >> i & 1) == (unsigned)has)
				text_printf(out, "%s%s%s", out->len > 0 ? "," : "", has ? "" : "!",
				            policy_words[i]);
}

static void policy_choices(const struct field *field, const struct conf_state *state,
                           struct choice_sink *sink)
{
	for (int i = 0; i < POLICY_N; i++)
		sink->choice(sink, policy_words[i], NULL);
}

const struct type type_policy = {
	.name = "policies, comma-separated, each with ! when it is not given",
	.parse = policy_parse,
	.print = policy_print,
	.choices = policy_choices,
};

/* --- the menu --- */

#define NO_POLICIES                                                                                \
	"!local,!telnet,!ssh,!ftp,!reboot,!read,!write,!policy,!test,!winbox,!password,!web,"      \
	"!sniff,!sensitive,!api,!romon,!rest-api"

static const struct field fields[] = {
	{ "name", &type_string, AT(struct group_row, name), .min = 1, .max = USER_NAME_BYTES - 1,
	  .flags = F_KEY | F_BRIEF | F_REQUIRED, .help = "what the group is called" },
	{ "policy", &type_policy, AT(struct group_row, policy), .dflt = NO_POLICIES,
	  .flags = F_BRIEF, .help = "what its users may do" },
};

static const struct refused refused[] = {
	{ "skin", "the console looks the same to everybody" },
	{ NULL, NULL },
};

static bool group_check(const struct row *row, struct diag *diag)
{
	const struct group_row *body = (const void *)row->body;

	if ((row->flags & ROW_DISABLED) != 0)
		return diag_fail(diag, "disabled",
		                 "failure: a group can't be disabled\ndisable its users");
	for (size_t i = 0; i < ARRAY_LEN(built_in); i++)
		if ((row->flags & ROW_FIXED) != 0 && strcmp(body->name, built_in[i].name) == 0 &&
		    body->policy != built_in[i].policy)
			return diag_fail(diag, "policy",
			                 "failure: can not change builtin: %s comes with the "
			                 "router\nadd a group of your own: add name=... policy=...",
			                 body->name);
	return true;
}

static void group_fresh(struct router *router, struct fresh_sink *sink)
{
	for (size_t i = 0; i < ARRAY_LEN(built_in); i++) {
		char buffer[256];
		struct text policies = text_into(buffer, sizeof buffer);

		policy_print(NULL, NULL, &built_in[i].policy, &policies);

		const struct fresh_field row[] = { { "name", built_in[i].name },
			                           { "policy", text_str(&policies) } };

		sink->row(sink, ROW_FIXED, row, ARRAY_LEN(row));
	}
}

const struct menu menu_user_group = {
	.path = "/user/group",
	.title = "What the users of a group may do",
	.kind = MENU_LIST,
	.fields = fields,
	.nfields = ARRAY_LEN(fields),
	.row_size = sizeof(struct group_row),
	.detail = true,
	.refused = refused,
	.policy = POLICY_POLICY,
	.check = group_check,
	.fresh = group_fresh,
};
