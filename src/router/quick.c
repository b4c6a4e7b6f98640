#include "router/quick.h"

#include "lib/mem.h"

static void quick_frame(struct tap *tap, struct net *net, const struct iface *iface, struct pkt *p,
                        enum tap_side side)
{
	struct quick *quick = (struct quick *)tap;
	struct frame_head head = frame_head_read(p->bytes, p->len, iface->point_to_point);

	if (quick_is_over(quick) ||
	    !capture_filter_passes(&quick->filter, iface, side, &head, p->len))
		return;
	quick->fitted++;
	if (quick->n == QUICK_EVENTS) {
		quick->missed++;
		return;
	}
	quick->noted++;
	quick->events[quick->n++] = (struct quick_event){
		.at = net->now,
		.number = quick->fitted,
		.head = head,
		.wire_len = p->len,
		.iface = iface->id,
		.side = (uint8_t)side,
		.raw = iface->point_to_point,
	};
}

struct quick *quick_start(struct net *net, const struct capture_filter *filter, uint64_t most)
{
	struct quick *quick;
	unsigned n = 0;

	for (const struct tap *tap = net->taps; tap != NULL; tap = tap->next)
		n += tap->frame == quick_frame;
	if (n == QUICKS_MAX)
		return NULL;
	quick = mem_new(1, sizeof *quick);
	quick->tap = (struct tap){ .frame = quick_frame, .due = mono_never() };
	quick->filter = *filter;
	quick->started_at = net->now;
	quick->most = most;
	tap_add(net, &quick->tap);
	return quick;
}

void quick_stop(struct net *net, struct quick *quick)
{
	tap_remove(net, &quick->tap);
	mem_free(quick);
}
