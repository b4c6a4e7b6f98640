/*
 * lan.h -- what makes networks of cards: VLANs and bridges.
 *
 * Both are interfaces like any other to the rest of the router: they plug their hooks into
 * core/iface.h. A frame that came in is offered to lan first where a VLAN lies on its interface or
 * the interface is a bridge's port; p->in then becomes the VLAN or the bridge. What leaves by one
 * of them gets its tag or finds its port here.
 *
 * Memory: all at start, by interface id; the table of stations has the size it was given.
 * Threads: the router's.
 */
#ifndef LAN_LAN_H
#define LAN_LAN_H

#include "core/net.h"
#include "lan/bridge.h"
#include "lan/stations.h"
#include "lan/vlan.h"

struct lan {
	struct net *net;
	struct vlan vlans[IFACE_MAX]; /* by the VLAN's own interface */
	iface_id vlan_heads[VLAN_HEADS];
	struct bridge bridges[IFACE_MAX];    /* by the bridge's own interface */
	struct bridge_port ports[IFACE_MAX]; /* by the port's interface */
	struct stations *stations;
	mono loop_due; /* of loop_protect_turn() */
};

#define LAN_STATIONS_DEFAULT 8192

/* @stations: how many all bridges together may know. */
MUST_USE struct lan *lan_new(struct net *net, uint32_t stations);
void lan_free(struct lan *lan);

/* Let time pass / when it wants to be called again. */
void lan_turn(struct lan *lan);
mono lan_due(const struct lan *lan);

/* Plug in or out: does anybody here want the frames of @id? */
void lan_claim(struct lan *lan, iface_id id);

#endif
