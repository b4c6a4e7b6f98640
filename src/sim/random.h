/*
 * random.h -- random numbers from a seed: struct random as the simulator has it.
 *
 * SplitMix64 (Steele, Lea, Flood 2014). A world draws everything from its seed, so a failure is
 * one number. Each draw is a statement of its own (lib/random.h).
 */
#ifndef SIM_RANDOM_H
#define SIM_RANDOM_H

#include <stdbool.h>

#include "lib/random.h"

struct sim_random {
	struct random random; /* &sim.random goes wherever randomness is asked for */
	uint64_t state;
};

struct sim_random sim_random_make(uint64_t seed);
uint64_t sim_random_next(struct sim_random *random);
/* Evenly from 0 to @below - 1; @below is not 0. */
uint32_t sim_random_below(struct sim_random *random, uint32_t below);
/* True in @in_10000 of 10,000 draws. */
bool sim_random_chance(struct sim_random *random, uint32_t in_10000);

#endif
