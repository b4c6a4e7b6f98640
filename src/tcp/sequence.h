/*
 * sequence.h -- the numbers that a connection starts out with, so that nobody who does not see its
 * segments can guess them.
 *
 * Initial sequence numbers are RFC 6528, 3: a clock of 4 microseconds plus a keyed hash of both
 * addresses and ports. So numbers of one tuple move on with the clock, and those of another tuple
 * tell nothing of them. Timestamps are milliseconds plus an offset of the tuple (RFC 7323, 5.4),
 * for the same two reasons.
 */
#ifndef TCP_SEQUENCE_H
#define TCP_SEQUENCE_H

#include <stdint.h>

#include "core/pkt.h"
#include "lib/hash.h"
#include "lib/mono.h"
#include "lib/random.h"

struct sequence {
	struct hash_key initial, offset; /* secret, drawn at start */
};

void sequence_init(struct sequence *sequence, struct random *random);
/* @tuple: src ours, dst theirs. */
uint32_t sequence_initial(const struct sequence *sequence, const struct tuple *tuple, mono now);
uint32_t sequence_timestamp_offset(const struct sequence *sequence, const struct tuple *tuple);

/* Our timestamp at @now of a connection with @offset. */
static inline uint32_t sequence_timestamp(mono now, uint32_t offset)
{
	return (uint32_t)(now.ns / NS_PER_MS) + offset;
}

#endif
