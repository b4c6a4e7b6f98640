/*
 * vlan.h -- VLANs: interfaces whose frames bear a tag on the interface below (IEEE 802.1Q).
 *
 * A VLAN has its card's (or bridge's) hardware address and link. A tag does not count against the
 * card's MTU, but a second one does: a VLAN on a VLAN is four bytes smaller.
 */
#ifndef LAN_VLAN_H
#define LAN_VLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "core/pkt.h"

#define VLAN_HEADS 512

struct lan;

struct vlan_spec {
	iface_id parent; /* whose frames bear the tag; IFACE_NONE: it is gone */
	uint16_t id;     /* 1 to ETH_TAG_ID_MAX */
	bool service;    /* an 802.1ad service tag */
};

struct vlan {
	bool used;
	struct vlan_spec spec;
	iface_id next; /* in its hash chain */
};

/* Let @iface (made by iface_add()) be the VLAN of @spec from now on. */
void vlan_set(struct lan *lan, iface_id iface, const struct vlan_spec *spec);
/* @iface is no VLAN any more. */
void vlan_end(struct lan *lan, iface_id iface);

/* If the tag of @p, a frame of @parent, is a VLAN's: take it out and make the frame the VLAN's. */
bool vlan_take(struct lan *lan, iface_id parent, struct pkt *p);
/* Is there a VLAN on @parent? */
bool vlan_any_on(const struct lan *lan, iface_id parent);
/* Something about @parent has changed: what lies on it follows. */
void vlan_follow(struct lan *lan, iface_id parent);

#endif
