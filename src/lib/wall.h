/*
 * wall.h -- the time of day as people read it.
 */
#ifndef LIB_WALL_H
#define LIB_WALL_H

#include "lib/mono.h"

struct text;

/* "2026-01-31 10:00:00", UTC. */
void wall_text(wall when, struct text *out);

#endif
