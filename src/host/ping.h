/*
 * ping.h -- the router asks whether somebody is there (RFC 792, echo; or by ARP, RFC 826).
 *
 * A ping sends a question every interval and notes what became of it, in order: an answer, silence,
 * or the ICMP error that came instead. One by ARP asks who has the address on one interface: hosts
 * that drop echoes answer that, too, and it needs no neighbour entry.
 *
 * Threads: the router's. Memory: a fixed number of pings, PING_EVENTS results each.
 */
#ifndef HOST_PING_H
#define HOST_PING_H

#include "core/pkt.h"
#include "host/ping_status.h"
#include "lib/mono.h"

#define PINGS_MAX     16
#define PING_EVENTS   16
#define PING_SIZE_MIN 28    /* IP and ICMP header */
#define PING_SIZE_MAX 65535 /* of the whole IP packet, as RouterOS counts */
#define PING_WAITING  8     /* questions under way at once */

struct ping_event {
	uint16_t sequence;
	uint8_t status; /* enum ping_status */
	uint8_t ttl;
	ip4 host;       /* who answered */
	bool by_arp;    /* then with... */
	struct mac mac; /* ...and size and ttl mean nothing */
	uint32_t size;
	uint64_t rtt_ns;
};

struct ping_spec {
	ip4 dst;
	ip4 src;        /* zero: chosen by the route */
	uint32_t count; /* 0: until stopped */
	uint32_t size;  /* PING_SIZE_MIN to PING_SIZE_MAX */
	uint8_t ttl, dscp;
	uint64_t interval_ms; /* also how long an answer is waited for */
	bool dont_fragment;
	bool by_arp;    /* ask by ARP on @out; size, ttl, dscp, src, table mean nothing then */
	iface_id out;   /* by which it must leave; IFACE_NONE: as routes say */
	uint32_t table; /* of routes; 0: main */
};

struct ping {
	bool used;
	struct ping_spec spec;
	ip4 src;
	uint16_t id;             /* taken from net->ports; 0: none yet */
	uint32_t sent, received; /* the sequence number is the lower half of sent */
	mono next;
	struct {
		bool on;
		uint16_t sequence;
		mono at;
	} waiting[PING_WAITING];
	struct ping_event events[PING_EVENTS];
	unsigned events_at, events_n;
	uint64_t rtt_min_ns, rtt_max_ns, rtt_sum_ns;
};

/* Begin one of @pings (PINGS_MAX of them). NULL: all are in use, or no identifier is free. */
struct ping *ping_start(struct ping *pings, struct net *net, const struct ping_spec *spec);
/* Give it back; harmless for one that is not in use. */
void ping_stop(struct net *net, struct ping *ping);
/* The next result; false when there is none yet. */
bool ping_event(struct ping *ping, struct ping_event *ret_event);
/* All questions asked and all of them settled? */
bool ping_is_over(const struct ping *ping);

/* Is @p (ICMP, for this router) meant for one of @pings? Notes it; @p stays the caller's. */
bool ping_input(struct ping *pings, struct net *net, const struct pkt *p);
/* Somebody on @iface says by ARP that @addr is @mac: did one of @pings ask? Notes it. */
bool ping_arp_input(struct ping *pings, struct net *net, iface_id iface, ip4 addr,
                    const struct mac *mac);
void ping_turn(struct net *net, struct ping *ping);
mono ping_due(const struct ping *ping);

#endif
