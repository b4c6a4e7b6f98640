/*
 * names.h -- the words of scripts that stand for numbers of Linux: errors, options, flags, fields.
 */
#ifndef SCRIPT_NAMES_H
#define SCRIPT_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct word_value {
	const char *word;
	int value;
};

enum option_type {
	OPTION_INT,
	OPTION_BYTE,   /* read and written as an int, as Linux allows */
	OPTION_LINGER, /* two numbers: on, seconds */
	OPTION_TIME,   /* struct timeval; milliseconds in scripts */
	OPTION_TEXT,
	OPTION_ERROR, /* an int that is an errno */
	OPTION_BYTES, /* IP options: hexadecimal in scripts */
};

struct option_name {
	const char *word;
	int level, name;
	enum option_type type;
};

/* A field of struct tcp_info. */
struct info_field {
	const char *word;
	unsigned offset, bytes;
	unsigned shift, mask; /* of a bit field; mask 0: all of it */
};

/* What an `option` line may set. */
enum setting_kind {
	SETTING_MTU,
	SETTING_NUMBER, /* of the host: a sysctl of Linux, a field of ours */
	SETTING_ROUTE,
	SETTING_ADDRESS,
	SETTING_SILENT, /* an address that answers no ARP */
	SETTING_DEFAULT_ROUTE,
	SETTING_LOCAL_PORTS,
	SETTING_FILTER,
};

struct setting_name {
	const char *word;
	enum setting_kind kind;
	const char *sysctl; /* below /proc/sys/net/ipv4, of SETTING_NUMBER */
	unsigned words_min, words_max;
};

/* Each is NULL, or false, when there is no such word. */
bool names_value(const struct word_value *table, const char *word, size_t len, int *ret_value);
const char *names_word(const struct word_value *table, int value);
const struct option_name *names_option(const char *word, size_t len);
const struct info_field *names_info(const char *word, size_t len);
const struct setting_name *names_setting(const char *word, size_t len);

extern const struct word_value names_errors[];
extern const struct word_value names_poll[];
extern const struct word_value names_message_flags[];
extern const struct word_value names_tcp_flags[];
extern const struct word_value names_unreachable[];
extern const struct word_value names_states[];

#endif
