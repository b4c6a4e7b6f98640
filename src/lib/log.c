#include "lib/log.h"

#include <stdarg.h>
#include <stdio.h>

#include "lib/mem.h"

static const char *const level_words[] = {
	[LOG_DEBUG] = "debug", [LOG_INFO] = "info",         [LOG_WARNING] = "warning",
	[LOG_ERROR] = "error", [LOG_CRITICAL] = "critical",
};

void log_init(struct log *log)
{
	*log = (struct log){ .lines = mem_new(LOG_LINES, sizeof *log->lines) };
}

void log_free(struct log *log)
{
	mem_free(log->lines);
	log->lines = NULL;
}

/* A line is one line: what a terminal would act on becomes a question mark. */
static void make_plain(char *text)
{
	for (; *text != '\0'; text++) {
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			*text = '?';
	}
}

void log_write(struct log *log, enum log_level level, const char *topic, const char *format, ...)
{
	struct log_line *line = &log->lines[log->count % LOG_LINES];
	va_list args;

	log->count++;
	*line = (struct log_line){
		.number = log->count,
		.at = log->now,
		.level = (uint8_t)level,
		.topic = topic,
	};
	va_start(args, format);
	vsnprintf(line->text, sizeof line->text, format, args);
	va_end(args);
	make_plain(line->text);
	if (log->sink != NULL)
		log->sink(log->sink_arg, line);
}

const char *log_level_word(enum log_level level)
{
	return level_words[level];
}
