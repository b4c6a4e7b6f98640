/*
 * act.h -- what the statements do that are not jumps or variables: :put, :delay, :error, ...
 *
 * Each takes op->count values off the stack and pushes one. False: run->diag says why.
 */
#ifndef LANG_ACT_H
#define LANG_ACT_H

#include "lang/program.h"

op_act act_put, act_error, act_delay, act_log, act_parse, act_execute, act_environment, act_jobname,
	act_clock, act_elapsed, act_set_element;

#endif
