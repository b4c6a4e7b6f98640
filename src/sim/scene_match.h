/* scene_match.h -- matchers at random that look further than at a packet's headers. */
#ifndef SIM_SCENE_MATCH_H
#define SIM_SCENE_MATCH_H

#include "fw/rule.h"
#include "sim/random.h"

/* Perhaps one that is alike for all packets of a connection's direction. */
void scene_match_kinds(struct sim_random *r, struct rule_spec *spec);
/* Perhaps one that rests on earlier packets, or on the clock. */
void scene_match_memory(struct sim_random *r, struct rule_spec *spec);

#endif
