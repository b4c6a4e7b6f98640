/*
 * link.h -- a cable between two stations, with all its faults.
 *
 * What is sent at one end is delivered at the other after the link's delay, unless the link loses,
 * doubles, holds back or spoils it; everything is drawn from the timeline's seed. A link that
 * carries offloads hands partial checksums and GSO frames on as they are, as a virtual card does.
 *
 * A clogged link takes frames and delivers none until it is let go: then all that was due comes at
 * once, in the order in which it was due.
 */
#ifndef SIM_LINK_H
#define SIM_LINK_H

#include "sim/memory_port.h"
#include "sim/timeline.h"

/* Chances are in 10,000 frames. All zeroes: a perfect link. */
struct link_quality {
	uint32_t loss, duplicate, reorder;
	uint32_t corrupt; /* one bit behind the Ethernet header flips */
	bool spare_arp;   /* ARP is not spoilt: it has no checksum, and a lie would stay for long */
	uint64_t delay_ns, jitter_ns;
	uint64_t bytes_per_second; /* 0: no limit */
	uint32_t queue_frames;     /* that wait for the wire; more are lost; 0: no limit */
	uint32_t mtu_bytes;        /* larger IP packets are lost; 0: 1500 */
	bool offload;
};

struct link;
struct station {                                         /* who is at one end */
	void (*deliver)(void *arg, struct frame *frame); /* takes @frame */
	void (*carrier)(void *arg, bool up); /* the cable was pulled, or is back; or NULL */
	void *arg;
};

struct link_counters {
	uint64_t sent, delivered, lost, duplicated, reordered, corrupted, too_big, queue_full;
	uint64_t flaps, clogs;
};

MUST_USE struct link *link_new(struct timeline *timeline, const struct link_quality *quality);
void link_free(struct link *link);
/* Put @station at end @end (0 or 1). */
void link_attach(struct link *link, unsigned end, const struct station *station);
/* Put @port there: what it transmits goes over the link, and what comes is put in; after that
 * @heard is called (a router wants to turn). */
void link_attach_port(struct link *link, unsigned end, struct memory_port *port,
                      void (*heard)(void *arg), void *heard_arg);
void link_send(struct link *link, unsigned end, const uint8_t *bytes, uint32_t len,
               const struct offload *offload);
/* Unplug it or plug it in again: what is on its way is lost. */
void link_set_up(struct link *link, bool up);
bool link_is_up(const struct link *link);
void link_set_clogged(struct link *link, bool clogged);
struct link_quality *link_quality(struct link *link);
const struct link_counters *link_counters(const struct link *link);

#endif
