/*
 * address_list_age.c -- when entries of address lists end.
 *
 * A wheel of one-second slots, as for flows (flow_age.c): to refresh an entry only writes its due
 * time, and when its slot comes round it is ended or moves on to the slot of its new time.
 */
#include "fw/address_list_table.h"

static uint32_t slot_of(const struct address_lists *lists, mono due)
{
	/* Rounded up: the slot is looked at when its second is over. */
	uint64_t second = due.ns / NS_PER_S + 1;

	if (second <= lists->second_now)
		second = lists->second_now + 1;
	if (second - lists->second_now >= ADDRESS_TIMER_SLOTS)
		second = lists->second_now + ADDRESS_TIMER_SLOTS - 1;
	return (uint32_t)(second % ADDRESS_TIMER_SLOTS);
}

void address_timer_add(struct address_lists *lists, uint32_t index)
{
	struct address_entry *entry = &lists->entries[index];
	uint32_t slot = slot_of(lists, entry->due);

	must(entry->timer_slot == ADDRESS_NO_TIMER);
	entry->timer_slot = slot;
	entry->timer_prev = 0;
	entry->timer_next = lists->timer[slot];
	if (entry->timer_next != 0)
		lists->entries[entry->timer_next - 1].timer_prev = index + 1;
	lists->timer[slot] = index + 1;
	lists->timed++;
}

void address_timer_remove(struct address_lists *lists, uint32_t index)
{
	struct address_entry *entry = &lists->entries[index];

	if (entry->timer_prev != 0)
		lists->entries[entry->timer_prev - 1].timer_next = entry->timer_next;
	else
		lists->timer[entry->timer_slot] = entry->timer_next;
	if (entry->timer_next != 0)
		lists->entries[entry->timer_next - 1].timer_prev = entry->timer_prev;
	entry->timer_slot = ADDRESS_NO_TIMER;
	lists->timed--;
}

/* Look at the entries of the slot that has come; true when @most was used up before its end. */
static bool slot_turn(struct address_lists *lists, unsigned *most)
{
	uint32_t slot = (uint32_t)(lists->second_now % ADDRESS_TIMER_SLOTS);

	while (lists->timer[slot] != 0) {
		uint32_t index = lists->timer[slot] - 1;

		if (*most == 0)
			return true;
		(*most)--;
		if (mono_due(lists->entries[index].due, lists->net->now)) {
			address_entry_end(lists, index);
		} else {
			address_timer_remove(lists, index);
			address_timer_add(lists, index);
		}
	}
	return false;
}

bool address_lists_turn(struct address_lists *lists, unsigned most)
{
	uint64_t second = lists->net->now.ns / NS_PER_S;

	if (lists->timed == 0) {
		lists->second_now = second;
		return false;
	}
	for (;;) {
		if (slot_turn(lists, &most))
			return true;
		if (lists->second_now >= second)
			return false;
		lists->second_now++;
	}
}

mono address_lists_next(const struct address_lists *lists)
{
	if (lists->timed == 0)
		return mono_never();
	return (mono){ (lists->second_now + 1) * NS_PER_S };
}
