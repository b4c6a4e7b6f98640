/*
 * background.h -- struct background as the simulator has it: work is done inside the world, some
 * time after it was asked for; how long after is the seed's.
 *
 * Jobs run one at a time, in order, as lib/background.h has it.
 */
#ifndef SIM_BACKGROUND_H
#define SIM_BACKGROUND_H

#include "lib/background.h"
#include "sim/timeline.h"

struct sim_background {
	struct background background;
	struct timeline *timeline;
	mono busy_until;
	uint64_t waiting; /* jobs that are not done */
	uint64_t delay_max_ns;
	bool stopped; /* as by a power cut: nothing that waits is ever done */
};

void sim_background_init(struct sim_background *background, struct timeline *timeline,
                         uint64_t delay_max_ns);

#endif
