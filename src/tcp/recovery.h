/*
 * recovery.h -- what a connection's acknowledgements lead to: what is on its way, what is lost, how
 * much may be sent, and until when to wait.
 *
 * It joins rtt.h, flight.h, rack.h, prr.h and congestion.h. It sends nothing: it says what to send.
 *
 *     output   while something is to be sent and recovery_allowance() lets it:
 *                  recovery_lost()     first what was lost: a range, to be cut as fits
 *                  else new data       from flight.next, if recovery_has_room()
 *                  recovery_sent()     after each segment or super-segment, either kind
 *              recovery_held_back() when it was the allowance that ended it
 *     input    recovery_acked() for each segment with an acceptable ACK (una <= ack <= next)
 *     timer    recovery_due(); when it is, recovery_expired() says what it means
 *
 * SND.UNA and SND.NXT live in flight.una and flight.next. The SYN isn't part of it: the connection
 * repeats it by itself and calls recovery_start() when it is acknowledged. A FIN counts as a byte.
 *
 * Before a segment of new data is sent when nothing was on its way, recovery_idle() lets the window
 * fall as the time since then asks for.
 *
 * Limited Transmit (RFC 3042) needs no code of its own: what was selectively acknowledged, and one
 * segment for each duplicate acknowledgement without SACK, is no longer in flight, so that new data
 * may follow before the loss is sure.
 *
 * Memory: records of the flight's pool; gone with recovery_forget(). Threads: the router's.
 */
#ifndef TCP_RECOVERY_H
#define TCP_RECOVERY_H

#include "tcp/congestion.h"
#include "tcp/flight.h"
#include "tcp/prr.h"
#include "tcp/rack.h"
#include "tcp/rtt.h"

/* The clock that timestamps are made of (RFC 7323, 5.4): milliseconds, low 32 bits. What is sent is
 * this and the connection's offset. */
static inline uint32_t recovery_clock_ms(mono now)
{
	return (uint32_t)(now.ns / NS_PER_MS);
}

struct recovery_settings {
	struct rtt_limits limits;
	uint8_t initial_segments; /* IW: 10 (RFC 6928) */
};

/* What each call needs to know and nobody keeps twice. */
struct recovery_context {
	mono now;
	struct flight_pool *pool;
	const struct recovery_settings *settings;
	uint32_t mss_bytes; /* of data, with the options that each segment has */
};

enum recovery_state {
	RECOVERY_OPEN,   /* nothing is lost, as far as is known (with reordering: disorder) */
	RECOVERY_REPAIR, /* fast recovery: lost segments are sent again, the window follows prr.h */
	RECOVERY_LOSS,   /* after a timeout: slow start anew */
};

enum recovery_timer {
	RECOVERY_NO_TIMER,
	RECOVERY_RETRANSMIT, /* RFC 6298 */
	RECOVERY_REORDER,    /* RFC 8985, 6.2, step 5 */
	RECOVERY_TAIL,       /* RFC 8985, 7.2 */
};

struct recovery {
	struct rtt rtt;
	struct flight flight;
	struct rack rack;
	struct congestion congestion;
	struct prr prr;
	mono due;            /* of the one timer there is */
	uint32_t started_us; /* since when the retransmission timer counts; the clock's low bits */
	uint32_t sent_ms;    /* when something was last sent; of recovery_clock_ms() */
	uint32_t point;      /* the recovery ends once this is acknowledged */
	uint32_t undo_una;   /* SND.UNA when it began */
	uint32_t undo_bytes; /* sent again in it, and not told as duplicates (DSACK) yet */
	uint32_t resent_ms;  /* when it first sent something again; of recovery_clock_ms() */
	uint32_t probe_end;  /* TLP.end_seq */
	uint32_t duplicate_bytes; /* of duplicate acknowledgements, without SACK */
	uint8_t state;            /* enum recovery_state */
	uint8_t timer;            /* enum recovery_timer */
	uint8_t timeouts;         /* in a row, with nothing new acknowledged */
	bool has_sack : 1, has_timestamps : 1;
	bool may_undo : 1, has_resent : 1;     /* of this recovery */
	bool is_held_back : 1;                 /* the window keeps data from being sent */
	bool is_probing : 1;                   /* what is sent next is the probe */
	bool has_probe : 1, probe_is_copy : 1; /* one is on its way; of what was sent before */
};

/* What the handshake has shown. */
struct recovery_start {
	uint32_t una;       /* the first byte of data: ISS + 1 */
	uint32_t rtt_us;    /* of the SYN, or of its answer; 0: not known (sent more than once) */
	uint8_t syn_resent; /* how often the SYN, or its answer, was sent again */
	uint8_t algorithm;  /* enum tcp_congestion */
	bool has_sack, has_timestamps;
};

void recovery_start(struct recovery *recovery, const struct recovery_context *context,
                    const struct recovery_start *start);
/* Give the records back; nothing is on its way any more, and no timer runs. */
void recovery_forget(struct recovery *recovery, struct flight_pool *pool);

/* How many bytes may be sent now, lost or new. A segment that is longer waits; it isn't cut to fit.
 * At least one of full size fits when nothing is in flight. */
uint32_t recovery_allowance(const struct recovery *recovery,
                            const struct recovery_context *context);
/* Is there a record for new data? If not, acknowledgements will make room; a connection that has
 * nothing on its way asks again in the next turn. */
bool recovery_has_room(const struct recovery *recovery, const struct recovery_context *context);
/* What is to be sent again first; false: nothing. Send any part from its beginning. */
bool recovery_lost(const struct recovery *recovery, const struct recovery_context *context,
                   struct flight_range *ret_range);
/* [begin, end) has been sent, begin == flight.next if it is new. */
void recovery_sent(struct recovery *recovery, const struct recovery_context *context,
                   const struct flight_range *range);
/* Output ended because of the allowance, and there was more to send. */
void recovery_held_back(struct recovery *recovery);
void recovery_idle(struct recovery *recovery, const struct recovery_context *context);

struct recovery_ack {
	uint32_t ack;      /* una <= ack <= next */
	bool is_duplicate; /* no data, no SYN or FIN, the same ack and window (RFC 5681, 2) */
	bool has_echo;     /* TSecr less the connection's offset */
	uint32_t echo_ms;
	uint8_t ranges_n; /* SACK blocks as they came, a DSACK first (RFC 2883) */
	struct flight_range ranges[4];
};

/* What it has led to, for who asks; the output decides by the functions above. */
struct recovery_outcome {
	uint32_t acked_bytes;                  /* una has moved by so much */
	uint32_t delivered_bytes;              /* with SACK */
	uint32_t rtt_us;                       /* 0: nothing was measured */
	bool has_begun, has_ended, was_undone; /* a recovery */
	bool may_send; /* there is something lost, or more room than before */
};

void recovery_acked(struct recovery *recovery, const struct recovery_context *context,
                    const struct recovery_ack *ack, struct recovery_outcome *ret_outcome);

static inline mono recovery_due(const struct recovery *recovery)
{
	return recovery->due;
}

enum recovery_action {
	RECOVERY_NOTHING,
	RECOVERY_SEND, /* segments were taken for lost: output */
	/* Send one segment, whatever the allowance: new data, if there are any that the peer's
	 * window takes; else what recovery_probe() names. */
	RECOVERY_PROBE,
	/* The retransmission timeout. recovery->timeouts says how many in a row: the connection
	 * decides whether it gives up, else output. */
	RECOVERY_TIMEOUT,
};
enum recovery_action recovery_expired(struct recovery *recovery,
                                      const struct recovery_context *context);
bool recovery_probe(const struct recovery *recovery, const struct recovery_context *context,
                    struct flight_range *ret_range);

/* The path takes only segments of context->mss_bytes now: what is larger is to be sent again, and
 * nobody is to blame (RFC 1191, 6.5). */
void recovery_shrink(struct recovery *recovery, const struct recovery_context *context);

#endif
