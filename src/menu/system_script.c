/*
 * system_script.c -- /system/script: scripts that are kept by name, and run.
 */
#include "menu/system_script.h"

#include <stdio.h>
#include <string.h>

#include "conf/conf.h"
#include "conf/diag.h"
#include "conf/policy.h"
#include "conf/request.h"
#include "conf/type.h"
#include "lang/parse.h"
#include "lib/mem.h"
#include "lib/wall.h"
#include "manage/jobs.h"
#include "manage/log_book.h"
#include "manage/manage.h"
#include "menu/menus.h"
#include "router/router.h"

#define FLAG_INVALID (ROW_MENU_FIRST << 0)

struct script_row {
	char name[SCRIPT_NAME_BYTES], owner[SCRIPT_OWNER_BYTES];
	uint32_t policy;
	bool dont_require_permissions;
	char last_started[24];
	uint64_t run_count;
	char source[SCRIPT_SOURCE_BYTES];
};

const char *const script_policies[] = { "ftp",       "reboot", "read",     "write",
	                                "policy",    "test",   "password", "sniff",
	                                "sensitive", "romon",  NULL };

static const struct field fields[] = {
	{ "name", &type_string, AT(struct script_row, name), .min = 1, .max = SCRIPT_NAME_BYTES - 1,
	  .flags = F_KEY | F_BRIEF | F_REQUIRED, .help = "what the script is called" },
	{ "owner", &type_string, AT(struct script_row, owner), .max = SCRIPT_OWNER_BYTES - 1,
	  .flags = F_BRIEF, .help = "whose script it is: who has added it, unless said otherwise" },
	{ "policy", &type_set, AT(struct script_row, policy), .words = script_policies,
	  .dflt = SCRIPT_POLICIES, .help = "what it may do when it runs" },
	{ "dont-require-permissions", &type_bool, AT(struct script_row, dont_require_permissions),
	  .dflt = "no", .help = "it may be run by those who may not do what it does" },
	{ "last-started", &type_string, AT(struct script_row, last_started), .flags = F_READ_ONLY,
	  .help = "when it was run last, in UTC" },
	{ "run-count", &type_uint, AT(struct script_row, run_count),
	  .flags = F_READ_ONLY | F_BRIEF | F_RIGHT,
	  .help = "how often it was run since the router has started" },
	{ "source", &type_string, AT(struct script_row, source), .dflt = "",
	  .max = SCRIPT_SOURCE_BYTES - 1, .help = "the lines of the script" },
};

enum { /* places in fields[] of what may be absent */
	AT_LAST_STARTED = 4,
	AT_RUN_COUNT = 5,
};

bool script_compiles(struct router *router, const char *source, struct text *why)
{
	struct diag diag = { 0 };

	if (parse_check(conf_menus(router->manage->conf), source, strlen(source), &diag))
		return true;
	text_printf(why, "(line %u column %u) ", diag.line, diag.column);
	for (const char *at = diag.text; *at != '\0'; at++) {
		if (*at == '\n')
			text_add(why, ": ");
		else
			text_char(why, *at);
	}
	return false;
}

uint32_t script_policies_of(uint32_t bits)
{
	uint32_t policies = 0;

	for (size_t i = 0; script_policies[i] != NULL; i++)
		for (unsigned k = 0; (bits >> i & 1) != 0 && k < POLICY_N; k++)
			if (strcmp(script_policies[i], policy_words[k]) == 0)
				policies |= 1U << k;
	return policies;
}

/* By default it may do all that whoever adds it may. */
static void put_policy(struct request *request)
{
	struct text words = { 0 };

	for (size_t i = 0; script_policies[i] != NULL; i++)
		if ((script_policies_of(1U << i) & request->lacks) == 0)
			text_printf(&words, "%s%s", words.len > 0 ? "," : "", script_policies[i]);
	request_put(request, "policy", text_str(&words));
	text_free(&words);
}

void script_adding(struct router *router, struct request *request)
{
	if (request_field(request, "policy") == NULL && request->lacks != 0)
		put_policy(request);
	if (request_field(request, "owner") == NULL && request->who != NULL)
		request_put(request, "owner", request->who);
}

static bool script_prepare(struct router *router, const struct conf_state *state,
                           void **ret_prepared, struct diag *diag)
{
	struct rows rows = conf_state_rows(state, "/system/script");
	struct scripts *scripts = scripts_new(rows.n);

	for (size_t i = 0; i < rows.n; i++) {
		const struct script_row *body = (const void *)rows.at[i]->body;
		struct script *script = &scripts->at[i];

		script->id = rows.at[i]->id;
		script->without = POLICY_ALL & ~script_policies_of(body->policy);
		script->open = body->dont_require_permissions;
		script->disabled = (rows.at[i]->flags & ROW_DISABLED) != 0;
		snprintf(script->name, sizeof script->name, "%s", body->name);
		snprintf(script->owner, sizeof script->owner, "%s", body->owner);
		script->source = mem_strdup(body->source);
	}
	*ret_prepared = scripts;
	return true;
}

static void script_publish(struct router *router, void *prepared)
{
	scripts_replace(&router->manage->scripts, prepared);
}

static void script_discard(void *prepared)
{
	scripts_free(prepared);
}

static void script_status(struct router *router, const struct conf_state *state, struct row *row)
{
	const struct script *script = scripts_find_id(router->manage->scripts, row->id);
	struct script_row *body = (void *)row->body;
	struct text time = text_into(body->last_started, sizeof body->last_started);
	struct text why = { 0 };

	if (!script_compiles(router, body->source, &why))
		row->flags |= FLAG_INVALID;
	text_free(&why);
	row->given |= 1ULL << AT_RUN_COUNT;
	if (script == NULL || script->run_count == 0)
		return;
	body->run_count = script->run_count;
	wall_text(script->last_started, &time);
	row->given |= 1ULL << AT_LAST_STARTED;
}

static bool script_warn(struct router *router, const struct conf_state *state,
                        const struct row *row, struct text *out)
{
	const struct script_row *body = (const void *)row->body;
	struct text why = { 0 };
	bool compiles = script_compiles(router, body->source, &why);

	if (!compiles)
		text_printf(out, "warning: script %s can't be run: %s", body->name, text_str(&why));
	text_free(&why);
	return !compiles;
}

/* Who puts something into a script must be allowed to do all that the script may. */
static uint32_t script_row_needs(const struct row *row)
{
	return script_policies_of(((const struct script_row *)(const void *)row->body)->policy);
}

static const struct menu_flag flags[] = { { 'I', "invalid" } };

/* --- run --- */

struct run_args {
	uint32_t script;
	bool use_script_permissions;
};

static const struct field run_fields[] = {
	{ "number", &type_ref, AT(struct run_args, script), .ref = "/system/script",
	  .alias = "name", .flags = F_REQUIRED | F_UNNAMED | F_ITEM,
	  .help = "the script: its name, or its number" },
	{ "use-script-permissions", &type_bool, AT(struct run_args, use_script_permissions),
	  .flags = F_BARE, .dflt = "no", .help = "it may do what its policy says" },
};

struct run_state {
	struct job *job;
	struct diag diag;
};

static bool run_begin(struct router *router, const void *args, void *state, struct text *out,
                      struct diag *diag)
{
	struct manage *manage = router->manage;
	const struct run_args *asked = args;
	struct script *script = scripts_find_id(manage->scripts, asked->script);
	struct run_state *mine = state;
	struct diag why = { 0 };

	if (script == NULL)
		return diag_fail(diag, "number", "no such item: the script is gone");
	if (script->disabled)
		return diag_fail(diag, "number",
		                 "failure: script %s is disabled\nenable it first: "
		                 "/system/script/enable %s",
		                 script->name, script->name);
	mine->job = jobs_start(manage->jobs,
	                       &(struct job_plan){ .kind = JOB_SCRIPT,
	                                           .row = script->id,
	                                           .name = script->name,
	                                           .owner = script->owner,
	                                           .source = script->source,
	                                           .without = script->without,
	                                           .attended = true },
	                       &why);
	if (mine->job == NULL && why.at_position)
		return diag_fail(diag, "number", "failure: script %s (line %u column %u): %s",
		                 script->name, why.line, why.column, why.text);
	if (mine->job == NULL)
		return diag_fail(diag, "number", "%s", why.text);
	script->run_count++;
	script->last_started = manage->wall;
	return true;
}

static bool run_turn(struct router *router, void *state, struct text *out, mono now)
{
	struct run_state *mine = state;

	return job_collect(mine->job, out, &mine->diag);
}

static void run_stop(struct router *router, void *state, struct text *out)
{
	struct run_state *mine = state;

	job_abandon(mine->job);
}

static bool run_finish(struct router *router, void *state, struct diag *diag)
{
	const struct run_state *mine = state;

	return !mine->diag.failed || diag_fail(diag, NULL, "%s", mine->diag.text);
}

/* What the script may do, unless it is there for those who may not do it themselves. */
static uint32_t run_needs(struct router *router, const void *args)
{
	const struct script *script =
		scripts_find_id(router->manage->scripts, ((const struct run_args *)args)->script);

	return script == NULL || script->open ? 0 : POLICY_ALL & ~script->without;
}

static const struct action actions[] = {
	{ .name = "run",
	  .help = "Run a script, and wait for its end",
	  .fields = run_fields,
	  .nfields = ARRAY_LEN(run_fields),
	  .args_size = sizeof(struct run_args),
	  .state_size = sizeof(struct run_state),
	  .start = run_begin,
	  .turn = run_turn,
	  .stop = run_stop,
	  .finish = run_finish,
	  .needs = run_needs },
};

const struct menu menu_system_script = {
	.path = "/system/script",
	.title = "Scripts: lines that are kept by a name, and run",
	.kind = MENU_LIST,
	.fields = fields,
	.nfields = ARRAY_LEN(fields),
	.row_size = sizeof(struct script_row),
	.flags = flags,
	.nflags = ARRAY_LEN(flags),
	.detail = true,
	.actions = actions,
	.nactions = ARRAY_LEN(actions),
	.adding = script_adding,
	.row_needs = script_row_needs,
	.prepare = script_prepare,
	.publish = script_publish,
	.discard = script_discard,
	.status = script_status,
	.warn = script_warn,
};
