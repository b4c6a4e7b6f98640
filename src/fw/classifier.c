#include "fw/classifier.h"

#include "core/pkt.h"
#include "lib/hash.h"

const char *const classifier_words[CLASSIFY_COUNT + 1] = {
	[CLASSIFY_SRC] = "src-address",
	[CLASSIFY_DST] = "dst-address",
	[CLASSIFY_BOTH] = "both-addresses",
	[CLASSIFY_SRC_PORT] = "src-port",
	[CLASSIFY_DST_PORT] = "dst-port",
	[CLASSIFY_BOTH_PORTS] = "both-ports",
	[CLASSIFY_SRC_AND_PORT] = "src-address-and-port",
	[CLASSIFY_DST_AND_PORT] = "dst-address-and-port",
	[CLASSIFY_ALL] = "both-addresses-and-ports",
};

#define SRC      1u
#define DST      2u
#define PORT     4u /* of the sender; DST_PORT: of the receiver */
#define DST_PORT 8u

static const uint8_t fields_of[CLASSIFY_COUNT] = {
	[CLASSIFY_SRC] = SRC,
	[CLASSIFY_DST] = DST,
	[CLASSIFY_BOTH] = SRC | DST,
	[CLASSIFY_SRC_PORT] = PORT,
	[CLASSIFY_DST_PORT] = DST_PORT,
	[CLASSIFY_BOTH_PORTS] = PORT | DST_PORT,
	[CLASSIFY_SRC_AND_PORT] = SRC | PORT,
	[CLASSIFY_DST_AND_PORT] = DST | DST_PORT,
	[CLASSIFY_ALL] = SRC | DST | PORT | DST_PORT,
};

bool classifier_holds(const struct match_classifier *m, const struct tuple *t)
{
	static const struct hash_key nobody = { 0 };
	unsigned fields = fields_of[m->by];
	uint64_t words[2] = {
		(fields & SRC ? (uint64_t)t->src.v << 32 : 0) | (fields & DST ? t->dst.v : 0),
		(fields & PORT ? (uint64_t)t->sport << 16 : 0) | (fields & DST_PORT ? t->dport : 0),
	};

	return hash_words(&nobody, words, 2) % m->denominator == m->remainder;
}
