#include "tcp/sequence.h"

#include "lib/random.h"

#define SEQUENCE_CLOCK_NS 4000 /* RFC 9293, 3.4.1; RFC 6528, 3 */

void sequence_init(struct sequence *sequence, struct random *random)
{
	random_fill(random, &sequence->initial, sizeof sequence->initial);
	random_fill(random, &sequence->offset, sizeof sequence->offset);
}

/* Others get to see a part of it: the slower SipHash. */
static uint32_t hash_of(const struct hash_key *key, const struct tuple *tuple)
{
	uint32_t words[3] = { tuple->src.v, tuple->dst.v,
		              (uint32_t)tuple->sport << 16 | tuple->dport };

	return (uint32_t)hash_bytes(key, words, sizeof words);
}

uint32_t sequence_initial(const struct sequence *sequence, const struct tuple *tuple, mono now)
{
	/* RFC 6528, 3: ISN = M + F(localip, localport, remoteip, remoteport, secretkey) */
	return (uint32_t)(now.ns / SEQUENCE_CLOCK_NS) + hash_of(&sequence->initial, tuple);
}

uint32_t sequence_timestamp_offset(const struct sequence *sequence, const struct tuple *tuple)
{
	return hash_of(&sequence->offset, tuple);
}
