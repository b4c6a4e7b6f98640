/*
 * file.c -- /file: what a person has in the router's store.
 *
 * The store is flat, and what the router keeps for itself is not shown: conf/file.h says what can
 * be named. The disk is asked by the background; a list waits for it, and so do commands.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/diag.h"
#include "conf/files.h"
#include "conf/policy.h"
#include "conf/store_words.h"
#include "conf/type.h"
#include "lib/mem.h"
#include "lib/wall.h"
#include "manage/manage.h"
#include "menu/lookup.h"
#include "menu/menus.h"
#include "router/router.h"

struct file_row {
	char name[FILE_NAME_BYTES];
	char type[24];
	uint64_t size;
	char modified[32];
	char contents[FILES_CONTENTS_MAX + 1];
};

static const struct field fields[] = {
	{ "name", &type_word, AT(struct file_row, name), .max = FILE_NAME_BYTES - 1,
	  .flags = F_KEY | F_BRIEF, .help = "what it is called" },
	{ "type", &type_string, AT(struct file_row, type), .flags = F_READ_ONLY | F_BRIEF,
	  .help = "what kind of file it is: a script for import, a backup, or another" },
	{ "size", &type_uint, AT(struct file_row, size), .flags = F_READ_ONLY | F_BRIEF | F_RIGHT,
	  .help = "how many bytes are in it" },
	{ "last-modified", &type_string, AT(struct file_row, modified),
	  .flags = F_READ_ONLY | F_BRIEF, .help = "when it was written last, in UTC" },
	{ "contents", &type_string, AT(struct file_row, contents), .flags = F_READ_ONLY | F_QUIET,
	  .help = "what is in it, of texts up to 4095 bytes" },
};

enum field_index {
	FIELD_CONTENTS = ARRAY_LEN(fields) - 1,
};

static struct conf *conf_of(const struct router *router)
{
	return router->manage->conf;
}

/* As RouterOS names them: "script", "backup", ".txt file". */
static void put_type(const char *name, char *type, size_t size)
{
	const char *dot = strrchr(name, '.');

	if (dot == NULL || dot[1] == '\0')
		snprintf(type, size, "file");
	else if (strcmp(dot, ".rsc") == 0)
		snprintf(type, size, "script");
	else if (strcmp(dot, ".backup") == 0)
		snprintf(type, size, "backup");
	else
		snprintf(type, size, "%.15s file", dot);
}

static void file_fill(struct row *row, const struct file_entry *entry)
{
	struct file_row *body = (void *)row->body;
	struct text modified = text_into(body->modified, sizeof body->modified);

	snprintf(body->name, sizeof body->name, "%s", entry->name);
	put_type(entry->name, body->type, sizeof body->type);
	body->size = entry->size;
	wall_text(entry->modified, &modified);
	row->given = (1ULL << FIELD_CONTENTS) - 1;
	if (entry->contents == NULL)
		return;
	snprintf(body->contents, sizeof body->contents, "%s", entry->contents);
	row->given |= 1ULL << FIELD_CONTENTS;
}

static void file_observe(struct router *router, const struct conf_state *state,
                         struct row_sink *sink)
{
	_Alignas(8) uint8_t storage[LOOKUP_ROW_BYTES(sizeof(struct file_row))];
	size_t n;
	const struct file_entry *at = files_list(conf_of(router), &n);

	for (size_t i = 0; i < n; i++) {
		struct row *row = lookup_row(storage, sizeof(struct file_row), at[i].id, 0);

		file_fill(row, &at[i]);
		if (!sink->row(sink, row))
			return;
	}
}

static bool file_awaits(struct router *router, uint64_t *at)
{
	if (*at == 0)
		*at = files_refresh(conf_of(router));
	return !files_fresh(conf_of(router), *at);
}

/* --- commands --- */

/* What the disk has said; shared by the command and the background, whoever ends last. */
struct answer {
	bool came, orphan;
	int error;
};

struct change {
	char name[FILE_NAME_BYTES];
	char to[FILE_NAME_BYTES];
	bool renames;          /* when the text is written */
	struct answer *answer; /* NULL: nothing is under way */
};

static void answered(void *arg, int error, const char *text, size_t len)
{
	struct answer *answer = arg;

	if (answer->orphan) {
		mem_free(answer);
		return;
	}
	answer->came = true;
	answer->error = error;
}

static void change_await(struct change *change)
{
	change->answer = mem_new(1, sizeof *change->answer);
}

static bool change_came(struct change *change)
{
	return change->answer == NULL || change->answer->came;
}

static void change_stop(struct router *router, void *state, struct text *out)
{
	struct change *change = state;

	if (change->answer == NULL)
		return;
	if (change->answer->came)
		mem_free(change->answer);
	else
		change->answer->orphan = true;
	change->answer = NULL;
}

static bool change_finish(struct router *router, void *state, struct diag *diag)
{
	struct change *change = state;
	int error = change->answer != NULL ? change->answer->error : 0;

	change_stop(router, state, NULL);
	if (error == 0)
		return true;
	if (error == -EEXIST)
		return diag_fail(diag, "name",
		                 "failure: already have a file with such name: choose another name "
		                 "than %s, or set its contents",
		                 change->to[0] != '\0' ? change->to : change->name);
	if (error == -ENOENT)
		return diag_fail(diag, NULL, "no such item: %s is not there any more",
		                 change->name);
	return diag_fail(diag, NULL, "failure: %s: %s; %s", change->name, strerror(-error),
	                 store_words_advice(error));
}

struct add_args {
	char name[FILE_NAME_BYTES];
	char contents[FILES_CONTENTS_MAX + 1];
	char type[16];
};

static const struct field add_fields[] = {
	{ "name", &type_word, AT(struct add_args, name), .max = FILE_NAME_BYTES - 1,
	  .flags = F_REQUIRED,
	  .help = "what it is called: letters, digits, dots, dashes and underscores" },
	{ "contents", &type_string, AT(struct add_args, contents), .dflt = "",
	  .max = FILES_CONTENTS_MAX, .help = "the text in it" },
	{ "type", &type_word, AT(struct add_args, type), .dflt = "file", .max = 15,
	  .help = "file; there are no directories" },
};

static bool no_directories(const char *type, struct diag *diag)
{
	if (strcmp(type, "directory") == 0)
		return diag_fail(diag, "type",
		                 "failure: directories are not supported: the store has none; put "
		                 "what would be its name in front of the file's, as in site-a.rsc");
	return strcmp(type, "file") == 0 ||
	       diag_fail(diag, "type",
	                 "input does not match any value of type: only file is supported, not %s",
	                 type);
}

static bool add_start(struct router *router, const void *args, void *state, struct text *out,
                      struct diag *diag)
{
	const struct add_args *add = args;
	struct change *change = state;

	if (!no_directories(add->type, diag) ||
	    !file_name_any("name", add->name, change->name, diag))
		return false;
	change_await(change);
	file_add(conf_of(router), change->name, add->contents, strlen(add->contents), answered,
	         change->answer);
	return true;
}

static bool change_turn(struct router *router, void *state, struct text *out, mono now)
{
	return change_came(state);
}

/* --- set --- */

struct set_args {
	uint32_t id;
	char name[FILE_NAME_BYTES];
	char contents[FILES_CONTENTS_MAX + 1];
	bool has_contents;
};

/* An item of a list that is observed: its id is all there is to know. */
static bool item_parse(const struct field *field, const struct conf_state *state, const char *text,
                       void *at, struct diag *diag)
{
	char *end;
	unsigned long id = *text == '*' ? strtoul(text + 1, &end, 16) : 0;

	if (id == 0 || id > UINT32_MAX || *end != '\0')
		return diag_fail(diag, field->name, "expected item id");
	type_number_put(at, field->bytes, id);
	return true;
}

static void item_print(const struct field *field, const struct conf_state *state, const void *at,
                       struct text *out)
{
	text_printf(out, "*%X", (unsigned)type_number(at, field->bytes));
}

static const struct type type_file_item = {
	.name = "item",
	.parse = item_parse,
	.print = item_print,
};

/* A text that may be given as "": the byte behind it says that it was. */
static bool contents_parse(const struct field *field, const struct conf_state *state,
                           const char *text, void *at, struct diag *diag)
{
	struct field inner = *field;

	inner.bytes = (uint16_t)(field->bytes - 1);
	((char *)at)[inner.bytes] = 1;
	return type_string.parse(&inner, state, text, at, diag);
}

static void contents_print(const struct field *field, const struct conf_state *state,
                           const void *at, struct text *out)
{
	type_string.print(field, state, at, out);
}

static const struct type type_contents = {
	.name = "string",
	.parse = contents_parse,
	.print = contents_print,
};

static const struct field set_fields[] = {
	{ "numbers", &type_file_item, AT(struct set_args, id),
	  .flags = F_REQUIRED | F_UNNAMED | F_ITEM, .help = "which file: its number or name" },
	{ "contents", &type_contents, .offset = offsetof(struct set_args, contents),
	  .bytes = FILES_CONTENTS_MAX + 2, .max = FILES_CONTENTS_MAX,
	  .help = "the text that is to be in it" },
	{ "name", &type_word, AT(struct set_args, name), .max = FILE_NAME_BYTES - 1,
	  .help = "what it is to be called" },
};

_Static_assert(offsetof(struct set_args, has_contents) ==
                       offsetof(struct set_args, contents) + FILES_CONTENTS_MAX + 1,
               "the mark is behind the text");

static bool set_start(struct router *router, const void *args, void *state, struct text *out,
                      struct diag *diag)
{
	const struct set_args *set = args;
	const struct file_entry *entry = files_find(conf_of(router), set->id);
	struct change *change = state;

	if (entry == NULL)
		return diag_fail(diag, "numbers", "no such item: the file is not there any more");
	if (set->name[0] == '\0' && !set->has_contents)
		return diag_fail(diag, NULL,
		                 "missing value(s) of argument(s) contents or name\nsay what is to "
		                 "be in the file, or what it is to be called");
	if (set->name[0] != '\0' && !file_name_any("name", set->name, change->to, diag))
		return false;
	snprintf(change->name, sizeof change->name, "%s", entry->name);
	change->renames = set->name[0] != '\0' && strcmp(change->to, change->name) != 0;
	if (!set->has_contents)
		return true;
	change_await(change);
	file_write(conf_of(router), change->name, set->contents, strlen(set->contents), answered,
	           change->answer);
	return true;
}

/* The text first, then the name. */
static bool set_turn(struct router *router, void *state, struct text *out, mono now)
{
	struct change *change = state;

	if (!change_came(change))
		return false;
	if (!change->renames || (change->answer != NULL && change->answer->error != 0))
		return true;
	change_stop(router, change, out);
	change->renames = false;
	change_await(change);
	file_rename(conf_of(router), change->name, change->to, answered, change->answer);
	return change_came(change);
}

/* --- remove --- */

struct removal {
	struct conf *conf;
	char name[FILE_NAME_BYTES];
};

/* Who typed it has the prompt back already; what could not be is in the log, and in the list. */
static void removed(void *arg, int error, const char *text, size_t len)
{
	struct removal *removal = arg;

	if (error != 0 && error != -ENOENT)
		log_write(conf_doors(removal->conf)->log, LOG_ERROR, "system",
		          "%s can't be removed: %s; %s", removal->name, strerror(-error),
		          store_words_advice(error));
	mem_free(removal);
}

static bool file_forget(struct router *router, const struct row *row, struct diag *diag)
{
	const struct file_entry *entry = files_find(conf_of(router), row->id);
	struct removal *removal;
	char name[FILE_NAME_BYTES];

	if (entry == NULL)
		return diag_fail(diag, NULL, "no such item: the file is not there any more");
	removal = mem_new(1, sizeof *removal);
	removal->conf = conf_of(router);
	memcpy(removal->name, entry->name, sizeof removal->name);
	memcpy(name, entry->name, sizeof name);
	/* In this order: a reading of the list that begins now is behind it. */
	file_remove(conf_of(router), name, removed, removal);
	files_removed(conf_of(router), name);
	return true;
}

static const struct action actions[] = {
	{ .name = "add",
	  .help = "a new file",
	  .fields = add_fields,
	  .nfields = ARRAY_LEN(add_fields),
	  .args_size = sizeof(struct add_args),
	  .state_size = sizeof(struct change),
	  .start = add_start,
	  .turn = change_turn,
	  .stop = change_stop,
	  .finish = change_finish,
	  .policy = POLICY_WRITE },
	{ .name = "set",
	  .help = "another text in a file, or another name for it",
	  .fields = set_fields,
	  .nfields = ARRAY_LEN(set_fields),
	  .args_size = sizeof(struct set_args),
	  .state_size = sizeof(struct change),
	  .start = set_start,
	  .turn = set_turn,
	  .stop = change_stop,
	  .finish = change_finish,
	  .policy = POLICY_WRITE },
};

const struct menu menu_file = {
	.path = "/file",
	.title = "Files of the router: exports, backups, captures, logs",
	.kind = MENU_OBSERVED,
	.fields = fields,
	.nfields = ARRAY_LEN(fields),
	.row_size = sizeof(struct file_row),
	.observe = file_observe,
	.awaits = file_awaits,
	.forget = file_forget,
	.actions = actions,
	.nactions = ARRAY_LEN(actions),
};
