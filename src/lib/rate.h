/*
 * rate.h -- a token bucket: so many events a second, so many at once.
 *
 * Invariant: in any span of t seconds at most burst + t * per_second events pass.
 */
#ifndef LIB_RATE_H
#define LIB_RATE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/mono.h"
#include "lib/random.h"

struct rate {
	uint32_t per_second; /* 0: nothing passes */
	uint32_t burst;
	uint64_t spent_ns; /* how far in the future the bucket is full again, see rate.c */
};

struct rate rate_make(uint32_t per_second, uint32_t burst);
/* Take one token; false when there is none. */
bool rate_take(struct rate *rate, mono now);
/*
 * Take none, one or two, by chance: one in the long run, so the invariant holds of the mean.
 * Whoever counts what passes can't tell then how many others have taken (SAD DNS, CVE-2020-25705).
 */
bool rate_take_by_chance(struct rate *rate, mono now, struct random *random);

#endif
