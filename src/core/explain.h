/*
 * explain.h -- why?
 *
 * Every function that decides takes an optional struct explain and tells it each decision, in
 * order. Forwarding passes NULL and pays one test of a pointer; explain, rehearse and trace pass a
 * record and read the same code's own words. Nothing is explained by code that does not decide.
 *
 * Memory: bounded; what does not fit sets `cut`.
 */
#ifndef CORE_EXPLAIN_H
#define CORE_EXPLAIN_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/must.h"

#define EXPLAIN_STEPS      48
#define EXPLAIN_TEXT_BYTES 160

struct explain_step {
	const char *stage; /* a literal: "route", "dst-nat", "filter" */
	char text[EXPLAIN_TEXT_BYTES];
};

struct explain {
	struct explain_step steps[EXPLAIN_STEPS];
	unsigned n;
	bool cut;
};

/* Call through explain(), which is free when nobody asked. */
void explain_add(struct explain *why, const char *stage, const char *format, ...) PRINTF_LIKE(3, 4);

#define explain(why, stage, ...)                                                                   \
	((why) == NULL ? (void)0 : explain_add((why), (stage), __VA_ARGS__))

#endif
