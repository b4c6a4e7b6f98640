/*
 * safe_mode.c -- /safe-mode, /commit-confirm and /confirm: changes that are kept only if whoever
 * made them says so.
 */
#include "menu/safe_mode.h"

#include <stdio.h>
#include <string.h>

#include "conf/diag.h"
#include "conf/journal.h"
#include "conf/trial.h"
#include "conf/type.h"
#include "lib/wall.h"
#include "manage/manage.h"
#include "menu/lookup.h"
#include "menu/menus.h"
#include "router/router.h"

#define MS_PER_DAY 86400000

const struct field safe_mode_begin_fields[1] = {
	{ "timeout", &type_time, AT(struct safe_mode_begin_args, timeout_ms), .min = 1000,
	  .max = 30LL * MS_PER_DAY, .flags = F_REQUIRED | F_UNNAMED,
	  .help = "how long to wait for /confirm, such as 5m" },
};

const struct field safe_mode_confirm_fields[1] = {
	{ "id", &type_uint, AT(struct safe_mode_confirm_args, id), .min = 1, .max = UINT32_MAX,
	  .flags = F_UNNAMED, .help = "which one, where several wait: see /safe-mode/print" },
};

static void agree(uint32_t id, conf_done *done, void *arg)
{
	const struct conf_answer answer = { .ok = true, .id = id };

	done(arg, &answer);
}

static const struct trial *trial_of(const struct conf *conf, const struct action_caller *caller)
{
	return caller->trial != NULL && *caller->trial != 0 ? trial_find(conf, *caller->trial)
	                                                    : NULL;
}

/* May this login begin one? */
static bool is_free(const struct conf *conf, const struct action_caller *caller, struct diag *diag)
{
	const struct trial *trial = trial_of(conf, caller);

	if (caller->trial == NULL)
		return diag_fail(diag, NULL,
		                 "failure: only a login can have its changes taken back\n"
		                 "begin it at a console, or with towpath -c");
	if (trial == NULL)
		return true;
	if (trial->until.ns == 0)
		return diag_fail(diag, NULL,
		                 "failure: safe mode is taken already\n"
		                 "/safe-mode/release keeps what was done in it, /safe-mode/unroll "
		                 "takes it back");
	return diag_fail(diag, NULL,
	                 "failure: commit-confirm %u of this login waits\n"
	                 "/confirm %u keeps what was done, /safe-mode/unroll takes it back",
	                 trial->id, trial->id);
}

static void take(struct conf *conf, const struct action_caller *caller, const void *args,
                 conf_done *done, void *arg)
{
	struct diag diag = { 0 };

	if (is_free(conf, caller, &diag))
		*caller->trial = trial_take(conf, caller->who, caller->door, &diag);
	if (diag.failed) {
		conf_refuse(&diag, done, arg);
		return;
	}
	text_add(caller->notice, "[Safe Mode taken]\n");
	agree(*caller->trial, done, arg);
}

/* The one that this login is in; NULL: in none, and it has been told. */
static const struct trial *taken(const struct conf *conf, const struct action_caller *caller,
                                 conf_done *done, void *arg)
{
	const struct trial *trial = trial_of(conf, caller);
	struct diag diag = { 0 };

	if (trial == NULL) {
		(void)diag_fail(&diag, NULL, "failure: safe mode is not taken");
		conf_refuse(&diag, done, arg);
	}
	return trial;
}

static void release(struct conf *conf, const struct action_caller *caller, const void *args,
                    conf_done *done, void *arg)
{
	const struct trial *trial = taken(conf, caller, done, arg);

	if (trial == NULL)
		return;
	text_add(caller->notice, "[Safe Mode released]\n");
	trial_keep(conf, trial->id, done, arg);
}

static void unroll(struct conf *conf, const struct action_caller *caller, const void *args,
                   conf_done *done, void *arg)
{
	const struct trial *trial = taken(conf, caller, done, arg);

	if (trial == NULL)
		return;
	text_add(caller->notice, "[Safe Mode unrolled]\n");
	trial_unroll(conf, trial->id, caller->notice, done, arg);
}

static void toggle(struct conf *conf, const struct action_caller *caller, const void *args,
                   conf_done *done, void *arg)
{
	if (trial_of(conf, caller) != NULL)
		release(conf, caller, args, done, arg);
	else
		take(conf, caller, args, done, arg);
}

void safe_mode_begin(struct conf *conf, const struct action_caller *caller, const void *args,
                     conf_done *done, void *arg)
{
	const struct safe_mode_begin_args *wanted = args;
	const struct journal_origin origin = { .who = caller->who,
		                               .lacks = caller->lacks,
		                               .door = caller->door,
		                               .line = caller->line };
	struct diag diag = { 0 };

	if (!is_free(conf, caller, &diag)) {
		conf_refuse(&diag, done, arg);
		return;
	}
	text_add(caller->notice,
	         "what this login changes from now on is taken back unless /confirm comes in "
	         "time\n");
	trial_begin(conf, wanted->timeout_ms, &origin, caller->trial, done, arg);
}

/* The one that is meant; 0 with @diag when it can't be told. */
static uint32_t confirmed(const struct conf *conf, const char *who, uint32_t id, struct diag *diag)
{
	uint32_t found = 0;
	unsigned n = 0;

	for (const struct trial *trial = trial_first(conf); trial != NULL; trial = trial->next) {
		if (trial->until.ns == 0 || strcmp(trial->who, who) != 0 ||
		    (id != 0 && trial->id != id))
			continue;
		found = trial->id;
		n++;
	}
	if (n == 1)
		return found;
	if (n == 0)
		(void)diag_fail(diag, id != 0 ? "id" : NULL,
		                "no such item\nno commit-confirm of %s waits%s; /safe-mode/print "
		                "shows which do",
		                who, id != 0 ? " by that id" : "");
	else
		(void)diag_fail(diag, "id",
		                "missing value(s) of argument(s) id\n"
		                "%u of %s wait: /safe-mode/print shows their ids",
		                n, who);
	return 0;
}

void safe_mode_confirm(struct conf *conf, const struct action_caller *caller, const void *args,
                       conf_done *done, void *arg)
{
	const struct safe_mode_confirm_args *wanted = args;
	struct diag diag = { 0 };
	uint32_t id = confirmed(conf, caller->who, wanted->id, &diag);

	if (id == 0) {
		conf_refuse(&diag, done, arg);
		return;
	}
	text_printf(caller->notice, "commit-confirm %u confirmed: what was changed stays\n", id);
	trial_keep(conf, id, done, arg);
}

/* --- those there are --- */

struct safe_mode_row {
	uint32_t number;
	char kind[16];
	char by[TRIAL_WHO_BYTES];
	char door[TRIAL_DOOR_BYTES];
	char since[24];
	uint64_t expires_ms;
};

#define SEEN(name_, type_, member, help_)                                                          \
	{                                                                                          \
		name_, &(type_), AT(struct safe_mode_row, member), .flags = F_READ_ONLY | F_BRIEF, \
								   .help = help_                   \
	}

static const struct field fields[] = {
	SEEN("id", type_uint, number, "what /confirm calls it"),
	SEEN("kind", type_string, kind, "as long as the login lives, or until a moment"),
	SEEN("by", type_string, by, "whose changes are on it"),
	SEEN("door", type_string, door, "where the login came in"),
	SEEN("since", type_string, since, "when it began, in UTC"),
	SEEN("expires-after", type_time, expires_ms, "how long there is to confirm it"),
};

static void put(char *at, size_t size, const char *value)
{
	snprintf(at, size, "%s", value);
}

static uint64_t left_ms(const struct trial *trial, wall now)
{
	return trial->until.ns > now.ns ? (uint64_t)(trial->until.ns - now.ns) / NS_PER_MS : 0;
}

static bool offer(const struct manage *manage, const struct trial *trial, struct row_sink *sink)
{
	_Alignas(8) uint8_t storage[LOOKUP_ROW_BYTES(sizeof(struct safe_mode_row))];
	struct row *row = lookup_row(storage, sizeof(struct safe_mode_row), trial->id, 0);
	struct safe_mode_row *body = (void *)row->body;
	struct text since = text_into(body->since, sizeof body->since);
	bool safe = trial->until.ns == 0;

	body->number = trial->id;
	put(body->kind, sizeof body->kind, safe ? "safe-mode" : "commit-confirm");
	put(body->by, sizeof body->by, trial->who);
	put(body->door, sizeof body->door, trial->door);
	wall_text(trial->since, &since);
	row->given = UINT64_MAX;
	if (safe)
		row->given &= ~(1ULL << (ARRAY_LEN(fields) - 1));
	else
		body->expires_ms = left_ms(trial, clock_wall(manage->doors.clock));
	return sink->row(sink, row);
}

static void safe_mode_observe(struct router *router, const struct conf_state *state,
                              struct row_sink *sink)
{
	const struct trial *trial;

	if (router->manage == NULL)
		return;
	for (trial = trial_first(router->manage->conf); trial != NULL; trial = trial->next) {
		if (!offer(router->manage, trial, sink))
			return;
	}
}

static const struct action actions[] = {
	{ .name = "release",
	  .help = "end safe mode: what was done in it stays",
	  .change = release },
	{ .name = "take",
	  .help = "begin it: what this login changes is taken back when it is lost",
	  .change = take },
	{ .name = "toggle", .help = "begin it, or end it: as Ctrl-X does", .change = toggle },
	{ .name = "unroll", .help = "end it: what was done in it is taken back", .change = unroll },
};

const struct menu menu_safe_mode = {
	.path = "/safe-mode",
	.title = "Changes that are taken back when their login is lost",
	.kind = MENU_OBSERVED,
	.fields = fields,
	.nfields = ARRAY_LEN(fields),
	.row_size = sizeof(struct safe_mode_row),
	.actions = actions,
	.nactions = ARRAY_LEN(actions),
	.observe = safe_mode_observe,
};
