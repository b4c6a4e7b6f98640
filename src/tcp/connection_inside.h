/*
 * connection_inside.h -- what a connection keeps; for room tcp only.
 *
 * Names of variables are RFC 9293's (3.3.1), spelled out. Connections lie in one array and are
 * linked by index: no list is walked to find one.
 *
 *        send una        send next               sent.end
 *           |  on its way   |  waits to be sent     |
 *           +---------------+-----------------------+   the bytes of `sent`; a FIN behind them
 *
 *     received.front   receive_next             receive_edge
 *           |  to be read   |  room, with pieces    |
 *           +---------------+-----------------------+   the bytes of `received`
 *
 * What only a connection that carries data needs lies apart (struct traffic), in an array of its
 * own at the same index: an idle connection has never touched it. Send una and next are in there,
 * too; until it is in use both are the first byte after the SYN.
 *
 * Who changes a connection calls connection_mark(): tcp_turn() then tells the owner, sends what is
 * to be sent, sets the timer, and frees what has ended. Nothing else frees a connection.
 */
#ifndef TCP_CONNECTION_INSIDE_H
#define TCP_CONNECTION_INSIDE_H

#include "tcp/autotune.h"
#include "tcp/byte_window.h"
#include "tcp/connection.h"
#include "tcp/ranges.h"
#include "tcp/recovery.h"
#include "tcp/seq.h"
#include "wire/tcp_header.h"

#define CONNECTION_NONE UINT32_MAX

struct connection {
	struct tcp *tcp;
	void *owner;
	struct tuple ends;    /* src: ours */
	uint32_t list_next;   /* of those that are marked; of free ones */
	uint32_t accept_next; /* of those that wait for listener_take() */
	uint32_t listener; /* whose they are; CONNECTION_NONE: it is taken, or was opened by us */
	uint16_t events;   /* enum connection_event, to be told */
	int16_t error;     /* pending: 0 or -errno */
	int16_t soft_error;
	uint8_t state;   /* enum connection_state */
	uint8_t retries; /* unanswered: of a SYN, of probes of a window or of a silent peer */
	uint8_t backoff; /* of probes of a window, answered or not */

	bool in_use : 1, in_table : 1, is_marked : 1;
	bool has_traffic : 1;
	bool is_orphan : 1;     /* its owner has let go */
	bool must_send_syn : 1; /* or SYN-ACK */
	bool must_send_ack : 1; /* now */
	bool must_probe : 1;    /* a segment whatever the window or the allowance */
	bool fin_queued : 1;    /* after sent.end */
	bool has_fin : 1;       /* theirs is at their_fin */
	bool fin_taken : 1;     /* theirs has been reached */
	bool receive_shut : 1;  /* by our owner */
	bool has_timestamps : 1, has_sack : 1, has_scale : 1;
	bool has_recent : 1;    /* timestamp_recent holds one of theirs */
	bool is_urgent_out : 1; /* send_urgent is ahead of what is acknowledged */
	bool is_urgent_in : 1;  /* receive_urgent is ahead of what was read */
	bool urgent_taken : 1;  /* by MSG_OOB */
	bool is_watched : 1;    /* connection_trace() */
	bool wants_room : 1;    /* a writer waits */
	bool more_to_come : 1;  /* MSG_MORE */
	bool must_push : 1;     /* what is queued goes now, however little it is */
	bool is_chatting : 1;   /* requests and answers: acknowledgements may wait for data */
	bool is_passive : 1;    /* a listener's */

	uint8_t send_scale, receive_scale; /* RFC 7323, 2 */
	uint8_t quick_acks;                /* so many acknowledgements are not delayed */
	uint16_t peer_mss;                 /* as they said, or 536 (RFC 9293, 3.7.1) */
	uint16_t mss;                      /* payload of what we send, timestamps taken off */
	uint16_t receive_mss;              /* the largest segment of theirs */
	uint16_t path_mtu;
	uint16_t ip_id;            /* of the next packet: counts (RFC 6864) */
	uint32_t route_generation; /* of what path_mtu was read from */

	uint32_t initial_sequence;                         /* ISS */
	uint32_t send_window, window_sequence, window_ack; /* SND.WND, .WL1, .WL2 */
	uint32_t window_most;                              /* the largest that they ever offered */
	uint32_t send_urgent;                              /* SND.UP: after the urgent byte */
	uint32_t small_end;      /* after the last segment that was not full (Minshall) */
	uint32_t their_sequence; /* IRS */
	uint32_t receive_next;   /* RCV.NXT */
	uint32_t receive_edge;   /* RCV.NXT + RCV.WND as offered; never moves back */
	uint32_t receive_acked;  /* what was acknowledged last (RFC 7323: Last.ACK.sent) */
	uint32_t receive_urgent; /* RCV.UP: after the urgent byte */
	uint32_t their_fin;
	uint32_t unacked_bytes;             /* came in order, and are not acknowledged yet */
	uint32_t receive_limit, send_limit; /* of the buffers, bytes */
	uint32_t timestamp_offset;
	uint32_t timestamp_recent, timestamp_recent_ms; /* TS.Recent, and when */
	uint32_t challenge_ms; /* when one was last answered that need not be */
	uint32_t rtt_us;       /* of the handshake; 0: not known */

	struct byte_window sent, received;
	struct ranges ranges;

	mono resend_at; /* a SYN again, or a probe of their window */
	mono ack_at;    /* a delayed acknowledgement */
	mono idle_at;   /* keepalive, the end of lingering or of FIN-WAIT-2 */
	mono began_at;  /* SYN-SENT; then: when they were heard last */
	mono timer_at;  /* what the wheel is set to */

	struct connection_settings settings;
};

/* Of connections that carry data. */
struct traffic {
	struct recovery recovery;
	struct receive_tune tune;
	mono received_at; /* something came in order */
	mono progress_at; /* something was acknowledged, or nothing was on its way */
	uint64_t bytes_acked, bytes_received, bytes_sent, bytes_again;
	uint32_t segments_in, segments_out, segments_again;
};

/* A zeroed connection in CONNECTION_CLOSED, or NULL: the budget is used up. */
MUST_USE struct connection *connection_new(struct tcp *tcp);
/* All it holds goes back; tcp_turn()'s part. */
void connection_free(struct connection *c);
uint32_t connection_place(const struct connection *c);

/* It has changed, see above. */
void connection_mark(struct connection *c);
/* Its owner is to hear of @events (enum connection_event). */
void connection_note(struct connection *c, unsigned events);
void connection_enter(struct connection *c, enum connection_state state);
/* It is over: no table, no timer, nothing on its way. @error: 0 or -errno, for the owner. */
void connection_end(struct connection *c, int error);
/* TIME-WAIT: a small record goes on (time_wait.h). */
void connection_time_wait(struct connection *c, bool fin_wait_2);
/* Both FINs are through, theirs last: acknowledge it, and wait. */
void connection_finish(struct connection *c);
/* FIN-WAIT-2: until when, if nobody is there any more. */
void connection_await_fin(struct connection *c);
/* Nothing more is sent after what is queued. */
void connection_queue_fin(struct connection *c);
/* It came to nothing before it was in the table: nobody has heard of it. */
void connection_abandon(struct connection *c);
/* The handshake is done. */
void connection_establish(struct connection *c);

/* Of the window that is offered: it covers the largest buffer there may be. */
uint8_t connection_scale_for(const struct tcp *tcp, const struct connection_settings *settings);

/* Begins it when there is none. */
struct traffic *connection_traffic(struct connection *c);
struct traffic *connection_traffic_if(const struct connection *c); /* or NULL */
uint32_t connection_una(const struct connection *c);
uint32_t connection_next(const struct connection *c);
/* After all that the connection may send: data and FIN. */
uint32_t connection_send_end(const struct connection *c);
struct recovery_context connection_context(const struct connection *c);

/* What they said in their SYN holds for both of us. */
void connection_negotiate(struct connection *c, const struct tcp_options *options);

static inline bool connection_is_synchronized(const struct connection *c)
{
	return c->state >= CONNECTION_ESTABLISHED;
}

/* May the owner still send? */
static inline bool connection_may_send(const struct connection *c)
{
	return !c->fin_queued &&
	       (c->state == CONNECTION_ESTABLISHED || c->state == CONNECTION_CLOSE_WAIT);
}

#endif
