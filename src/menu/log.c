/*
 * log.c -- /log: what happened, and what people and scripts have to add.
 */
#include <stdio.h>
#include <string.h>

#include "conf/policy.h"
#include "conf/type.h"
#include "lib/log.h"
#include "lib/wall.h"
#include "manage/log_book.h"
#include "manage/manage.h"
#include "menu/lookup.h"
#include "menu/menus.h"
#include "router/router.h"

#define TIME_BYTES 24

struct log_row {
	char time[TIME_BYTES];
	char topics[LOG_TOPICS_BYTES];
	char message[LOG_ENTRY_BYTES];
	char buffer[LOG_NAME_BYTES];
};

static const struct field fields[] = {
	{ "time", &type_string, AT(struct log_row, time), .flags = F_READ_ONLY | F_BRIEF,
	  .help = "when it was written, in UTC" },
	{ "topics", &type_string, AT(struct log_row, topics), .flags = F_READ_ONLY | F_BRIEF,
	  .help = "what wrote it, and how grave it is" },
	{ "message", &type_string, AT(struct log_row, message), .flags = F_READ_ONLY | F_BRIEF,
	  .help = "what happened" },
	{ "buffer", &type_string, AT(struct log_row, buffer), .flags = F_READ_ONLY,
	  .help = "the action of /system/logging that kept it" },
};

static void log_observe(struct router *router, const struct conf_state *state,
                        struct row_sink *sink)
{
	_Alignas(8) uint8_t storage[LOOKUP_ROW_BYTES(sizeof(struct log_row))];
	const struct log_entry *entry;
	const char *action;
	size_t at = 0;

	if (router->manage == NULL)
		return;
	log_book_catch_up(router->manage->log_book, router->net.log);
	while ((entry = log_book_next(router->manage->log_book, &at, &action)) != NULL) {
		/* An id is in the lower half of the dynamic ones as long as a router lives. */
		uint32_t id = 0x80000000U | (uint32_t)(entry->number & 0x7fffffffU);
		struct row *row = lookup_row(storage, sizeof(struct log_row), id, 0);
		struct log_row *body = (void *)row->body;
		struct text time = text_into(body->time, sizeof body->time);

		wall_text(entry->at, &time);
		snprintf(body->topics, sizeof body->topics, "%s", entry->topics);
		snprintf(body->message, sizeof body->message, "%s", entry->text);
		snprintf(body->buffer, sizeof body->buffer, "%s", action);
		row->given = (1ULL << ARRAY_LEN(fields)) - 1;
		if (!sink->row(sink, row))
			return;
	}
}

struct write_args {
	char message[LOG_TEXT_BYTES];
};

static const struct field write_fields[] = {
	{ "message", &type_string, AT(struct write_args, message), .min = 1,
	  .max = LOG_TEXT_BYTES - 1, .flags = F_REQUIRED | F_UNNAMED,
	  .help = "what the line is to say" },
};

static bool write_line(struct router *router, enum log_level level, const void *args)
{
	const struct write_args *wanted = args;

	log_write(router->net.log, level, "script", "%s", wanted->message);
	return true;
}

#define WRITER(name_, level_)                                                                      \
	static bool name_(struct router *router, const void *args, void *state, struct text *out,  \
	                  struct diag *diag)                                                       \
	{                                                                                          \
		return write_line(router, level_, args);                                           \
	}

WRITER(write_debug, LOG_DEBUG)
WRITER(write_info, LOG_INFO)
WRITER(write_warning, LOG_WARNING)
WRITER(write_error, LOG_ERROR)
WRITER(write_critical, LOG_CRITICAL)

#define WRITE(name_, start_, help_)                                                                \
	{                                                                                          \
		.name = (name_), .help = (help_), .fields = write_fields,                          \
		.nfields = ARRAY_LEN(write_fields), .args_size = sizeof(struct write_args),        \
		.start = (start_), .policy = POLICY_WRITE                                          \
	}

static const struct action actions[] = {
	WRITE("debug", write_debug, "write a line for the one who looks for a fault"),
	WRITE("info", write_info, "write a line that is good to know"),
	WRITE("warning", write_warning, "write a line that somebody should look at"),
	WRITE("error", write_error, "write a line about what has failed"),
	WRITE("critical", write_critical, "write a line that everybody at a console sees"),
};

const struct menu menu_log = {
	.path = "/log",
	.title = "What happened",
	.kind = MENU_OBSERVED,
	.fields = fields,
	.nfields = ARRAY_LEN(fields),
	.row_size = sizeof(struct log_row),
	.plain = true,
	.actions = actions,
	.nactions = ARRAY_LEN(actions),
	.observe = log_observe,
};
