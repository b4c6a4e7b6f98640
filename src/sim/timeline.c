#include "sim/timeline.h"

#include "lib/mem.h"

void timeline_init(struct timeline *timeline, uint64_t seed, mono start)
{
	*timeline = (struct timeline){ .random = sim_random_make(seed) };
	sim_clock_init(&timeline->clock, start);
}

void timeline_free(struct timeline *timeline)
{
	mem_free(timeline->heap);
	timeline->heap = NULL;
	timeline->n = timeline->size = 0;
}

static bool is_before(const struct timeline_entry *a, const struct timeline_entry *b)
{
	return a->at.ns != b->at.ns ? a->at.ns < b->at.ns : a->order < b->order;
}

static void swap(struct timeline_entry *a, struct timeline_entry *b)
{
	struct timeline_entry c = *a;

	*a = *b;
	*b = c;
}

void timeline_at(struct timeline *timeline, mono at, timeline_event *run, void *arg, void *detail)
{
	size_t place = timeline->n;

	if (timeline->n == timeline->size) {
		timeline->size = timeline->size == 0 ? 64 : timeline->size * 2;
		timeline->heap =
			mem_resize(timeline->heap, timeline->size, sizeof timeline->heap[0]);
	}
	if (mono_before(at, timeline->clock.now))
		at = timeline->clock.now;
	timeline->heap[timeline->n++] = (struct timeline_entry){
		.at = at, .order = timeline->asked++, .run = run, .arg = arg, .detail = detail
	};
	while (place > 0 && is_before(&timeline->heap[place], &timeline->heap[(place - 1) / 2])) {
		swap(&timeline->heap[place], &timeline->heap[(place - 1) / 2]);
		place = (place - 1) / 2;
	}
}

static struct timeline_entry take_first(struct timeline *timeline)
{
	struct timeline_entry first = timeline->heap[0];
	size_t place = 0;

	timeline->heap[0] = timeline->heap[--timeline->n];
	for (;;) {
		size_t least = place;

		for (size_t child = 2 * place + 1; child <= 2 * place + 2; child++) {
			if (child < timeline->n &&
			    is_before(&timeline->heap[child], &timeline->heap[least]))
				least = child;
		}
		if (least == place)
			return first;
		swap(&timeline->heap[place], &timeline->heap[least]);
		place = least;
	}
}

bool timeline_step(struct timeline *timeline, mono until)
{
	struct timeline_entry entry;

	if (timeline->n == 0 || mono_before(until, timeline->heap[0].at)) {
		if (mono_before(timeline->clock.now, until))
			timeline->clock.now = until;
		return false;
	}
	entry = take_first(timeline);
	must(!mono_before(entry.at, timeline->clock.now));
	timeline->clock.now = entry.at;
	entry.run(entry.arg, entry.detail);
	return true;
}

void timeline_note(struct timeline *timeline, uint64_t place, const uint8_t *bytes, size_t len)
{
	trace_frame(&timeline->trace, timeline->clock.now, place, bytes, len);
}
