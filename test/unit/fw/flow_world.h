/*
 * flow_world.h -- a net without interfaces, with the allocator of ports and a clock, and packets
 * that exist only as fields and a transport header: what flows and tracking look at.
 */
#ifndef TEST_FW_FLOW_WORLD_H
#define TEST_FW_FLOW_WORLD_H

#include "unit.h"

#include <netinet/in.h>

#include "core/net.h"
#include "core/ports.h"
#include "fw/fw.h"
#include "fw/track.h"
#include "lib/mem.h"
#include "seeded.h"
#include "wire/checksum.h"
#include "wire/icmp_header.h"
#include "wire/ip4_header.h"
#include "wire/tcp_header.h"

#define FLOW_WORLD_START_S 5000

struct flow_world {
	struct net *net;
	struct log log;
	struct seeded random;
	void *bytes;
	struct fw fw;
	uint8_t memory[256];
};

static inline struct flow_world *flow_world_new(uint32_t flows)
{
	struct flow_world *w = mem_new(1, sizeof *w);
	struct net_budget budget = {
		.pkt_small = 8, .pkt_large = 1, .neighbours = 8, .port_addresses = 64
	};

	w->random = seeded_make(flows);
	w->net = mem_new(1, sizeof *w->net);
	log_init(&w->log);
	w->net->now = (mono){ FLOW_WORLD_START_S * NS_PER_S };
	net_init(w->net, &budget, &w->random.random, &w->log);
	w->bytes = mem_new_aligned(64, flows_bytes(flows));
	w->fw = (struct fw){ .net = w->net, .timeouts = flow_timeouts_default(), .loose = true };
	w->fw.flows = flows_init(w->bytes, flows, &w->net->key, w->net->now);
	return w;
}

static inline void flow_world_free(struct flow_world *w)
{
	net_free(w->net);
	log_free(&w->log);
	mem_free(w->net);
	mem_free(w->bytes);
	mem_free(w);
}

static inline struct tuple flow_world_tuple(uint32_t src, uint16_t sport, uint32_t dst,
                                            uint16_t dport, uint8_t proto)
{
	return (struct tuple){
		.src = { src }, .dst = { dst }, .sport = sport, .dport = dport, .proto = proto
	};
}

static inline uint32_t flow_world_begin(struct flow_world *w, const struct tuple *came,
                                        const struct tuple *leaves)
{
	return flow_begin(w->fw.flows, w->net, came, leaves, w->net->now);
}

static inline uint32_t flow_world_find(const struct flow_world *w, const struct tuple *t,
                                       uint8_t *ret_dir)
{
	return flow_find(w->fw.flows, t, flow_hash(w->fw.flows, t), ret_dir);
}

/* Time passes, and what is due ends. */
static inline void flow_world_sleep_ms(struct flow_world *w, uint64_t ms)
{
	w->net->now = mono_add_ms(w->net->now, ms);
	while (flows_turn(w->fw.flows, w->net, w->net->now, 64))
		;
}

/* A TCP segment as its sender makes it. */
struct flow_world_segment {
	uint8_t flags;
	uint32_t seq, ack;
	uint16_t window;
	uint32_t payload;
	int scale;            /* of a SYN; negative: none is offered */
	bool summed, damaged; /* with a checksum; else the card has looked at it already */
};

#define FLOW_WORLD_WINDOW 8192

static inline void flow_world_sum(struct pkt *p, const struct flow_world_segment *segment)
{
	uint32_t len = p->len - p->l4;
	uint8_t *tcp = p->bytes + p->l4;

	p->offload.checked = !segment->summed;
	if (!segment->summed)
		return;
	wire_put16(tcp + TCP_AT_CHECKSUM, 0);
	wire_put16(tcp + TCP_AT_CHECKSUM,
	           sum_finish(sum_bytes(sum_pseudo(p->arrived.src, p->arrived.dst, p->arrived.proto,
	                                           (uint16_t)len),
	                                tcp, len)));
	if (segment->damaged)
		tcp[TCP_AT_SEQ] ^= 4;
}

/* @segment of @came is looked at: what track_find() says in *ret_p. */
static inline void flow_world_look(struct flow_world *w, const struct tuple *came,
                                   const struct flow_world_segment *segment, struct pkt *ret_p)
{
	bool scaled = (segment->flags & TCP_SYN) != 0 && segment->scale >= 0;
	uint32_t header = TCP_HEADER_BYTES + (scaled ? 4 : 0);
	uint8_t *tcp = w->memory + 34;

	*ret_p = (struct pkt){ .bytes = w->memory,
		               .l3 = 14,
		               .l4 = 34,
		               .payload_at = (uint16_t)(34 + header),
		               .len = 34 + header + segment->payload,
		               .ip_bytes = (uint16_t)(20 + header + segment->payload),
		               .in = 1,
		               .arrived = *came,
		               .now = *came,
		               .tcp_flags = segment->flags };
	wire_put32(tcp + TCP_AT_SEQ, segment->seq);
	wire_put32(tcp + TCP_AT_ACK, segment->ack);
	wire_put16(tcp + TCP_AT_WINDOW, segment->window);
	tcp[TCP_AT_OPTIONS] = TCP_OPTION_NOP;
	tcp[TCP_AT_OPTIONS + 1] = TCP_OPTION_WINDOW_SCALE;
	tcp[TCP_AT_OPTIONS + 2] = 3;
	tcp[TCP_AT_OPTIONS + 3] = (uint8_t)segment->scale;
	flow_world_sum(ret_p, segment);
	track_find(&w->fw, ret_p, false);
}

/* Tracked and, unless it is invalid, noted. Its state. */
static inline uint8_t flow_world_send(struct flow_world *w, const struct tuple *came,
                                      const struct flow_world_segment *segment)
{
	struct tuple leaves = *came;
	struct pkt p;

	flow_world_look(w, came, segment, &p);
	if (p.state == STATE_NEW && p.flow == FLOW_NONE)
		p.flow = flow_world_begin(w, came, &leaves);
	track_note(&w->fw, &p);
	return p.state;
}

static inline uint8_t flow_world_tcp(struct flow_world *w, const struct tuple *came, uint8_t flags,
                                     uint32_t seq, uint32_t ack)
{
	return flow_world_send(w, came,
	                       &(struct flow_world_segment){ .flags = flags,
	                                                     .seq = seq,
	                                                     .ack = ack,
	                                                     .window = FLOW_WORLD_WINDOW,
	                                                     .scale = -1 });
}

#endif
