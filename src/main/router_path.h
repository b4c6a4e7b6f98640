/*
 * router_path.h -- where the router's socket is when nobody says.
 */
#ifndef MAIN_ROUTER_PATH_H
#define MAIN_ROUTER_PATH_H

#include <stdbool.h>

#include "lib/must.h"

struct text;

#define ROUTER_PATH_BYTES 256

/* One's own router's, or the machine's for who has none of their own. False, with @why, when it
 * does not fit. */
MUST_USE bool router_path_find(char path[static ROUTER_PATH_BYTES], struct text *why);
/* The value of --socket. */
MUST_USE bool router_path_take(char path[static ROUTER_PATH_BYTES], const char *value,
                               struct text *why);

#endif
