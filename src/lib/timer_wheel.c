/*
 * timer_wheel.c -- timers by the digits of their time.
 *
 * A tick is a number of digits of six bits. A timer lies on the level of the highest digit in which
 * its tick differs from now, in the slot of its own digit there. Everything above that digit is
 * equal, so:
 *
 *   - on each level the digits of all timers are larger than now's own digit, and the lowest bit of
 *     `occupied` is the first of them;
 *   - whatever lies on a level comes before whatever lies on the next.
 *
 * So the first slot of the first occupied level is where time goes next. When it gets there, each
 * timer of the slot is due or differs in a lower digit: it comes down. In between nothing moves.
 *
 * Links are index + 1, 0 ends a list. prev of the first of a list is LIST | slot, so that a node
 * needs no other way to its head; a prev of 0 says that the timer is not set.
 */
#include "lib/timer_wheel.h"

#include <string.h>

#include "lib/mem.h"

#define LIST     (1U << 31)
#define DUE_SLOT (TIMER_LEVELS * TIMER_SLOTS)

static uint64_t tick_at_or_after(mono t)
{
	uint64_t tick = t.ns >> TIMER_TICK_SHIFT;

	return (t.ns & (TIMER_TICK_NS - 1)) != 0 ? tick + 1 : tick;
}

void timer_wheel_init(struct timer_wheel *wheel, uint32_t capacity, mono now)
{
	must(capacity < LIST);
	memset(wheel, 0, sizeof *wheel);
	wheel->nodes = mem_new(capacity, sizeof wheel->nodes[0]);
	wheel->capacity = capacity;
	wheel->now = now.ns >> TIMER_TICK_SHIFT;
}

void timer_wheel_free(struct timer_wheel *wheel)
{
	mem_free(wheel->nodes);
	wheel->nodes = NULL;
}

static uint32_t slot_of(const struct timer_wheel *wheel, uint64_t due)
{
	uint32_t level;

	if (due <= wheel->now)
		return DUE_SLOT;
	level = (63 - (uint32_t)__builtin_clzll(due ^ wheel->now)) / TIMER_DIGIT_BITS;
	return level * TIMER_SLOTS +
	       (uint32_t)(due >> level * TIMER_DIGIT_BITS & (TIMER_SLOTS - 1));
}

static void link_first(struct timer_wheel *wheel, uint32_t slot, uint32_t link)
{
	struct timer_node *node = &wheel->nodes[link - 1];

	node->prev = LIST | slot;
	node->next = wheel->heads[slot];
	if (node->next != 0)
		wheel->nodes[node->next - 1].prev = link;
	wheel->heads[slot] = link;
	if (slot != DUE_SLOT)
		wheel->occupied[slot / TIMER_SLOTS] |= 1ULL << slot % TIMER_SLOTS;
}

/* What is due is taken in the order in which it became due, so nobody is passed over for ever. */
static void link_due(struct timer_wheel *wheel, uint32_t link)
{
	struct timer_node *node = &wheel->nodes[link - 1];

	if (wheel->heads[DUE_SLOT] == 0) {
		link_first(wheel, DUE_SLOT, link);
	} else {
		wheel->nodes[wheel->due_tail - 1].next = link;
		node->prev = wheel->due_tail;
		node->next = 0;
	}
	wheel->due_tail = link;
}

static void place(struct timer_wheel *wheel, uint32_t link)
{
	uint32_t slot = slot_of(wheel, wheel->nodes[link - 1].due);

	if (slot == DUE_SLOT)
		link_due(wheel, link);
	else
		link_first(wheel, slot, link);
}

static void unlink_head(struct timer_wheel *wheel, uint32_t slot, uint32_t next)
{
	wheel->heads[slot] = next;
	if (next == 0 && slot != DUE_SLOT)
		wheel->occupied[slot / TIMER_SLOTS] &= ~(1ULL << slot % TIMER_SLOTS);
}

void timer_wheel_stop(struct timer_wheel *wheel, uint32_t timer)
{
	struct timer_node *node = &wheel->nodes[timer];

	must(timer < wheel->capacity);
	if (node->prev == 0)
		return;
	if (wheel->due_tail == timer + 1)
		wheel->due_tail = (node->prev & LIST) != 0 ? 0 : node->prev;
	if ((node->prev & LIST) != 0)
		unlink_head(wheel, node->prev & ~LIST, node->next);
	else
		wheel->nodes[node->prev - 1].next = node->next;
	if (node->next != 0)
		wheel->nodes[node->next - 1].prev = node->prev;
	node->prev = 0;
	wheel->set_n--;
}

void timer_wheel_set(struct timer_wheel *wheel, uint32_t timer, mono due)
{
	timer_wheel_stop(wheel, timer);
	if (due.ns == mono_never().ns)
		return;
	wheel->nodes[timer].due = tick_at_or_after(due);
	wheel->set_n++;
	place(wheel, timer + 1);
}

bool timer_wheel_is_set(const struct timer_wheel *wheel, uint32_t timer)
{
	must(timer < wheel->capacity);
	return wheel->nodes[timer].prev != 0;
}

/* The first occupied slot, and the tick at which it begins; false: nothing waits. */
static bool first_slot(const struct timer_wheel *wheel, uint32_t *ret_slot, uint64_t *ret_tick)
{
	for (uint32_t level = 0; level < TIMER_LEVELS; level++) {
		uint32_t digit, shift = level * TIMER_DIGIT_BITS;

		if (wheel->occupied[level] == 0)
			continue;
		digit = (uint32_t)__builtin_ctzll(wheel->occupied[level]);
		*ret_slot = level * TIMER_SLOTS + digit;
		*ret_tick = (wheel->now >> shift >> TIMER_DIGIT_BITS << TIMER_DIGIT_BITS | digit)
		            << shift;
		return true;
	}
	return false;
}

/* Time has come to the beginning of @slot: each of its timers is due, or lies further down now. */
static void come_down(struct timer_wheel *wheel, uint32_t slot)
{
	uint32_t link = wheel->heads[slot];

	unlink_head(wheel, slot, 0);
	while (link != 0) {
		uint32_t next = wheel->nodes[link - 1].next;

		place(wheel, link);
		link = next;
	}
}

static void advance(struct timer_wheel *wheel, uint64_t to)
{
	uint32_t slot;
	uint64_t tick;

	while (first_slot(wheel, &slot, &tick) && tick <= to) {
		wheel->now = tick;
		come_down(wheel, slot);
	}
	if (to > wheel->now)
		wheel->now = to;
}

uint32_t timer_wheel_next(struct timer_wheel *wheel, mono now)
{
	uint32_t link;

	if (now.ns >> TIMER_TICK_SHIFT > wheel->now)
		advance(wheel, now.ns >> TIMER_TICK_SHIFT);
	link = wheel->heads[DUE_SLOT];
	if (link == 0)
		return TIMER_NONE;
	timer_wheel_stop(wheel, link - 1);
	return link - 1;
}

mono timer_wheel_due(const struct timer_wheel *wheel)
{
	uint32_t slot;
	uint64_t tick;

	if (wheel->heads[DUE_SLOT] != 0)
		return (mono){ wheel->now << TIMER_TICK_SHIFT };
	if (!first_slot(wheel, &slot, &tick))
		return mono_never();
	return (mono){ tick << TIMER_TICK_SHIFT };
}
