/*
 * seed.h -- one seed: what is to be run, and what came of it.
 *
 * A seed runs a pair of routers through hostile traffic (sim/fast_slow.h) and a network of such
 * pairs with hosts, links and all their faults (sim/network_run.h). Everything is drawn from its
 * number.
 */
#ifndef SIM_SEED_H
#define SIM_SEED_H

#include "sim/cover.h"
#include "sim/random.h"
#include "sim/trace.h"

#define SEED_STEPS_MAX 4096

struct text;

struct seed {
	uint64_t number;
	uint32_t steps; /* end each part after so many; 0: when it is done */
	bool told;      /* each step's doing is printed */
	bool streams;   /* not these, but connections between our own hosts (sim/stream_run.h) */
	/* Nothing happens in step i where skip[i]: for finding which steps a failure needs. */
	bool skip[SEED_STEPS_MAX];

	/* What came of it. */
	struct trace trace;
	struct cover *cover; /* grows */
	struct text *out;    /* what failed */
	uint32_t failed_step;
};

/* Both parts. False: something failed; @seed->out and failed_step say what and where. */
MUST_USE bool seed_run(struct seed *seed);

/* The random numbers of step @step, which do not depend on what earlier steps drew. */
struct sim_random seed_random(const struct seed *seed, uint32_t step);
/* May something happen in @step? */
bool seed_has_step(const struct seed *seed, uint32_t step);

#endif
