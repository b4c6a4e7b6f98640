/*
 * connection.h -- one TCP connection as its owner sees it.
 *
 * An owner opens a connection (connection_open()) or takes one from a listener (listener.h), and
 * always ends it by connection_close() or connection_abort(), also after it failed: until then a
 * failed connection stays, in CONNECTION_CLOSED, with its error. After that call the pointer is not
 * the owner's; TCP ends the connection by itself.
 *
 * Nothing waits inside: -EAGAIN says that it would have had to, and struct tcp_owner tells when to
 * ask again. Results are >= 0 or -errno, as BSD's sockets have them.
 *
 * Addresses, ports and sequence numbers are in host byte order. Memory: of struct tcp's budgets.
 * Threads: the router's.
 */
#ifndef TCP_CONNECTION_H
#define TCP_CONNECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

#include "core/pkt.h"
#include "core/route.h"
#include "lib/must.h"

struct connection;
struct tcp;

enum connection_state { /* RFC 9293, 3.3.2 */
	CONNECTION_CLOSED,
	CONNECTION_SYN_SENT,
	CONNECTION_SYN_RECEIVED,
	CONNECTION_ESTABLISHED,
	CONNECTION_FIN_WAIT_1,
	CONNECTION_FIN_WAIT_2,
	CONNECTION_CLOSE_WAIT,
	CONNECTION_CLOSING,
	CONNECTION_LAST_ACK,
	CONNECTION_TIME_WAIT,
};
/* "syn-sent" */
const char *connection_state_word(enum connection_state state);

enum connection_event {                 /* what may have changed: a bit set */
	CONNECTION_CONNECTED = 1 << 0,  /* the handshake is done */
	CONNECTION_READABLE = 1 << 1,   /* bytes, or their end */
	CONNECTION_WRITABLE = 1 << 2,   /* there is room again */
	CONNECTION_URGENT = 1 << 3,     /* urgent bytes (SIGURG, POLLPRI) */
	CONNECTION_FAILED = 1 << 4,     /* closed with an error: connection_take_error() */
	CONNECTION_SOFT_ERROR = 1 << 5, /* an error that it outlives (RFC 1122, 4.2.3.9) */
	CONNECTION_ENDED = 1 << 6,      /* CONNECTION_CLOSED, both ways ended in order */
};

/* What its owner wants of it; all zeroes: as tcp_settings says. A value: copied in. */
struct connection_settings {
	uint32_t user_timeout_ms;  /* RFC 5482: unacknowledged for so long ends it; 0: by retries */
	uint32_t send_bytes;       /* of the send buffer, fixed; 0: autotuned */
	uint32_t receive_bytes;    /* of the receive buffer, fixed; 0: autotuned */
	uint32_t window_clamp;     /* no larger window is offered; 0: no clamp */
	uint32_t unsent_low_bytes; /* TCP_NOTSENT_LOWAT: writable below that; 0: by room alone */
	uint32_t mark;             /* routing mark its packets leave with */
	uint16_t keep_idle_s;      /* keepalive; 0: 7200 */
	uint16_t keep_interval_s;  /* 0: 75 */
	uint16_t fin_wait_2_s;     /* TCP_LINGER2; 0: as tcp_settings says; 0xffff: not at all */
	uint16_t mss;              /* TCP_MAXSEG: neither sent nor offered more; 0: by the MTU */
	iface_id bound;            /* it leaves there; IFACE_NONE: as routes say */
	ip4 first_hop;             /* of a source route in options: packets go there; zero: none */
	uint16_t options_bytes;    /* of IP options, a multiple of 4, at most 40 */
	const uint8_t *options;    /* read while the connection lives, its owner gone or not */
	uint8_t keep_count;        /* 0: 9 */
	uint8_t syn_retries;       /* TCP_SYNCNT; 0: as tcp_settings says */
	uint8_t tos, ttl;          /* ttl 0: 64 */
	uint8_t congestion;        /* enum tcp_congestion + 1; 0: as tcp_settings says */
	uint8_t defer_accept_s;    /* TCP_DEFER_ACCEPT, of listeners */
	bool no_delay, cork;       /* TCP_NODELAY, TCP_CORK */
	bool keep_alive, urgent_inline; /* SO_KEEPALIVE, SO_OOBINLINE */
	bool quick_ack;                 /* TCP_QUICKACK: acknowledge at once */
	bool may_fragment;              /* IP_PMTUDISC_DONT: without DF */
	bool icmp_is_fatal;             /* IP_RECVERR: errors end it also when established */
};

/* What the steps of connect() have decided. */
struct connection_plan {
	struct tuple ends;                           /* src: ours, with its port; dst: theirs */
	struct route route;                          /* looked up with the ports */
	uint32_t initial_sequence, timestamp_offset; /* tcp/sequence.h */
	uint32_t recent_timestamp; /* of the peer, a hint (peer_cache.h); 0: none */
	const struct connection_settings *settings; /* NULL: as tcp_settings says */
	void *owner;
};

/*
 * Send the SYN: CONNECTION_SYN_SENT. 0, -EADDRNOTAVAIL (there is a connection between these ends),
 * -ENOBUFS (the budget is used up).
 */
MUST_USE int connection_open(struct tcp *tcp, const struct connection_plan *plan,
                             struct connection **ret);

/* Whom changes are told; NULL: nobody. */
void connection_set_owner(struct connection *c, void *owner);
const struct connection_settings *connection_settings(const struct connection *c);
/* They hold from now on; what only a SYN can say stays as it was said. */
void connection_set_settings(struct connection *c, const struct connection_settings *settings);
/* TCP_QUICKACK: from now on acknowledge at once, or when there is something to be said. */
void connection_set_quick_ack(struct connection *c, bool on);

enum connection_state connection_state(const struct connection *c);
struct tuple connection_ends(const struct connection *c);

/*
 * Queue up to @n bytes; how many were taken, or -EAGAIN (no room, or not yet established), -EPIPE
 * (shut down or closed), or the pending error, which is then cleared. @flags: MSG_OOB (the last
 * byte is urgent, RFC 6093), MSG_MORE (hold back a segment that is not full).
 */
int64_t connection_send(struct connection *c, const void *bytes, size_t n, unsigned flags);
/*
 * Take up to @n bytes; 0: their FIN; -EAGAIN: none yet; or the pending error, which is then
 * cleared. @flags: MSG_PEEK; MSG_OOB: the urgent byte (-EINVAL: none, or it is in line).
 */
int64_t connection_receive(struct connection *c, void *bytes, size_t n, unsigned flags);
/* The same without a copy: where the next bytes lie; then how many of them are done with. */
unsigned connection_spans(struct connection *c, struct iovec *spans, unsigned max);
void connection_consume(struct connection *c, size_t n);

/* Bytes to read; bytes queued and not acknowledged; of these, not yet sent; room (SIOCINQ, ...). */
size_t connection_unread(const struct connection *c);
size_t connection_unacknowledged(const struct connection *c);
size_t connection_unsent(const struct connection *c);
size_t connection_room(const struct connection *c);
/* Is the next byte to read where the urgent data was (SIOCATMARK)? */
bool connection_at_mark(const struct connection *c);

/* @how: SHUT_RD, SHUT_WR, SHUT_RDWR. 0 or -ENOTCONN. In SYN_SENT, SHUT_WR ends the attempt. */
int connection_shutdown(struct connection *c, int how);
/* The owner lets go. @linger_ms: < 0: TCP goes on sending; 0: RST; else RST after so long. Unread
 * bytes mean RST, too (RFC 1122, 4.2.2.13; RFC 2525, 2.17). */
void connection_close(struct connection *c, int64_t linger_ms);
/* RST where there is somebody to tell; the owner lets go. */
void connection_abort(struct connection *c);

/* POLLIN, POLLOUT, POLLERR, POLLHUP, POLLRDHUP, POLLPRI: as Linux has them for this state. */
unsigned connection_ready(const struct connection *c);
/* SO_ERROR: 0 or -errno, and cleared; soft errors, too. */
int connection_take_error(struct connection *c);
/* Leave TCP_CORK, TCP_QUICKACK: what waits is sent now. */
void connection_push(struct connection *c);

/* Who is told each state, segment and decision of a connection: connect-trace. */
struct connection_watcher {
	/* @stage: a literal: "state", "send", "receive", "timer", "icmp". @text: until it returns.
	 */
	void (*tell)(void *arg, const char *stage, const char *text);
	void *arg;
};
/* 0, or -ENOSPC: as many are watched as can be. NULL ends it; so does the connection's end. */
int connection_trace(struct connection *c, const struct connection_watcher *watcher);

#endif
