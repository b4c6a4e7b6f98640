/*
 * tcp.h -- TCP (RFC 9293) as one struct: connections, listeners, their budgets, settings and time.
 *
 * A struct tcp belongs to one struct net. Segments come in by tcp_input(), time passes in
 * tcp_turn(), what is sent goes onto net's own queue (ip4_originate()). Input changes a connection
 * and marks it; tcp_turn() then decides once what it sends, so that a batch of segments makes one
 * acknowledgement. When net's queue is full the rest waits for the next turn, in order.
 *
 * The owner (host's sockets) hears of changes through struct tcp_owner, from within tcp_input() and
 * tcp_turn(); it may call connection_*() and listener_*() from there, connection_close() included.
 *
 * Numbers are in host byte order, times are net->now. Memory: all of it at start (struct
 * tcp_budget), touched when it is first needed. Threads: the router's.
 */
#ifndef TCP_TCP_H
#define TCP_TCP_H

#include <stdbool.h>
#include <stdint.h>

#include "core/net.h"
#include "core/pkt.h"
#include "lib/mono.h"

struct connection;
struct listener;
struct tcp;

/* How many there may be; 0: the default. */
struct tcp_budget {
	uint32_t connections; /* TCP_CONNECTIONS_DEFAULT */
	uint32_t half_open;   /* of all listeners; TCP_HALF_OPEN_DEFAULT */
	uint32_t time_wait;   /* TCP_TIME_WAIT_DEFAULT */
	uint32_t listeners;   /* TCP_LISTENERS_DEFAULT */
	uint32_t chunks;      /* of 4 KiB, for what is sent and received; TCP_CHUNKS_DEFAULT */
	uint32_t flights;     /* records of segments on their way; TCP_FLIGHTS_DEFAULT */
};
/* Of a router that is one of many: a simulation, a test. */
struct tcp_budget tcp_budget_small(void);
#define TCP_CONNECTIONS_DEFAULT 65536U
#define TCP_HALF_OPEN_DEFAULT   16384U
#define TCP_TIME_WAIT_DEFAULT   65536U
#define TCP_LISTENERS_DEFAULT   1024U
#define TCP_CHUNKS_DEFAULT      16384U /* 64 MiB */
#define TCP_FLIGHTS_DEFAULT     65536U

enum tcp_option_order {  /* of a SYN's options */
	TCP_ORDER_LINUX, /* MSS, SACK-permitted, timestamps, NOP, window scale */
	TCP_ORDER_BSD,   /* MSS, NOP, window scale, SACK-permitted, timestamps */
};

enum tcp_syn_schedule {
	TCP_SYN_DOUBLING, /* RFC 6298: after 0, 1, 3, 7, 15, 31, 63 s; given up at 127 s */
	TCP_SYN_LINEAR,   /* Linux 6.5 and later: four times after one second first */
};

enum tcp_congestion { /* RFC 9438; RFC 5681 */
	TCP_CUBIC,
	TCP_RENO,
};

/* What holds for all connections and may be changed while they live. */
struct tcp_settings {
	uint8_t option_order;    /* enum tcp_option_order */
	uint8_t syn_schedule;    /* enum tcp_syn_schedule */
	uint8_t syn_retries;     /* unless the connection says otherwise: 6 */
	uint8_t syn_ack_retries; /* 5 */
	uint8_t retries;         /* of data before the connection is given up: 15 */
	uint8_t orphan_retries;  /* the same once its owner has let go: 8 */
	uint8_t congestion;      /* enum tcp_congestion: of those that do not choose */
	uint8_t initial_window;  /* in segments: 10 (RFC 6928) */
	bool timestamps, sack, window_scaling;
	bool syn_cookies;        /* when no half-open record is left */
	bool only_syn_cookies;   /* no half-open record is ever made */
	bool fatal_icmp;         /* unreachable codes 0 and 1 end an attempt at once, as in Linux */
	bool black_hole_probing; /* of the path's MTU, when ICMP does not come (RFC 4821) */
	uint16_t mtu_floor_bytes; /* ICMP may lower a path's MTU to this: 552 */
	uint32_t rto_min_ms;      /* 200 */
	uint32_t rto_initial_ms;  /* 1000 (RFC 6298, 2.1) */
	uint32_t rto_max_ms;      /* 120000 */
	uint32_t delayed_ack_ms;  /* 40 */
	uint32_t time_wait_ms;    /* 60000 */
	uint32_t fin_wait_2_ms;   /* of connections whose owner has let go: 60000 */
	uint32_t receive_bytes,
		receive_bytes_max;           /* of a buffer at first, and grown: 128 KiB, 6 MiB */
	uint32_t send_bytes, send_bytes_max; /* 64 KiB, 6 MiB */
};

/* What the owner hears. */
struct tcp_owner {
	/* @events is a set of enum connection_event; @owner is what the connection was given. */
	void (*changed)(void *owner, struct connection *c, unsigned events);
	/* There is a connection for listener_take(). */
	void (*listener_changed)(void *owner, struct listener *l);
};

/* What happened since the start, for /ip socket and tests. */
struct tcp_counts {
	uint64_t active_opens, passive_opens, failed_opens, resets_seen, resets_sent;
	uint64_t segments_in, segments_out, segments_again, challenge_acks;
	uint64_t out_of_memory, cookies_sent, cookies_taken, accept_overflows;
};

/* @net and @owner stay the caller's; @budget may be NULL. */
MUST_USE struct tcp *tcp_new(struct net *net, const struct tcp_budget *budget);
void tcp_free(struct tcp *tcp);
void tcp_set_owner(struct tcp *tcp, const struct tcp_owner *owner);

struct tcp_settings *tcp_settings(struct tcp *tcp);
struct tcp_settings tcp_settings_default(void);
const struct tcp_counts *tcp_counts(const struct tcp *tcp);

/*
 * A whole TCP segment to this router, by p->now. True: it belonged to a connection or listener, and
 * everything that follows from it has been done or noted; the bytes are needed no longer. False:
 * nobody has it (RFC 9293, 3.10.7.1), the caller refuses it. @p stays the caller's either way.
 */
MUST_USE bool tcp_input(struct tcp *tcp, struct pkt *p);

/* What an ICMP error says of a segment that was sent. */
struct tcp_icmp {
	struct tuple ends; /* of the quoted segment: src is this router */
	uint8_t type, code;
	uint16_t mtu_bytes;       /* of "fragmentation needed": as told, 0: not told (RFC 1191) */
	uint32_t quoted_sequence; /* believed only if it is on its way (RFC 5927, 4.1) */
};
/* True: there is such a connection, whether or not the error is believed. */
bool tcp_icmp_error(struct tcp *tcp, const struct tcp_icmp *error);

/* Let time pass at net->now, and send what is to be sent. */
void tcp_turn(struct tcp *tcp);
mono tcp_due(const struct tcp *tcp);

/* Is there a connection, half-open or in TIME-WAIT, between @ends (src: ours)? A TIME-WAIT that a
 * new connection may take over now (RFC 6191) does not count. */
bool tcp_tuple_is_used(const struct tcp *tcp, const struct tuple *ends);

/* Walk over all connections (NULL: the first; then the next, NULL at the end). */
struct connection *tcp_next(struct tcp *tcp, struct connection *after);
struct listener *tcp_next_listener(struct tcp *tcp, struct listener *after);

/* How much of the budget is in use; after all have gone, all zeroes. */
struct tcp_use {
	uint32_t connections, half_open, time_wait, listeners, chunks, flights;
};
struct tcp_use tcp_use(const struct tcp *tcp);

#endif
