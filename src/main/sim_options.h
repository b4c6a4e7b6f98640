/* sim_options.h -- what the simulator's command line says. */
#ifndef MAIN_SIM_OPTIONS_H
#define MAIN_SIM_OPTIONS_H

#include "sim/seed.h"

#define SIM_JOBS_MAX 64

struct sim_options {
	uint64_t seed, seeds; /* the first, and how many */
	uint32_t steps;       /* 0: all */
	uint32_t jobs;        /* processes */
	bool one;             /* a single seed was named */
	bool streams;         /* TCP connections between our own hosts, in place of networks */
	bool told;            /* print what happens */
	bool twice;           /* run each seed twice: the traces must be the same */
	bool traces;          /* print each seed's trace */
	bool complete;        /* every kind of event must have occurred */
	bool shrink;          /* find the steps that a failure needs */
	bool skip[SEED_STEPS_MAX];
};

/* False: a sentence and the usage are on stderr. */
MUST_USE bool sim_options_parse(int argc, char **argv, struct sim_options *ret_options);
/* The line that runs @seed again, to stdout. */
void sim_print_replay(const struct seed *seed);

#endif
