/* scene_rule.h -- firewall rules at random: what people write, and what they do not. */
#ifndef SIM_SCENE_RULE_H
#define SIM_SCENE_RULE_H

#include "fw/address_list.h"
#include "fw/rule.h"
#include "sim/random.h"

/* Draw rules for @facility; @next_id numbers them. Sets that make no sense are among them. */
void scene_rule_draw_all(struct sim_random *random, enum facility facility, uint32_t *next_id,
                         struct rule_spec *specs, unsigned *ret_n);
/* A row of an address list: which, and what. */
struct scene_listed {
	const char *list;
	struct listed_range range; /* without the list's number */
};
void scene_rule_draw_listed(struct sim_random *random, uint32_t *next_id,
                            struct scene_listed *ret_listed);
/* Masquerade for whatever leaves by a WAN, without conditions. */
bool scene_rule_is_plain_masquerade(const struct rule_spec *spec);

#endif
