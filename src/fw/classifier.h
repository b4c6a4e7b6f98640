/*
 * classifier.h -- per-connection-classifier: parts a stream of connections by a hash.
 *
 * The hash of the named fields, modulo the denominator, is compared with the remainder. It is keyed
 * by nothing, so that a connection stays in its class when the router starts again.
 */
#ifndef FW_CLASSIFIER_H
#define FW_CLASSIFIER_H

#include <stdbool.h>
#include <stdint.h>

struct tuple;

enum classify_by {
	CLASSIFY_SRC,
	CLASSIFY_DST,
	CLASSIFY_BOTH,
	CLASSIFY_SRC_PORT,
	CLASSIFY_DST_PORT,
	CLASSIFY_BOTH_PORTS,
	CLASSIFY_SRC_AND_PORT,
	CLASSIFY_DST_AND_PORT,
	CLASSIFY_ALL,
	CLASSIFY_COUNT,
};

struct match_classifier {
	bool on, negate;
	uint8_t by, zero; /* enum classify_by */
	uint32_t denominator, remainder;
};

/* "src-address", ..., ended by NULL. */
extern const char *const classifier_words[CLASSIFY_COUNT + 1];

bool classifier_holds(const struct match_classifier *m, const struct tuple *t);

#endif
