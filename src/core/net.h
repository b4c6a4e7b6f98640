/*
 * net.h -- one instance of the network layer: what core's functions work on.
 *
 * A struct net is a part of a struct router (router/router.h); nothing here is global. `now` is
 * set once a turn by the router.
 */
#ifndef CORE_NET_H
#define CORE_NET_H

#include <stdbool.h>
#include <stdint.h>

#include "core/drop.h"
#include "core/iface.h"
#include "core/ip4_settings.h"
#include "core/pkt.h"
#include "lib/hash.h"
#include "lib/log.h"
#include "lib/mono.h"
#include "lib/random.h"
#include "lib/rate.h"

struct acd;
struct addrs;
struct crowds;
struct arp_published;
struct drop_records;
struct fib;
struct flow_counts;
struct ip4_reass;
struct limits;
struct neigh_table;
struct ports;
struct tap;

#define NET_OWN_QUEUE      256 /* packets of the router's own waiting for the turn */
#define NET_ETHER_TAKERS   8
#define NET_DELIVER_TAKERS 16
#define NET_IFACE_WATCHERS 4
#define NET_ARP_TAKERS     4

/* Takes packets for this router of one IP protocol; see net_take_protocol(). */
typedef enum verdict net_deliver(struct net *net, struct pkt *p, void *arg);
typedef enum verdict net_ether_taker(struct net *net, struct pkt *p, void *arg);
/* Is asked whether it wanted to know that @addr is @mac on @iface, as an ARP reply says. */
typedef bool net_arp_taker(struct net *net, iface_id iface, ip4 addr, const struct mac *mac,
                           void *arg);
/* Hears that @iface was enabled or disabled, has got or lost its link, another MAC or MTU. */
typedef void net_iface_watcher(struct net *net, const struct iface *iface, void *arg);

/* Sizes fixed at start (ARCHITECTURE, D12). */
struct net_budget {
	unsigned pkt_small, pkt_large;
	uint32_t neighbours;
	uint32_t port_addresses;
	uint32_t crowds;    /* maps of ports towards crowded ends; 0: CROWDS_DEFAULT */
	uint32_t datagrams; /* that wait for fragments; 0: IP4_REASS_DATAGRAMS */
};

/*
 * What a router makes and unmakes itself, so that its packets can be added up: what came by its
 * ports and what it made has left by them, was dropped for a reason, was absorbed, or waits.
 */
struct net_ledger {
	uint64_t made;     /* pkt_new() gave them out; or one was due and could not be made */
	uint64_t absorbed; /* became part of another packet, or were cut into others */
};

struct net {
	mono now;
	int64_t wall_offset_ns; /* the time of day is now and this; set by who drives the router */
	struct random *random;
	struct log *log;
	struct hash_key key; /* of everything keyed: chosen at start, never shown */
	struct ip4_settings settings;
	uint32_t generation; /* moves on with configuration, routes, addresses, links; never 0 */

	struct iface ifaces[IFACE_MAX]; /* [0] is IFACE_NONE and stays unused */
	unsigned ifaces_n;              /* highest used id + 1 */
	struct addrs *addrs;
	struct acd *acd;
	struct arp_published *published; /* what else ARP answers for; NULL: nothing */
	struct fib *fib;
	struct neigh_table *neigh;
	struct ports *ports;
	struct crowds *crowds;
	struct pkt_pool *pool;
	struct ip4_reass *reass;

	struct pkt *own[NET_OWN_QUEUE]; /* a ring: what the router sends itself */
	unsigned own_head, own_n;

	/* What rules remember from packet to packet: fw's, made by the router. NULL: nothing. */
	struct flow_counts *flow_counts;
	struct limits *limits;

	uint64_t drops[DROP_COUNT];       /* since the start */
	uint64_t drops_reset[DROP_COUNT]; /* as people last set their counting back */
	struct drop_records *drop_records;
	struct net_ledger ledger;
	struct rate icmp_rate; /* of errors; apart from echo, or a flood of pings would end path MTU
	                        * discovery for everybody */
	struct rate echo_rate; /* of echo replies */
	struct rate tarpit_rate; /* of answers to what rules hold in a tarpit */
	struct rate redirect_rate;
	struct rate log_rate; /* of log lines that a packet can cause */

	/* Would a packet with these ends be a translated connection's? So that the router's own get
	 * others; set by whoever translates, NULL: nobody does. */
	bool (*translated)(void *arg, const struct tuple *came);
	void *translated_arg;
	/* Has the router itself a connection with these ends (src: ours)? So that none is
	 * translated to them; set by whoever has connections, NULL: nobody does. */
	bool (*connected)(void *arg, const struct tuple *ends);
	void *connected_arg;

	/* In which table is a packet of the router's own with the ends of @key looked up, when
	 * rules have seen it? See net_routing_mark(); set by whoever has rules, NULL: nobody does.
	 */
	uint32_t (*routing_mark)(void *arg, const struct route_key *key, struct explain *why);
	void *routing_mark_arg;

	struct tap *taps; /* who looks on; NULL: nobody */

	struct {
		uint16_t ether_type;
		net_ether_taker *take;
		void *arg;
	} ether_takers[NET_ETHER_TAKERS];
	struct {
		uint8_t proto;
		net_deliver *take;
		void *arg;
	} deliver_takers[NET_DELIVER_TAKERS];
	struct {
		net_iface_watcher *changed;
		void *arg;
	} iface_watchers[NET_IFACE_WATCHERS];
	struct {
		net_arp_taker *take;
		void *arg;
	} arp_takers[NET_ARP_TAKERS];
};

/* @net is zeroed memory. The random source and the log stay the caller's. */
void net_init(struct net *net, const struct net_budget *budget, struct random *random,
              struct log *log);
void net_free(struct net *net);

/* Whoever keeps decisions must look at them again. */
void net_generation_next(struct net *net);

/*
 * The table for what the router itself sends between the ends of @key, both ports known: that of
 * the key, or the one that a rule marks such packets for. @why (or NULL) is told of a rule's mark.
 */
uint32_t net_routing_mark(const struct net *net, const struct route_key *key, struct explain *why);

/* Plug in a protocol over Ethernet (PPPoE), or one for local delivery (TCP). Once each. */
void net_take_ether_type(struct net *net, uint16_t ether_type, net_ether_taker *take, void *arg);
void net_take_protocol(struct net *net, uint8_t proto, net_deliver *take, void *arg);

/* Be asked about ARP replies to an address of the interface that they came in by. */
void net_take_arp_answers(struct net *net, net_arp_taker *take, void *arg);
/* Ask those; arp.c's part. True: one of them had asked. */
bool net_arp_answer(struct net *net, iface_id iface, ip4 addr, const struct mac *mac);

/* Be told whenever something about an interface changes. */
void net_watch_ifaces(struct net *net, net_iface_watcher *changed, void *arg);
/* Tell those who watch; iface.c's part. */
void net_tell_iface(struct net *net, const struct iface *iface);

/* Hand a packet for this router to whom its protocol belongs; else ICMP protocol unreachable. ICMP
 * goes through icmp_input() first. Takes @p. */
enum verdict net_deliver_local(struct net *net, struct pkt *p);

/* What net_take_protocol() has plugged in for @proto takes @p; VERDICT_NEXT: nobody has. */
enum verdict net_deliver_to_taker(struct net *net, struct pkt *p, uint8_t proto);

/* The router had something to say, and could not for @reason. */
void net_drop_unsaid(struct net *net, enum drop_reason reason);

/* Packets lost for @reason since net_drops_reset(), which also forgets the last ones kept. */
uint64_t net_drops(const struct net *net, enum drop_reason reason);
void net_drops_reset(struct net *net);

/* Put a packet of the router's own on the queue / take the next one off (NULL: empty). */
void net_own_put(struct net *net, struct pkt *p);
struct pkt *net_own_take(struct net *net);

#endif
