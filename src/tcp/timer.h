/*
 * timer.h -- what time does to a connection (RFC 9293, 3.8, 3.10.8; RFC 6298; RFC 1122, 4.2.3).
 *
 * A connection has one timer in the wheel for all it waits for: a retransmission (recovery.h), a
 * SYN again or a probe of a window (resend_at), a delayed acknowledgement (ack_at), and keepalive,
 * lingering or FIN-WAIT-2 (idle_at). It is moved forward when something comes earlier, and else
 * left to go off too early once, which costs less than moving it with each segment.
 */
#ifndef TCP_TIMER_H
#define TCP_TIMER_H

#include "tcp/connection_inside.h"

/* Set the wheel to the first of what @c waits for. */
void timer_set(struct connection *c);
/* All that has gone off by net->now. */
void timer_turn(struct tcp *tcp);
/* The SYN was sent: until when to wait for an answer. */
void timer_syn(struct connection *c);
/* There are bytes that their window keeps here: probe it, unless that is being done. */
void timer_persist(struct connection *c);
/* Begin to count the silence of an established connection anew. */
void timer_idle(struct connection *c);
/* It has lasted since @since, and may for as long as the settings say now. */
void timer_idle_since(struct connection *c, mono since);

#endif
