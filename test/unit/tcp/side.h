/*
 * side.h -- a struct tcp on a net of its own, for tests: alone with a peer made by hand, or two of
 * them joined by carrying what one's net wants to send into the other.
 *
 * Time is side->net->now; side_turn() lets it act. A peer made by hand sends with side_arrive() and
 * looks at what comes back with side_next().
 */
#ifndef TEST_TCP_SIDE_H
#define TEST_TCP_SIDE_H

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

#include "core/fixture.h"
#include "tcp/connection.h"
#include "tcp/listener.h"
#include "tcp/tcp.h"
#include "wire/tcp_header.h"

#define SIDE_US   "192.0.2.1"
#define SIDE_THEM "192.0.2.9"

struct side {
	struct fixture *f;
	struct net *net;
	struct tcp *tcp;
	unsigned events; /* told of the connection with owner &side->events */
	unsigned told;   /* how often listener_changed() came */
	uint16_t their_port, our_port;
};

static inline void side_changed(void *owner, struct connection *c, unsigned events)
{
	*(unsigned *)owner |= events;
}

static inline void side_listener_changed(void *owner, struct listener *l)
{
	++*(unsigned *)owner;
}

static inline struct side side_new_with(const char *address, const struct tcp_budget *budget)
{
	struct side s = { .f = fixture_new(1), .their_port = 80, .our_port = 40000 };
	char prefix[32];

	snprintf(prefix, sizeof prefix, "%s/24", address);
	fixture_address(s.f, 1, prefix);
	s.net = s.f->net;
	s.tcp = tcp_new(s.net, budget);
	tcp_set_owner(s.tcp, &(struct tcp_owner){ .changed = side_changed,
	                                          .listener_changed = side_listener_changed });
	return s;
}

static inline struct side side_new(void)
{
	static const struct tcp_budget budget = { .connections = 16,
		                                  .half_open = 8,
		                                  .time_wait = 8,
		                                  .listeners = 4,
		                                  .chunks = 512,
		                                  .flights = 256 };

	return side_new_with(SIDE_US, &budget);
}

static inline void side_free(struct side *s)
{
	struct pkt *p;

	while ((p = net_own_take(s->net)) != NULL)
		pkt_done(s->net, p);
	tcp_free(s->tcp);
	fixture_free(s->f);
}

static inline void side_turn(struct side *s)
{
	tcp_turn(s->tcp);
}

/* Let @ms pass, and act whenever the side wants to. */
static inline void side_wait_ms(struct side *s, uint64_t ms)
{
	mono end = mono_add_ms(s->net->now, ms);

	for (;;) {
		mono due = tcp_due(s->tcp);

		if (mono_before(end, due))
			break;
		if (mono_before(s->net->now, due))
			s->net->now = due;
		tcp_turn(s->tcp);
		if (s->net->own_n > 0)
			break; /* something was sent: look at it at the time that it was */
	}
	if (s->net->own_n == 0)
		s->net->now = end;
}

/* A segment as the peer made by hand sends or sees it. */
struct side_segment {
	uint8_t flags;
	uint32_t seq, ack;
	uint16_t window, urgent;
	uint32_t n;
	uint8_t bytes[2048];
	struct tcp_options options;
	uint8_t options_n;
	uint8_t raw_options[40];
	struct tuple ends;
	uint16_t ip_id, gso_bytes;
	uint32_t ip_bytes;
	bool dont_fragment;
	uint8_t ttl, tos;
};

static inline bool side_input(struct side *s, struct pkt *p)
{
	assert_true(ip4_parse_l4(p));
	p->now = p->arrived;
	return tcp_input(s->tcp, p);
}

/* Their segment comes; its ports and addresses are the side's. False: nobody has it. */
static inline bool side_arrive(struct side *s, const struct side_segment *seg)
{
	uint8_t bytes[4096];
	struct writer w = writer_over(bytes, sizeof bytes);
	struct pkt p = { .bytes = bytes, .l4 = IP4_HEADER_BYTES, .in = 1, .flow = FLOW_NONE };
	uint8_t header_bytes = (uint8_t)(TCP_HEADER_BYTES + seg->options_n);

	p.len = IP4_HEADER_BYTES + header_bytes + seg->n;
	ip4_header_build(&w, &(struct ip4_header){ .version = 4,
	                                           .header_bytes = 20,
	                                           .total_bytes = (uint16_t)p.len,
	                                           .ttl = 64,
	                                           .proto = IPPROTO_TCP,
	                                           .src = A(SIDE_THEM),
	                                           .dst = A(SIDE_US) });
	tcp_header_build(&w, &(struct tcp_header){ .sport = s->their_port,
	                                           .dport = s->our_port,
	                                           .seq = seg->seq,
	                                           .ack = seg->ack,
	                                           .header_bytes = header_bytes,
	                                           .flags = seg->flags,
	                                           .window = seg->window,
	                                           .urgent = seg->urgent });
	write_bytes(&w, seg->raw_options, seg->options_n);
	write_bytes(&w, seg->bytes, seg->n);
	assert_false(w.failed);
	ip4_parse_header(&p);
	return side_input(s, &p);
}

/* What is sent next, in order; false: nothing is. The side turns first. */
static inline bool side_next(struct side *s, struct side_segment *ret)
{
	struct pkt *p;
	struct tcp_header header;
	struct reader r;

	if (s->net->own_n == 0)
		tcp_turn(s->tcp);
	p = net_own_take(s->net);
	*ret = (struct side_segment){ 0 };
	if (p == NULL)
		return false;
	r = reader_over(p->bytes + p->l4, p->len - p->l4);
	assert_true(tcp_header_parse(&r, &header));
	*ret = (struct side_segment){ .flags = header.flags,
		                      .seq = header.seq,
		                      .ack = header.ack,
		                      .window = header.window,
		                      .urgent = header.urgent,
		                      .n = (uint32_t)reader_left(&r),
		                      .options_n = (uint8_t)(header.header_bytes - 20),
		                      .ends = p->arrived,
		                      .ip_id = p->ip_id,
		                      .ip_bytes = p->ip_bytes,
		                      .gso_bytes = p->offload.gso_bytes,
		                      .dont_fragment = p->dont_fragment,
		                      .ttl = p->ttl,
		                      .tos = p->tos };
	memcpy(ret->raw_options, header.options, ret->options_n);
	memcpy(ret->bytes, r.at, ret->n < sizeof ret->bytes ? ret->n : sizeof ret->bytes);
	tcp_options_parse(header.options, ret->options_n, &ret->options);
	pkt_done(s->net, p);
	return true;
}

/* Nothing is sent now. */
static inline void side_silent(struct side *s)
{
	struct side_segment seg;

	assert_false(side_next(s, &seg));
}

/* The plan of a connect to the peer made by hand. */
static inline struct connection_plan side_plan(struct side *s)
{
	struct connection_plan plan = { .ends = { .src = A(SIDE_US),
		                                  .dst = A(SIDE_THEM),
		                                  .sport = s->our_port,
		                                  .dport = s->their_port,
		                                  .proto = IPPROTO_TCP },
		                        .route = { .mtu_bytes = 1500,
		                                   .generation = s->net->generation },
		                        .initial_sequence = 1000,
		                        .timestamp_offset = 77,
		                        .owner = &s->events };

	return plan;
}

static inline struct connection *side_connect_with(struct side *s,
                                                   const struct connection_settings *settings)
{
	struct connection_plan plan = side_plan(s);
	struct connection *c = NULL;

	plan.settings = settings;
	assert_int_equal(connection_open(s->tcp, &plan, &c), 0);
	return c;
}

/* Carry everything that @from wants to send into @to; returns how many packets. */
static inline unsigned side_carry(struct side *from, struct side *to)
{
	unsigned n = 0;
	struct pkt *p;

	while ((p = net_own_take(from->net)) != NULL) {
		struct pkt q = { .bytes = p->bytes,
			         .len = p->len,
			         .l4 = p->l4,
			         .in = 1,
			         .flow = FLOW_NONE,
			         .offload = p->offload };

		ip4_parse_header(&q);
		if (!side_input(to, &q))
			fail_msg("nobody has a packet");
		pkt_done(from->net, p);
		n++;
	}
	return n;
}

/* Both turn and carry until neither has anything to say. */
static inline void side_settle(struct side *a, struct side *b)
{
	do {
		tcp_turn(a->tcp);
		tcp_turn(b->tcp);
	} while (side_carry(a, b) + side_carry(b, a) > 0);
}

/* Both, for @ms of time, in steps of @step_us one way of travel. */
static inline void side_run_ms(struct side *a, struct side *b, uint64_t ms)
{
	mono end = mono_add_ms(a->net->now, ms);

	for (;;) {
		mono due;

		side_settle(a, b);
		due = mono_min(tcp_due(a->tcp), tcp_due(b->tcp));
		if (mono_before(end, due))
			break;
		a->net->now = b->net->now = due;
	}
	a->net->now = b->net->now = end;
}

#endif
