/*
 * fast_slow.h -- the property: replayed and walked packets come to the same end.
 *
 * Runs a pair of routers through random traffic and random changes drawn from one seed, and after
 * each step compares all that can be seen of them and asserts what holds of any router:
 *
 *   packets add up (sim/ledger.h)               every checksum that leaves is right
 *   no buffer is lost                           a SYN's MSS never grows
 *   a packet leaves as its connection says      no inner source leaves by a masquerading WAN
 *   ports taken = connections that hold one     the connection table's own invariants
 *   when all timers have run, nothing is held
 */
#ifndef SIM_FAST_SLOW_H
#define SIM_FAST_SLOW_H

#include "sim/seed.h"

#define FAST_SLOW_STEPS 250

/* False: something failed, and @seed says what. */
MUST_USE bool fast_slow_run(struct seed *seed);

#endif
