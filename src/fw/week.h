/*
 * week.h -- the matcher `time`: from when to when, on which days of the week, in UTC.
 *
 * The time of day is the router's clock as the turn tells it (net->wall_offset_ns). It may jump:
 * each packet is judged by itself, and nothing is kept.
 */
#ifndef FW_WEEK_H
#define FW_WEEK_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/mono.h"

#define WEEK_DAYS 7
#define DAY_S     86400U

struct match_week {
	bool on, negate;
	uint8_t days, zero;    /* 1 << day, Sunday is 0 */
	uint32_t from_s, to_s; /* since midnight; the first after the last: over midnight */
};

/* "sun", ..., ended by NULL. */
extern const char *const week_words[WEEK_DAYS + 1];

/* Both ends belong to it; the day is the one on which @now lies, also after midnight. */
bool week_holds(const struct match_week *m, wall now);

#endif
