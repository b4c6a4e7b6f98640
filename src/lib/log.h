/*
 * log.h -- what happened, for people.
 *
 * A bounded ring of lines with a topic. Whoever wants them elsewhere (a terminal, syslog) sets the
 * sink. Text from the network is data: it is printed with what is not plain text escaped.
 *
 * Memory: LOG_LINES lines of LOG_TEXT_BYTES, taken once.
 */
#ifndef LIB_LOG_H
#define LIB_LOG_H

#include <stdint.h>

#include "lib/mono.h"
#include "lib/must.h"

#define LOG_LINES      1000
#define LOG_TEXT_BYTES 192

enum log_level {
	LOG_DEBUG,
	LOG_INFO,
	LOG_WARNING,
	LOG_ERROR,
	LOG_CRITICAL,
};

struct log_line {
	uint64_t number; /* counts up from 1; 0: empty */
	mono at;
	uint8_t level;     /* enum log_level */
	const char *topic; /* a literal: "interface", "firewall", ... */
	char text[LOG_TEXT_BYTES];
};

struct log {
	struct log_line *lines;
	uint64_t count; /* ever written */
	mono now;       /* set once a turn by whoever drives the router */
	void (*sink)(void *arg, const struct log_line *line); /* may be NULL */
	void *sink_arg;
};

void log_init(struct log *log);
void log_free(struct log *log);
void log_write(struct log *log, enum log_level level, const char *topic, const char *format, ...)
	PRINTF_LIKE(4, 5);
/* "info", "warning", ... */
const char *log_level_word(enum log_level level);

#endif
