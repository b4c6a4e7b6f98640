/*
 * print_params.h -- the arguments of print.
 */
#ifndef LANG_PRINT_PARAMS_H
#define LANG_PRINT_PARAMS_H

#include "lang/grammar.h"

#define PRINT_PARAMS 17
extern const struct param print_params[PRINT_PARAMS];

#endif
