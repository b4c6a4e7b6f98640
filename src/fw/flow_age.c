/*
 * flow_age.c -- when flows end.
 *
 * A wheel of one-second slots. A packet only writes the record's due time; the slot is looked at
 * when its second has passed, and a record that is not due yet moves on to the slot of its new
 * time (or to the far end of the wheel). So a packet costs one store, and an idle day-long
 * connection one move every 68 minutes.
 *
 * Beside it stands the list of weak flows, oldest first: those that were never answered or are
 * closing. When the table is full its head gives way, in constant time.
 */
#include "core/net.h"
#include "fw/flow_list.h"
#include "fw/flow_rate.h"

static uint32_t slot_of(const struct flows *flows, mono due)
{
	/* Rounded up: the slot is looked at when its second is over. */
	uint64_t second = due.ns / NS_PER_S + 1;

	if (second <= flows->second_now)
		second = flows->second_now + 1;
	if (second - flows->second_now >= FLOW_TIMER_SLOTS)
		second = flows->second_now + FLOW_TIMER_SLOTS - 1;
	return (uint32_t)(second % FLOW_TIMER_SLOTS);
}

void flow_timer_add(struct flows *flows, uint32_t index)
{
	struct flow *flow = flow_at(flows, index);
	uint32_t slot = slot_of(flows, flow->due);

	flow->timer_slot = (uint16_t)slot;
	flow->timer_prev = 0;
	flow->timer_next = flows->timer[slot];
	if (flow->timer_next != 0)
		flow_at(flows, flow->timer_next - 1)->timer_prev = index + 1;
	flows->timer[slot] = index + 1;
}

void flow_timer_remove(struct flows *flows, uint32_t index)
{
	struct flow *flow = flow_at(flows, index);

	if (flow->timer_prev != 0)
		flow_at(flows, flow->timer_prev - 1)->timer_next = flow->timer_next;
	else
		flows->timer[flow->timer_slot] = flow->timer_next;
	if (flow->timer_next != 0)
		flow_at(flows, flow->timer_next - 1)->timer_prev = flow->timer_prev;
}

void flow_touch(struct flow *flow, mono now, uint32_t seconds)
{
	flow->due = mono_add_s(now, seconds);
}

/* How many seconds from now @slot is looked at. */
static uint32_t slot_ahead(const struct flows *flows, uint32_t slot)
{
	return (slot - flows->slot_now) % FLOW_TIMER_SLOTS;
}

/*
 * A record whose time became shorter (a connection that closes) may lie in a far slot. It is put
 * where it belongs at once; in a slot that is looked at sooner it stays, and moves on from there.
 */
void flow_touch_sooner(struct flows *flows, uint32_t index, mono now, uint32_t seconds)
{
	struct flow *flow = flow_at(flows, index);

	flow_touch(flow, now, seconds);
	if (slot_ahead(flows, flow->timer_slot) <= slot_ahead(flows, slot_of(flows, flow->due)))
		return;
	flow_timer_remove(flows, index);
	flow_timer_add(flows, index);
}

/* Look at the records of the slot that has come; true when @most was used up before its end. */
static bool slot_turn(struct flows *flows, struct net *net, mono now, unsigned *most)
{
	while (flows->timer[flows->slot_now] != 0) {
		uint32_t index = flows->timer[flows->slot_now] - 1;

		if (*most == 0)
			return true;
		(*most)--;
		if (mono_due(flow_at(flows, index)->due, now)) {
			flow_end(flows, net, index);
		} else {
			flow_rate_roll(flow_at(flows, index), flow_rate_second(now));
			flow_timer_remove(flows, index);
			flow_timer_add(flows, index);
		}
	}
	return false;
}

bool flows_turn(struct flows *flows, struct net *net, mono now, unsigned most)
{
	uint64_t second = now.ns / NS_PER_S;

	if (flows->used == 0 && second > flows->second_now) {
		flows->second_now = second;
		flows->slot_now = (uint32_t)(second % FLOW_TIMER_SLOTS);
		return false;
	}
	for (;;) {
		if (slot_turn(flows, net, now, &most))
			return true;
		if (flows->second_now >= second)
			return false;
		flows->second_now++;
		flows->slot_now = (uint32_t)(flows->second_now % FLOW_TIMER_SLOTS);
	}
}

mono flows_next(const struct flows *flows)
{
	if (flows->used == 0)
		return mono_never();
	return (mono){ (flows->second_now + 1) * NS_PER_S };
}

void flow_set_weak(struct flows *flows, uint32_t index, bool weak)
{
	struct flow *flow = flow_at(flows, index);

	if (weak == ((flow->flags & FLOW_WEAK) != 0))
		return;
	flow->flags ^= FLOW_WEAK;
	if (weak) {
		flow->weak_next = 0;
		flow->weak_prev = flows->weak_tail;
		if (flows->weak_tail != 0)
			flow_at(flows, flows->weak_tail - 1)->weak_next = index + 1;
		else
			flows->weak_head = index + 1;
		flows->weak_tail = index + 1;
		return;
	}
	if (flow->weak_prev != 0)
		flow_at(flows, flow->weak_prev - 1)->weak_next = flow->weak_next;
	else
		flows->weak_head = flow->weak_next;
	if (flow->weak_next != 0)
		flow_at(flows, flow->weak_next - 1)->weak_prev = flow->weak_prev;
	else
		flows->weak_tail = flow->weak_prev;
}
