/*
 * print_params.h -- the arguments of print and of monitors.
 */
#ifndef LANG_PRINT_PARAMS_H
#define LANG_PRINT_PARAMS_H

#include "lang/grammar.h"

#define PRINT_PARAMS 19
extern const struct param print_params[PRINT_PARAMS];

#define MONITOR_PARAMS 3
extern const struct param monitor_params[MONITOR_PARAMS];

#endif
