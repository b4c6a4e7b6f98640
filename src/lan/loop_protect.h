/*
 * loop_protect.h -- a cable that leads back into the same bridge is noticed, and a port cut off.
 *
 * Each port of a bridge sends a probe now and then, and at once when a station moves too often or
 * the bridge hears its own address: signs of a loop. A probe that comes back by a port of the same
 * bridge proves one. Of the two ports concerned the one with the higher interface id is cut off:
 * nothing comes in or leaves there but probes. After the disable time the port sends a probe while
 * it is still cut off; only if that stays away is it opened again.
 *
 * A probe's tag is keyed, so nobody can cut off a port without having heard a probe of it.
 */
#ifndef LAN_LOOP_PROTECT_H
#define LAN_LOOP_PROTECT_H

#include <stdbool.h>
#include <stdint.h>

#include "core/pkt.h"
#include "lib/mono.h"

struct iface;
struct lan;

enum loop_state {
	LOOP_OFF,      /* not protected */
	LOOP_ON,       /* no loop was seen */
	LOOP_DISABLED, /* cut off */
	LOOP_TRYING,   /* cut off, and about to be opened */
};

struct loop_spec {
	bool on;
	uint64_t interval_ms; /* between probes */
	uint64_t disable_ms;  /* how long a port stays cut off; 0: until somebody opens it */
};

struct loop_port {
	uint8_t state;    /* enum loop_state */
	uint32_t number;  /* of its last probe */
	mono due;         /* the next probe, or the next look */
	mono probed;      /* when the last one was sent */
	uint32_t moves;   /* stations that moved to it ... */
	mono moves_since; /* ... since then */
};

/* Is @port cut off? */
bool loop_protect_is_cut(const struct lan *lan, iface_id port);
/* The port's specification is new, or it is a port no longer (@spec NULL). */
void loop_protect_set(struct lan *lan, iface_id port, const struct loop_spec *spec);
/* A frame of the probes' EtherType came in by @port. VERDICT_NEXT: it is somebody else's. */
enum verdict loop_protect_heard(struct lan *lan, const struct iface *port, struct pkt *p);
/* A station has moved to @port / the bridge heard itself there: ask at once if it is a loop. */
void loop_protect_moved(struct lan *lan, iface_id port);
void loop_protect_suspect(struct lan *lan, iface_id port);
/* The port's cable has come: the next probe is sent soon. */
void loop_protect_hurry(struct lan *lan, iface_id port);

/* Send probes that are due, open ports. Returns when there is more to do. */
mono loop_protect_turn(struct lan *lan);
mono loop_protect_due(const struct lan *lan);

#endif
