/*
 * log_book.h -- what becomes of the router's log lines: kept, written to files, shown at consoles.
 *
 * Rules (/system/logging) say which lines go where, actions (/system/logging/action) what is done
 * with them there. A line has topics: what wrote it and how grave it is ("interface,info"). A rule
 * takes the lines that have all of its topics and none of those behind "!".
 *
 * Memory:  what the actions of kind memory ask for, taken when they are published.
 * Threads: the router's; files are written by the background.
 */
#ifndef MANAGE_LOG_BOOK_H
#define MANAGE_LOG_BOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "conf/conf.h"
#include "lang/pattern.h"
#include "lib/log.h"
#include "lib/mono.h"

#define LOG_TOPICS_MAX   8
#define LOG_TOPIC_BYTES  24
#define LOG_TOPICS_BYTES 64 /* of a line, with commas */
#define LOG_PREFIX_MAX   63
#define LOG_NAME_BYTES   32 /* of actions and files */
#define LOG_ENTRY_BYTES  (LOG_TEXT_BYTES + LOG_PREFIX_MAX + 2)
#define LOG_MEMORY_LINES 1000
#define LOG_LINES_MAX    65535

/* One line as it was kept. */
struct log_entry {
	uint64_t number; /* counts up from 1 over all actions */
	wall at;
	char topics[LOG_TOPICS_BYTES];
	char text[LOG_ENTRY_BYTES];
};

enum log_target {
	LOG_TARGET_MEMORY,
	LOG_TARGET_DISK,
	LOG_TARGET_ECHO,
};

struct log_action {
	uint32_t id; /* of its row */
	char name[LOG_NAME_BYTES];
	uint8_t target;    /* enum log_target */
	bool stop_on_full; /* what is full takes no more, instead of losing its oldest */
	uint32_t lines;    /* that memory keeps; that one file holds */
	uint32_t files;    /* on disk */
	char file[LOG_NAME_BYTES];
};

struct log_rule {
	char topics[LOG_TOPICS_MAX][LOG_TOPIC_BYTES];
	bool without[LOG_TOPICS_MAX]; /* this topic must not be there */
	size_t ntopics;
	char prefix[LOG_PREFIX_MAX + 1];
	bool has_regex;
	regex_t regex;
	uint32_t action; /* id */
};

struct log_rules {
	size_t n;
	struct log_rule at[];
};

struct log_book;
struct text;

/* @doors: clock, store and background are used; they must outlive the book. */
MUST_USE struct log_book *log_book_new(const struct conf_setup *doors);
void log_book_free(struct log_book *book);

/*
 * Take what @log has got since the last call, each turn and before somebody looks. A book without
 * rules leaves it there. Says so when lines were overwritten meanwhile.
 */
void log_book_catch_up(struct log_book *book, const struct log *log);

/* Swap in rules: takes them. */
void log_book_set_rules(struct log_book *book, struct log_rules *rules);
void log_rules_free(struct log_rules *rules);
/* A copy is kept. Lines that are kept stay as far as they have room. */
void log_book_set_actions(struct log_book *book, const struct log_action *actions, size_t n);
/* Forget the lines of action @id. */
void log_book_clear(struct log_book *book, uint32_t id);

/*
 * The kept lines, oldest first, action by action: *@at is 0 at first. NULL: no more. Good until the
 * next line is taken.
 */
const struct log_entry *log_book_next(const struct log_book *book, size_t *at,
                                      const char **ret_action);

/* Where lines of echo actions go: all who sit at a console. @line is whole, without its end. */
void log_book_set_echo(struct log_book *book, void (*echo)(void *arg, const char *line), void *arg);

#endif
