/*
 * flow.h -- the flow record: tracking, translation and verdict of one connection in one place.
 *
 * Two parts (ARCHITECTURE, D3). The identity is fixed for the flow's life: both keys (how a packet
 * of each direction arrives here), the TCP state, the timer. The verdict, one per direction, is
 * what was decided about the way (rules, route, next hop); it holds as long as its generation is
 * the net's and its neighbour's version is the neighbour's, and is decided anew after that.
 *
 * key[0] is how the first packet came, key[1] how an answer comes. What leaves in direction d is
 * the reverse of key[1 - d]: translation needs no other field, and without translation key[1] is
 * just the reverse of key[0].
 *
 * The table is one block of bytes linked by index (D11): header, buckets, records. Copied into
 * another router it keeps its flows: see flows_adopt(). Nothing in it is a pointer.
 *
 * Invariants: a record is in the table under both keys or free; a port of the allocator is held by
 * one flow (FLOW_PORT_TAKEN) or by a mapping, which its flows hold together (mapping.h), and is
 * given back in flow_end() and nowhere else.
 *
 * Threads: the router's. Memory: sized at start, never grows. Packets allocate nothing.
 */
#ifndef FW_FLOW_H
#define FW_FLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/pkt.h"
#include "lib/hash.h"
#include "lib/mono.h"

struct net;

enum flow_flags {
	FLOW_USED = 1 << 0,
	FLOW_SEEN_REPLY = 1 << 1,
	FLOW_ASSURED = 1 << 2, /* worth keeping when the table is full */
	FLOW_SRC_NAT = 1 << 3, /* the source is translated in direction 0 */
	FLOW_DST_NAT = 1 << 4,
	FLOW_MASQUERADE = 1 << 5, /* ends when its outer address goes */
	FLOW_HAIRPIN = 1 << 6,
	FLOW_PORT_TAKEN = 1 << 7,  /* holds (key[1].dst, proto, key[1].dport) by itself */
	FLOW_WEAK = 1 << 8,        /* on the list of those that give way */
	FLOW_OWN = 1 << 9,         /* begun by this router */
	FLOW_MAPPED_SRC = 1 << 10, /* direction 0's source has a mapping: mapped[0] */
	FLOW_MAPPED_DST = 1 << 11, /* direction 0's destination is one: mapped[1] */
};

enum tcp_track {    /* RouterOS's tcp-state */
	TRACK_NONE, /* not TCP */
	TRACK_SYN_SENT,
	TRACK_SYN_RECV,
	TRACK_ESTABLISHED,
	TRACK_FIN_WAIT,
	TRACK_CLOSE_WAIT,
	TRACK_LAST_ACK,
	TRACK_TIME_WAIT,
	TRACK_CLOSE,
	TRACK_COUNT,
};

struct flow_key {
	ip4 src, dst;
	uint16_t sport, dport;
};

/* One direction: what was decided for its packets, and what has passed. */
struct flow_way {
	uint32_t generation; /* of the verdict; 0: none */
	uint32_t neigh, neigh_version;
	uint16_t in, out; /* iface_id: the verdict is for packets that come in there */
	uint16_t mtu_bytes;
	uint16_t rate_last; /* see flow_rate.h */
	uint32_t rate_mark;
	uint32_t lists; /* address_lists_stamp() that the verdict rests on; 0: on none */
	uint8_t local;  /* 1: they are for this router; neigh, neigh_version, mtu_bytes mean nothing
	                 */
	uint8_t zero[3];
	uint64_t trail;
	uint64_t packets, bytes;
};

/* One side of a TCP connection: how far it has come (fw/window.h). */
struct flow_window {
	uint32_t end;    /* after the highest byte it has sent */
	uint32_t edge;   /* the other side lets it send so far */
	uint32_t widest; /* the largest window it has offered, in bytes */
	uint32_t ack;    /* its highest acknowledgement */
	uint8_t scale;   /* what it offered in its SYN */
	uint8_t seen;
	uint16_t zero;
};

/* Links of a flow that has a part in a mapping; see fw/mapping.h. */
struct flow_mapped {
	struct {
		uint32_t next, prev;
	} group[2];
	uint32_t chain[3];
};

struct flow {
	/* What a look-up touches; at the start of a cache line. */
	_Alignas(64) struct flow_key key[2];
	uint32_t next[2]; /* in the bucket of key[d]: links, see flow_link() */
	uint8_t proto;
	uint8_t tcp; /* enum tcp_track */
	uint16_t flags;
	uint32_t mark; /* connection mark */
	mono due;      /* ends then, unless a packet moves it */
	uint8_t icmp_type, icmp_code;
	uint16_t out;        /* iface_id by which direction 0 left at first; 0: it stayed here */
	uint32_t filter_set; /* the last rule set that was asked and let it through; 0: none */

	struct flow_way way[2];

	/* Lists by index + 1; 0 ends. */
	uint32_t timer_next, timer_prev;
	uint16_t timer_slot;
	uint16_t rate_second; /* that way[].rate_mark is of, modulo 65,536 */
	uint32_t weak_next, weak_prev;
	uint32_t nat_rule; /* id of the rule that chose the translation, for people */
	mono since;

	union { /* TCP has no mappings, and only TCP has windows */
		struct flow_window window[2];
		struct flow_mapped mapped[2];
	};
};

#define FLOW_TIMER_SLOTS 4096 /* of one second each */

struct flow_timeouts { /* seconds */
	uint32_t tcp[TRACK_COUNT];
	uint32_t udp, udp_stream, icmp, generic;
};

/* The table's header; buckets and records follow it in the same bytes. */
struct flows {
	uint64_t magic;
	uint32_t version, record_bytes;
	uint64_t total_bytes;
	struct hash_key key;
	uint32_t capacity, bucket_mask;
	uint32_t used, free_head, fresh; /* records from `fresh` on were never used */
	uint32_t weak_head, weak_tail;
	uint32_t slot_now; /* the second that the timer has come to, modulo the wheel */
	uint64_t second_now;
	uint64_t created, ended, refused, gave_way; /* counters for people */
	uint32_t linear;    /* reference mode (D4): look up by walking all records */
	uint32_t filtering; /* enum filtering (fw/mapping.h) */
	uint32_t mappings;  /* how many there are */
	uint32_t mapping_mask;
	uint32_t timer[FLOW_TIMER_SLOTS];
};

/* How many bytes a table for @capacity flows takes. */
size_t flows_bytes(uint32_t capacity);
/* Lay an empty table into @bytes (zeroed, flows_bytes() long, 64-byte aligned). */
struct flows *flows_init(void *bytes, uint32_t capacity, const struct hash_key *key, mono now);

/*
 * Take over a table that another router (or an earlier process) filled: checks every link and
 * length, forgets all verdicts (generations mean nothing here) and takes its flows' ports from
 * @net. @then is the other router's clock when it stopped; timers go on from @now. Returns NULL
 * when the bytes are not a sound table; they are then unchanged.
 */
struct flows *flows_adopt(void *bytes, size_t len, struct net *net, mono then, mono now);

/* The flow that @tuple belongs to, and its direction; FLOW_NONE. @hash: flow_hash() of it. */
uint32_t flow_find(const struct flows *flows, const struct tuple *tuple, uint32_t hash,
                   uint8_t *ret_dir);
uint32_t flow_hash(const struct flows *flows, const struct tuple *tuple);
/* Ask the processor to bring the bucket of @hash near. */
void flow_prefetch(const struct flows *flows, uint32_t hash);
/* The bucket is near: the same for the record it begins with. */
void flow_prefetch_record(const struct flows *flows, uint32_t hash);

struct flow *flow_at(struct flows *flows, uint32_t index);
const struct flow *flow_at_const(const struct flows *flows, uint32_t index);

/*
 * A new flow that came as @came and whose packets leave as @leaves. When the table is full the
 * weakest flow gives way (never an assured one); FLOW_NONE when there is none. The caller has made
 * sure that neither key is there yet.
 */
uint32_t flow_begin(struct flows *flows, struct net *net, const struct tuple *came,
                    const struct tuple *leaves, mono now);
/* End it: out of the table, its port given back. */
void flow_end(struct flows *flows, struct net *net, uint32_t index);

/* The flow ends @seconds from @now unless this is called again. Cheap: moves no list. */
void flow_touch(struct flow *flow, mono now, uint32_t seconds);
/* The same when the new time may be shorter than the old one. */
void flow_touch_sooner(struct flows *flows, uint32_t index, mono now, uint32_t seconds);
/* May it give way when the table is full? */
void flow_set_weak(struct flows *flows, uint32_t index, bool weak);

/* How packets of direction @dir leave: the reverse of key[1 - dir]. */
struct tuple flow_leaves(const struct flow *flow, uint8_t dir);
/* How they come. */
struct tuple flow_comes(const struct flow *flow, uint8_t dir);
struct tuple tuple_reverse(const struct tuple *tuple);
bool tuple_equal(const struct tuple *a, const struct tuple *b);

/* End what is due, at most @most flows; true when more are due. */
bool flows_turn(struct flows *flows, struct net *net, mono now, unsigned most);
/* When flows_turn() next has something to do (a second's boundary), or never. */
mono flows_next(const struct flows *flows);

/* Walk: @at starts at 0; returns the index, or FLOW_NONE at the end. */
uint32_t flows_walk(const struct flows *flows, uint32_t *at);
/* End flows for which @judge says so; all records are visited. Returns how many ended. */
uint32_t flows_end_where(struct flows *flows, struct net *net,
                         bool (*judge)(const struct flow *flow, void *arg), void *arg);
/* Asserts the table's invariants (tests and simulation): links, lists, counts, ports. */
void flows_must_hold(const struct flows *flows, const struct net *net);

#endif
