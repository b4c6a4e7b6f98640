/*
 * traceroute.h -- which routers lie on the way? (RFC 1812, 5.3.1: who lets a packet die says so)
 *
 * A pass asks hop after hop with a TTL of 1, 2, ... and waits for what comes of each question; it
 * ends with an answer of the target, an error other than an expired TTL, or when nothing is to be
 * expected any more: max_hops are asked, or TRACEROUTE_SILENT in a row say nothing. One pass
 * follows the other; what was heard of a hop is added up.
 *
 * Questions are ICMP echoes or UDP packets to a port that nobody is likely to listen on. The
 * identifier or source port comes from net->ports; which question an error quotes is told by the
 * echo's sequence number, for UDP by the IP header's identification.
 *
 * Threads: the router's. Memory: TRACEROUTES_MAX at start.
 */
#ifndef HOST_TRACEROUTE_H
#define HOST_TRACEROUTE_H

#include "core/pkt.h"
#include "host/ping_status.h"
#include "lib/mono.h"

#define TRACEROUTES_MAX   4
#define TRACEROUTE_HOPS   255
#define TRACEROUTE_SILENT 5     /* hops in a row, after which a pass gives up */
#define TRACEROUTE_PORT   33434 /* the first of those that traceroute has always used */

struct traceroute_spec {
	ip4 dst;
	ip4 src;           /* zero: chosen by the route */
	uint8_t proto;     /* IPPROTO_ICMP or IPPROTO_UDP */
	uint16_t port;     /* of UDP */
	uint32_t count;    /* passes; 0: until stopped */
	uint32_t max_hops; /* 1 to TRACEROUTE_HOPS */
	uint32_t size;     /* of the IP packet: PING_SIZE_MIN to PING_SIZE_MAX */
	uint8_t dscp;
	bool dont_fragment;
	uint64_t timeout_ms;
	iface_id out;   /* by which it must leave; IFACE_NONE: as routes say */
	uint32_t table; /* of routes; 0: main */
};

struct traceroute_hop {
	ip4 host;       /* who answered last; zero: nobody yet */
	uint8_t status; /* enum ping_status, of the last question */
	uint32_t sent, received;
	uint64_t last_us, best_us, worst_us;
	uint64_t sum_us, squares; /* for the mean and how far they lie apart */
};

enum traceroute_end {
	TRACEROUTE_REACHED,
	TRACEROUTE_REFUSED, /* somebody says that it can't be reached */
	TRACEROUTE_MAX_HOPS,
	TRACEROUTE_NO_ANSWER, /* TRACEROUTE_SILENT hops in a row */
};

struct traceroute {
	bool used;
	struct traceroute_spec spec;
	ip4 src;
	uint16_t id; /* or port, taken from net->ports; 0: none yet */
	uint16_t sequence;
	uint32_t hop;    /* being asked or to be asked next, from 1 */
	uint32_t silent; /* in a row, up to here */
	bool waiting;    /* since asked */
	mono asked, began, next;
	uint32_t passes, settled; /* passes that have ended, questions that are settled */
	uint8_t ended;            /* enum traceroute_end, of the last pass */
	uint32_t hops_n;
	struct traceroute_hop hops[TRACEROUTE_HOPS]; /* [0] is the first */
};

/* Begin one of @all (TRACEROUTES_MAX of them). NULL: all are in use, or no port is free. */
struct traceroute *traceroute_start(struct traceroute *all, struct net *net,
                                    const struct traceroute_spec *spec);
/* Give it back; harmless for one that is not in use. */
void traceroute_stop(struct net *net, struct traceroute *trace);
bool traceroute_is_over(const struct traceroute *trace);
/* The standard deviation of what was measured for @hop. */
uint64_t traceroute_deviation_us(const struct traceroute_hop *hop);

/* Is @p (ICMP or UDP, for this router) meant for one of @all? Notes it; @p stays the caller's. */
bool traceroute_input(struct traceroute *all, struct net *net, const struct pkt *p);
void traceroute_turn(struct net *net, struct traceroute *trace);
mono traceroute_due(const struct traceroute *trace);

#endif
