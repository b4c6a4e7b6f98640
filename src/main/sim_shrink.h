/*
 * sim_shrink.h -- which steps of a seed does its failure need?
 *
 * Leaves out ever smaller spans of steps as long as the seed still fails (Zeller's delta
 * debugging); each try runs in a process of its own. Prints the line that replays what is left.
 */
#ifndef MAIN_SIM_SHRINK_H
#define MAIN_SIM_SHRINK_H

#include "main/sim_options.h"

/* The program's exit code: 1 when the seed fails, as without shrinking. */
int sim_shrink(const struct sim_options *options);

#endif
