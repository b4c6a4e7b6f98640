#include "sim/world.h"

#include "lib/mem.h"
#include "lib/text.h"

enum {
	START_S = 1000,
	FLOWS = 1024
};

struct world *world_new(uint64_t seed)
{
	struct world *world = mem_new(1, sizeof *world);

	timeline_init(&world->timeline, seed, (mono){ START_S * NS_PER_S });
	world->offload = true;
	world->tcp = tcp_budget_small();
	return world;
}

struct world *world_new_at(uint64_t seed, const struct start *start)
{
	struct world *world = mem_new(1, sizeof *world);

	timeline_init(&world->timeline, seed, start->now);
	world->timeline.clock.wall_offset_ns = start->wall_offset_ns;
	world->start = start->router;
	world->offload = true;
	world->tcp = tcp_budget_small();
	return world;
}

void world_free(struct world *world)
{
	for (unsigned i = 0; i < world->routers_n; i++) {
		struct world_router *r = &world->routers[i];

		router_free(r->router);
		for (unsigned port = 0; port < WORLD_PORTS; port++)
			memory_port_close(&r->ports[port]);
		log_free(&r->log);
	}
	for (unsigned i = 0; i < world->peers_n; i++)
		peer_free(&world->peers[i]);
	for (unsigned i = 0; i < world->links_n; i++)
		link_free(world->links[i]);
	timeline_free(&world->timeline);
	mem_free(world);
}

static void turn(void *arg, void *detail);

static void turn_ask(struct world_router *r, mono at)
{
	if (r->turn_at.ns <= at.ns)
		return;
	r->turn_at = at;
	timeline_at(&r->world->timeline, at, turn, r, NULL);
}

static void turn(void *arg, void *detail)
{
	struct world_router *r = arg;
	mono now = timeline_now(&r->world->timeline), next;
	bool more;

	if (!mono_due(r->turn_at, now))
		return; /* an earlier turn has been asked for since, and done */
	r->turn_at = mono_never();
	iface_poll_links(&r->router->net);
	more = router_turn(r->router, now);
	next = router_next(r->router);
	if (more)
		turn_ask(r, now);
	else if (next.ns != mono_never().ns)
		/* What is due now was done now: a millisecond later at the earliest. */
		turn_ask(r, mono_due(next, now) ? mono_add_ms(now, 1) : next);
}

static void heard(void *arg)
{
	struct world_router *r = arg;

	turn_ask(r, timeline_now(&r->world->timeline));
}

void world_wake(struct world_router *router)
{
	heard(router);
}

static void port_init(struct world_router *r, unsigned port, unsigned number)
{
	struct mac mac = { { 2, 0, 0, 0, (uint8_t)number, (uint8_t)(port + 1) } };
	char name[16];
	struct text text = text_into(name, sizeof name);
	iface_id id;

	text_printf(&text, "ether%u", port + 1);
	memory_port_init(&r->ports[port], name, &mac, 1500);
	id = iface_add_port(&r->router->net, &r->ports[port].port);
	must(id == port + 1);
}

struct world_router *world_router_add(struct world *world, unsigned ports)
{
	struct world_router *r = &world->routers[world->routers_n];
	struct router_setup setup = {
		.random = &world->timeline.random.random,
		.log = &r->log,
		.now = timeline_now(&world->timeline),
		.start = world->start,
		.budget = { .pkt_small = 1024,
		            .pkt_large = 16,
		            .neighbours = 256,
		            .port_addresses = 64 },
		.tcp = world->tcp,
		.flows = FLOWS,
	};

	must(world->routers_n < WORLD_ROUTERS && ports <= WORLD_PORTS);
	r->world = world;
	r->turn_at = mono_never();
	log_init(&r->log);
	r->router = router_new(&setup);
	for (unsigned i = 0; i < ports; i++)
		port_init(r, i, world->routers_n);
	world->routers_n++;
	return r;
}

struct peer *world_peer_add(struct world *world)
{
	must(world->peers_n < WORLD_PEERS);
	return &world->peers[world->peers_n++];
}

static struct link *link_add(struct world *world)
{
	must(world->links_n < WORLD_LINKS);
	world->links[world->links_n] =
		link_new(&world->timeline, &(struct link_quality){ .delay_ns = NS_PER_MS,
	                                                           .offload = world->offload });
	return world->links[world->links_n++];
}

struct link *world_join(struct world *world, struct world_router *router, unsigned port,
                        struct peer *peer, const char *addr, const char *gateway)
{
	struct link *link = link_add(world);

	link_attach_port(link, 0, &router->ports[port], heard, router);
	peer_init(peer, &world->timeline, link, 1, addr, gateway);
	return link;
}

struct link *world_join_routers(struct world *world, struct world_router *a, unsigned port_a,
                                struct world_router *b, unsigned port_b)
{
	struct link *link = link_add(world);

	link_attach_port(link, 0, &a->ports[port_a], heard, a);
	link_attach_port(link, 1, &b->ports[port_b], heard, b);
	return link;
}

void world_run_ms(struct world *world, uint64_t ms)
{
	mono until = mono_add_ms(timeline_now(&world->timeline), ms);
	bool more = true;

	while (more)
		more = timeline_step(&world->timeline, until);
}

uint64_t world_trace(const struct world *world)
{
	return world->timeline.trace.hash;
}
