/*
 * bridge.h -- bridges: several interfaces that are one network (IEEE 802.1Q, 8: transparent).
 *
 * A port of a bridge has no IP of its own: what comes in there is handed on by its destination
 * address, and what is for the router, or for everybody, is the bridge's. Frames to the reserved
 * group addresses 01-80-C2-00-00-0X are never handed on. There is no spanning tree; a cable loop is
 * cut by loop_protect.h.
 *
 * Frames with offloads pass whole, as port abilities allow. A flood makes a copy for each port but
 * the last.
 */
#ifndef LAN_BRIDGE_H
#define LAN_BRIDGE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/pkt.h"
#include "lan/loop_protect.h"

struct iface;
struct lan;

struct bridge_spec {
	struct mac admin_mac; /* when it is not auto_mac */
	bool auto_mac;        /* that of the first port */
	uint64_t ageing_ms;
};

struct bridge {
	bool used;
	struct bridge_spec spec;
	iface_id first; /* its ports, in configuration's order */
};

#define BRIDGE_NO_HORIZON 0

struct bridge_port_spec {
	iface_id bridge, iface;
	bool learn;
	bool flood_unicast, flood_multicast, flood_broadcast; /* what it gets of what is flooded */
	struct loop_spec loop;
	uint32_t horizon; /* between ports of one horizon nothing is handed on */
};

struct bridge_port {
	struct bridge_port_spec spec; /* bridge IFACE_NONE: it is no port */
	iface_id next;                /* of the same bridge */
	struct loop_port loop;
};

/* Let @iface (made by iface_add()) be the bridge of @spec from now on. */
void bridge_set(struct lan *lan, iface_id iface, const struct bridge_spec *spec);
/* @iface is no bridge any more; its ports are free. */
void bridge_end(struct lan *lan, iface_id iface);
/* All ports of all bridges, in order: what was one and is not among them is free. */
void bridge_set_ports(struct lan *lan, const struct bridge_port_spec *specs, size_t n);

/* A frame came in by a port of a bridge: hand it on, or make it the bridge's. */
enum verdict bridge_receive(struct lan *lan, struct iface *port, struct pkt *p);
/* Something about @iface has changed: its bridge follows. */
void bridge_follow(struct lan *lan, iface_id iface);

#endif
