/*
 * half_open.h -- connections of listeners whose SYN has come and whose ACK has not (SYN-RECEIVED).
 *
 * A flood of SYNs must not cost connections: each takes one small record, and their number is fixed
 * at start. When a listener's queue or the records run out, SYNs are answered by cookies
 * (syn_cookie.h), which take no memory at all; so a flood pushes nobody out, and whoever really
 * connects gets in (RFC 4987, 3).
 *
 * Who calls: the input of a SYN to a listener (half_open_admit(), half_open_new()), of a segment
 * whose entry in the connection table is a half-open one (half_open_segment()), and the turn
 * (half_open_next_due()). This module sends nothing: it says what is to be sent.
 *
 * Memory: sized at start, touched as it fills. Threads: the router's.
 */
#ifndef TCP_HALF_OPEN_H
#define TCP_HALF_OPEN_H

#include <stdbool.h>
#include <stdint.h>

#include "core/pkt.h"
#include "lib/mono.h"
#include "lib/must.h"
#include "lib/timer_wheel.h"
#include "tcp/segment.h"
#include "tcp/syn_cookie.h"

struct half_open {
	struct tuple ends;         /* src ours, dst theirs */
	uint32_t listener;         /* the caller's: whose it is */
	uint32_t initial_sequence; /* of ours */
	uint32_t their_sequence;
	uint32_t window;           /* bytes that we have offered */
	uint32_t timestamp_recent; /* theirs; with options.has_timestamps */
	uint32_t timestamp_offset; /* of ours */
	uint32_t their_window;     /* of the SYN: not scaled (RFC 7323, 2.2) */
	struct syn_options options;
	iface_id in;     /* where the SYN came in */
	uint16_t ip_id;  /* of the next SYN-ACK */
	uint8_t tos;     /* of the SYN */
	uint8_t retries; /* SYN-ACKs sent again */
	bool used;
	uint8_t our_scale; /* the window scale that we have offered */
	uint32_t next_free;
	mono begun; /* when the SYN came */
	mono sent;  /* the last SYN-ACK, for at most one answer in half a second */
};

struct half_opens {
	struct half_open *records;
	uint32_t capacity, used, fresh, free;
	struct timer_wheel timers;
};

#define HALF_OPEN_RETRIES 5 /* SYN-ACKs sent again, at 1, 3, 7, 15, 31 s; the end at 63 s */

void half_opens_init(struct half_opens *half_opens, uint32_t capacity, mono now);
void half_opens_free(struct half_opens *half_opens);

enum half_open_way {
	HALF_OPEN_RECORD, /* room for a record */
	HALF_OPEN_COOKIE, /* none: answer by a cookie */
	HALF_OPEN_REFUSE, /* none, and cookies are not allowed: say nothing, they ask again */
};

/* What to do with a SYN to a listener that has @waiting half-open ones, @backlog being as many as
 * it wants; as in Linux, one more than that is let in. */
MUST_USE enum half_open_way half_open_admit(const struct half_opens *half_opens, uint32_t waiting,
                                            uint32_t backlog, bool cookies);
/* A record like @from; its first SYN-ACK leaves now. There must be room (half_open_admit()). */
MUST_USE struct half_open *half_open_new(struct half_opens *half_opens,
                                         const struct half_open *from, mono now);
/* The record has become a connection, or came to nothing. */
void half_open_end(struct half_opens *half_opens, struct half_open *half_open);

enum half_open_answer {
	HALF_OPEN_DROP,
	HALF_OPEN_SYN_ACK, /* their SYN again: send the SYN-ACK again */
	HALF_OPEN_ACK,     /* a challenge ACK (RFC 5961), or PAWS, or out of the window */
	HALF_OPEN_RESET,   /* an ACK of what we never sent: RST with SEQ = SEG.ACK, nothing else */
	HALF_OPEN_GONE,    /* their RST: end the record */
	HALF_OPEN_CONNECTED, /* make the connection, then give it this segment */
};

/* RFC 9293, 3.10.7.4 in state SYN-RECEIVED, with RFC 5961 and RFC 7323, 5. */
MUST_USE enum half_open_answer half_open_segment(struct half_open *half_open,
                                                 const struct segment *segment, mono now);

/*
 * The next one whose SYN-ACK is to be sent again; *ret_over: it was sent often enough, end it. Its
 * timer is set for the time after, so ask until NULL comes.
 */
struct half_open *half_open_next_due(struct half_opens *half_opens, unsigned retries_most, mono now,
                                     bool *ret_over);
mono half_open_due(const struct half_opens *half_opens);

static inline uint32_t half_open_index(const struct half_opens *half_opens,
                                       const struct half_open *half_open)
{
	return (uint32_t)(half_open - half_opens->records);
}

static inline struct half_open *half_open_at(const struct half_opens *half_opens, uint32_t index)
{
	return &half_opens->records[index];
}

#endif
