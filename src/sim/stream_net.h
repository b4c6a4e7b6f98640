/*
 * stream_net.h -- two hosts and what lies between them, for streams (sim/stream_run.h).
 *
 * Both hosts are routers of ours, for their TCP. Between them is a cable, a router, a router that
 * translates, or two of these:
 *
 *     direct    A ---------------------------------- B
 *     routed    A ---- router ---------------------- B
 *     nat       A ---- masquerade and mapping ------ B
 *     two nats  A ---- masquerade, mapping --- masquerade, mapping ---- B
 *
 * Memory: the net's; all of it goes with stream_net_free().
 */
#ifndef SIM_STREAM_NET_H
#define SIM_STREAM_NET_H

#include "sim/world.h"

#define STREAM_NET_LINKS      3
#define STREAM_NET_FIRST_PORT 1000 /* mapped from outside, as many as there may be streams */

enum stream_layout {
	STREAM_DIRECT,
	STREAM_ROUTED,
	STREAM_NAT,
	STREAM_TWO_NATS,
	STREAM_LAYOUTS,
};

struct stream_net {
	struct world *world;
	struct start start;
	enum stream_layout layout;
	struct world_router *hosts[2];
	ip4 own[2];  /* what they have */
	ip4 seen[2]; /* by which the other one reaches them */
	struct link *links[STREAM_NET_LINKS];
	unsigned links_n;
	unsigned spoiler; /* the one link that flips bits: two flips may hide each other */
};

/* What is drawn of it. */
struct stream_net_plan {
	enum stream_layout layout;
	struct start start;
	struct tcp_budget budget; /* of either host */
	bool offload;
};

MUST_USE struct stream_net *stream_net_new(uint64_t seed, const struct stream_net_plan *plan);
void stream_net_free(struct stream_net *net);

/* Something goes wrong somewhere; a literal that says what, or NULL: nothing. */
const char *stream_net_trouble(struct stream_net *net, struct sim_random *random);
/* All is well again, with short ways. */
void stream_net_heal(struct stream_net *net);

#endif
