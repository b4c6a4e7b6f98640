/*
 * system_logging.c -- /system/logging: which log lines go where; and .../action: what is done
 * there.
 */
#include <stdio.h>
#include <string.h>

#include "conf/diag.h"
#include "conf/type.h"
#include "lib/mem.h"
#include "manage/log_book.h"
#include "manage/manage.h"
#include "menu/menus.h"
#include "router/router.h"

#define ACTION_MENU "/system/logging/action"
#define TOPICS_MAX  191
#define REGEX_MAX   127

/* --- actions --- */

struct action_row {
	char name[LOG_NAME_BYTES];
	uint8_t target;
	uint32_t memory_lines, disk_lines, disk_files;
	bool memory_stop, disk_stop;
	char disk_name[LOG_NAME_BYTES];
};

static const char *const targets[] = { "memory", "disk", "echo", NULL };

static const struct field action_fields[] = {
	{ "name", &type_word, AT(struct action_row, name), .min = 1, .max = LOG_NAME_BYTES - 1,
	  .flags = F_KEY | F_BRIEF | F_REQUIRED, .help = "what rules call the action" },
	{ "target", &type_enum, AT(struct action_row, target), .words = targets,
	  .flags = F_BRIEF | F_REQUIRED,
	  .help = "memory: kept for /log; disk: written to files; echo: shown at every console" },
	{ "memory-lines", &type_uint, AT(struct action_row, memory_lines), .dflt = "1000", .min = 1,
	  .max = LOG_LINES_MAX, .help = "lines that memory keeps; the oldest go first" },
	{ "memory-stop-on-full", &type_bool, AT(struct action_row, memory_stop), .dflt = "no",
	  .help = "keep the oldest lines instead of the newest" },
	{ "disk-file-name", &type_word, AT(struct action_row, disk_name), .dflt = "log", .min = 1,
	  .max = LOG_NAME_BYTES - 1, .help = "how its files begin: log.0.txt is the newest" },
	{ "disk-lines-per-file", &type_uint, AT(struct action_row, disk_lines), .dflt = "1000",
	  .min = 1, .max = LOG_LINES_MAX, .help = "lines of a file; then the next one begins" },
	{ "disk-file-count", &type_uint, AT(struct action_row, disk_files), .dflt = "2", .min = 1,
	  .max = 100, .help = "how many files are kept" },
	{ "disk-stop-on-full", &type_bool, AT(struct action_row, disk_stop), .dflt = "no",
	  .help = "keep the first file instead of beginning the next" },
};

#define NO_SENDER "log lines leave this router by its console and files only"

static const struct refused action_refused[] = {
	{ "remote", NO_SENDER },          { "remote-port", NO_SENDER },
	{ "remote-protocol", NO_SENDER }, { "remote-log-format", NO_SENDER },
	{ "src-address", NO_SENDER },     { "syslog-facility", NO_SENDER },
	{ "syslog-severity", NO_SENDER }, { "syslog-time-format", NO_SENDER },
	{ "email-to", NO_SENDER },        { NULL, NULL },
};

/* The name becomes a file's: letters, digits, dashes and underscores. */
static bool action_check(const struct row *row, struct diag *diag)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789_-";
	const struct action_row *body = (const void *)row->body;

	if (body->disk_name[strspn(body->disk_name, letters)] == '\0')
		return true;
	return diag_fail(diag, "disk-file-name",
	                 "invalid value for argument disk-file-name: a name of letters, digits, "
	                 "dashes and underscores is wanted, such as log; the router keeps its "
	                 "files in its own store");
}

static void action_fresh(struct router *router, struct fresh_sink *sink)
{
	for (size_t i = 0; targets[i] != NULL; i++) {
		const struct fresh_field row[] = { { "name", targets[i] },
			                           { "target", targets[i] } };

		sink->row(sink, ROW_FIXED, row, ARRAY_LEN(row));
	}
}

struct prepared_actions {
	size_t n;
	struct log_action at[];
};

static bool action_prepare(struct router *router, const struct conf_state *state,
                           void **ret_prepared, struct diag *diag)
{
	struct rows rows = conf_state_rows(state, ACTION_MENU);
	struct prepared_actions *prepared =
		mem_new(1, sizeof *prepared + rows.n * sizeof prepared->at[0]);

	for (size_t i = 0; i < rows.n; i++) {
		const struct action_row *body = (const void *)rows.at[i]->body;
		bool disk = body->target == LOG_TARGET_DISK;
		struct log_action *action = &prepared->at[prepared->n++];

		*action = (struct log_action){
			.id = rows.at[i]->id,
			.target = body->target,
			.stop_on_full = disk ? body->disk_stop : body->memory_stop,
			.lines = disk ? body->disk_lines : body->memory_lines,
			.files = body->disk_files,
		};
		memcpy(action->name, body->name, sizeof action->name);
		memcpy(action->file, body->disk_name, sizeof action->file);
	}
	*ret_prepared = prepared;
	return true;
}

static void action_publish(struct router *router, void *arg)
{
	struct prepared_actions *prepared = arg;

	if (router->manage != NULL)
		log_book_set_actions(router->manage->log_book, prepared->at, prepared->n);
	mem_free(prepared);
}

static void action_clear(struct router *router, const uint32_t *ids, size_t n)
{
	for (size_t i = 0; router->manage != NULL && i < n; i++)
		log_book_clear(router->manage->log_book, ids[i]);
}

static const struct action action_actions[] = {
	{ .name = "clear",
	  .help = "forget the lines that it keeps in memory",
	  .items = action_clear },
};

#define FLAG_BUILTIN ROW_MENU_FIRST

static const struct menu_flag builtin_flags[] = { { '*', "default" } };

static void builtin_status(struct router *router, const struct conf_state *state, struct row *row)
{
	if ((row->flags & ROW_FIXED) != 0)
		row->flags |= FLAG_BUILTIN;
}

const struct menu menu_system_logging_action = {
	.path = ACTION_MENU,
	.title = "What is done with log lines",
	.kind = MENU_LIST,
	.fields = action_fields,
	.nfields = ARRAY_LEN(action_fields),
	.row_size = sizeof(struct action_row),
	.flags = builtin_flags,
	.nflags = ARRAY_LEN(builtin_flags),
	.actions = action_actions,
	.nactions = ARRAY_LEN(action_actions),
	.refused = action_refused,
	.check = action_check,
	.prepare = action_prepare,
	.publish = action_publish,
	.discard = mem_free,
	.status = builtin_status,
	.fresh = action_fresh,
};

/* --- rules --- */

struct rule_row {
	char topics[TOPICS_MAX + 1];
	char prefix[LOG_PREFIX_MAX + 1];
	char regex[REGEX_MAX + 1];
	uint32_t action;
};

static const struct field rule_fields[] = {
	{ "topics", &type_word, AT(struct rule_row, topics), .dflt = "", .max = TOPICS_MAX,
	  .flags = F_BRIEF,
	  .help = "lines that have all of these topics, and none of those behind !: "
	          "firewall,!debug" },
	{ "action", &type_ref, AT(struct rule_row, action), .ref = ACTION_MENU, .dflt = "memory",
	  .flags = F_BRIEF | F_HOLDS, .help = "what is done with them" },
	{ "prefix", &type_string, AT(struct rule_row, prefix), .dflt = "", .max = LOG_PREFIX_MAX,
	  .flags = F_BRIEF, .help = "what to write in front of each" },
	{ "regex", &type_string, AT(struct rule_row, regex), .max = REGEX_MAX, .flags = F_BRIEF,
	  .help = "only lines whose text this regular expression matches" },
};

static bool topics_fail(struct diag *diag, const char *why)
{
	return diag_fail(diag, "topics",
	                 "invalid value for argument topics: %s; write words with "
	                 "commas between, such as firewall,!debug",
	                 why);
}

static bool topics_read(const char *text, struct log_rule *rule, struct diag *diag)
{
	while (*text != '\0') {
		bool without = *text == '!';
		size_t len = strcspn(text += without, ",");

		if (len == 0)
			return topics_fail(diag, "a topic is empty");
		if (len >= LOG_TOPIC_BYTES)
			return topics_fail(diag, "a topic is too long");
		if (rule->ntopics == LOG_TOPICS_MAX)
			return topics_fail(diag, "there are too many topics, eight are the most");
		memcpy(rule->topics[rule->ntopics], text, len);
		rule->without[rule->ntopics++] = without;
		text += len;
		if (*text == ',' && *++text == '\0')
			return topics_fail(diag, "a topic is missing behind the last comma");
	}
	return true;
}

static bool rule_make(const struct rule_row *body, struct log_rule *rule, struct diag *diag)
{
	const char *why;

	*rule = (struct log_rule){ .action = body->action };
	memcpy(rule->prefix, body->prefix, sizeof rule->prefix);
	if (!topics_read(body->topics, rule, diag))
		return false;
	if (body->regex[0] == '\0')
		return true;
	why = pattern_compile(&rule->regex, body->regex);
	if (why != NULL)
		return diag_fail(diag, "regex", "invalid value for argument regex: %s", why);
	rule->has_regex = true;
	return true;
}

static bool rule_check(const struct row *row, struct diag *diag)
{
	struct log_rule rule;

	if (!rule_make((const void *)row->body, &rule, diag))
		return false;
	if (rule.has_regex)
		pattern_free(&rule.regex);
	return true;
}

static bool rule_prepare(struct router *router, const struct conf_state *state, void **ret_prepared,
                         struct diag *diag)
{
	struct rows rows = conf_state_rows(state, "/system/logging");
	struct log_rules *rules = mem_new(1, sizeof *rules + rows.n * sizeof rules->at[0]);

	for (size_t i = 0; i < rows.n; i++) {
		if ((rows.at[i]->flags & ROW_DISABLED) != 0)
			continue;
		if (!rule_make((const void *)rows.at[i]->body, &rules->at[rules->n], diag)) {
			log_rules_free(rules);
			return false;
		}
		rules->n++;
	}
	*ret_prepared = rules;
	return true;
}

static void rule_publish(struct router *router, void *prepared)
{
	if (router->manage == NULL) {
		log_rules_free(prepared);
		return;
	}
	/* What was written before goes by the rules that were there. */
	log_book_catch_up(router->manage->log_book, router->net.log);
	log_book_set_rules(router->manage->log_book, prepared);
}

static void rule_discard(void *prepared)
{
	log_rules_free(prepared);
}

static void rule_fresh(struct router *router, struct fresh_sink *sink)
{
	static const struct fresh_field rows[][2] = {
		{ { "topics", "info" }, { "action", "memory" } },
		{ { "topics", "error" }, { "action", "memory" } },
		{ { "topics", "warning" }, { "action", "memory" } },
		{ { "topics", "critical" }, { "action", "echo" } },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		sink->row(sink, 0, rows[i], 2);
}

static const char *const depends[] = { ACTION_MENU, NULL };

const struct menu menu_system_logging = {
	.path = "/system/logging",
	.title = "Which log lines go where; without a rule all but debug stays in memory",
	.kind = MENU_LIST,
	.fields = rule_fields,
	.nfields = ARRAY_LEN(rule_fields),
	.row_size = sizeof(struct rule_row),
	.depends = depends,
	.check = rule_check,
	.prepare = rule_prepare,
	.publish = rule_publish,
	.discard = rule_discard,
	.fresh = rule_fresh,
};
