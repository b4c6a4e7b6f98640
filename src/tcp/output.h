/*
 * output.h -- what a connection sends, and when (RFC 9293, 3.8).
 *
 * output() is called once a turn for each connection that has changed; it decides on data, lost and
 * new, and then on an acknowledgement. True: it would send more, and there is no room on net's
 * queue or no buffer.
 *
 * Threads: the router's. Memory: buffers of net's pool.
 */
#ifndef TCP_OUTPUT_H
#define TCP_OUTPUT_H

#include "tcp/connection_inside.h"

struct arrival;
struct half_open;
struct time_wait;

MUST_USE bool output(struct connection *c);

/* An acknowledgement that nobody is owed, because of a segment that is not acceptable: at most one
 * in half a second for a connection (RFC 5961, 7; and no two can keep each other awake). */
void output_challenge(struct connection *c);
/* An acknowledgement at once, beside the one that the turn may make: who has no SACK counts them.
 */
void output_duplicate(struct connection *c);
/* RST with @seq, and without ACK (RFC 9293, 3.10.7.3). */
void output_reset(struct connection *c, uint32_t seq);
/* RST of a connection that is there: SEQ = SND.NXT (RFC 9293, 3.10.5). */
void output_abort(struct connection *c);
/* The window that is offered now; moves the edge when that is worth it, never back. */
uint32_t output_window(struct connection *c);
/* Has reading made so much room that they are told (RFC 1122, 4.2.3.3)? */
bool output_wants_update(const struct connection *c);
/* A segment that asks for an acknowledgement, and carries nothing: keepalive (RFC 1122, 4.2.3.6),
 * or a probe of a window. */
void output_question(struct connection *c);

/* A SYN-ACK of a half-open record that offers @mss, with our @timestamp. */
void output_syn_ack(struct tcp *tcp, struct half_open *half_open, uint16_t mss, uint32_t timestamp);
/* <SEQ=@seq><ACK=@ack><CTL=ACK> for a half-open or TIME-WAIT record. */
struct output_answer {
	struct tuple ends;
	uint32_t seq, ack;
	uint16_t window;
	uint8_t flags;
	bool has_timestamps;
	uint32_t timestamp, timestamp_echo;
};
void output_answer(struct tcp *tcp, const struct output_answer *answer);

#endif
