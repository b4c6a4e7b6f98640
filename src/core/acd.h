/*
 * acd.h -- address conflict detection (RFC 5227) for the router's own addresses.
 *
 * An address is announced (2.3) when it comes to a running interface, when that gets its link and
 * when its hardware address changes. It is used at once: a router that waited for probes would cut
 * its hosts off for seconds after each flap of a cable (docs/why/0009-announce-at-once.md). Whoever
 * else says that the address is its own is told otherwise, at most once in ten seconds (2.4 (c):
 * an address that people gave the router is kept), and shown in /ip/address.
 *
 * Memory: one record for each address, when addresses are published.
 */
#ifndef CORE_ACD_H
#define CORE_ACD_H

#include <stdbool.h>

#include "core/route.h"
#include "lib/ip.h"
#include "lib/mono.h"

struct net;

enum { /* RFC 5227, 1.1 */
	ACD_ANNOUNCE_NUM = 2,
	ACD_ANNOUNCE_MS = 2000,
	ACD_DEFEND_MS = 10000,
	ACD_SHOWN_MS = 600000, /* a conflict that has not been seen for so long is over */
};

struct acd;

MUST_USE struct acd *acd_new(void);
void acd_free(struct acd *acd);

/* Addresses, links or hardware addresses have changed: announce what is new. */
void acd_sync(struct net *net);
/* Somebody with @other says that @addr of @iface is its own. */
void acd_conflict(struct net *net, iface_id iface, ip4 addr, const struct mac *other);
/* Who else uses @addr of @iface? False: nobody is known to. */
bool acd_other(const struct net *net, iface_id iface, ip4 addr, struct mac *ret_other);
/* Send the announcements that are due; when the next one is. */
mono acd_turn(struct net *net);
mono acd_due(const struct net *net);

#endif
