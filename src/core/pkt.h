/*
 * pkt.h -- a packet on its way through the router.
 *
 * Two kinds: borrowed (the bytes lie in a port's ring until the turn ends) and owned (a buffer of
 * the pool; what the router sends itself, and what waits for ARP). Until the last stage nothing is
 * written into the bytes: what has been decided stands in the fields below, so that an ICMP error
 * can quote the packet as it came (RFC 1812, 4.3.2.3).
 *
 * A stage returns VERDICT_NEXT (still ours, go on) or VERDICT_TAKEN (delivered, queued or dropped;
 * do not touch). Only pkt_drop() ends a packet, and it wants a reason.
 *
 * Memory: pkt_pool is sized at start.
 */
#ifndef CORE_PKT_H
#define CORE_PKT_H

#include <stdbool.h>
#include <stdint.h>

#include "core/drop.h"
#include "core/port.h"
#include "core/route.h"
#include "lib/ip.h"

struct explain;
struct net;

enum verdict {
	VERDICT_NEXT,
	VERDICT_TAKEN,
};

/* Who talks to whom. Ports are 0 for protocols without; for ICMP queries the identifier stands in
 * both (RFC 5508, 3). Host byte order. */
struct tuple {
	ip4 src, dst;
	uint16_t sport, dport;
	uint8_t proto; /* IPPROTO_* */
};

enum pkt_state { /* RouterOS's connection-state, as a bit set in rules */
	STATE_NEW,
	STATE_ESTABLISHED,
	STATE_RELATED,
	STATE_INVALID,
	STATE_UNTRACKED,
};

enum pkt_nat { /* RouterOS's connection-nat-state */
	NAT_SRC = 1 << 0,
	NAT_DST = 1 << 1,
};

#define FLOW_NONE UINT32_MAX

struct pkt {
	/* The bytes. */
	uint8_t *bytes; /* Ethernet header first; at l3 for what has none yet */
	uint32_t len;   /* from there */
	uint32_t headroom, tailroom;
	struct offload offload;    /* offsets count from `bytes` */
	struct pkt_buffer *buffer; /* NULL: borrowed */
	uint16_t l3, l4;           /* offsets from `bytes` of the IPv4 and the next header */

	/* As it came in: filled by ether_input() and ip4_input(), never changed. */
	iface_id in; /* IFACE_NONE: the router's own */
	uint16_t ether_type;
	struct mac ether_src;
	bool ether_group;     /* the frame was a broadcast or multicast */
	bool ether_ours;      /* a bridge has found it to be for this router */
	struct tuple arrived; /* as in the bytes */
	uint16_t ip_bytes;    /* total length in the header; real length for GSO packets, too */
	uint16_t ip_id;
	uint16_t fragment; /* offset and MF as on the wire, DF excluded; 0: whole */
	bool dont_fragment, has_options;
	uint8_t tos, ttl;
	uint8_t tcp_flags;
	uint8_t icmp_type, icmp_code;
	uint16_t payload_at; /* offset of the bytes after the TCP, UDP or ICMP header */
	/* Offsets from l3, 0: none. Of the first octet of the options that can't be; of a source
	 * route; of the entry in it that is to hold the address it leaves by. */
	uint8_t option_fault, route_option, route_slot;

	/* Decided so far. */
	struct tuple now;    /* translated as far as the stages have come */
	struct route route;  /* valid after route_input */
	uint32_t flow;       /* index in the flow table, or FLOW_NONE */
	ip4 flow_src;        /* who began that flow */
	uint64_t flow_bytes; /* that it carried before this packet, both ways */
	uint8_t flow_dir;    /* 0 original, 1 reply */
	uint8_t state;       /* enum pkt_state */
	uint8_t nat;         /* enum pkt_nat, a bit set: what is done to its connection */
	bool each_packet;    /* the decision rests on this very packet: it must not be replayed */
	bool asked_lists;    /* the decision rests on address lists, see fw/address_list.h */
	bool asked_only;     /* made up to be explained: nothing outside this struct may change */
	bool aside;          /* it goes on, but says nothing about its connection's state */
	bool mapped;         /* to the outer endpoint of a mapping, which lets it in */
	bool hairpin;        /* its port mapping serves hosts behind the target's interface, too */
	uint32_t nat_rule;   /* id of the rule that translates; 0: none */
	uint16_t new_mss;    /* 0: leave the MSS option alone */
	uint8_t new_ttl;     /* before forwarding takes one off; 0: as it came */
	uint8_t leave_ttl;   /* with which it leaves, whatever it had; 0: nobody said */
	uint8_t new_tos;     /* when tos_changed */
	bool tos_changed, clear_df, strip_options;
	iface_id bound; /* of the router's own: it must leave there; IFACE_NONE: as routes say */
	bool on_link;   /* to the link of `bound`, if no route leads by it */
	bool untracked; /* belongs to no connection, and begins none */
	uint32_t mark;  /* packet mark; 0: none */
	uint32_t connection_mark;
	uint32_t routing_mark;
	uint8_t rounds;      /* times it was put back into the pipeline */
	uint32_t hash;       /* of the tuple, for the flow look-up */
	uint64_t capture;    /* of core/tap.h: its number in a capture; 0: it is in none */
	uint64_t trail;      /* rules that matched on the way, see fw/trail.h */
	struct explain *why; /* or NULL */
};

/* TTL and TOS as the stages so far have left them. */
static inline uint8_t pkt_ttl(const struct pkt *p)
{
	return p->leave_ttl != 0 ? p->leave_ttl : p->new_ttl != 0 ? p->new_ttl : p->ttl;
}

static inline uint8_t pkt_tos(const struct pkt *p)
{
	return p->tos_changed ? p->new_tos : p->tos;
}

struct pkt_buffer;
struct pkt_pool;

struct pkt_pool *pkt_pool_new(unsigned small, unsigned large);
void pkt_pool_free(struct pkt_pool *pool);
/* How many buffers are free, for tests and /system resource. */
unsigned pkt_pool_available(const struct pkt_pool *pool);
unsigned pkt_pool_total(const struct pkt_pool *pool);

/*
 * A zeroed packet of the router's own with room for @len bytes after PORT_HEADROOM_BYTES. Small
 * buffers hold 2 KiB, large ones PORT_FRAME_BYTES_MAX. NULL when none is free (the caller counts
 * DROP_POOL_EMPTY).
 */
MUST_USE struct pkt *pkt_new(struct net *net, uint32_t len);

/* The same, its bytes as their last user has left them: the caller writes every one of them before
 * the packet goes on. */
MUST_USE struct pkt *pkt_new_to_fill(struct net *net, uint32_t len);

/* An owned copy of @p: all fields and the bytes. NULL when no buffer is free. */
MUST_USE struct pkt *pkt_copy(struct net *net, const struct pkt *p);

/* An owned packet with the @len bytes at @bytes and room for as many as a frame can have; of
 * buffers that are for core/gro.h only, a quarter as many as large ones. NULL when none is free. */
MUST_USE struct pkt *pkt_new_train(struct net *net, const uint8_t *bytes, uint32_t len);

/* Move where the bytes begin by @by (negative: into the headroom), and every offset with it. False
 * when the headroom does not suffice; at most what lies before l3 can be taken off. */
MUST_USE bool pkt_move_start(struct pkt *p, int32_t by);

/* Give an owned packet back (a borrowed one is its port's). Does not count: see pkt_drop(). */
void pkt_done(struct net *net, struct pkt *p);

/* End @p for @reason: counted (router, interface), explained, its buffer given back. */
enum verdict pkt_drop(struct net *net, struct pkt *p, enum drop_reason reason);

#endif
