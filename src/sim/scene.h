/*
 * scene.h -- a network at random, around a pair of routers, and how it changes while in use.
 *
 *   ether1 WAN   203.0.113.2/24 (and .3, .4 at times)   default route by 203.0.113.1
 *   ether2 LAN   192.168.88.1/24
 *   ether3 LAN   10.0.3.1/24, of a smaller MTU at times
 *   ether4 WAN   198.51.100.2/24, the other way out, table "isp2"
 *
 * In half of the scenes the LANs lie higher: that of ether2 on a bridge, that of ether3 in a VLAN.
 *
 * Hosts answer ARP while they are there; they come, go and get other cards. Rules, routes and
 * addresses are drawn from what people write, and from what they do not.
 */
#ifndef SIM_SCENE_H
#define SIM_SCENE_H

#include "core/addr.h"
#include "core/fib.h"
#include "fw/rule.h"
#include "sim/scene_rule.h"
#include "sim/twin.h"

#define SCENE_RULES     10 /* of one facility */
#define SCENE_HOSTS     24
#define SCENE_ADDRESSES 8
#define SCENE_ROUTES    12
#define SCENE_LISTED    6 /* rows of address lists */
#define SCENE_TABLE     7 /* of "isp2" */
#define SCENE_LIST_WAN  1
#define SCENE_LIST_LAN  2

struct scene_host {
	ip4 addr;
	uint8_t port; /* place of its link among the twin's ports */
	bool there;
	struct mac mac;
};

struct scene {
	struct sim_random *random;
	struct rule_spec specs[FACILITY_COUNT][SCENE_RULES];
	unsigned specs_n[FACILITY_COUNT];
	uint32_t next_id; /* of a rule */
	struct addr_spec addresses[SCENE_ADDRESSES];
	unsigned addresses_n;
	struct route_spec routes[SCENE_ROUTES];
	unsigned routes_n;
	struct scene_listed listed[SCENE_LISTED];
	unsigned listed_n;
	struct scene_host hosts[SCENE_HOSTS];
	unsigned hosts_n;
	bool link_up[TWIN_PORTS];
	bool enabled[TWIN_PORTS];
	bool layered; /* the LANs are a bridge and a VLAN */
	/* Since when every new connection that leaves by a WAN is masqueraded; never: not so. */
	mono masquerade_since;
};

/* Draw a scene and set @twin up with it. */
void scene_init(struct scene *scene, struct twin *twin, struct sim_random *random);
/* Change something in mid-traffic. Returns what, for a trace. */
const char *scene_change(struct scene *scene, struct twin *twin);
/* Build rules as @scene names things (NULL: one without bridge and VLAN), and let @router have
 * them; false: they are refused. */
bool scene_publish_rules(const struct scene *scene, struct router *router, enum facility facility,
                         const struct rule_spec *specs, unsigned n);
/* The host with @addr on @port, or NULL. */
struct scene_host *scene_host_find(struct scene *scene, unsigned port, ip4 addr);
/* A host's card, or the one of the gateway of its link. */
struct mac scene_mac(struct scene *scene, unsigned port, ip4 addr);
/* The rules whose counters can be compared. */
void scene_rules(const struct scene *scene, struct twin_rules *ret_rules);
/* Does some rule keep packets from being tracked, and so from being translated? */
bool scene_leaves_untracked(const struct scene *scene);
bool scene_is_wan(unsigned port);
bool scene_is_private(ip4 addr);

#endif
