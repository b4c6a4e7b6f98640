/*
 * traffic.h -- hosts that talk through a pair of routers, with all that happens on real links.
 *
 * A talk is one connection as its two ends see it: what the one that began sends, and, once
 * something of it has come out of the router, what the other one answers. It is a closed loop: the
 * answer goes to the addresses that the router has put into what came out. Each frame has an IP
 * identification of its own by which it is known again; no frame has the TTL with which the router
 * sends its own (64, or 65 before it is passed on).
 */
#ifndef SIM_TRAFFIC_H
#define SIM_TRAFFIC_H

#include "sim/draft.h"
#include "sim/scene.h"
#include "sim/start.h"

#define TRAFFIC_TALKS       48
#define TRAFFIC_IDS         65536
#define TRAFFIC_QUOTE_BYTES 128

/* One end of a talk. */
struct talk_end {
	bool known;
	uint8_t port;
	struct tuple sends;
	uint32_t seq;
	uint8_t quote[TRAFFIC_QUOTE_BYTES]; /* what came to it last, from its IP header on */
	uint32_t quote_bytes;
};

struct talk {
	bool used;
	uint8_t tcp_step; /* how far an orderly connection has come */
	struct talk_end ends[2];
};

/* What is known of a frame that was sent. */
struct traffic_note {
	bool used;
	bool sound;   /* its checksums were right */
	bool plain;   /* whole, without anything odd: what comes out can be foretold */
	bool related; /* an ICMP error */
	bool out;     /* it, or its first piece, came out */
	uint8_t talk; /* TRAFFIC_TALKS: of none */
	uint8_t dir, port;
	uint16_t mss;
	uint32_t step;
	struct tuple tuple;
};

struct traffic {
	struct sim_random *random;
	uint32_t step;
	uint16_t next_id;
	uint32_t first_seq; /* of connections: so much, or up to 65,535 more */
	struct talk talks[TRAFFIC_TALKS];
	struct traffic_note notes[TRAFFIC_IDS];
	uint8_t bytes[PORT_FRAME_BYTES_MAX];
	uint8_t payload[PORT_FRAME_BYTES_MAX];
};

MUST_USE struct traffic *traffic_new(struct sim_random *random, const struct start *start);
void traffic_free(struct traffic *traffic);
/* Send something: most often one frame. */
void traffic_send(struct traffic *traffic, struct scene *scene, struct twin *twin);
/* A frame came out of @port. Returns its note, or NULL: of the router's own, or not known. */
struct traffic_note *traffic_learn(struct traffic *traffic, struct scene *scene, struct twin *twin,
                                   unsigned port, const struct frame *frame);

#endif
