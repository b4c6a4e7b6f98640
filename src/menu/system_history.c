/*
 * system_history.c -- /system/history: every change there was, the newest first.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "conf/diag.h"
#include "conf/policy.h"
#include "conf/revision.h"
#include "conf/revision_diff.h"
#include "conf/secret.h"
#include "conf/type.h"
#include "lib/mem.h"
#include "lib/wall.h"
#include "manage/manage.h"
#include "menu/lookup.h"
#include "menu/menus.h"
#include "router/router.h"

#define LINES_BYTES 4096 /* of redo, and of undo, that are shown; diff shows the rest */

struct history_row {
	uint64_t revision;
	char action[160];
	char by[64];
	char policy[8];
	char time[24];
	char door[32];
	char redo[LINES_BYTES];
	char undo[LINES_BYTES];
	char note[512];
};

enum history_flag {
	FLAG_UNDOABLE = ROW_MENU_FIRST,
	FLAG_REDOABLE = ROW_MENU_FIRST << 1,
	FLAG_FLOATING = ROW_MENU_FIRST << 2,
};

static const struct menu_flag flags[] = {
	{ 'U', "undoable" },
	{ 'R', "redoable" },
	{ 'F', "floating-undo" },
};

/* Lines with what is secret in them hidden: how a value is printed. */
static void lines_print(const struct field *field, const struct conf_state *state, const void *at,
                        struct text *out)
{
	secret_hide(menus_all, at, out);
}

/* The same as they are: for print show-sensitive. */
static void lines_reveal(const struct field *field, const struct conf_state *state, const void *at,
                         struct text *out)
{
	text_add(out, at);
}

/* For where. */
static bool lines_parse(const struct field *field, const struct conf_state *state, const char *text,
                        void *at, struct diag *diag)
{
	return type_string.parse(field, state, text, at, diag);
}

static const struct type type_lines = {
	.name = "lines",
	.parse = lines_parse,
	.print = lines_print,
	.reveal = lines_reveal,
};

#define SEEN(name_, type_, member, flags_, help_)                                                  \
	{                                                                                          \
		name_, &(type_), AT(struct history_row, member), .flags = F_READ_ONLY | (flags_),  \
								 .help = help_                     \
	}

static const struct field fields[] = {
	SEEN("action", type_string, action, F_BRIEF, "what was done"),
	SEEN("by", type_string, by, F_BRIEF, "whose change it is"),
	SEEN("policy", type_string, policy, F_BRIEF, "what it takes to take it back"),
	SEEN("time", type_string, time, F_BRIEF, "when, in UTC"),
	SEEN("revision", type_uint, revision, 0, "the number of the configuration it led to"),
	SEEN("door", type_string, door, 0, "where it came in"),
	SEEN("redo", type_lines, redo, 0, "the lines that do it"),
	SEEN("undo", type_lines, undo, 0, "the lines that take it back"),
	SEEN("note", type_string, note, F_QUIET, "what else there is to say of it"),
};

static void put(char *at, size_t size, const char *value)
{
	snprintf(at, size, "%s", value);
}

/* Whole lines, as many as there is room for. */
static void lines_put(char *at, const struct journal_entry *entry, const char *lines)
{
	size_t len = strlen(lines);

	if (len < LINES_BYTES) {
		memcpy(at, lines, len + 1);
		if (len > 0 && at[len - 1] == '\n')
			at[len - 1] = '\0';
		return;
	}
	len = LINES_BYTES - 96;
	while (len > 0 && lines[len - 1] != '\n')
		len--;
	memcpy(at, lines, len);
	snprintf(at + len, LINES_BYTES - len,
	         "# and more: /system/history/diff from=%" PRIu64 " to=%" PRIu64,
	         entry->mark.revision - 1, entry->mark.revision);
}

static uint32_t flags_of(const struct journal_mark *mark)
{
	return (mark->state == JOURNAL_UNDOABLE ? (uint32_t)FLAG_UNDOABLE : 0) |
	       (mark->state == JOURNAL_REDOABLE ? (uint32_t)FLAG_REDOABLE : 0) |
	       (mark->trial != 0 ? (uint32_t)FLAG_FLOATING : 0);
}

static void fill(struct history_row *body, const struct journal_entry *entry)
{
	struct text action = text_into(body->action, sizeof body->action);
	struct text time = text_into(body->time, sizeof body->time);

	body->revision = entry->mark.revision;
	revision_action(entry, &action);
	wall_text(entry->origin.at, &time);
	put(body->by, sizeof body->by, entry->origin.who);
	put(body->policy, sizeof body->policy, "write");
	put(body->door, sizeof body->door, entry->origin.door);
	lines_put(body->redo, entry, entry->redo);
	lines_put(body->undo, entry, entry->undo);
	/* What was typed may hold secrets in any spelling; this was written here. */
	if (entry->mark.kind == JOURNAL_ROLLBACK)
		put(body->note, sizeof body->note, entry->origin.line);
}

static bool offer(const struct journal_entry *entry, struct row_sink *sink)
{
	/* Too long for a stack. */
	void *storage = mem_new(1, LOOKUP_ROW_BYTES(sizeof(struct history_row)));
	struct row *row = lookup_row(storage, sizeof(struct history_row),
	                             (uint32_t)entry->mark.revision + 1, flags_of(&entry->mark));
	bool more;

	fill((void *)row->body, entry);
	row->given = UINT64_MAX;
	if (entry->mark.kind != JOURNAL_ROLLBACK)
		row->given &= ~(1ULL << (ARRAY_LEN(fields) - 1));
	more = sink->row(sink, row);
	mem_free(storage);
	return more;
}

/*
 * Downwards from the newest, which place 0 stands for; any other place is a revision. The page that
 * is wanted may still have to be read: then nothing is offered, and whoever walks asks again.
 */
static bool history_observe(struct router *router, const struct conf_state *state, uint32_t *at,
                            uint32_t most, struct row_sink *sink)
{
	struct revision_page page;
	size_t n;

	if (router->manage == NULL)
		return false;
	if (!revision_page(router->manage->conf, *at == 0 ? REVISION_NEWEST : *at, &page))
		return true;
	n = page.n < most ? page.n : most;
	for (size_t i = 0; i < n; i++) {
		*at = (uint32_t)page.entries[i].mark.revision - 1;
		if (!offer(&page.entries[i], sink))
			return false;
	}
	return page.error == 0 && *at > 0 && (n < page.n || !page.last);
}

/* --- diff --- */

struct diff_args {
	uint64_t from, to;
};

struct diff_state {
	struct revision_diff *diff;
};

static const struct field diff_fields[] = {
	{ "from", &type_uint, AT(struct diff_args, from), .max = UINT32_MAX,
	  .help = "the revision to begin at; when it is not given, the one before to" },
	{ "to", &type_uint, AT(struct diff_args, to), .min = 1, .max = UINT32_MAX,
	  .help = "the revision to arrive at; when it is not given, the newest" },
};

static bool diff_begin(struct router *router, const void *args, void *state, struct text *out,
                       struct diag *diag)
{
	const struct diff_args *wanted = args;
	struct diff_state *at = state;

	if (router->manage == NULL)
		return diag_fail(diag, NULL, "failure: there is no history here");
	at->diff =
		revision_diff_new(router->manage->conf,
	                          wanted->from != 0 ? wanted->from : UINT64_MAX, wanted->to, diag);
	return at->diff != NULL;
}

static bool diff_go_on(struct router *router, void *state, struct text *out, mono now)
{
	struct diff_state *at = state;

	if (!revision_diff_ready(at->diff, out))
		return false;
	revision_diff_free(at->diff);
	at->diff = NULL;
	return true;
}

static void diff_stop(struct router *router, void *state, struct text *out)
{
	struct diff_state *at = state;

	revision_diff_free(at->diff);
	at->diff = NULL;
}

static const struct action actions[] = {
	{ .name = "diff",
	  .help = "the lines that lead from one revision to another; without arguments: the last "
	          "change",
	  .fields = diff_fields,
	  .nfields = ARRAY_LEN(diff_fields),
	  .args_size = sizeof(struct diff_args),
	  .state_size = sizeof(struct diff_state),
	  .start = diff_begin,
	  .turn = diff_go_on,
	  .stop = diff_stop },
};

const struct menu menu_system_history = {
	.path = "/system/history",
	.title = "Every change of the configuration, the newest first",
	.kind = MENU_OBSERVED,
	.policy = POLICY_POLICY, /* its lines hold passwords, which show-sensitive shows */
	.fields = fields,
	.nfields = ARRAY_LEN(fields),
	.row_size = sizeof(struct history_row),
	.flags = flags,
	.nflags = ARRAY_LEN(flags),
	.actions = actions,
	.nactions = ARRAY_LEN(actions),
	.observe_some = history_observe,
};
