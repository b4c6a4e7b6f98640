/*
 * input.h -- a segment arrives (RFC 9293, 3.10.7).
 *
 * input.c finds whose it is; input_syn_sent.c and input_synchronized.c have the steps of 3.10.7.3
 * and 3.10.7.4 in their order, a function each; input_ack.c and input_text.c what an
 * acknowledgement and data lead to. A step returns false when it was the last for this segment.
 */
#ifndef TCP_INPUT_H
#define TCP_INPUT_H

#include "tcp/arrival.h"
#include "tcp/connection_inside.h"
#include "tcp/segment.h"

/* To @c, in any state but CLOSED. */
void input_connection(struct connection *c, const struct arrival *a);
void input_syn_sent(struct connection *c, const struct arrival *a);
void input_synchronized(struct connection *c, const struct arrival *a);

/* The fifth step for synchronized states: what is acknowledged, their window, SACK. */
bool input_ack(struct connection *c, const struct arrival *a);
/* The sixth to eighth: urgent data, text, FIN. */
void input_urgent(struct connection *c, const struct arrival *a);
void input_text(struct connection *c, const struct arrival *a);

/* What tcp/segment.h's users read. */
struct segment input_segment(const struct arrival *a);

#endif
