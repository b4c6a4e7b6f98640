/*
 * router.h -- one router: the network layer, the firewall, the router as a host.
 *
 * Everything hangs off one struct router (ARCHITECTURE, D2): any number of them run in one
 * process. It is driven by router_turn(): frames that the ports have are taken in, decided and sent
 * on, and time passes. Until router_set_configured() every frame is dropped, so that nothing is
 * answered before the configuration says so.
 *
 * Threads: one at a time. Memory: all budgets at start.
 */
#ifndef ROUTER_ROUTER_H
#define ROUTER_ROUTER_H

#include "core/net.h"
#include "fw/fw.h"
#include "fw/marks.h"
#include "host/host.h"
#include "lan/lan.h"
#include "router/sniffer.h"

struct socket_policy;
struct manage; /* of people and scripts; opaque here, menus know it */

/* Where counters that come round begin; all zeroes: as ever. A router runs for years before they
 * do, a simulation starts just before it. */
struct router_start {
	uint32_t generation;
	uint32_t neigh_version;
};

struct router_setup {
	struct random *random; /* the caller's, as long as the router lives */
	struct log *log;
	mono now;
	struct net_budget budget; /* zeroes: see router_budget_default() */
	struct router_start start;
	struct host_budget host; /* zeroes: the defaults of host/socks.h */
	struct tcp_budget tcp;   /* zeroes: the defaults of tcp/tcp.h */
	uint32_t flows;
	uint32_t stations;        /* that all bridges know; 0: LAN_STATIONS_DEFAULT */
	uint32_t address_entries; /* of address lists; 0: ADDRESS_ENTRIES_DEFAULT */
	uint32_t limits;  /* keys that rules with dst-limit can tell apart; 0: ROUTER_LIMITS_DEFAULT
	                   */
	void *flow_bytes; /* flows_bytes(flows) zeroed, at a multiple of 64; NULL: the router's own
	                   */
	/* The plain pipeline for every packet, without hash or record replay: the reference that
	 * the replayed way is tested against (D4). */
	bool reference;
};

struct router_counters {
	uint64_t turns;
	uint64_t replayed, walked; /* packets by the fast and by the slow way */
};

struct router {
	struct net net;
	struct fw fw;
	struct marks *marks;
	struct host host;
	struct lan *lan;
	struct sniffer *sniffer;
	struct socket_policy *socket_policy; /* NULL before it is published */
	struct manage *manage;               /* set by whoever made it, NULL before */
	bool configured;
	bool reference;
	void *own_flow_bytes; /* to be freed; NULL when they are the caller's */
	struct router_counters counters;
	mono started;

	/* The batch of the turn at hand. */
	struct port_frame frames[PORT_BATCH];
	struct pkt batch[PORT_BATCH];
};

struct net_budget router_budget_default(void);
#define ROUTER_FLOWS_DEFAULT  (1U << 20)
#define ROUTER_LIMITS_DEFAULT (1U << 15)

MUST_USE struct router *router_new(const struct router_setup *setup);
/* The ports stay the caller's and may be closed after this. */
void router_free(struct router *router);

/* Packets may be handled from now on. */
void router_set_configured(struct router *router);

/* The time of day at @now, for rules about it. Whoever drives the router says it before a turn; it
 * may jump. */
void router_set_wall(struct router *router, wall time, mono now);
/*
 * One turn at @now: up to a batch from each port, then what the router itself has to send, then
 * timers. Returns true when a port had a full batch or work is left: turn again at once.
 */
bool router_turn(struct router *router, mono now);
/* When the router wants a turn even if no frame comes; mono_never() when it does not. */
mono router_next(const struct router *router);

/* Swap in a rule set (takes it; frees the one before) and let every verdict be decided anew. */
void router_publish_rules(struct router *router, enum facility facility, struct rules *rules);
/* Addresses have changed: end the flows that masqueraded behind one that is gone. */
void router_addresses_changed(struct router *router);

/* How many packets the router has lost: those with a reason that is a loss (core/drop.h). */
uint64_t router_drops(const struct router *router);

#endif
