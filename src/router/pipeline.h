/*
 * pipeline.h -- the way of a packet whose way is not known yet.
 *
 * One array of stages (pipeline.c), in the order in which they act; each says on which paths it
 * stands. A packet that came in is on PATH_IN until the route stage sends it on as PATH_FORWARD or
 * PATH_LOCAL; what the router sends itself is PATH_OWN.
 */
#ifndef ROUTER_PIPELINE_H
#define ROUTER_PIPELINE_H

#include "fw/nat.h"
#include "router/router.h"

enum path {
	PATH_IN = 1 << 0,      /* came in by an interface, not routed yet */
	PATH_FORWARD = 1 << 1, /* to be passed on */
	PATH_LOCAL = 1 << 2,   /* for this router */
	PATH_OWN = 1 << 3,     /* made by this router */
};

/* What the stages tell each other about one packet. */
struct walk {
	struct router *router;
	enum path path;
	bool hashed;              /* p->hash is set */
	int route_error;          /* 0, or -errno of the route look-up: told after the filter */
	struct nat_source source; /* what src-nat chose, for confirm */
	bool let_through;         /* re-evaluate=no: the filter was not asked */
	/* The next packet of the connection shows the rules something else: this one began it, or
	 * marked it. */
	bool unsettled;
};

struct stage {
	const char *name;
	unsigned paths; /* enum path bits */
	enum verdict (*act)(struct walk *walk, struct pkt *p);
};

/* The array, ended by a stage without name; for explanations and documents, too. */
extern const struct stage pipeline[];

/* Send @p (checked by ip4_input(), or of the router's own) through the stages. Takes @p. */
void pipeline_walk(struct router *router, enum path path, struct pkt *p, bool hashed);

/* The routing mark that @p, a made-up one of the router's own (asked_only), has when the rules that
 * may change its way have seen it. Nothing happens to it. */
uint32_t pipeline_routing_mark(struct router *router, struct pkt *p);

#endif
