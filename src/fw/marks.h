/*
 * marks.h -- numbers for the names of marks.
 *
 * Packets carry numbers, people write names. A name keeps its number for the router's life, also
 * when no rule uses it any more: connections may still carry it.
 *
 * Memory: MARKS_MAX names at start.
 */
#ifndef FW_MARKS_H
#define FW_MARKS_H

#include <stdint.h>

#include "fw/rule.h"

#define MARKS_MAX 1024

struct marks;

MUST_USE struct marks *marks_new(void);
void marks_free(struct marks *marks);
/* The number of @name, from 1; a new one when it has none. 0: there are MARKS_MAX names. */
uint32_t mark_number(struct marks *marks, const char *name);
/* The number that @name has already; 0: none. */
uint32_t mark_find(const struct marks *marks, const char *name);
/* The name of @number; NULL for 0 and numbers nobody has. */
const char *mark_name(const struct marks *marks, uint32_t number);

#endif
