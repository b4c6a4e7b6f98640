/*
 * node.h -- a router of a random network: a twin whose ports are ends of links.
 *
 * Whatever comes by a link is given to both of the twin; both turn, and must do the same. What the
 * fast one sends goes on by the links. Each frame that leaves is looked at: its checksums, the way
 * in which it was translated, how often it has left.
 */
#ifndef SIM_NODE_H
#define SIM_NODE_H

#include "core/addr.h"
#include "core/fib.h"
#include "sim/link.h"
#include "sim/twin.h"

#define NODE_ADDRESSES TWIN_PORTS
#define NODE_ROUTES    24
#define NODE_RULES     12 /* of one facility */

struct text;
struct crossing;

struct node_port {
	struct node *node;
	unsigned place;
	struct link *link; /* NULL: nothing is plugged in */
	unsigned end;
	bool wan;
};

struct node {
	struct timeline *timeline;
	struct twin *twin;
	struct node_port ports[TWIN_PORTS];
	struct crossing *crossings; /* by IP identification */
	mono turn_at;
	bool told;
	/* Hosts' packets can be told from its own: no rule changes the TTL by which they are. */
	bool calm;
	/* All that leaves by a WAN has the address of that WAN: it has masqueraded since the
	 * beginning, and its rules are not changed. */
	bool masks;
	struct text *out; /* what is wrong with it; the first thing stays */

	/* What it is configured with. */
	struct addr_spec addresses[NODE_ADDRESSES];
	unsigned addresses_n;
	struct route_spec routes[NODE_ROUTES];
	unsigned routes_n;
	struct rule_spec rules[FACILITY_COUNT][NODE_RULES];
	unsigned rules_n[FACILITY_COUNT];
	uint32_t next_id; /* of a rule */
};

/* @out: the run's, see above. */
void node_init(struct node *node, struct timeline *timeline, const struct twin_setup *setup,
               struct text *out);
void node_free(struct node *node);
/* Port @place is end @end of @link. */
void node_plug(struct node *node, unsigned place, struct link *link, unsigned end);
void node_address(struct node *node, unsigned place, ip4 addr, uint8_t bits);
void node_route(struct node *node, ip4 dst, uint8_t bits, ip4 gateway);
/* While nothing better is known of @dst/@bits, what is for it ends here: without this, a network
 * whose link is down would be looked for by the default route. */
void node_blackhole(struct node *node, ip4 dst, uint8_t bits);
/* Give the twin what stands in addresses, routes and rules, and let it turn. */
void node_publish(struct node *node);
/* Turn soon: something was changed. */
void node_wake(struct node *node);
/* All that can be seen of the two routers is the same, and adds up; else @node->out says what. */
MUST_USE bool node_holds(struct node *node);
/* Nothing comes any more: run every timer. Nothing is held then. */
MUST_USE bool node_drains(struct node *node);

#endif
