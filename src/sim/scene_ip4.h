/*
 * scene_ip4.h -- /ip/settings and the ARP modes of interfaces, drawn for a pair of routers.
 */
#ifndef SIM_SCENE_IP4_H
#define SIM_SCENE_IP4_H

#include "sim/twin.h"

/* Change settings, or the mode of one interface. Returns which, for a trace. */
const char *scene_ip4_change(struct sim_random *random, struct twin *twin);
/* As by default, all of them. */
void scene_ip4_mend(struct twin *twin);

#endif
