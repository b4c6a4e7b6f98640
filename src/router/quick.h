/*
 * quick.h -- /tool/sniffer/quick: frames as they come and leave, for a person who looks on.
 *
 * A tap (core/tap.h) that notes what the heads of frames say, until the owner has shown it: so
 * many a turn of the router as there is room for; those beyond are missed, and counted.
 *
 * Memory: one block, from quick_start() to quick_stop(). Threads: the router's.
 */
#ifndef ROUTER_QUICK_H
#define ROUTER_QUICK_H

#include "router/capture_filter.h"

#define QUICK_EVENTS 64 /* a turn */
#define QUICKS_MAX   8  /* at once: each looks at every frame */

struct quick_event {
	mono at;
	uint64_t number; /* of the frames that fit, from 1 on; missed ones have one, too */
	struct frame_head head;
	uint32_t wire_len;
	iface_id iface;
	uint8_t side; /* enum tap_side */
	bool raw;     /* begins with its IP header */
};

struct quick {
	struct tap tap; /* first: the tap is cast back to this; due is the owner's */
	struct capture_filter filter;
	mono started_at;
	uint64_t fitted;      /* frames */
	uint64_t noted, most; /* events; none after the most'th. most 0: no end */
	uint64_t missed;      /* since the owner cleared it */
	uint32_t n;           /* events that wait; the owner sets it to 0 */
	struct quick_event events[QUICK_EVENTS];
};

/* NULL: there are QUICKS_MAX. */
struct quick *quick_start(struct net *net, const struct capture_filter *filter, uint64_t most);
void quick_stop(struct net *net, struct quick *quick);

static inline bool quick_is_over(const struct quick *quick)
{
	return quick->most != 0 && quick->noted == quick->most;
}

#endif
