/*
 * network_run.h -- the life of a random network: talk, trouble, and peace at the end.
 *
 * For some seconds hosts talk while links do all they can do wrong and routers are changed. Then
 * all is put right, and in a calm network everything that was begun must end well within bounded
 * time: connections with every byte as it was sent, pings with answers. Asserted all the time:
 *
 *   the two ways of each router do the same     its packets add up (sim/ledger.h)
 *   checksums are right to the last bit         no packet is translated twice
 *   a WAN says nothing unasked                  at the end nothing is held
 */
#ifndef SIM_NETWORK_RUN_H
#define SIM_NETWORK_RUN_H

#include "sim/seed.h"

#define NETWORK_STEPS 40

/* False: something failed, and @seed says what. */
MUST_USE bool network_run(struct seed *seed);

#endif
