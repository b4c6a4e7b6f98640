/*
 * timer_wheel.h -- many timers: setting, moving and stopping one costs the same however many there
 * are.
 *
 * A hierarchical wheel (Varghese and Lauck, 1987): eight levels of 64 slots; a timer lies on the
 * level of the highest digit in which its time differs from now, and comes down a level each time
 * that digit is reached. Any time that a clock shows has its place. A bit per slot says where
 * timers are, so the next one is found without walking, and an idle wheel does not ask to be woken.
 *
 * Timers are numbers from 0 to capacity - 1, each set or not: the index of what it belongs to. They
 * are linked by index; their nodes lie apart from what they belong to, and need no search to be
 * taken out.
 *
 * Times are rounded up to TIMER_TICK_NS: a timer is never early, and late by less than a tick.
 *
 * Memory:  sized at start, 16 bytes a timer, touched when first set. Threads: one at a time.
 */
#ifndef LIB_TIMER_WHEEL_H
#define LIB_TIMER_WHEEL_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/mono.h"
#include "lib/must.h"

#define TIMER_TICK_SHIFT 18 /* a tick is 2^18 ns, about a quarter of a millisecond */
#define TIMER_TICK_NS    (1ULL << TIMER_TICK_SHIFT)
#define TIMER_DIGIT_BITS 6
#define TIMER_SLOTS      (1U << TIMER_DIGIT_BITS)
#define TIMER_LEVELS     8 /* 46 bits of ticks in digits of 6 bits */
#define TIMER_NONE       UINT32_MAX

struct timer_node {
	uint64_t due; /* tick */
	uint32_t next, prev;
};

struct timer_wheel {
	struct timer_node *nodes;
	uint32_t capacity;
	uint32_t set_n; /* how many are set */
	uint64_t now;   /* tick that the wheel has come to */
	uint64_t occupied[TIMER_LEVELS];
	uint32_t heads[TIMER_LEVELS * TIMER_SLOTS + 1]; /* the last: those that are due */
	uint32_t due_tail;
};

void timer_wheel_init(struct timer_wheel *wheel, uint32_t capacity, mono now);
void timer_wheel_free(struct timer_wheel *wheel);

/* @timer goes off at @due, and not at any time it may have been set to before. mono_never(): it is
 * stopped. */
void timer_wheel_set(struct timer_wheel *wheel, uint32_t timer, mono due);
void timer_wheel_stop(struct timer_wheel *wheel, uint32_t timer);
bool timer_wheel_is_set(const struct timer_wheel *wheel, uint32_t timer);

/*
 * Take the next timer that has gone off by @now, which is no longer set then; TIMER_NONE: there is
 * none. Times of one wheel never go back.
 */
MUST_USE uint32_t timer_wheel_next(struct timer_wheel *wheel, mono now);
/*
 * When to ask timer_wheel_next() again: when the first timer goes off, or a little before, when a
 * far one has to come down a level (at most once a level for each timer). mono_never(): none is
 * set.
 */
mono timer_wheel_due(const struct timer_wheel *wheel);

#endif
