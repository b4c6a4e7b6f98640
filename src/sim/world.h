/*
 * world.h -- routers, hosts and links on one timeline.
 *
 *     struct world *world = world_new(seed);
 *     struct world_router *r = world_router_add(world, 2);       ports ether1, ether2
 *     struct peer *lan = world_peer_add(world, "192.168.88.2/24", "192.168.88.1");
 *     world_join(world, r, 0, lan, &quality);
 *     ...
 *     world_run_ms(world, 1000);
 *
 * A router turns when a frame comes and when it wants to. Everything is drawn from the seed:
 * world_trace() of two runs is the same number.
 *
 * Memory: the world's; all of it goes with world_free().
 */
#ifndef SIM_WORLD_H
#define SIM_WORLD_H

#include "router/router.h"
#include "sim/link.h"
#include "sim/peer.h"
#include "sim/start.h"

#define WORLD_ROUTERS 4
#define WORLD_PEERS   16
#define WORLD_LINKS   16
#define WORLD_PORTS   4 /* of a router */

struct world_router {
	struct world *world;
	struct router *router;
	struct log log;
	struct memory_port ports[WORLD_PORTS];
	mono turn_at; /* a turn is asked for then; never: none is */
};

struct world {
	struct timeline timeline;
	struct router_start start; /* of every router */
	struct tcp_budget tcp;     /* of routers made from now on */
	bool offload;              /* do links made from now on carry offloads? */
	struct world_router routers[WORLD_ROUTERS];
	struct peer peers[WORLD_PEERS];
	struct link *links[WORLD_LINKS];
	unsigned routers_n, peers_n, links_n;
};

MUST_USE struct world *world_new(uint64_t seed);
/* The same from a start that was drawn. */
MUST_USE struct world *world_new_at(uint64_t seed, const struct start *start);
void world_free(struct world *world);
/* A router of @ports ports, not configured yet. */
struct world_router *world_router_add(struct world *world, unsigned ports);
/* A host; it is joined by world_join(). */
struct peer *world_peer_add(struct world *world);
/* A link from port @port of @router to @peer, which becomes @addr ("192.168.88.2/24"). */
struct link *world_join(struct world *world, struct world_router *router, unsigned port,
                        struct peer *peer, const char *addr, const char *gateway);
/* A link between two routers. */
struct link *world_join_routers(struct world *world, struct world_router *a, unsigned port_a,
                                struct world_router *b, unsigned port_b);
/* The router's configuration, links or clock have changed: let it turn now. */
void world_wake(struct world_router *router);
void world_run_ms(struct world *world, uint64_t ms);
uint64_t world_trace(const struct world *world);

#endif
