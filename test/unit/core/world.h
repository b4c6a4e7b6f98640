/*
 * world.h -- the doors to the world for tests: seeded randomness, ports that keep what they are
 * given.
 */
#ifndef TEST_CORE_WORLD_H
#define TEST_CORE_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/port.h"
#include "lib/mem.h"
#include "lib/random.h"

#define FIXTURE_FRAMES 1024

struct fixture_random {
	struct random random;
	uint64_t state; /* xorshift64: never 0 */
};

struct fixture_port {
	struct port port;
	struct port_frame frames[FIXTURE_FRAMES]; /* copies of what was sent */
	unsigned n;
	unsigned room; /* how many transmit() still takes */
	bool link_next;
};

static inline uint64_t fixture_draw(struct fixture_random *r)
{
	r->state ^= r->state << 13;
	r->state ^= r->state >> 7;
	r->state ^= r->state << 17;
	return r->state * 0x2545f4914f6cdd1dULL;
}

static inline void fixture_random_fill(struct random *random, void *bytes, size_t len)
{
	uint8_t *p = bytes;

	for (size_t i = 0; i < len; i++)
		p[i] = (uint8_t)(fixture_draw((struct fixture_random *)random) >> 32);
}

static inline struct fixture_random fixture_random_make(uint64_t seed)
{
	return (struct fixture_random){ .random.fill = fixture_random_fill, .state = seed | 1 };
}

static inline unsigned fixture_receive(struct port *port, struct port_frame *frames, unsigned max)
{
	(void)port;
	(void)frames;
	(void)max;
	return 0;
}

static inline void fixture_release(struct port *port)
{
	(void)port;
}

static inline unsigned fixture_transmit(struct port *port, const struct port_frame *frames,
                                        unsigned n)
{
	struct fixture_port *to = (struct fixture_port *)port;
	unsigned taken = 0;

	for (; taken < n && to->room > 0; taken++, to->room--) {
		struct port_frame *copy = &to->frames[to->n];

		assert_true(to->n < FIXTURE_FRAMES);
		*copy = frames[taken];
		copy->bytes = mem_new(1, frames[taken].len);
		memcpy(copy->bytes, frames[taken].bytes, frames[taken].len);
		to->n++;
	}
	return taken;
}

static inline bool fixture_poll_link(struct port *port)
{
	struct fixture_port *fp = (struct fixture_port *)port;
	bool changed = fp->link_next != port->link_up;

	port->link_up = fp->link_next;
	return changed;
}

static inline void fixture_stats(struct port *port, struct port_stats *ret_stats)
{
	(void)port;
	*ret_stats = (struct port_stats){ 0 };
}

static inline const struct port_ops *fixture_port_ops(void)
{
	static const struct port_ops ops = {
		.receive = fixture_receive,
		.release = fixture_release,
		.transmit = fixture_transmit,
		.poll_link = fixture_poll_link,
		.stats = fixture_stats,
		.close = fixture_release,
	};

	return &ops;
}

#endif
