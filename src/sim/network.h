/*
 * network.h -- a random network: one to four routers, what joins them, and hosts.
 *
 *   outside   a segment, 203.0.113.0/24: a server (.9), a stranger (.66) who speaks unasked, and
 * the outer ports (.2 and on) of some of the routers inside    each router has one or two networks
 * behind it, of up to three hosts: a segment (hub or switch), or one cable to one host between   a
 * router may stand behind another one's inner network: translating once more, or merely routing
 *
 * In a calm network every router has the configuration that a fresh one has, and a port mapping:
 * all that is asked for must come in the end. In a wild one rules are drawn as in a scene
 * (sim/scene_rule.h); only what holds of any router must hold.
 */
#ifndef SIM_NETWORK_H
#define SIM_NETWORK_H

#include "sim/node.h"
#include "sim/peer.h"
#include "sim/segment.h"
#include "sim/start.h"

#define NETWORK_NODES    4
#define NETWORK_SEGMENTS 9
#define NETWORK_LINKS    48
#define NETWORK_HOSTS    26

enum network_role {
	ROLE_OUTER,   /* its outer port is outside; it translates */
	ROLE_INNER,   /* behind another router; it translates once more */
	ROLE_ROUTING, /* behind another router, which knows its networks; it does not translate */
};

struct network_router {
	struct node node;
	enum network_role role;
	unsigned behind; /* which router's network it stands in */
	unsigned lans;
	ip4 outer;
	struct {
		ip4 addr;                /* the router's */
		struct segment *segment; /* NULL: one cable */
	} lan[2];
	ip4 mapped; /* the host behind the port mapping; zero: there is none */
};

struct network_host {
	struct peer peer;
	struct link *link;
	unsigned router; /* behind which it is; NETWORK_NODES: outside */
	uint16_t next_port;
};

struct network {
	struct timeline timeline;
	struct sim_random random; /* for drawing it; links have the timeline's */
	struct start start;
	uint64_t seed;
	bool calm;
	uint16_t next_id; /* of packets, for all hosts together */
	struct text *out;
	struct network_router routers[NETWORK_NODES];
	unsigned routers_n;
	struct segment segments[NETWORK_SEGMENTS]; /* the first one is outside */
	unsigned segments_n;
	struct link *links[NETWORK_LINKS];
	unsigned links_n;
	struct network_host hosts[NETWORK_HOSTS]; /* the first is the server, then the stranger */
	unsigned hosts_n;
};

#define NETWORK_SERVER      0
#define NETWORK_STRANGER    1
#define NETWORK_MAPPED_PORT 8080
#define NETWORK_SERVED_PORT 80

/* Draws from @random; @out gets what turns out to be wrong with a router. */
MUST_USE struct network *network_new(uint64_t seed, const struct sim_random *random,
                                     struct text *out);
void network_free(struct network *network);
/* Rules of a wild router, anew. */
void network_draw_rules(struct network *network, struct node *node, enum facility facility);
void network_run_ms(struct network *network, uint64_t ms);

#endif
