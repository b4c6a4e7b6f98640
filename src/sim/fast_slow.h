/*
 * fast_slow.h -- the property: replayed and walked packets come to the same end.
 *
 * Runs a pair of routers through random traffic and random changes drawn from one seed, and after
 * each step compares all that can be seen of them and asserts what holds of any router:
 *
 *   in + own = out + named drops + waiting      every checksum that leaves is right
 *   no buffer is lost                           a SYN's MSS never grows
 *   a packet leaves as its connection says      no inner source leaves by a masquerading WAN
 *   ports taken = connections that hold one     the connection table's own invariants
 */
#ifndef SIM_FAST_SLOW_H
#define SIM_FAST_SLOW_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/must.h"

struct text;

struct fast_slow_stats {
	uint64_t frames, out, replayed, walked, flows, changes;
	uint64_t joined; /* segments that left in a frame with others */
};

/*
 * @steps steps of seed @seed. False: something failed; @out then says what, ending in a line
 * "replay: sim --seed N --step M". @stats grows. @trace: print each step's doing to stdout.
 */
MUST_USE bool fast_slow_run(uint64_t seed, uint32_t steps, bool trace,
                            struct fast_slow_stats *stats, struct text *out);

#endif
