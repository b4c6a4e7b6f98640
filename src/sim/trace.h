/*
 * trace.h -- a number that stands for all that happened in a simulated world.
 *
 * Every frame with its time, place and bytes, every counter at the end: two runs of a seed have
 * the same trace, whatever the compiler and its options, or something is not deterministic.
 */
#ifndef SIM_TRACE_H
#define SIM_TRACE_H

#include "router/router.h"

struct trace {
	uint64_t hash;
	uint64_t frames;
};

/* @bytes were seen at @place (any number that tells the world's places apart) at @now. */
void trace_frame(struct trace *trace, mono now, uint64_t place, const uint8_t *bytes, size_t len);
void trace_number(struct trace *trace, uint64_t number);
/* What can be counted of a router: its drops by reason, interfaces, connections, ledger. */
void trace_router(struct trace *trace, const struct router *router);

#endif
