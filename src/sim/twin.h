/*
 * twin.h -- two routers that are given the same: one as it runs, one that never replays.
 *
 * Both have the same secrets, ports and clock (ARCHITECTURE, D4). Whatever is done is done to
 * both; then twin_differ() says whether anything that can be seen of them differs: frames, drop
 * reasons, counters, connections, neighbours, log lines.
 */
#ifndef SIM_TWIN_H
#define SIM_TWIN_H

#include "router/router.h"
#include "sim/memory_port.h"
#include "sim/random.h"

#define TWIN_PORTS 4

struct text;

/* The far end of a port: what is sent there bears a tag where the port has one. */
struct twin_cable {
	struct frame_queue *out;
	uint16_t tag;   /* of the VLAN whose frames are looked at; 0: those without a tag */
	uint64_t aside; /* a sum over frames with another tag, but for IPv4 */
};

struct twin_side {
	struct router *router;
	struct log log;
	struct sim_random secrets;
	struct memory_port ports[TWIN_PORTS];
	struct frame_queue out[TWIN_PORTS]; /* what it has sent since twin_forget() */
	struct twin_cable cables[TWIN_PORTS];
	uint64_t log_seen;
};

struct twin {
	struct twin_side fast, slow;
	mono now;
	uint64_t put; /* frames given to each of them */
};

struct twin_setup {
	uint64_t seed;       /* of the routers' secrets */
	uint32_t flows;      /* connections that they hold */
	uint32_t neighbours; /* and neighbours */
	uint32_t buffers;    /* for packets that wait; 0: enough */
	bool plain_ports;    /* they finish no checksum and cut no segments */
	uint8_t number;      /* in the MACs, when there are several */
	mono now;
	struct router_start start;
};

/* Port i is interface i + 1, "ether<i + 1>", with MAC 02:00:00:00:<number>:0<i + 1>. */
MUST_USE struct twin *twin_new(const struct twin_setup *setup);
void twin_free(struct twin *twin);

/* The same bytes for both, by @port. */
void twin_put(struct twin *twin, unsigned port, const uint8_t *bytes, uint32_t len,
              const struct offload *offload);
/* Do @change to both. */
void twin_each(struct twin *twin, void (*change)(struct router *router, void *arg), void *arg);
/* From now on what is put into @port and taken from it bears the tag of VLAN @tag on the wire. */
void twin_set_tag(struct twin *twin, unsigned port, uint16_t tag);
void twin_set_link(struct twin *twin, unsigned port, bool up);
/* Can its ports finish checksums? */
void twin_set_abilities(struct twin *twin, unsigned port, bool checksum);
void twin_set_mtu(struct twin *twin, unsigned port, uint32_t mtu_bytes);
/* Turn both at @now until neither has work left. */
void twin_turn(struct twin *twin, mono now);
/* Let time pass until no timer is left; what is sent is forgotten. */
void twin_drain(struct twin *twin);
/* Forget what was sent and logged so far. */
void twin_forget(struct twin *twin);

/* True when the two differ; the first difference is written to @out. @rule_ids: of the rules whose
 * counters are compared, for each facility. */
struct twin_rules {
	uint32_t ids[FACILITY_COUNT][64];
	unsigned n[FACILITY_COUNT];
};
/* The same for what was sent and dropped only. */
bool twin_output_differs(const struct twin *twin, struct text *out);
bool twin_differ(const struct twin *twin, const struct twin_rules *rules, struct text *out);

#endif
