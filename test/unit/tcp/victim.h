/*
 * victim.h -- a listener on port 80 whom attackers, made by hand, do things to.
 *
 * An attacker is a peer behind one port of SIDE_THEM; it knows the numbers of its own connection,
 * or guesses those of another.
 */
#ifndef TEST_TCP_VICTIM_H
#define TEST_TCP_VICTIM_H

#include "tcp/side.h"

struct victim {
	struct side s;
	struct listener *l;
	unsigned refused; /* segments that nobody had */
};

struct far_end {
	uint16_t port;
	struct connection *c;
	uint32_t seq, ack; /* of its next segment */
	uint16_t window;
};

static const struct tcp_budget victim_budget = { .connections = 64,
	                                         .half_open = 64,
	                                         .time_wait = 16,
	                                         .listeners = 4,
	                                         .chunks = 512,
	                                         .flights = 512 };

static inline struct victim *victim_new_with(const struct tcp_budget *budget)
{
	struct victim *v = mem_new(1, sizeof *v);
	struct listener_plan plan = { .port = 80, .backlog = 1024, .owner = &v->s.told };

	v->s = side_new_with(SIDE_US, budget);
	v->s.our_port = 80;
	plan.owner = &v->s.told;
	assert_int_equal(listener_open(v->s.tcp, &plan, &v->l), 0);
	return v;
}

static inline struct victim *victim_new(void)
{
	return victim_new_with(&victim_budget);
}

static inline void victim_free(struct victim *v)
{
	side_free(&v->s);
	mem_free(v);
}

/* What the far end behind @port sends. */
static inline bool victim_hears(struct victim *v, uint16_t port, const struct side_segment *segment)
{
	v->s.their_port = port;
	return side_arrive(&v->s, segment);
}

/* Take all that is sent; how many segments. */
static inline unsigned victim_says(struct victim *v)
{
	struct side_segment seen;
	unsigned n = 0;

	while (side_next(&v->s, &seen))
		n++;
	return n;
}

/* Connect from @port, with @options as they stand in the SYN and in each segment after. */
static inline struct far_end victim_connect_with(struct victim *v, uint16_t port,
                                                 const uint8_t *options, uint8_t options_n)
{
	struct far_end e = { .port = port, .seq = port * 1000U, .window = 65535 };
	struct side_segment syn = { .flags = TCP_SYN, .seq = e.seq, .window = e.window }, seen;

	memcpy(syn.raw_options, options, options_n);
	syn.options_n = options_n;
	assert_true(victim_hears(v, port, &syn));
	assert_true(side_next(&v->s, &seen));
	assert_int_equal(seen.flags, TCP_SYN | TCP_ACK);
	e.seq++;
	e.ack = seen.seq + 1;
	assert_true(victim_hears(
		v, port,
		&(struct side_segment){
			.flags = TCP_ACK, .seq = e.seq, .ack = e.ack, .window = e.window }));
	side_turn(&v->s);
	e.c = listener_take(v->l, &v->s.events);
	assert_non_null(e.c);
	assert_int_equal(connection_state(e.c), CONNECTION_ESTABLISHED);
	return e;
}

/* MSS 1460, SACK permitted. */
static inline struct far_end victim_connect(struct victim *v, uint16_t port)
{
	static const uint8_t options[] = { 2, 4, 1460 >> 8, 1460 & 0xff, 1, 1, 4, 2 };

	return victim_connect_with(v, port, options, sizeof options);
}

/* A segment of @e's with @flags, @ahead of its next byte, of @n bytes. */
static inline bool far_end_sends(struct victim *v, const struct far_end *e, uint8_t flags,
                                 uint32_t ahead, uint32_t n)
{
	struct side_segment segment = { .flags = flags,
		                        .seq = e->seq + ahead,
		                        .ack = (flags & TCP_ACK) != 0 ? e->ack : 0,
		                        .window = e->window,
		                        .n = n };

	assert_true(n <= sizeof segment.bytes);
	memset(segment.bytes, 'x', n);
	return victim_hears(v, e->port, &segment);
}

/* Somebody decent says something, and is heard and answered. */
static inline void far_end_is_served(struct victim *v, struct far_end *e)
{
	char text[64];

	assert_true(far_end_sends(v, e, TCP_ACK | TCP_PSH, 0, 10));
	e->seq += 10;
	side_turn(&v->s);
	assert_int_equal(connection_receive(e->c, text, sizeof text, 0), 10);
	(void)victim_says(v);
}

#endif
