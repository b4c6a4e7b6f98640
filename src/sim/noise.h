/* noise.h -- what no host should send: frames at random, torn packets, ARP out of nowhere. */
#ifndef SIM_NOISE_H
#define SIM_NOISE_H

#include "sim/scene.h"

/* Put one such frame on any port; IPv4 packets carry @id. */
void noise_put(struct sim_random *random, struct scene *scene, struct twin *twin, uint16_t id);
/* Put the whole IPv4 packet in @frame there in fragments: in any order, some twice, some never. */
void noise_fragments(struct sim_random *random, struct twin *twin, unsigned port,
                     const uint8_t *frame, uint32_t len);

#endif
