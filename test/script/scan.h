/*
 * scan.h -- the words of a line.
 *
 * A word is a run of letters, digits and . : * / + - _ ~ " | and the like; `,` `<` `>` `=` are
 * words by themselves; `#` begins a comment. The first error stays: whatever is asked for
 * afterwards fails, too, so that a parser may ask once at the end of a line.
 */
#ifndef SCRIPT_SCAN_H
#define SCRIPT_SCAN_H

#include "script/names.h"
#include "script/script.h"

struct scan {
	const char *line;
	size_t len, at;
	unsigned number; /* of the line, from 1 */
	struct script_error *error;
	bool failed;
};

struct word {
	const char *at;
	size_t len; /* 0: the line has ended */
	unsigned column;
};

struct word scan_peek(const struct scan *scan);
struct word scan_take(struct scan *scan);
/* Take the next word if it is @text. */
bool scan_is(struct scan *scan, const char *text);
/* It has to be. */
bool scan_need(struct scan *scan, const char *text);
bool scan_ended(const struct scan *scan);
bool word_is(struct word word, const char *text);

/* What is wrong with @word, and what would be right. Always false. */
bool scan_fail(struct scan *scan, struct word word, const char *what, const char *right);

/* `7`, `3~9` or `*`. */
bool scan_range(struct scan *scan, const char *what, struct range *ret_range);
bool scan_number(struct scan *scan, const char *what, int64_t min, int64_t max,
                 int64_t *ret_number);
bool scan_name(struct scan *scan, const char *what, char name[SCRIPT_NAME_BYTES]);
/* `192.0.2.2:80`; each half may be `*`. */
bool scan_ends(struct scan *scan, struct ends_with *ret_ends);
bool scan_address(struct scan *scan, const char *what, ip4 *ret_address);
bool scan_word(struct scan *scan, const struct word_value *table, const char *what, int *ret_value);
/* All that is left, as it stands. */
bool scan_rest(struct scan *scan, const char *what, char *text, size_t size);
/* Seconds with up to six digits after the point, as microseconds. */
bool word_to_us(struct word word, int64_t *ret_us);

#endif
