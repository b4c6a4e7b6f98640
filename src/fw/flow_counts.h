/*
 * flow_counts.h -- how many connections has a network begun: what connection-limit asks.
 *
 * One table for each length of network that a rule asks about, kept by flow_begin() and flow_end().
 * A table has room for every flow, so counting never fails and nothing is looked for: it takes the
 * same time for one connection and for a million.
 *
 * Threads: the router's. Memory: a table while a rule asks for its length; packets allocate
 * nothing.
 */
#ifndef FW_FLOW_COUNTS_H
#define FW_FLOW_COUNTS_H

#include "fw/flow.h"

struct flow_counts;

MUST_USE struct flow_counts *flow_counts_new(const struct hash_key *key);
void flow_counts_free(struct flow_counts *counts);

/* Count from now on for the lengths in @lengths (bit n: networks of n bits) and no others,
 * beginning with what is in @flows. */
void flow_counts_keep(struct flow_counts *counts, const struct flows *flows, uint64_t lengths);

/* A connection from @src begins / is over. @counts may be NULL. */
void flow_counts_begin(struct flow_counts *counts, ip4 src);
void flow_counts_end(struct flow_counts *counts, ip4 src);

/* The connections begun by the network of @bits bits that @src is in. 0 for a length that is not
 * kept. */
uint32_t flow_counts_of(const struct flow_counts *counts, ip4 src, unsigned bits);

#endif
