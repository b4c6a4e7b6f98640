/*
 * tap.h -- somebody looks on: frames as they come in by an interface and leave by it.
 *
 * A tap hangs in a list of the network layer; while there is none, a frame costs one comparison of
 * a pointer. It sees what an interface carries, bridges and VLANs included, so that one frame may
 * be seen several times on its way; a frame that leaves is seen before it is joined with others.
 * It changes nothing: what is decided is the same with and without (D4).
 *
 * Memory: a tap is its owner's, until tap_remove().
 */
#ifndef CORE_TAP_H
#define CORE_TAP_H

#include "core/net.h"

enum tap_side {
	TAP_RX,
	TAP_TX,
};

struct tap {
	/* @p is good until this returns. It may note a number of its own in p->capture. */
	void (*frame)(struct tap *tap, struct net *net, const struct iface *iface, struct pkt *p,
	              enum tap_side side);
	/* A packet with a number in p->capture ends for @reason; NULL: does not matter. */
	void (*ended)(struct tap *tap, struct net *net, const struct pkt *p,
	              enum drop_reason reason);
	mono due; /* when its owner wants the router to turn; mono_never(): it does not */
	struct tap *next;
};

void tap_add(struct net *net, struct tap *tap);
void tap_remove(struct net *net, struct tap *tap);
/* The earliest of all taps' due. */
mono tap_due(const struct net *net);

/* The loops behind the two below. */
void tap_show_frame(struct net *net, const struct iface *iface, struct pkt *p, enum tap_side side);
void tap_show_end(struct net *net, const struct pkt *p, enum drop_reason reason);

static inline void tap_frame(struct net *net, const struct iface *iface, struct pkt *p,
                             enum tap_side side)
{
	if (net->taps != NULL && !p->asked_only)
		tap_show_frame(net, iface, p, side);
}

static inline void tap_end(struct net *net, const struct pkt *p, enum drop_reason reason)
{
	if (net->taps != NULL && p->capture != 0)
		tap_show_end(net, p, reason);
}

#endif
