/*
 * plan.h -- what a connection that is to be opened starts out with, as far as TCP itself knows it:
 * steps A7 and A10 of connect().
 *
 * Threads: the router's. Memory: none.
 */
#ifndef TCP_PLAN_H
#define TCP_PLAN_H

#include "tcp/connection.h"

/* The last timestamp of the peer that @plan->ends leads to, if it was seen in the last 60 s; a hint
 * that never drops a segment. False: none is known, and @plan says so. */
bool plan_recall_peer(const struct tcp *tcp, struct connection_plan *plan, uint64_t *ret_age_ms);
/* Initial sequence number (RFC 6528, 3) and timestamp offset for @plan->ends, whose ports are
 * known. A TIME-WAIT that is taken over has its say later (RFC 6191), in connection_open(). */
void plan_number(const struct tcp *tcp, struct connection_plan *plan);

#endif
